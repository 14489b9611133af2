"""Language of a rule's words for one reader."""

from __future__ import annotations

from collections.abc import Mapping

from coopgraph.model.language import chain


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """Return the text for a reader of ``lang``: in that language, the next of its chain, or any; empty if none."""
    return next((texts[tag] for tag in (*chain(lang), *sorted(texts)) if tag in texts), "")
