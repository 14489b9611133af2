"""Language tags of a result get their customary case back while it streams: ``zh-hans`` goes out as ``zh-Hans``.

The filters work on the engine's own output, whose quoting is known: nothing inside a literal's text is touched.
"""

from __future__ import annotations

import re
from functools import lru_cache

from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.language_tags import conventional

_TAG = rb"([A-Za-z]+-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)"
_JSON = (b'"xml:lang":"', re.compile(rb'"xml:lang":"' + _TAG), (b"{", b"}", b","))
_JSON_LD = (b'"@language":"', re.compile(rb'"@language":"' + _TAG), (b"{", b"}", b","))
_XML = (b' xml:lang="', re.compile(rb' xml:lang="' + _TAG), (b">",))
# A whole literal is matched, with or without a tag, so that a quotation mark is never taken for one of the other kind.
_QUOTED = (b'"@', re.compile(rb'"(?:[^"\\]++|\\.)*+"(?:@' + _TAG + rb")?"), (b"\n",))

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
"""Format → what stands before each tag, where its tags stand, and where it may be cut without cutting a literal."""


class Cutter:
    """Cuts a result, whose pieces come one by one, where neither a tag nor its literal is cut."""

    def __init__(self, form: Format) -> None:
        self._cuts = _RULES[form.name][2] if form.name in _RULES else ()
        self._held: list[bytes] = []
        # So many of the first pieces cannot be cut.
        self._whole = 0

    def add(self, piece: bytes) -> None:
        """Take a piece in."""
        self._held.append(piece)

    def cut(self) -> list[bytes]:
        """Give out what came before the last place where it may be cut, in pieces."""
        held = self._held
        if not self._cuts:
            return self.finish()
        for place in range(len(held) - 1, self._whole - 1, -1):
            end = max(map(held[place].rfind, self._cuts)) + 1
            if end:
                self._held = [held[place][end:], *held[place + 1 :]]
                self._whole = len(self._held)
                return [*held[:place], held[place][:end]]
        self._whole = len(held)
        return []

    def finish(self) -> list[bytes]:
        """Give out what is left, in pieces."""
        rest, self._held, self._whole = self._held, [], 0
        return rest


def restore_result(form: Format, whole: bytes) -> bytes:
    """Return what a :class:`Cutter` gave out with its tags restored: as many bytes."""
    if form.name not in _RULES:
        return whole
    sign, pattern, _ = _RULES[form.name]
    return pattern.sub(_restore, whole) if sign in whole else whole


def _restore(match: re.Match[bytes]) -> bytes:
    tag = match[1]
    if tag is None:
        return match[0]
    return match[0].removesuffix(tag) + _conventional(tag)


@lru_cache(maxsize=1024)
def _conventional(tag: bytes) -> bytes:
    return conventional(tag.decode("ascii")).encode("ascii")
