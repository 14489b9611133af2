"""The house form keeps every graph and has one form for each."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import chain

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import SyntaxProblem, UnreadableInput
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Triple
from coopgraph.rdf.turtle import format_turtle, house_form
from tests.conftest import example_count

PREFIXES = {
    "ex": "https://example.org/",
    "id": "https://example.org/id/",
    "odd": "https://example.org/id/%C3",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

LOCAL_PARTS = """a a.b . a. .. 2020 -x x- %41 %C3%A9 é 한국 a:b a/b a'b a(b) a#b a?b=c&d ~ _ · a· 0 +1 true a,b a;b
@en $x ! * 😀 \u200d"""


def _is_iri(text: str) -> bool:
    try:
        read_rdf(f"<{text}> <{text}> <{text}> .".encode(), TURTLE)
    except (SyntaxProblem, ValueError):
        return False
    return True


iris = (
    st.builds(
        lambda base, parts: base + "".join(parts),
        st.sampled_from([*PREFIXES.values(), "urn:x:", "https://other.example/", "mailto:", "http://[::1]/"]),
        st.lists(st.sampled_from(LOCAL_PARTS.split()), max_size=3),
    )
    .filter(_is_iri)
    .map(NamedNode)
)
AWKWARD = [
    "\n",
    "\r",
    "\t",
    '"',
    '""',
    '"""',
    "'",
    "\\",
    "\\u",
    "\b",
    "\f",
    "\0",
    "\x7f",
    "\u2028",
    "\ufeff",
    "#",
    "@",
    "한",
]
texts = st.text(max_size=12) | st.lists(st.sampled_from(AWKWARD), max_size=6).map("".join)
tags = st.sampled_from(["en", "ko", "zh-Hans", "zh-hant-HK", "ja-Latn", "de-CH-1996", "en-x-Private", "EN-us"])
datatypes = st.sampled_from([XSD.integer, XSD.decimal, XSD.boolean, XSD.double, XSD.date, XSD.string]) | iris.filter(
    lambda node: node.value not in (RDF + "langString", RDF + "dirLangString")
)
numerals = st.sampled_from(
    ["1", "01", "+1", "-0", "1.0", ".5", "5.", "1e3", "true", "1", "false", "TRUE", "", "-", "93.0"]
)
literals = (
    st.builds(Literal, texts)
    | st.builds(lambda text, tag: Literal(text, language=tag), texts, tags)
    | st.builds(lambda text, kind: Literal(text, datatype=kind), numerals | texts, datatypes)
)
blanks = st.sampled_from([BlankNode(name) for name in "abcdef"])
predicates = iris | st.sampled_from([RDF.type, RDF.first, RDF.rest])
objects = iris | literals | blanks | blanks | st.just(RDF.nil)
triples = st.builds(Triple, iris | blanks | blanks, predicates, objects)


@st.composite
def lists(draw: st.DrawFn) -> list[Triple]:
    """A list, sometimes spoiled: shared, without end, circular, with two values, or with more said of a cell."""
    name = draw(st.sampled_from("xy"))
    cells = [BlankNode(f"{name}{number}") for number in range(draw(st.integers(1, 4)))]
    made = []
    end = draw(st.sampled_from([RDF.nil, RDF.nil, cells[0], Literal("end")]))
    for cell, following in zip(cells, [*cells[1:], end], strict=True):
        made += [Triple(cell, RDF.first, draw(objects)), Triple(cell, RDF.rest, following)]
    pointers = draw(st.lists(st.tuples(iris | blanks, iris, st.sampled_from(cells)), max_size=2))
    return [*made, *(Triple(*pointer) for pointer in pointers), *draw(st.lists(triples, max_size=2))]


graphs = st.lists(triples, max_size=14) | st.lists(lists(), max_size=2).map(lambda parts: [*chain(*parts)])


def _canonical(triples: list[Triple]) -> bytes:
    return canonical_nquads(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)


