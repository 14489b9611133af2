"""Reading: what is wrong is said in words, with its place, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.errors import SyntaxProblem, UnreadableInput
from coopgraph.rdf.formats import GRAPH_FORMATS, JSON, JSON_LD, N_QUADS, N_TRIPLES, TURTLE
from coopgraph.rdf.read import examine, load_file, problems, read_rdf
from coopgraph.rdf.terms import BlankNode, Literal

EX = "@prefix ex: <https://example.org/> .\n"


def _places(text: str) -> list[tuple[int | None, int | None]]:
    return [(problem.line, problem.column) for problem in problems(text.encode(), TURTLE)]


def test_literals_keep_their_spelling() -> None:
    text = EX + 'ex:s ex:p 93.0 , 007 , "1"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> , "a\\tb"@ko .'
    found = [quad.object for quad in read_rdf(text.encode(), TURTLE)]
    assert [(term.value, term.datatype.value.rpartition("#")[2]) for term in found if isinstance(term, Literal)] == [
        ("93.0", "decimal"),
        ("007", "integer"),
        ("1", "nonNegativeInteger"),
        ("a\tb", "langString"),
    ]


def test_blank_nodes_of_two_readings_never_share_a_name() -> None:
    text = b"_:x <urn:p> 1 ."
    (first,), (second,) = read_rdf(text, TURTLE), read_rdf(text, TURTLE)
    assert isinstance(first.subject, BlankNode)
    assert first.subject != second.subject


def test_a_byte_order_mark_is_passed_over() -> None:
    assert len(read_rdf(b"\xef\xbb\xbf<urn:s> <urn:p> 1 .", TURTLE)) == 1


def test_every_line_with_an_error_is_told_in_one_run() -> None:
    text = EX + "ex:a ex:b .\nex:c ex:d <e> .\nex:e “f” 2 .\nno:a ex:b 1 .\nno:c ex:d 2 .\nex:g ex:h <i j> .\n"
    assert _places(text) == [(2, 11), (3, 11), (4, 6), (5, 1), (7, 11)]


def test_an_open_quotation_mark_hides_no_other_error() -> None:
    assert _places(EX + 'ex:a ex:b "c .\nex:d ex:e """f .\nex:g .\nex:h ex:i 1 .\n') == [(2, 11), (3, 11), (4, 6)]


def test_good_statements_around_a_bad_one_are_still_read() -> None:
    quads, faults = examine((EX + "ex:a ex:b 1 .\nex:c .\n\nex:d ex:e 2 .\nex:f ex:g 3 .\n").encode(), TURTLE)
    assert (len(quads), len(faults)) == (2, 1)


def test_what_is_read_beside_an_error_can_be_written_and_read_again() -> None:
    text = EX + 'ex:a ex:b "c"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> , "d" ; ex:e ex:f .'
    quads, faults = examine(text.encode(), TURTLE)
    assert len(faults) == 1
    assert [str(quad.object) for quad in quads] == ['"d"', "<https://example.org/f>"]


def test_an_undeclared_prefix_is_answered_with_the_nearest_that_the_document_declares() -> None:
    (fault,) = examine((EX + "@prefix org: <https://example.org/o/> .\nogr:a ex:b 1 .").encode(), TURTLE)[1]
    assert str(fault.hint).endswith("Did you mean org:?")


def test_columns_count_characters_not_bytes() -> None:
    assert _places(EX + 'ex:한국 ex:b "한국어"@ko no:a .') == [(2, 21)]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("ex:a ex:b ex:c\nex:d ex:e 1 .", "has no end"),
        ("ex:a ex:b ex:c ;\nex:d a ex:e .", "before this one has no end"),
        ("ex:a ex:b ex:c", "in the middle of a statement"),
        ("ex:a no:b 1 .", "“no:” is used but not declared"),
        ('ex:a ex:b "one\ntwo" .', "over the end of the line"),
        ('ex:a ex:b "one .', "over the end of the line"),
        ("ex:a ex:b <relative> .", "“<relative>” is not complete"),
        ("ex:a ex:b <https://example.org/a b> .", "cannot hold the character “ ”"),
        ("ex:a ex:b <https://example.org/%zz> .", "“%zz” is not a percent-encoded character"),
        ("ex:a ex:b <https://example.org:port/> .", "is not valid"),
        ("ex:a ex:b .", "cannot stand where a value belongs"),
        ('ex:a "b" 1 .', "cannot stand where a property belongs"),
        ('"a" ex:b 1 .', "cannot begin a statement"),
        ("ex:a ex:b [ ex:c 1 .", "is not closed"),
        ('ex:a ex:b "1"^^integer .', "not followed by a datatype"),
        ('ex:a ex:b "C:\\q" .', "backslash"),
        ('ex:a ex:b "a"@english-languages .', "not a language tag"),
        ('ex:a ex:b "a"@klingonlanguage .', "“klingonlanguage” is not a language tag"),
        ("ex:a ex:b “c” .", "is not a name"),
        ('ex:a ex:b "c"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .', "has no language tag"),
        ('ex:a ex:b "c"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString> .', "RDF 1.2"),
        ("ex:a ex:b <https://example.org/\x85> .", "cannot hold U+0085 NEXT LINE"),
        ("ex:a ex:b <https://example.org/\ufffd> .", "cannot hold U+FFFD REPLACEMENT CHARACTER"),
        ("ex:a\u200b ex:b 1 .", "U+200B ZERO WIDTH SPACE means nothing"),
        ("ex:a\u3000ex:b 1 .", "U+3000 IDEOGRAPHIC SPACE means nothing"),
        ("@prefix no <urn:x> .", "@prefix line"),
        ("ex:a ex:b +.", "cut short"),
        ("<< ex:a ex:b ex:c >> ex:d 1 .", "RDF 1.2"),
        ('ex:a ex:b "c"@en--ltr .', "RDF 1.2"),
    ],
)
def test_an_error_is_told_in_plain_words_with_a_remedy(statement: str, words: str) -> None:
    found = problems((EX + statement + "\n").encode(), TURTLE)
    assert words in str(found[0])
    assert str(found[0].hint)
    assert "Parser error" not in str(found[0])


