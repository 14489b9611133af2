"""A triple table finds by terms what a walk over all triples finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.terms import NamedNode, Triple
from coopgraph.rdf.triple_table import TripleTable

_TERMS = st.sampled_from([NamedNode(f"a:{letter}") for letter in "abc"])
_ANY = st.none() | _TERMS


@settings(max_examples=50)
@given(st.lists(st.builds(Triple, _TERMS, _TERMS, _TERMS)), _ANY, _ANY, _ANY)
def test_matches_are_those_of_a_walk(
    triples: list[Triple], subject: NamedNode | None, predicate: NamedNode | None, value: NamedNode | None
) -> None:
    found = list(TripleTable(triples).match(subject, predicate, value))
    expected = {
        triple
        for triple in triples
        if subject in (None, triple.subject)
        and predicate in (None, triple.predicate)
        and value in (None, triple.object)
    }
    assert len(found) == len(expected)
    assert set(found) == expected
