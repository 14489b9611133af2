"""Example questions: SPARQL files whose headers say, in five languages, what they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import RDF, RDFS, SH
from coopgraph.rdf.terms import Literal, NamedNode, Triple

EXAMPLE = BASE + "examples/"

_HEADER = re.compile(r"#\s*([a-z]+)(?:\s*\(([A-Za-z-]+)\))?:\s*(.+)")


class _Text(NamedTuple):
    value: str
    language: str


@dataclass(frozen=True, slots=True)
class Example:
    """One question: its name (also its file's), its topic, its wording by language, and the query without header."""

    name: str
    topic: str
    questions: Mapping[str, str]
    query: str

    def question(self, language: str) -> Wording:
        """Return the question for a reader of ``language``."""
        texts = [_Text(text, tag) for tag, text in self.questions.items()]
        return choose(texts, language) or Wording(self.name, "", exact=True)


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Return all example questions in the order of their names."""
    folder = files("coopgraph.query").joinpath("examples")
    places = sorted((item for item in folder.iterdir() if item.name.endswith(".rq")), key=lambda item: item.name)
    return tuple(_parse(item.name.removesuffix(".rq"), item.read_text(encoding="utf-8")) for item in places)


def example(name: str) -> Example:
    """Return one example. Raises :class:`NotFound`."""
    found = next((item for item in examples() if item.name == name), None)
    if found is None:
        raise NotFound(
            Message("There is no example question of this name."), Message("The page /examples lists them all.")
        )
    return found


def as_graph(items: Iterable[Example]) -> Graph:
    """Return examples as RDF: ``sh:SPARQLExecutable`` (SHACL Advanced Features, 5.1), one IRI each."""
    triples = []
    for item in items:
        node = NamedNode(EXAMPLE + item.name)
        form = SH.SPARQLAskExecutable if re.search(r"^ASK\b", item.query, re.MULTILINE) else SH.SPARQLSelectExecutable
        text = SH.ask if form == SH.SPARQLAskExecutable else SH.select
        if re.search(r"^(CONSTRUCT|DESCRIBE)\b", item.query, re.MULTILINE):
            form, text = SH.SPARQLConstructExecutable, SH.construct
        triples += [Triple(node, RDF.type, form), Triple(node, text, Literal(item.query))]
        triples += [Triple(node, RDFS.label, Literal(words, language=tag)) for tag, words in item.questions.items()]
    return Graph(triples)


def _parse(name: str, text: str) -> Example:
    lines = text.splitlines()
    size = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    questions: dict[str, str] = {}
    topic = ""
    for line in lines[:size]:
        if match := _HEADER.fullmatch(line):
            key, tag, words = match.groups()
            if key == "question" and tag:
                questions[tag] = words
            elif key == "topic":
                topic = words
    return Example(name, topic, questions, "\n".join(lines[size:]).strip() + "\n")
