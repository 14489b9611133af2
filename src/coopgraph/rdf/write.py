"""RDF serializers to a stream, with canonical prefixes and language tags in their usual case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import IO, cast

from pyoxigraph import serialize

from coopgraph.rdf.formats import RDF_XML, Format
from coopgraph.rdf.language_tags import conventional, restore_lines
from coopgraph.rdf.terms import Quad, Triple

# The writer escapes ">" in text, so this is never found inside one.
_XML_TAG = re.compile(rb'( xml:lang=")([A-Za-z0-9-]+)(?=">)')


def write_rdf(
    statements: Iterable[Triple] | Iterable[Quad], fmt: Format, stream: IO[bytes], prefixes: Mapping[str, str]
) -> None:
    """Write ``statements`` in the order given, in one of the line-based or Turtle-like formats.

    Nothing but one block is held in memory. ``prefixes`` are used where the format knows prefixes.
    """
    lines = _Lines(stream)
    serialize(statements, cast(IO[bytes], lines), fmt.rdf, prefixes=dict(prefixes))
    lines.finish()


def written(triples: Iterable[Triple], fmt: Format, prefixes: Mapping[str, str]) -> bytes:
    """Return ``triples`` in any graph format, RDF/XML included, as one piece."""
    if fmt == RDF_XML:
        raw = serialize(triples, format=fmt.rdf, prefixes=dict(prefixes))
        tagged = _XML_TAG.sub(lambda found: found[1] + conventional(found[2].decode()).encode(), raw or b"")
        return with_returns(tagged)
    stream = BytesIO()
    write_rdf(triples, fmt, stream, prefixes)
    return stream.getvalue()


def with_returns(xml: bytes) -> bytes:
    """Return a piece of XML as pyoxigraph writes it, in which carriage returns outlast reading.

    A raw one stands only in a text, and would be read as a line feed (XML 1.0, section 2.11).
    """
    return xml.replace(b"\r", b"&#13;")


class _Lines:
    """Passes on whole lines only, each literal's tag restored."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._rest = b""

    def write(self, data: bytes) -> int:
        whole, feed, rest = bytes(data).rpartition(b"\n")
        if feed:
            self._target.write(restore_lines(self._rest + whole + feed))
            self._rest = rest
        else:
            self._rest += rest
        return len(data)

    def flush(self) -> None:
        """Do nothing: the target decides."""

    def finish(self) -> None:
        self._target.write(restore_lines(self._rest))
