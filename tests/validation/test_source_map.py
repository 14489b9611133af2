"""Places of triples, held against what stands at them in every file of the real data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.dataset.tree import read_tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.read import problems, read_rdf
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple
from coopgraph.validation.source_map import map_source
from tests.conftest import example_count

from .conftest import FIXTURE, ROOT

PREFIXES = re.compile(r"@prefix ([\w-]*): <([^>]*)> \.")


def stands_at(text: str, prefixes: dict[str, str], triple: Triple) -> bool:
    """Whether the object of ``triple`` is what is written at the beginning of ``text``."""
    value = triple.object
    if isinstance(value, NamedNode):
        if text.startswith("<"):
            return text.startswith(str(value))
        name = re.match(r"([\w-]*):((?:[\w.%-]*[\w%-])?)", text)
        return name is not None and prefixes[name[1]] + name[2] == value.value
    assert isinstance(value, Literal)
    found = read_rdf(f"<urn:s> <urn:p> {literal(text, prefixes)} .".encode(), TURTLE)
    return found[0].object == value


def literal(text: str, prefixes: dict[str, str]) -> str:
    """Return the literal at the beginning of ``text`` in full, independent of prefixes."""
    found = re.match(r'("""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\]|\\.)*")(@[\w-]+|\^\^([\w-]+):(\w+))?', text)
    if found is None:
        return re.match(r"[\w.+-]*\w", text)[0]  # type: ignore[index]
    if found[3]:
        return f"{found[1]}^^<{prefixes[found[3]]}{found[4]}>"
    return found[1] + (found[2] or "")


@pytest.mark.slow
@pytest.mark.parametrize("folder", [FIXTURE, ROOT / "data"], ids=["fixture", "data"])
def test_every_triple_of_every_data_file_stands_where_it_is_said_to_stand(folder: Path) -> None:
    files = sorted(folder.rglob("*.ttl"))
    assert files
    wrong: list[str] = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        prefixes = dict(PREFIXES.findall(text))
        lines = text.split("\n")
        triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
        places = map_source(text, triples)
        for triple in triples:
            line, column = places.triples.get(triple, (0, 0))
            rest = "\n".join([lines[line - 1][column - 1 :], *lines[line : line + 200]])
            if not line or not stands_at(rest, prefixes, triple):
                wrong.append(f"{file.name}:{line}:{column} {triple}")
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["ontology", "shapes", "data", "tests"])
def test_every_triple_of_every_turtle_file_has_a_place(folder: str) -> None:
    without: list[str] = []
    for file in sorted((ROOT / folder).rglob("*.ttl")):
        data = file.read_bytes()
        if problems(data, TURTLE):
            continue
        triples = [quad.triple for quad in read_rdf(data, TURTLE)]
        found = map_source(data.decode().removeprefix("\ufeff"), triples)
        if set(found.triples) != set(triples) or not {triple.subject for triple in triples} <= set(found.subjects):
            without.append(file.name)
    assert without == []


ODD = {
    "a list of texts": '<urn:s> <urn:p> ( "a" "b" ) .',
    "a list in a list": '<urn:s> <urn:p> ( ( "a" ) ( ( ) "b" ( 1 2 ) ) "c"@en "d"^^<urn:t> ) .',
    "a list inside brackets": '<urn:s> <urn:p> [ <urn:q> ( "a" [ <urn:r> "b" , "c" ] [ ] ) ; ] , 1 .',
    "lists as subjects": '( 1 "a" [ <urn:q> 2 ] ) <urn:p> 3 . ( ) <urn:p> 4 . ( ( 5 ) ) <urn:p> ( 6 ) ; <urn:q> 7 .',
    "brackets as subjects": "[ <urn:p> 1 ] <urn:q> 2 . [ <urn:p> 3 ; ] . [ ] <urn:p> 4 . [] <urn:p> [] .",
    "labels": "_:a <urn:p> _:b.c , _:1 . _:b.c <urn:p> _:a.",
    "no spaces": "@prefix:<urn:x#>.@prefix a.b:<urn:y#>.:s<urn:p>:o,:o.1;a[:p(1 2)],a.b:c.<urn:s>a :o.",
    "dots after numbers": "<urn:s> <urn:p> 1.<urn:s> <urn:p> 2.0,.5,-3.e+4,+5E-1.<urn:s> <urn:p> true.<urn:t>a<urn:u>.",
    "directives in all their ways": (
        "PREFIX p: <urn:p#>\nprefix q:<urn:q#> BASE <urn:b>\n@base <urn:c> . @prefix r: <urn:r#> ."
        "\np:prefix q:base r:a ."
    ),
    "names like directives": "@prefix prefix: <urn:> . prefix:base prefix:a prefix:prefix . <urn:s> a prefix:version.",
    "escaped names": r"@prefix p: <urn:p#> . p:a\.b\(c p:d\~\; p:%20\, , p:e\' ; <urn:\u0061> p:f\( .",
    "escaped texts": r"""<urn:s> <urn:p> '\'' , "\"\\" , '''a\'''' , "\\" , '\u0041\t' .""",
    "quotation marks within": (
        """<urn:s> <urn:p> '"' , "'" , '''"''a"''' , \"\"\"a"b""c # '\nd\"\"\" , '' , "" , \"\"\"\"\"\" ."""
    ),
    "comments anywhere": (
        '# ( [ "\n<urn:s#a> # \'\n <urn:p> # ,\n ( # )\n 1 # .\n) # ;\n, "#" # "\n ; # .\n<urn:q> 2 # .\n. # .'
    ),
    "semicolons to spare": "<urn:s> <urn:p> 1 ;;; <urn:q> 2 ; ; . <urn:t> <urn:p> [ <urn:q> 3 ; ; <urn:r> 4 ;; ] ; .",
    "tags and datatypes far off": '<urn:s> <urn:p> "a" # c\n @en , "b" ^^ # d\n <urn:t> , "c"@zh-Hant-TW.',
    "carriage returns alone": "<urn:s>\r<urn:p>\r'a' ,\r( 'b' )\r. # c\r<urn:t> <urn:p> 1 .\r",
    "carriage returns and line feeds": "<urn:s>\r\n<urn:p> '''a\r\nb''' ,\r\n( 'b' )\r\n.\r\n",
    "letters beyond the first plane": "<urn:😀> <urn:p> '😀' , 'é' , ( '가' ) .",
    "nothing": "# nothing\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_every_triple_of_an_odd_spelling_has_a_place_where_a_value_begins(text: str) -> None:
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    found = map_source(text, triples)
    assert set(found.triples) == set(triples)
    lines = re.split(r"\r\n?|\n", text)
    for triple, (line, column) in found.triples.items():
        rest = lines[line - 1][column - 1 :]
        if isinstance(triple.object, Literal):
            assert re.match(r"[\"'+.\d-]|true|false", rest)
        elif isinstance(triple.object, BlankNode):
            # The cells behind the first of a list stand at their members.
            assert rest[0] in "[(_" or triple.predicate == RDF.rest
        else:
            assert rest[0] not in "\"'[_"


LEAVES = st.sampled_from(["{}", "{}.5", "'{}'", '"{}"@en', "'''{}\n'''", '"{}"^^<urn:d>', "<urn:{}>"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"( {' '.join(items)} )"),
        st.lists(inner, max_size=3).map(lambda items: "[ " + " ; ".join(f"<urn:p> {item}" for item in items) + " ]"),
    ),
    max_leaves=8,
)
STATEMENTS = st.tuples(
    st.one_of(st.just("<urn:s>"), VALUES.filter(lambda text: text[0] in "([")), st.lists(VALUES, min_size=1, max_size=3)
).map(lambda parts: f"{parts[0]} <urn:q> {' , '.join(parts[1])} .")


