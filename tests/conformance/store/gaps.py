"""What an engine cannot do, by engine and test; strict: a gap that closes fails the run, and its line goes.

``notimpl``: the engine does not have it. ``notyet``: we do not have it. ``never``: it cannot be had of this engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Gap:
    """Why; ``of`` names the parameters of the test for which it holds (all, where empty)."""

    kind: Literal["notimpl", "notyet", "never"]
    reason: str
    of: tuple[str, ...] = ()


_DUPLICATES = "several default graphs of a request give a statement once for each, so the store refuses such a question"
_LOWER = "the server keeps language tags in lower case; only comparisons of LANG with constants are adapted to that"

GAPS: dict[tuple[str, str], Gap] = {
    ("oxigraph serve", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
    ("oxigraph serve", "test_lang_gives_tags_as_they_are_written"): Gap("never", _LOWER),
    ("Virtuoso", "test_lang_gives_tags_as_they_are_written"): Gap("never", _LOWER),
    ("Virtuoso", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
}
