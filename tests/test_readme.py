"""What the README promises: its question has its answer, and what it links to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.real_graph import real_graphs

HOME = Path(__file__).resolve().parents[1]
TEXT = (HOME / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_its_question_has_the_answer_that_stands_below_it() -> None:
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triples in real_graphs().graphs.values() for triple in triples)
    query = TEXT.split("```sparql\n")[1].split("```")[0]
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    answered = [[term.value for term in solution if term is not None] for solution in solutions]
    table = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    head = table.index(["name", "value", "words"])
    printed = table[head + 2 : head + 2 + len(answered)]
    assert answered == [[name, value, words.strip("“”")] for name, value, words in printed]


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", TEXT))
def test_what_it_links_to_is_there(target: str) -> None:
    assert (HOME / target).exists()


@pytest.mark.parametrize("folder", re.findall(r"`((?:src|tests|data|shapes|ontology|docs)/[\w/]+/)`", TEXT))
def test_each_folder_it_names_is_there(folder: str) -> None:
    assert (HOME / folder).is_dir()
