"""Give language tags their customary case back while a result streams: ``zh-hans`` goes out as ``zh-Hans``.

The filters work on the engine's own output, whose quoting is known: nothing inside a literal's text is touched.
"""

from __future__ import annotations

import re

from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.language_tags import conventional

_TAG = rb"([A-Za-z]+-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)"
# Each begins with plain text, which is looked for many times faster than a choice.
_JSON = (re.compile(rb'"xml:lang":"' + _TAG), (b"{", b"}", b","))
_JSON_LD = (re.compile(rb'"@language":"' + _TAG), (b"{", b"}", b","))
_XML = (re.compile(rb' xml:lang="' + _TAG), (b">",))
# A whole literal is matched, with or without a tag, so that a quotation mark is never taken for one of the other kind.
_QUOTED = (re.compile(rb'"(?:[^"\\]++|\\.)*+"(?:@' + _TAG + rb")?"), (b"\n",))

_RULES = {
    formats.JSON.name: _JSON,
    formats.JSON_LD.name: _JSON_LD,
    formats.XML.name: _XML,
    formats.RDF_XML.name: _XML,
    formats.TSV.name: _QUOTED,
    formats.TURTLE.name: _QUOTED,
    formats.N_TRIPLES.name: _QUOTED,
    formats.TRIG.name: _QUOTED,
    formats.N_QUADS.name: _QUOTED,
}
"""Format → where its tags stand, and bytes after which it may be cut without cutting a tag or its literal."""


class TagFilter:
    """Rewrites the tags of one result as its bytes pass through."""

    def __init__(self, form: Format) -> None:
        self._rule = _RULES.get(form.name)
        self._held: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """Take bytes in, give out those that are certain."""
        if self._rule is None:
            return data
        pattern, cuts = self._rule
        end = max(data.rfind(cut) for cut in cuts) + 1
        if not end:
            self._held.append(data)
            return b""
        ready = b"".join((*self._held, data[:end]))
        self._held = [data[end:]]
        return pattern.sub(_restore, ready)

    def finish(self) -> bytes:
        """Give out what is left."""
        rest = b"".join(self._held)
        self._held = []
        return self._rule[0].sub(_restore, rest) if self._rule else rest


def _restore(match: re.Match[bytes]) -> bytes:
    tag = match[1]
    if tag is None:
        return match[0]
    return match[0].removesuffix(tag) + conventional(tag.decode("ascii")).encode("ascii")
