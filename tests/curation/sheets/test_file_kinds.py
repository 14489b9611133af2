"""Files that are no table here are named for what they are, with a remedy that works."""

from __future__ import annotations

import pytest

from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.errors import UnreadableInput

from .packages import archive

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (archive({"mimetype": ODS, "content.xml": b"<a/>"}), "OpenDocument spreadsheet (.ods)"),
        (archive({"mimetype": ODS + b"-template"}), "OpenDocument spreadsheet (.ods)"),
        (archive({"content.xml": b"<a/>"}), "OpenDocument spreadsheet (.ods)"),
        (archive({"xl/workbook.bin": b""}), ".xlsb"),
        (archive({"Index/Document.iwa": b""}), ".numbers"),
        (archive({"word/document.xml": b""}), ".docx"),
        (archive({"list.csv": b""}), "unpack it first"),
        (OLE + "Workbook".encode("utf-16-le") + b"\0\0", "old Excel workbook (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
        (OLE, "old Office document"),
        (b"\x09\x08\x10\x00", "very old Excel workbook"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003"),
        (b"<html><table><tr><td>slug</td></tr></table>", "web page"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_a_file_is_named_for_what_it_is(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        read_sheet(data, None)
    assert name in str(error.value)
    assert "damaged" not in str(error.value)
    assert "CSV" in str(error.value.hint)
