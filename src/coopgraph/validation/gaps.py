"""Gaps of a file: where it still says “fill-in”, as a starter does, and of what that keeps the check from judging."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term
from coopgraph.validation.shacl import ValidationResult

FILL_IN = "fill-in"
"""What stands in the place of a fact; as a language tag, ``x-fill-in``."""

_WORD = re.compile(r"(?<![A-Za-z0-9])fill-in(?![A-Za-z0-9-])")
_IN_ADDRESS = re.compile(r"[/.]fill-in(?:[/.]|\Z)")


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is left to be filled in: where in the text (in characters, from 0), which terms, and of what they are said.

    ``subjects`` are those that have such a term, and what the claims among them are about.
    """

    offsets: tuple[int, ...]
    terms: frozenset[object]
    subjects: frozenset[object]

    def explain(self, result: ValidationResult) -> bool:
        """Return whether a result may come from a gap alone, so that it is nothing to mend yet."""
        return result.focus in self.subjects or result.focus in self.terms or result.value in self.terms


def gaps_in(quads: Iterable[Quad], text: str) -> Gaps | None:
    """Return the gaps of a file that states ``quads`` and reads ``text``; None where it has none."""
    if FILL_IN not in text:
        return None
    quads = tuple(quads)
    terms: set[object] = {
        term for quad in quads for term in (quad.subject, quad.predicate, quad.object) if _is_gap(term)
    }
    if not terms:
        return None
    subjects: set[object] = {
        quad.subject for quad in quads if not terms.isdisjoint((quad.subject, quad.predicate, quad.object))
    }
    about = {quad.object for quad in quads if quad.predicate == RDF.subject and quad.subject in subjects}
    return Gaps(tuple(match.start() for match in _WORD.finditer(text)), frozenset(terms), frozenset(subjects | about))


def _is_gap(term: Term | object) -> bool:
    match term:
        case NamedNode(value=address):
            return bool(_IN_ADDRESS.search(address))
        case Literal(language=tag) if tag:
            return tag == f"x-{FILL_IN}"
        case Literal(value=address, datatype=XSD.anyURI):
            return bool(_IN_ADDRESS.search(address))
        case Literal(value=text):
            return text == FILL_IN
        case _:
            return False
