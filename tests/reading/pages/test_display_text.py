from __future__ import annotations

import pytest

from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP, DCTERMS, SCHEMA, SKOS, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, page_path, safe_url

from .conftest import Views

LANTERN = NamedNode(BASE + "id/org/lantern")


def test_a_thing_has_the_name_of_the_readers_language_with_its_tag_where_that_is_another(views: Views) -> None:
    assert views("org/lantern").name(LANTERN) == DisplayText("Lantern Support Center", path="/doc/org/lantern")
    assert views("org/lantern", "ja").name(LANTERN).text == "ランタン支援センター"
    assert views("org/lantern", "ja").name(LANTERN).tag == ""
    korean = views("org/lantern", "ko").name(LANTERN)
    assert (korean.text, korean.tag) in {("Lantern Support Center", "en"), ("ランタン支援センター", "ja")}


def test_a_figures_name_does_not_say_whose_it_is_beside_the_name_of_its_owner(views: Views) -> None:
    view = views("org/lantern")
    figure = NamedNode(BASE + "id/figure/lantern.2020.victims-supported")
    assert "Lantern" not in view.name(figure).text
    elsewhere = View(view.graph, view.words, view.language)
    assert "Lantern" in elsewhere.name(figure).text
    assert elsewhere.name(figure, LANTERN.value) == view.name(figure)


@pytest.mark.parametrize(
    ("predicate", "term", "shown"),
    [
        (DCTERMS.language, Literal("ja"), DisplayText("Japanese")),
        (COOP.url, Literal("https://a.example/", datatype=XSD.anyURI), DisplayText("https://a.example/", url="https://a.example/")),
        (COOP.url, Literal("javascript:x", datatype=XSD.anyURI), DisplayText("javascript:x")),
        (SKOS.prefLabel, Literal("집", language="ko-KR"), DisplayText("집", "ko-KR")),
        (SKOS.prefLabel, Literal("home", language="en"), DisplayText("home")),
        (COOP.basis, BlankNode("b"), DisplayText("[…]")),
        (COOP.openingHours, Literal("Mo-Su 00:00-24:00"), DisplayText("every day around the clock")),
        (SCHEMA.dayOfWeek, SCHEMA.Friday, DisplayText("Friday")),
    ],
)  # fmt: skip
def test_a_value_is_shown_by_its_kind(views: Views, predicate: NamedNode, term: object, shown: DisplayText) -> None:
    assert views("org/lantern").value(predicate, term) == shown


def test_what_a_view_makes_of_a_node_is_made_once(views: Views) -> None:
    view = views("org/lantern")
    made: list[NamedNode] = []

    def make(_: View, node: NamedNode) -> int:
        made.append(node)
        return len(made)

    assert [view.once(make, LANTERN), view.once(make, LANTERN)] == [1, 1]
    assert view.once(make, NamedNode(BASE + "id/area/jp")) == 2


def test_addresses_lead_to_pages_of_ours_and_to_nothing_but_the_web() -> None:
    assert page_path(BASE + "id/org/lantern") == "/doc/org/lantern"
    assert page_path(BASE + "def/Claim") == "/def/Claim"
    assert page_path("https://elsewhere.example/id/org/lantern") == ""
    assert safe_url("https://a.example/") == "https://a.example/"
    assert [safe_url(url) for url in ("javascript:alert(1)", "data:text/html,x", "ftp://a", "//a")] == [""] * 4
