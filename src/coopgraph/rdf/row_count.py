"""Row count of a SPARQL result while its bytes go by, as pyoxigraph writes them; nothing is parsed or kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from coopgraph.rdf.formats import CSV, EXCEL_CSV, JSON, TSV, XML, Format

_ROW_IN_XML = b"<result>"


class RowCounter:
    """Counts the rows of one result in the format ``chosen``, one of those that carry ``bindings`` as text."""

    def __init__(self, chosen: Format) -> None:
        self._feed: Callable[[bytes], int] = {
            **{JSON: self._json, XML: self._xml, TSV: self._tsv},
            **dict.fromkeys((CSV, EXCEL_CSV), self._csv),
        }[chosen]
        self._header = chosen in (CSV, EXCEL_CSV, TSV)
        self._count = 0
        self._quoted = False
        self._tail = b""

    @property
    def rows(self) -> int:
        """The rows so far; those of the result once all of it went by."""
        return max(0, self._count - self._header)

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield ``chunks`` as they are, and count."""
        for chunk in chunks:
            self._count += self._feed(chunk)
            yield chunk

    def _xml(self, chunk: bytes) -> int:
        text = self._tail + chunk
        self._tail = text[1 - len(_ROW_IN_XML) :]
        return text.count(_ROW_IN_XML)

    def _tsv(self, chunk: bytes) -> int:
        return chunk.count(b"\n")

    def _csv(self, chunk: bytes) -> int:
        return self._unquoted(chunk).count(b"\n")

    def _json(self, chunk: bytes) -> int:
        # A row is the only object that stands in an array.
        chunk = self._tail + chunk
        cut = len(chunk) - (len(chunk) - len(chunk.rstrip(b"\\"))) % 2
        chunk, self._tail = chunk[:cut], chunk[cut:]
        if b"\\" in chunk:
            chunk = chunk.replace(b"\\\\", b"").replace(b'\\"', b"")
        text = self._unquoted(chunk)
        # What opens an array or an item is kept until it is known what follows.
        if text.endswith((b"[", b",")) and not self._quoted:
            self._tail = text[-1:] + self._tail
            text = text[:-1]
        return text.count(b",{") + text.count(b"[{")

    def _unquoted(self, chunk: bytes) -> bytes:
        parts = chunk.split(b'"')
        outside = b'"'.join(parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        return outside
