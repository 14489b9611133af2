from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode
from coopgraph.sparql.lexer import bind, declared, position, sparql_tokens, text_position
from tests.conftest import example_count


def kinds(query: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in sparql_tokens(query)]


def test_each_kind_of_token_is_told_apart() -> None:
    query = '?a<?b \'it\\\'s\' """x"y"""@zh-Hans <http://e/#c> ex:a.b:c\\-d. _:b1 1.5e-3 true # <no>\n&&'
    assert kinds(query) == [
        ("variable", "?a"),
        ("sign", "<"),
        ("variable", "?b"),
        ("string", "'it\\'s'"),
        ("string", '"""x"y"""'),
        ("tag", "@zh-Hans"),
        ("iri", "<http://e/#c>"),
        ("name", "ex:a.b:c\\-d"),
        ("sign", "."),
        ("blank", "_:b1"),
        ("number", "1.5e-3"),
        ("word", "true"),
        ("sign", "&&"),
    ]


def test_what_looks_like_the_beginning_of_a_name_or_a_text_is_taken_apart() -> None:
    assert kinds("a-1e+5") == [("word", "a"), ("sign", "-"), ("number", "1e+5")]
    assert kinds("a.b.:c") == [("word", "a"), ("sign", "."), ("word", "b"), ("sign", "."), ("name", ":c")]
    assert kinds("\"\\\"a'b'") == [("sign", '"'), ("sign", "\\"), ("sign", '"'), ("word", "a"), ("string", "'b'")]
    assert kinds('"""a"') == [("string", '""'), ("string", '"a"')]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["a-", "a.", '\\"', "\\'", "'''\\", "<a", ":a.", "@a-", "_:a.", "1.", "%41"])
@pytest.mark.parametrize("opening", ["", '"', '"""', "'''", "<", "a", ":"])
def test_no_text_takes_more_time_than_its_length_needs(opening: str, part: str) -> None:
    short, long = (_seconds(opening + part * count) for count in (2_000, 16_000))
    # Eight times as long; 64 times where the time grows with the square of the length.
    assert long < 24 * short + 0.05


def _seconds(text: str) -> float:
    """Return the processor time that ``text`` takes, the least of three, without what other tests have left behind."""
    gc.disable()
    times = []
    for _ in range(3):
        start = time.process_time()
        sparql_tokens(text)
        times.append(time.process_time() - start)
    gc.enable()
    return min(times)


@settings(max_examples=example_count(150))
@given(st.text(max_size=80))
def test_no_character_but_space_and_comment_is_skipped(text: str) -> None:
    end = 0
    for token in sparql_tokens(text):
        skipped = text[end : token.start]
        assert not skipped.strip(" \t\r\n") or skipped.strip(" \t\r\n").startswith("#")
        assert text[token.start : token.start + len(token.text)] == token.text
        end = token.start + len(token.text)


@given(st.text(alphabet="ab\n가", max_size=30), st.data())
def test_place_and_position_are_inverse(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert position(text, *text_position(text, at)) == at


def test_a_parameter_is_bound_everywhere_but_in_texts_and_comments() -> None:
    query = 'SELECT ?x { ?this ?x $this FILTER(?thisOne = "?this") } # ?this'
    bound = bind(query, {"this": NamedNode("http://e/a")})
    assert bound == 'SELECT ?x { <http://e/a> ?x <http://e/a> FILTER(?thisOne = "?this") } # ?this'


def test_several_terms_stand_side_by_side() -> None:
    terms = (NamedNode("http://e/a"), Literal("b", language="ko"))
    assert bind("VALUES ?x { $terms }", {"terms": terms}) == 'VALUES ?x { <http://e/a> "b"@ko }'


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_no_text_breaks_out_of_its_quotation_marks(text: str) -> None:
    bound = bind("ASK { ?s ?p ?text }", {"text": Literal(text)})
    assert [token.kind for token in sparql_tokens(bound)].count("string") == 1
    assert [token.text for token in sparql_tokens(bound)][-1] == "}"


def test_a_typed_literal_keeps_its_datatype() -> None:
    assert "XMLSchema#date" in bind("ASK { ?s ?p ?d }", {"d": Literal("2020-01-01", datatype=XSD.date)})


def test_a_term_without_its_variable_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="no parameter that"):
        bind("ASK { ?this ?p ?o }", {"this": NamedNode("http://e/a"), "that": NamedNode("http://e/a")})


def test_a_blank_node_is_never_bound() -> None:
    with pytest.raises(ValueError, match="blank node"):
        bind("ASK { ?this ?p ?o }", {"this": BlankNode("b")})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK {}", {}),
        ("PREFIX ex: <http://e/> ASK {}", {"ex": "http://e/"}),
        ("# PREFIX no: <http://no/>\nprefix : <http://e/>ASK { ?s :p 'PREFIX no: <http://no/>' }", {"": "http://e/"}),
        (
            "BASE <http://b/> PREFIX a: <x#> BASE <http://c/> PREFIX b: <x#> ASK {}",
            {"a": "http://b/x#", "b": "http://c/x#"},
        ),
        ("PREFIX a: <http://one/> PREFIX a: <http://two/> ASK {}", {"a": "http://two/"}),
        ("PREFIX a: <http://a/> PREFIX a: <http://[/> ASK {}", {}),
    ],
)
def test_the_prefixes_of_a_query_are_those_of_its_prologue(query: str, expected: dict[str, str]) -> None:
    assert declared(query) == expected
