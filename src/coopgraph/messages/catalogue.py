"""Gettext catalogues: translations of the program's own sentences, ``{tag}.po`` beside this module.

Texts of the graph itself are not here but in the graph.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO


@lru_cache(maxsize=8)
def catalogue(tag: str) -> NullTranslations:
    """Return the finished translations into the page language ``tag``; of one without a file, English in English."""
    place = files("coopgraph.messages").joinpath(f"{tag}.po")
    if not place.is_file():
        return NullTranslations()
    # Babel is imported only when a catalogue is wanted: commands in English start faster without it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with place.open("rb") as stream:
        write_mo(compiled, read_po(stream))
    compiled.seek(0)
    return GNUTranslations(compiled)
