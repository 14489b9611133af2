"""Words of findings, from the shapes as they are and from small ones made up here."""

from __future__ import annotations

import pytest

from coopgraph.errors import OurFault
from coopgraph.model.language import LANGUAGES, in_language
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.validation.messages import ReadableNames, fill_message, read_names, read_rules, rule_named

from .conftest import ROOT


def triples(text: str) -> list[Triple]:
    prefixes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix shape: <https://w3id.org/coopgraph/shape/> ."
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    )
    return [quad.triple for quad in read_rdf((prefixes + text).encode(), TURTLE)]


def test_every_rule_of_the_tree_speaks_all_five_languages() -> None:
    shapes = [q.triple for file in (ROOT / "shapes").glob("*.ttl") for q in read_rdf(file.read_bytes(), TURTLE)]
    rules = read_rules(shapes)
    assert len(rules) > 80
    for rule in rules.values():
        for texts in (rule.names, rule.descriptions, rule.messages):
            assert set(texts) == set(LANGUAGES), rule.iri


def test_a_rule_is_what_has_a_message_and_a_violation_unless_it_says_otherwise() -> None:
    rules = read_rules(
        triples(
            'shape:A sh:message "Mend it."@en ; sh:severity sh:Warning . shape:B sh:message "M"@zh-Hans .'
            'shape:A-q sh:select "SELECT" . <urn:other> sh:message "No rule of ours."@en .'
        )
    )
    assert {rule.name: (rule.severity, dict(rule.messages)) for rule in rules.values()} == {
        "A": ("warning", {"en": "Mend it."}),
        "B": ("violation", {"zh-Hans": "M"}),
    }


def test_a_file_rule_that_the_shapes_lack_is_our_fault() -> None:
    with pytest.raises(OurFault, match="SyntaxError"):
        rule_named({}, "SyntaxError")


def test_placeholders_of_both_kinds_are_filled_and_nothing_else() -> None:
    filled = fill_message({"en": "{?value} of {$this}, {value} {} {?path}"}, lambda name, tag: f"<{name}:{tag}>")
    assert filled == {"en": "<value:en> of <this:en>, {value} {} <path:en>"}


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert fill_message({"en": "{?value}"}, lambda name, tag: "{?value}") == {"en": "{?value}"}


def test_a_thing_is_named_by_its_label_in_the_language_or_the_nearest() -> None:
    thing = NamedNode("https://example.org/area/jp")
    labels = triples(f'{thing} skos:prefLabel "Japan"@en , "日本"@ja , "日本国"@zh-Hans .')
    held = [triple.object for triple in labels if isinstance(triple.object, Literal)]
    names = read_names(lambda _: held, {"area": "https://example.org/area/", "ex": "https://example.org/"}, [thing])
    assert names.readable(thing, "ja") == "日本 (area:jp)"
    assert names.readable(thing, "zh-Hant") == "日本国 (area:jp)"
    assert names.readable(thing, "ko") == "Japan (area:jp)"
    assert names.readable(Literal("x", language="en"), "ko") == "x"


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("https://example.org/a/b", "a:b"),
        ("https://example.org/a/b.1", "a:b.1"),
        ("https://example.org/a/b/c", "<https://example.org/a/b/c>"),
        ("https://example.org/a/b.", "<https://example.org/a/b.>"),
        ("urn:x", "<urn:x>"),
    ],
)
def test_a_thing_without_a_label_has_its_short_name(iri: str, short: str) -> None:
    names = ReadableNames({}, {"a": "https://example.org/a/", "e": "https://example.org/"})
    assert names.readable(NamedNode(iri), "en") == short


def test_a_text_that_a_language_lacks_comes_from_the_next() -> None:
    texts = {"en": "name", "zh-Hans": "名"}
    assert [in_language(texts, tag) for tag in ("zh-Hant", "ko", "en")] == ["名", "name", "name"]
    assert in_language({"ja": "名"}, "ko") == "名"
    assert in_language({}, "ko") == ""
