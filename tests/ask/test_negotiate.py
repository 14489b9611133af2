from __future__ import annotations

import pytest

from coopgraph.ask.negotiate import ANYTHING, by_header, by_header_or_name, by_name, graph_by_header
from coopgraph.errors import NotAcceptable

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def names(accept: str) -> tuple[str | None, ...]:
    choice = by_header(accept)
    return tuple(item.name if item else None for item in (choice.bindings, choice.boolean, choice.graph))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", ("json", "json", "ttl")),
        ("*/*", ("json", "json", "ttl")),
        ("text/csv", ("csv", None, None)),
        ("application/json", ("json", "json", "jsonld")),
        ("application/xml", ("xml", "xml", "rdfxml")),
        ("application/n-triples;q=0.5, text/turtle;q=0.4", (None, None, "nt")),
        ("text/turtle, application/sparql-results+xml;q=0.9, */*;q=0.1", ("xml", "xml", "ttl")),
        ("application/sparql-results+json;q=0, */*;q=0.1", ("xml", "xml", "ttl")),
        ("text/*;q=0.3, application/sparql-results+json", ("json", "json", "ttl")),
        ("application/trig", (None, None, "trig")),
    ],
)
def test_quality_and_specificity_decide_for_each_form(accept: str, expected: tuple[str | None, ...]) -> None:
    assert names(accept) == expected


def test_nothing_that_fits_is_told_with_what_there_is() -> None:
    with pytest.raises(NotAcceptable) as refused:
        by_header("image/png")
    assert "text/turtle" in refused.value.hint
    with pytest.raises(NotAcceptable) as refused:
        graph_by_header("text/csv")
    assert "text/turtle" in refused.value.hint
    assert "text/csv" not in refused.value.hint


def test_a_table_name_leaves_ask_a_form_of_its_own() -> None:
    choice = by_name("csv")
    assert (choice.bindings, choice.boolean) == (by_name("csv").bindings, ANYTHING.boolean)


@pytest.mark.parametrize(("name", "graph"), [("json", "jsonld"), ("xml", "rdfxml")])
def test_a_name_that_two_forms_share_gives_each_its_own(name: str, graph: str) -> None:
    """SPARQLWrapper asks for CONSTRUCT in JSON so, with an open header."""
    assert by_name(name).graph == by_name(graph).graph
    assert by_name("application/sparql-results+" + name).graph is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="docx"):
        by_name("docx")


def test_a_browsers_form_chooses_by_name_and_a_program_by_header() -> None:
    assert by_header_or_name(BROWSER, "csv") == by_name("csv")
    assert by_header_or_name("*/*", "csv") == by_name("csv")
    assert by_header_or_name("application/sparql-results+xml", "csv") == by_header("application/sparql-results+xml")
    assert by_header_or_name("application/rdf+xml", "xml").graph == graph_by_header("application/rdf+xml")