@settings(max_examples=example_count(400), deadline=None)
@given(graphs)
def test_the_house_form_holds_exactly_the_graph_that_went_in(graph: list[Triple]) -> None:
    written = house_form(graph, PREFIXES)
    assert canonical_nquads(read_rdf(written, TURTLE)) == _canonical(graph)


@settings(max_examples=example_count(200), deadline=None)
@given(graphs)
def test_formatting_twice_changes_nothing(graph: list[Triple]) -> None:
    once = house_form(graph, PREFIXES)
    assert format_turtle(once, prefixes=PREFIXES) == once


@settings(max_examples=example_count(200), deadline=None)
@given(graphs, st.randoms())
def test_order_and_names_of_blank_nodes_do_not_show(graph: list[Triple], chance: random.Random) -> None:
    old = [letter + digit for letter in "abcdefxy" for digit in ["", *"0123"]]
    names = dict(zip(old, chance.sample([f"n{number}" for number in range(len(old))], len(old)), strict=True))

    def renamed(term: object) -> object:
        return BlankNode(names[term.value]) if isinstance(term, BlankNode) else term

    other = [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in graph]  # type: ignore[arg-type]
    chance.shuffle(other)
    assert house_form(other, PREFIXES) == house_form(graph, PREFIXES)


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
@settings(max_examples=example_count(100), deadline=None)
@given(st.lists(st.builds(Triple, iris, iris, iris | literals), max_size=8))
def test_another_parser_reads_the_same_graph(graph: list[Triple]) -> None:
    # rdflib alters what lies outside its habits; those are excluded, since the point is the syntax we write.
    graph = [
        triple
        for triple in graph
        if not (isinstance(triple.object, Literal) and any(c in triple.object.value for c in "\r\0\ufeff\ufffe\uffff"))
    ]
    theirs = rdflib.Graph().parse(data=house_form(graph, PREFIXES), format="turtle")
    assert len(theirs) == len(set(graph))


HOUSE = """\
@prefix ex: <https://example.org/> .
@prefix id: <https://example.org/id/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

id:centre a ex:Body ,
        ex:Thing ;
    ex:hours [ ex:opens "09:00:00"^^xsd:time ] ;
    ex:name "Centre"@en ,
        "中心"@zh-Hans ,
        "中心"@zh-Hant ;
    ex:nothing () ;
    ex:order ( id:a id:b 3 ) ;
    ex:place [
            a ex:Place ;
            ex:floor 02 ;
        ] ;
    ex:query \"\"\"SELECT *
WHERE { ?s ?p "x" }\"\"\" ;
    ex:rate 93.0 ;
    ex:share "93"^^xsd:decimal ;
    ex:site <https://site.example/> ;
.

id:centre.first
    ex:partOf id:centre ;
    rdf:value true ;
.
"""


def test_the_house_form_looks_like_this() -> None:
    untidy = (
        b"@prefix e: <https://example.org/> . @prefix i: <https://example.org/id/> .\n"
        b"@prefix unused: <https://unused.example/> . @prefix xs: <http://www.w3.org/2001/XMLSchema#> .\n"
        b"i:centre.first e:partOf i:centre ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> true .\n"
        b"i:centre e:site <https://site.example/> ; e:share '93'^^xs:decimal ; e:rate 93.0 ; e:nothing () ;\n"
        b"  e:order ( i:a i:b 3 ) ; e:name '\xe4\xb8\xad\xe5\xbf\x83'@ZH-hant , '\xe4\xb8\xad\xe5\xbf\x83'@zh-hans , "
        b"'Centre'@EN ; e:hours [ e:opens '09:00:00'^^xs:time ] ; e:place [ e:floor 02 ; a e:Place ] ;\n"
        b"  e:query 'SELECT *\\nWHERE { ?s ?p \"x\" }' ; a e:Thing , e:Body .\n"
    )
    assert format_turtle(untidy, prefixes=PREFIXES).decode() == HOUSE


