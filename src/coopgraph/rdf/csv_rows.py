"""CSV results (RFC 4180) that no reader loses a row of, and that tell an unbound variable from the empty text.

The engine's own CSV writes both as nothing, so that a row of one column may be a blank line, which pandas, Python and
Go skip; and it writes an IRI that holds a comma as two cells. Its TSV says all that is needed, and becomes CSV here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

BYTE_ORDER_MARK = "\ufeff".encode()
"""By which Excel knows UTF-8, whatever its language."""

# Bytes that UTF-8 does not have stand for escapes, so that each quotation mark left begins or ends a literal.
_ESCAPES = ((rb"\\", b"\xf8"), (rb"\"", b"\xf9"), (rb"\n", b"\xfa"), (rb"\r", b"\xfb"), (rb"\t", b"\xfc"))
_UNESCAPED = bytes.maketrans(b"\xf8\xfa\xfb\xfc", b"\\\n\r\t")
_MARK = b"\xff"
_TAG_OR_DATATYPE = re.compile(_MARK + rb"(?:@[A-Za-z0-9-]+|\^\^<[^<>]*>)")
_IRI_WITH_COMMA = re.compile(rb"<([^<>,]*,[^<>]*)>")
_TABS_TO_COMMAS = bytes.maketrans(b"\t", b",")
_BLANK_LINE = re.compile(rb"^(?=\n)", re.MULTILINE)
_needs_quotes = re.compile(rb"[,\xf9\xfa\xfb]").search
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: str) -> str:
    """Return ``cell`` with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def csv_of_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV (RFC 4180, UTF-8); a cell that a spreadsheet would run begins with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return stream.getvalue().encode()


class CsvRows:
    """The file-like object that takes TSV as pyoxigraph writes it, and passes CSV on to ``target``."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._rest = b""
        self._columns: int | None = None

    def write(self, piece: bytes) -> int:
        """Take ``piece``; whole lines are passed on."""
        lines, feed, rest = bytes(piece).rpartition(b"\n")
        if not feed:
            self._rest += rest
            return len(piece)
        lines = self._rest + lines + feed
        self._rest = rest
        if self._columns is None:
            head, _, lines = lines.partition(b"\n")
            self._columns = head.count(b"?")
            self._target.write(head.replace(b"?", b"").replace(b"\t", b",") + b"\r\n")
        # No name is written, and so nothing can be, where there are no columns.
        if self._columns == 1:
            lines = _BLANK_LINE.sub(b'""', lines)
        if lines:
            self._target.write(_csv(lines))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: TSV ends with a whole line."""


def _csv(lines: bytes) -> bytes:
    for escape, byte in _ESCAPES:
        lines = lines.replace(escape, byte)
    parts = lines.split(b'"')
    parts[1::2] = [b'"%b"' % text if not text or _needs_quotes(text) else text for text in parts[1::2]]
    outside = _TAG_OR_DATATYPE.sub(_MARK, _MARK.join(parts[::2]))
    if b"," in outside:
        outside = _IRI_WITH_COMMA.sub(rb'"\1"', outside)
    parts[::2] = outside.translate(_TABS_TO_COMMAS, b"<>").replace(b"\n", b"\r\n").split(_MARK)
    return b"".join(parts).replace(b"\xf9", b'""').translate(_UNESCAPED)