@settings(max_examples=example_count(200), deadline=None)
@given(st.lists(STATEMENTS, max_size=3).map("\n".join))
def test_each_value_of_any_document_is_found_where_it_stands(pattern: str) -> None:
    text = pattern.format(*range(1001, 1001 + pattern.count("{}")))
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    found = map_source(text, triples)
    assert set(found.triples) == set(triples)
    lines = text.split("\n")
    for triple, (line, column) in found.triples.items():
        value = triple.object
        if isinstance(value, BlankNode) or value == RDF.nil:
            continue
        if number := re.search(r"\d{4}", value.value):
            assert re.match(rf"(<urn:|\"|'+)?{number[0]}", lines[line - 1][column - 1 :])


def test_numbers_that_a_parser_would_rewrite_are_found_as_written() -> None:
    text = "@prefix x: <urn:x:> .\nx:a x:p 007 ,\n    93.0 ,\n    1e3 , true ;\n  x:q 'b'@zh-Hans .\n"
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    places = map_source(text, triples)
    assert [places.triples[triple] for triple in triples] == [(2, 9), (3, 5), (4, 5), (4, 11), (5, 7)]


def test_columns_count_characters_not_bytes() -> None:
    text = '<urn:가나다> <urn:p> "라마" , "바" .'
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    assert [map_source(text, triples).triples[triple][1] for triple in triples] == [19, 26]


def test_a_text_over_several_lines_moves_what_follows_it() -> None:
    text = '<urn:a> <urn:p> """one\ntwo\n""" ;\n  <urn:q> <urn:b> .\n\n<urn:c> <urn:q> <urn:d> .\n'
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    places = map_source(text, triples)
    assert [places.triples[triple] for triple in triples] == [(1, 17), (4, 11), (6, 17)]
    assert places.subjects == {NamedNode("urn:a"): (1, 1), NamedNode("urn:c"): (6, 1)}


def test_a_triple_written_twice_is_shown_where_it_is_first_written() -> None:
    text = "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:b> .\n"
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    assert len(triples) == 2
    assert map_source(text, triples).triples == {triples[0]: (1, 17)}


def test_nested_blank_nodes_do_not_disturb_the_places_around_them() -> None:
    text = "<urn:a> <urn:p> [ <urn:q> <urn:b> , <urn:c> ] ,\n  <urn:d> ; <urn:r> ( <urn:e> ) .\n"
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    places = map_source(text, triples)
    found = {str(triple.object): place for triple, place in places.triples.items() if str(triple.object) == "<urn:d>"}
    assert found == {"<urn:d>": (2, 3)}


def test_brackets_may_stand_as_deep_in_each_other_as_they_like() -> None:
    text = f"<urn:s> <urn:p> {'[ <urn:p> ( ' * 3000} <urn:a> {' ) ]' * 3000} .\n<urn:t> <urn:p> 1 ."
    triples = [quad.triple for quad in read_rdf(text.encode(), TURTLE)]
    assert map_source(text, triples).triples[triples[-1]] == (2, 17)


def test_triples_of_another_document_have_no_places() -> None:
    triples = [quad.triple for quad in read_rdf(b"<urn:a> <urn:p> 1 , 2 .", TURTLE)]
    assert map_source("<urn:a> <urn:p> 1 .", triples).triples == {}


def test_the_tree_gives_quads_in_the_order_that_places_are_matched_by(tree) -> None:  # type: ignore[no-untyped-def]
    content = read_tree(tree)
    path = "data/org/lantern.ttl"
    text = (tree.data / "org/lantern.ttl").read_text(encoding="utf-8")
    triples = [quad.triple for quad in content.quads[path]]
    assert set(map_source(text, triples).triples) == set(triples)