def test_the_head_of_a_file_comes_first_and_entities_before_their_records() -> None:
    text = (
        b"@prefix id: <https://example.org/id/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        b"id:a.1 a id:C . id:b a id:C . id:z a skos:ConceptScheme ."
    )
    written = format_turtle(text, prefixes=PREFIXES).decode()
    assert written.index("id:z") < written.index("id:b a") < written.index("id:a.1")


def test_adding_a_statement_changes_one_line() -> None:
    before = HOUSE.splitlines()
    added = HOUSE.replace("ex:site <https://site.example/> ;", "ex:site <https://site.example/> ; ex:zone 1 ;").encode()
    after = format_turtle(added, prefixes=PREFIXES).decode().splitlines()
    assert [line for line in after if line not in before] == ["    ex:zone 1 ;"]
    assert len(after) == len(before) + 1


def test_the_empty_graph_is_the_empty_file() -> None:
    assert format_turtle(b"@prefix ex: <https://example.org/> .\n", prefixes=PREFIXES) == b""


def test_shared_and_circular_blank_nodes_keep_labels() -> None:
    text = b"<urn:s> <urn:p> _:x , _:y . <urn:t> <urn:p> _:x . _:q <urn:p> _:r . _:r <urn:p> _:q . _:y <urn:p> 1 ."
    written = format_turtle(text, prefixes=PREFIXES).decode()
    assert written.count("_:b") == 4
    assert "[ <urn:p> 1 ]" in written


@pytest.mark.parametrize("list_", ["( _:b 1 2 )", "( 1 _:b 2 )", "( 1 2 _:b )", "( 1 ( 2 _:b ) 3 )"])
def test_a_circle_through_a_list_is_written_once(list_: str) -> None:
    text = f"_:b <urn:p> {list_} .".encode()
    written = format_turtle(text, prefixes=PREFIXES)
    assert _canonical(list(read_rdf(written, TURTLE))) == _canonical(list(read_rdf(text, TURTLE)))
    assert written.decode().count("_:b") == 2


@pytest.mark.parametrize("opening", ["[ <urn:p> ", "( "])
def test_deep_nesting_is_written_and_absurd_nesting_refused_in_words(opening: str) -> None:
    closing = " ]" if opening.startswith("[") else " )"
    text = f"<urn:s> <urn:p> {opening * 60}1{closing * 60} .".encode()
    written = format_turtle(text, prefixes=PREFIXES)
    assert format_turtle(written, prefixes=PREFIXES) == written
    assert len(read_rdf(written, TURTLE)) == len(read_rdf(text, TURTLE))
    with pytest.raises(UnreadableInput, match="deep"):
        format_turtle(f"<urn:s> <urn:p> {opening * 9000}1{closing * 9000} .".encode(), prefixes=PREFIXES)


@pytest.mark.slow
def test_a_long_list_anywhere_is_written() -> None:
    items = " ".join(map(str, range(5000)))
    for text in (
        f"<urn:s> <urn:p> ( {items} ) .",
        f"( {items} ) <urn:p> 1 .",
        f"_:l <urn:p> _:l ; <urn:q> ( {items} _:l ) .",
    ):
        written = format_turtle(text.encode(), prefixes=PREFIXES)
        assert canonical_nquads(read_rdf(written, TURTLE)) == canonical_nquads(read_rdf(text.encode(), TURTLE))


def test_two_processes_write_the_same_bytes() -> None:
    program = (
        "import sys; from coopgraph.rdf.turtle import format_turtle;"
        "sys.stdout.buffer.write(format_turtle(sys.stdin.buffer.read(), prefixes={}))"
    )
    text = b"".join(b"<urn:%d> <urn:p> [ <urn:q> _:s%d ] , _:s%d .\n" % (n, n % 3, n) for n in range(9))
    runs = {
        subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_broken_turtle_is_refused_with_its_place() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        format_turtle(b"<urn:a> <urn:b> .", prefixes=PREFIXES)
    assert (caught.value.line, caught.value.column) == (1, 17)
