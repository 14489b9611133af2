"""Places of triples, held against what stands at them in every file of the real data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coopgraph.check.positions import find_positions
from coopgraph.dataset.tree import read_tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import read
from coopgraph.rdf.terms import Literal, NamedNode, Triple

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
    found = read(f"<urn:s> <urn:p> {literal(text, prefixes)} .".encode(), TURTLE)
    return found[0].object == value


def literal(text: str, prefixes: dict[str, str]) -> str:
    """Return the literal at the beginning of ``text`` in full, independent of prefixes."""
    found = re.match(r'("""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\]|\\.)*")(@[\w-]+|\^\^([\w-]+):(\w+))?', text)
    if found is None:
        return re.match(r"[\w.+-]*\w", text)[0]  # type: ignore[index]
    if found[3]:
        return f"{found[1]}^^<{prefixes[found[3]]}{found[4]}>"
    return found[1] + (found[2] or "")


@pytest.mark.parametrize("folder", [FIXTURE, ROOT / "data"], ids=["fixture", "data"])
def test_every_triple_of_every_data_file_stands_where_it_is_said_to_stand(folder: Path) -> None:
    files = sorted(folder.rglob("*.ttl"))
    assert files
    wrong: list[str] = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        prefixes = dict(PREFIXES.findall(text))
        lines = text.split("\n")
        triples = [quad.triple for quad in read(text.encode(), TURTLE)]
        places = find_positions(text, triples)
        for triple in triples:
            line, column = places.triples.get(triple, (0, 0))
            rest = "\n".join([lines[line - 1][column - 1 :], *lines[line : line + 200]])
            if not line or not stands_at(rest, prefixes, triple):
                wrong.append(f"{file.name}:{line}:{column} {triple}")
    assert wrong == []


def test_numbers_that_a_parser_would_rewrite_are_found_as_written() -> None:
    text = "@prefix x: <urn:x:> .\nx:a x:p 007 ,\n    93.0 ,\n    1e3 , true ;\n  x:q 'b'@zh-Hans .\n"
    triples = [quad.triple for quad in read(text.encode(), TURTLE)]
    places = find_positions(text, triples)
    assert [places.triples[triple] for triple in triples] == [(2, 9), (3, 5), (4, 5), (4, 11), (5, 7)]


def test_columns_count_characters_not_bytes() -> None:
    text = '<urn:가나다> <urn:p> "라마" , "바" .'
    triples = [quad.triple for quad in read(text.encode(), TURTLE)]
    assert [find_positions(text, triples).triples[triple][1] for triple in triples] == [19, 26]


def test_a_text_over_several_lines_moves_what_follows_it() -> None:
    text = '<urn:a> <urn:p> """one\ntwo\n""" ;\n  <urn:q> <urn:b> .\n\n<urn:c> <urn:q> <urn:d> .\n'
    triples = [quad.triple for quad in read(text.encode(), TURTLE)]
    places = find_positions(text, triples)
    assert [places.triples[triple] for triple in triples] == [(1, 17), (4, 11), (6, 17)]
    assert places.subjects == {"urn:a": (1, 1), "urn:c": (6, 1)}


def test_a_triple_written_twice_is_shown_where_it_is_first_written() -> None:
    text = "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:b> .\n"
    triples = [quad.triple for quad in read(text.encode(), TURTLE)]
    assert len(triples) == 2
    assert find_positions(text, triples).triples == {triples[0]: (1, 17)}


def test_nested_blank_nodes_do_not_disturb_the_places_around_them() -> None:
    text = "<urn:a> <urn:p> [ <urn:q> <urn:b> , <urn:c> ] ,\n  <urn:d> ; <urn:r> ( <urn:e> ) .\n"
    triples = [quad.triple for quad in read(text.encode(), TURTLE)]
    places = find_positions(text, triples)
    found = {str(triple.object): place for triple, place in places.triples.items() if str(triple.object) == "<urn:d>"}
    assert found == {"<urn:d>": (2, 3)}


def test_a_document_that_the_watcher_cannot_read_has_no_places() -> None:
    nested = "[ <urn:p> " * 3000 + "<urn:a>" + " ]" * 3000
    text = f"<urn:s> <urn:p> {nested} ."
    assert find_positions(text, [quad.triple for quad in read(text.encode(), TURTLE)]).triples == {}


def test_the_tree_gives_quads_in_the_order_that_places_are_matched_by(tree) -> None:  # type: ignore[no-untyped-def]
    content = read_tree(tree)
    path = "data/org/lantern.ttl"
    text = (tree.data / "org/lantern.ttl").read_text(encoding="utf-8")
    triples = [quad.triple for quad in content.quads[path]]
    assert set(find_positions(text, triples).triples) == set(triples)