def test_a_name_beyond_what_the_parser_holds_is_a_fault_of_the_document() -> None:
    (found,) = problems(b"x" * (16 * 1024**2 + 1), TURTLE)
    assert "more than 16 MiB" in str(found)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,city\nLantern,Harbor\n", "a table (CSV), not Turtle"),
        (b"name;city\nLantern;Harbor\n", "a table (CSV), not Turtle"),
        (b"name\tcity\nLantern\tHarbor\n", "a table (CSV), not Turtle"),
        (b'{"@context": {}}', "JSON, not Turtle"),
        (b"<?xml version='1.0'?><a/>", "XML, not Turtle"),
        (b"<!DOCTYPE html><title>x</title>", "a web page (HTML), not Turtle"),
        ('<urn:a> <urn:b> "é" .'.encode("cp1252"), "not UTF-8 text (byte 0xE9)"),
        (b'<urn:a> <urn:b> "\0" .', "U+0000"),
    ],
)
def test_what_is_no_turtle_at_all_is_told_once(data: bytes, words: str) -> None:
    (problem,) = problems(data, TURTLE)
    assert words in str(problem)
    with pytest.raises(SyntaxProblem):
        read_rdf(data, TURTLE)


def test_bytes_that_are_no_text_are_told_with_their_place() -> None:
    (problem,) = problems("<urn:a> <urn:b> 1 .\n<urn:é> ".encode() + b"\xff", TURTLE)
    assert (problem.line, problem.column) == (2, 9)


def test_turtle_with_commas_is_not_mistaken_for_a_table() -> None:
    assert "table" not in str(problems((EX + "ex:a, ex:b, 1\nex:c, ex:d, 2\n").encode(), TURTLE)[0])


@given(st.binary(max_size=60) | st.text(alphabet='@prefix ex:<>"\\.,;[]()#a1^_{}\n', max_size=60).map(str.encode))
def test_no_input_brings_the_reader_down(data: bytes) -> None:
    for fmt in (TURTLE, N_TRIPLES, N_QUADS):
        for problem in problems(data, fmt):
            assert str(problem)
            assert (problem.line or 0) >= 1
            assert (problem.column or 0) >= 1


def test_other_graph_formats_are_read_too() -> None:
    assert len(read_rdf(b"<urn:s> <urn:p> <urn:o> <urn:g> .", N_QUADS)) == 1
    assert len(read_rdf(b'{"@id": "urn:s", "urn:p": "o"}', JSON_LD)) == 1
    assert JSON not in GRAPH_FORMATS
    with pytest.raises(ValueError, match="carries no graph"):
        read_rdf(b"", JSON)


def test_a_json_ld_document_fetches_no_context() -> None:
    with pytest.raises(UnreadableInput):
        read_rdf(b'{"@context": "http://127.0.0.1:9/context", "@id": "urn:s", "name": "o"}', JSON_LD)


def test_a_file_past_the_limit_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.ttl"
    with large.open("wb") as stream:
        stream.truncate(100 * 1024**2)
    with pytest.raises(UnreadableInput, match="104,857,600 bytes; at most 1,000"):
        load_file(large, limit=1000)


def test_what_cannot_be_loaded_is_told_in_words(tmp_path: Path) -> None:
    for place, words in [(tmp_path / "no.ttl", "no file"), (tmp_path, "a folder"), (Path("/dev/zero"), "regular file")]:
        with pytest.raises(UnreadableInput, match=words):
            load_file(place, limit=10)
    with pytest.raises(UnreadableInput, match="cannot be read"):
        load_file(tmp_path / ("x" * 300), limit=10)


def test_of_a_document_with_a_fault_on_every_line_only_some_are_told() -> None:
    assert 100 < len(examine(b"<urn:s> <urn:p> .\n" * 5_000, TURTLE)[1]) < 2_000
