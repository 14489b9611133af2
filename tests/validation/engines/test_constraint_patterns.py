"""Triple patterns of constraints: every alternative is a conjunction, and what is not understood is said."""

from __future__ import annotations

import pytest

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import NamedNode
from coopgraph.validation.engines.constraint_patterns import TriplePattern, UnknownSyntax, conjunctions

EX = "http://example.org/"
PREFIXES = {"ex": EX}


def patterns(body: str) -> set[frozenset[tuple[str, str, str]]]:
    """Return the conjunctions of a query as sets of patterns, IRIs by their last part, new variables as ``?``."""
    found = conjunctions(f"SELECT DISTINCT $this ?path ?value WHERE {{ {body} }}", PREFIXES)
    return {frozenset(map(_shown, conjunction)) for conjunction in found}


def _shown(pattern: TriplePattern) -> tuple[str, str, str]:
    predicates = "|".join(sorted(_name(term) for term in pattern.predicates))
    return _name(pattern.subject), predicates or _name(pattern.variable), _name(pattern.value)


def _name(term: NamedNode | str) -> str:
    if isinstance(term, NamedNode):
        return "a" if term == RDF.type else term.value.removeprefix(EX)
    return "?" if term.startswith("?.") else term


def test_statements_of_one_subject_are_patterns_of_one_conjunction() -> None:
    assert patterns("$this a ex:Cat ; ex:eats ?value , <http://example.org/milk> .") == {
        frozenset({("?this", "a", "Cat"), ("?this", "eats", "?value"), ("?this", "eats", "milk")})
    }


def test_conditions_and_assignments_leave_no_trace() -> None:
    assert patterns('$this ex:name ?value . BIND(ex:name AS ?path) FILTER(STRLEN(?value) > 3 && ?value != "(a}")') == {
        frozenset({("?this", "name", "?value")})
    }


def test_optional_and_exists_come_with_what_surrounds_them_and_without() -> None:
    around = ("?this", "eats", "?value")
    assert patterns(
        "$this ex:eats ?value . OPTIONAL { ?value ex:name ?name } FILTER NOT EXISTS { ?value a ?kind }"
    ) == {
        frozenset({around}),
        frozenset({around, ("?value", "name", "?name")}),
        frozenset({around, ("?value", "a", "?kind")}),
    }


def test_exists_within_exists_sees_both_groups_around_it() -> None:
    deepest = frozenset({("?this", "a", "?x"), ("?x", "a", "?y"), ("?y", "a", "?z")})
    assert deepest in patterns(
        "$this a ?x . FILTER(EXISTS { ?x a ?y . FILTER(NOT EXISTS { ?y a ?z }) } || ?x = ex:Cat)"
    )


def test_each_branch_of_a_union_is_an_alternative() -> None:
    assert patterns("{ $this ex:eats ?value } UNION { $this ex:drinks ?value } ?value a ?kind") == {
        frozenset({("?this", "eats", "?value"), ("?value", "a", "?kind")}),
        frozenset({("?this", "drinks", "?value"), ("?value", "a", "?kind")}),
    }


def test_exists_in_a_branch_of_a_union_stays_with_its_branch() -> None:
    found = patterns("{ $this ex:eats ?v . FILTER EXISTS { ?v a ex:Fish } } UNION { $this ex:drinks ?v }")
    assert frozenset({("?this", "eats", "?v"), ("?v", "a", "Fish")}) in found
    assert frozenset({("?this", "drinks", "?v"), ("?v", "a", "Fish")}) not in found


def test_properties_may_be_alternatives_or_variables() -> None:
    assert patterns("$this ex:eats|ex:drinks ?value ; ?path [] .") == {
        frozenset({("?this", "drinks|eats", "?value"), ("?this", "?path", "?")})
    }


@pytest.mark.parametrize(
    "body",
    [
        "$this ex:eats/ex:eats ?value",
        "$this ex:eats* ?value",
        "$this ^ex:eats ?value",
        "$this unknown:eats ?value",
        "{ SELECT ?value WHERE { $this ex:eats ?value } }",
        "$this ex:eats ?value MINUS { $this ex:drinks ?value }",
        "VALUES ?value { ex:Fish } $this ex:eats ?value",
        "GRAPH ?g { $this ex:eats ?value }",
        "$this ex:eats ?value . FILTER EXISTS { { SELECT * WHERE { ?value a ?kind } } }",
        "$this ex:eats ?value . {",
    ],
)
def test_what_is_not_taken_apart_is_an_error(body: str) -> None:
    with pytest.raises(UnknownSyntax):
        patterns(body)
