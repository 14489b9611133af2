from __future__ import annotations

import pytest
import SPARQLWrapper

from coopgraph.errors import NotAcceptable
from coopgraph.query.negotiation import ANYTHING, by_header, by_header_or_name, by_name, graph_by_header, wants_page
from coopgraph.rdf.formats import TURTLE

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
    assert "text/turtle" in str(refused.value.hint)
    with pytest.raises(NotAcceptable) as refused:
        graph_by_header("text/csv")
    assert "text/turtle" in str(refused.value.hint)
    assert "text/csv" not in str(refused.value.hint)


def test_a_table_name_leaves_ask_a_form_of_its_own() -> None:
    choice = by_name("csv")
    assert (choice.bindings, choice.boolean) == (by_name("csv").bindings, ANYTHING.boolean)


@pytest.mark.parametrize(("name", "graph"), [("json", "jsonld"), ("xml", "rdfxml")])
def test_a_name_that_two_forms_share_gives_each_its_own(name: str, graph: str) -> None:
    """SPARQLWrapper asks for CONSTRUCT in JSON so, with an open header."""
    assert by_name(name).graph == by_name(graph).graph
    assert by_name("application/sparql-results+" + name).graph is None


def test_an_unknown_name_alone_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(NotAcceptable, match="docx") as refused:
        by_name("docx")
    assert "csv" in str(refused.value.hint)


@pytest.mark.parametrize("accept", ["", "*/*", "application/*, text/*;q=0.1", "text/csv", BROWSER])
def test_an_unknown_name_beside_a_header_that_fits_counts_as_none(accept: str) -> None:
    assert by_header_or_name(accept, "docx") == by_header(accept)


def test_beside_a_header_that_fits_nothing_the_name_decides() -> None:
    assert by_header_or_name("application/javascript", "json") == by_name("json")
    with pytest.raises(NotAcceptable, match="docx"):
        by_header_or_name("application/javascript", "docx")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *(("JSON", "json"), ("Csv", "csv"), (" tsv ", "tsv"), ("Turtle", "ttl")),
        *(("application/json", "json"), ("text/xml", "xml"), ("TEXT/CSV", "csv"), ("text/csv; charset=utf-8", "csv")),
        *(("n3", "ttl"), ("text/n3", "ttl"), ("longturtle", "ttl"), ("application/x-turtle", "ttl"), ("TTL", "ttl")),
        *(("rdf", "rdfxml"), ("rdf+xml", "rdfxml"), ("rdf xml", "rdfxml"), ("RDF/XML", "rdfxml")),
        *(("pretty-xml", "rdfxml"), ("application/rdf xml", "rdfxml"), ("RDF/XML-ABBREV", "rdfxml")),
        *(("json-ld", "jsonld"), ("application/ld+json", "jsonld"), ("application/ld json", "jsonld")),
        *(("ntriples", "nt"), ("N-Triples", "nt"), ("nt11", "nt"), ("application/n-triples", "nt")),
        *(("nquads", "nq"), ("N-Quads", "nq"), ("TriG", "trig"), ("Parquet", "parquet")),
        *(("csv-bom", "excel-csv"), ("CSV-Excel", "excel-csv"), ("text/tab-separated-values", "tsv")),
    ],
)
def test_a_name_means_what_clients_mean_by_it(written: str, name: str) -> None:
    assert by_name(written) == by_name(name)


@pytest.mark.parametrize(
    "written", ["application/sparql-results+json", "sparql-results json", "SPARQL-Results+JSON", "srj"]
)
def test_results_in_json_are_rows_only(written: str) -> None:
    choice = by_name(written)
    assert (choice.bindings, choice.boolean, choice.graph) == (ANYTHING.bindings, ANYTHING.boolean, None)


def test_every_client_constant_is_known() -> None:
    """SPARQLWrapper sends these words, with an open header where the query is of another form."""
    constants = (SPARQLWrapper.JSON, SPARQLWrapper.XML, SPARQLWrapper.CSV, SPARQLWrapper.TSV, SPARQLWrapper.TURTLE)
    for name in (*constants, SPARQLWrapper.N3, SPARQLWrapper.RDF, SPARQLWrapper.RDFXML, SPARQLWrapper.JSONLD):
        assert by_header_or_name("*/*", name) == by_name(name)


@pytest.mark.parametrize("accept", ["text/n3", "application/x-turtle", "text/rdf+n3", "text/n3, */*;q=0.1", "Text/N3"])
def test_old_media_types_of_turtle_are_turtle(accept: str) -> None:
    assert by_header(accept).graph == TURTLE


def test_a_browsers_form_chooses_by_name_and_a_program_by_header() -> None:
    assert by_header_or_name(BROWSER, "csv") == by_name("csv")
    assert by_header_or_name("*/*", "csv") == by_name("csv")
    assert by_header_or_name("application/sparql-results+xml", "csv") == by_header("application/sparql-results+xml")
    assert by_header_or_name("application/rdf+xml", "xml").graph == graph_by_header("application/rdf+xml")


CHROME = f"{BROWSER},image/avif,image/webp,image/apng,application/signed-exchange;v=b3;q=0.7"


@pytest.mark.parametrize(
    ("accept", "name", "page"),
    [
        *((BROWSER, "", True), (CHROME, "", True), ("text/html", "", True), (BROWSER, "docx", True)),
        *((BROWSER, "csv", False), ("", "", False), ("*/*", "", False), ("text/*", "", False)),
        *(("text/html, */*", "", False), ("text/html;q=0.5, text/csv", "", False), ("text/csv", "", False)),
        ("text/html, application/xml, application/json", "", False),
    ],
)
def test_a_page_is_for_those_who_prefer_html_to_every_format(accept: str, name: str, page: bool) -> None:
    assert wants_page(accept, name) is page
