"""Kinds of files that are no table here, by their first bytes and parts: each is named for what it is."""

from __future__ import annotations

import io
import re
import zipfile

from coopgraph.errors import UnreadableInput

_SAVE_AS = "Open it in the program that made it and save it as .xlsx (“Excel workbook”) or as CSV in UTF-8."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLDEST = tuple(bytes((9, version)) for version in (0, 2, 4, 8))
_ZIP = b"PK"

_PARTS = (
    (r"xl/workbook\.bin", "a binary Excel workbook (.xlsb)"),
    (r"index/.*\.iwa|index\.zip|index\.apxl", "a Numbers document (.numbers)"),
    (r"word/document\.xml", "a Word document (.docx)"),
    (r"ppt/presentation\.xml", "a PowerPoint presentation (.pptx)"),
    (r"contents/section0\.xml", "a Hangul document (.hwpx)"),
)
_OPEN_DOCUMENT = {"spreadsheet": "an OpenDocument spreadsheet (.ods)", "text": "an OpenDocument text (.odt)"}
_TEXTS = (
    (rb"urn:schemas-microsoft-com:office:spreadsheet", "an Excel workbook of 2003 in XML (.xml)"),
    (rb"urn:oasis:names:tc:opendocument", "an OpenDocument spreadsheet in one file (.fods)"),
    (rb"^\s*<(?:!doctype html|html|head|body|table|meta)\b", "a web page, whatever its name says"),
    (rb"^%PDF-", "a PDF document"),
    (rb"^\{\\rtf", "a text in RTF"),
    (rb"^\x1f\x8b", "a file packed by gzip"),
    (rb"^7z\xbc\xaf|^Rar!", "a packed archive"),
)


def refuse_other_kinds(data: bytes) -> None:
    """Raise :class:`UnreadableInput` with the right name of a file that is neither a workbook (.xlsx) nor CSV."""
    kind = _kind(data)
    if kind:
        raise UnreadableInput(f"This is {kind}.", _SAVE_AS)


def is_archive(data: bytes) -> bool:
    """Return whether a file is a ZIP archive, as workbooks are."""
    return data.startswith((_ZIP + b"\x03\x04", _ZIP + b"\x05\x06", _ZIP + b"\x07\x08"))


def _kind(data: bytes) -> str:
    if is_archive(data):
        return _kind_of_archive(data)
    if data.startswith(_OLE[:4]):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "a workbook that is encrypted with a password"
        is_workbook = any(name.encode("utf-16-le") + b"\0\0" in data for name in ("Workbook", "Book"))
        return "an old Excel workbook (.xls)" if is_workbook else "an old Office document (.xls, .doc or the like)"
    if data.startswith(_OLDEST):
        return "a very old Excel workbook (.xls)"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return next((kind for pattern, kind in _TEXTS if re.search(pattern, start, re.IGNORECASE)), "")


def _kind_of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
            if "mimetype" in parts:
                with archive.open(parts["mimetype"]) as stream:
                    media_type = stream.read(200).decode("ascii", "replace")
                if "opendocument" in media_type:
                    return _OPEN_DOCUMENT.get(
                        media_type.strip().rpartition(".")[2].removesuffix("-template"), "an OpenDocument file"
                    )
    except Exception:  # a damaged archive is told of where it is read
        return ""
    for pattern, kind in _PARTS:
        if any(re.fullmatch(pattern, part) for part in parts):
            return kind
    if "content.xml" in parts:
        return _OPEN_DOCUMENT["spreadsheet"]
    if any(part.endswith((".csv", ".xlsx", ".xls", ".ods")) for part in parts):
        return "an archive with files in it; unpack it first, and give one of them"
    return ""
