"""Sink of a serialized result: the file that an engine writes to, mended and cut into chunks while it streams."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.result_language_tags import Cutter, restore_result
from coopgraph.rdf.write import with_returns

CHUNK = 64 * 1024
"""Largest chunk in bytes."""


class NotExpressible(Exception):
    """The result holds something that its format cannot carry."""


class ResultSink:
    """The file-like object that pyoxigraph writes to: mends and checks XML, cuts into frames' sizes, has tags restored.

    ``data`` takes what is finished, a frame at a time.
    """

    def __init__(self, chosen: Format, data: Callable[[bytes], None]) -> None:
        self._chosen = chosen
        self._cutter = Cutter(chosen)
        self._data = data
        self._size = 0
        in_xml = chosen in (formats.XML, formats.RDF_XML)
        self._parser = expat.ParserCreate(namespace_separator=" ") if in_xml else None

    def write(self, piece: bytes) -> int:
        """Take ``piece``. Raises NotExpressible."""
        taken = len(piece)
        if self._parser is not None:
            self._check(self._parser, piece, last=False)
            piece = with_returns(piece)
        if self._size + len(piece) > CHUNK:
            self._give(self._cutter.cut())
        self._cutter.add(piece)
        self._size += len(piece)
        return taken

    def flush(self) -> None:
        """Do nothing: pieces leave when they are large enough."""

    def finish(self) -> None:
        """Give out what is left. Raises NotExpressible."""
        if self._parser is not None:
            self._check(self._parser, b"", last=True)
        self._give(self._cutter.finish())

    def _give(self, pieces: list[bytes]) -> None:
        whole = restore_result(self._chosen, b"".join(pieces))
        self._size -= len(whole)
        for start in range(0, len(whole), CHUNK):
            self._data(whole[start : start + CHUNK])

    def _check(self, parser: expat.XMLParserType, piece: bytes, *, last: bool) -> None:
        # pyoxigraph writes control characters and element names ending in a colon, which no XML parser takes.
        try:
            parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise NotExpressible from error
