"""Kinds of files that are no table here, by their first bytes and parts: each is named for what it is."""

from __future__ import annotations

import io
import re
import zipfile

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message

_SAVE_AS = Message("Open it in the program that made it and save it as .xlsx (“Excel workbook”) or as CSV in UTF-8.")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLDEST = tuple(bytes((9, version)) for version in (0, 2, 4, 8))
_ZIP = b"PK"

_PARTS = (
    (r"xl/workbook\.bin", Message("a binary Excel workbook (.xlsb)")),
    (r"index/.*\.iwa|index\.zip|index\.apxl", Message("a Numbers document (.numbers)")),
    (r"word/document\.xml", Message("a Word document (.docx)")),
    (r"ppt/presentation\.xml", Message("a PowerPoint presentation (.pptx)")),
    (r"contents/section0\.xml", Message("a Hangul document (.hwpx)")),
)
_OPEN_DOCUMENT = {
    "spreadsheet": Message("an OpenDocument spreadsheet (.ods)"),
    "text": Message("an OpenDocument text (.odt)"),
}
_TEXTS = (
    (rb"urn:schemas-microsoft-com:office:spreadsheet", Message("an Excel workbook of 2003 in XML (.xml)")),
    (rb"urn:oasis:names:tc:opendocument", Message("an OpenDocument spreadsheet in one file (.fods)")),
    (rb"^\s*<(?:!doctype html|html|head|body|table|meta)\b", Message("a web page, whatever its name says")),
    (rb"^%PDF-", Message("a PDF document")),
    (rb"^\{\\rtf", Message("a text in RTF")),
    (rb"^\x1f\x8b", Message("a file packed by gzip")),
    (rb"^7z\xbc\xaf|^Rar!", Message("a packed archive")),
)


def refuse_other_kinds(data: bytes) -> None:
    """Raise :class:`UnreadableInput` with the right name of a file that is neither a workbook (.xlsx) nor CSV."""
    kind = _kind(data)
    if kind:
        raise UnreadableInput(Message("This is {kind}.", kind=kind), _SAVE_AS)


def is_archive(data: bytes) -> bool:
    """Return whether a file is a ZIP archive, as workbooks are."""
    return data.startswith((_ZIP + b"\x03\x04", _ZIP + b"\x05\x06", _ZIP + b"\x07\x08"))


def _kind(data: bytes) -> Message | None:
    if is_archive(data):
        return _kind_of_archive(data)
    if data.startswith(_OLE[:4]):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return Message("a workbook that is encrypted with a password")
        is_workbook = any(name.encode("utf-16-le") + b"\0\0" in data for name in ("Workbook", "Book"))
        if is_workbook:
            return Message("an old Excel workbook (.xls)")
        return Message("an old Office document (.xls, .doc or the like)")
    if data.startswith(_OLDEST):
        return Message("a very old Excel workbook (.xls)")
    start = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return next((kind for pattern, kind in _TEXTS if re.search(pattern, start, re.IGNORECASE)), None)


def _kind_of_archive(data: bytes) -> Message | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
            if "mimetype" in parts:
                with archive.open(parts["mimetype"]) as stream:
                    media_type = stream.read(200).decode("ascii", "replace")
                if "opendocument" in media_type:
                    return _OPEN_DOCUMENT.get(
                        media_type.strip().rpartition(".")[2].removesuffix("-template"), Message("an OpenDocument file")
                    )
    except Exception:  # a damaged archive is told of where it is read
        return None
    for pattern, kind in _PARTS:
        if any(re.fullmatch(pattern, part) for part in parts):
            return kind
    if "content.xml" in parts:
        return _OPEN_DOCUMENT["spreadsheet"]
    if any(part.endswith((".csv", ".xlsx", ".xls", ".ods")) for part in parts):
        return Message("an archive with files in it; unpack it first, and give one of them")
    return None
