"""Message catalogues: the program's own sentences in a reader's language.

A message is its English sentence; the translations stand in ``{tag}.po`` beside this module (GNU gettext's
text form, read with Babel). Placeholders are ``{name}``, filled as by :meth:`str.format`. Messages avoid plural forms
("Violations: 3"), so no catalogue needs them. Texts of the graph itself are not here but in the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files

from coopgraph.model.language import chain


def translated(message: str, lang: str, /, **values: object) -> str:
    """Return ``message`` in the language ``lang``, its placeholders filled with ``values``.

    A sentence that a catalogue lacks is given in the next language of :func:`model.language.chain`, English at last.
    """
    translated = _translation(message, lang)
    return translated.format(**values) if values else translated


def translator(lang: str) -> Callable[..., str]:
    """Return :func:`translated` for one language: ``translate(message, **values)``."""
    return lambda message, /, **values: translated(message, lang, **values)


@lru_cache(maxsize=4096)
def _translation(message: str, lang: str) -> str:
    for tag in chain(lang):
        if tag == "en":
            break
        if found := _catalogue(tag).get(message):
            return found
    return message


@lru_cache(maxsize=8)
def _catalogue(tag: str) -> Mapping[str, str]:
    """Return the finished translations of one language, by message; empty where there is no catalogue."""
    # Babel's reader is imported only when a catalogue is wanted: commands in English start faster without it.
    from babel.messages.pofile import read_po

    place = files("coopgraph.messages").joinpath(f"{tag}.po")
    if not place.is_file():
        return {}
    with place.open("rb") as stream:
        entries = [entry for entry in read_po(stream) if entry.id and not entry.fuzzy]
    return {entry.id: entry.string for entry in entries if isinstance(entry.id, str) and isinstance(entry.string, str)}
