"""Suggestions: near terms are looked for once for each wrong term, and for so many only."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from coopgraph.model.iris import SHAPE
from coopgraph.rdf.namespaces import COOP, OWL, RDF
from coopgraph.rdf.terms import NamedNode, Term, Triple
from coopgraph.validation import suggestions
from coopgraph.validation.shacl import ValidationResult
from coopgraph.validation.suggestions import MOST_TERMS, Suggestions


def _mentions(term: Term) -> Iterator[tuple[str, Triple]]:
    if term == OWL.Class:
        yield "ontology/classes.ttl", Triple(COOP.Claim, RDF.type, OWL.Class)


def _result(wrong: str) -> ValidationResult:
    """Return a result about an unknown class."""
    shape, value = NamedNode(SHAPE + "KnownClass"), COOP.term(wrong)
    return cast(ValidationResult, SimpleNamespace(shape=shape, value=value, path=RDF.type, focus=value))


def test_near_terms_are_looked_for_once_for_each_wrong_term_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[str] = []

    def nearest(wrong: str, known: Any) -> list[str]:
        searched.append(wrong)
        return [*known]

    monkeypatch.setattr(suggestions, "_nearest", nearest)
    found = Suggestions(cast(Any, SimpleNamespace(mentions=_mentions)))
    assert {tuple(found.of(_result("Clam"))) for _ in range(100)} == {(COOP.Claim.value,)}
    assert len(searched) == 1
    for number in range(2 * MOST_TERMS):
        found.of(_result(f"Clam{number}"))
    assert len(searched) == MOST_TERMS
