"""Rule page: what a rule of ``shapes/`` asks, in the reader's language, with a failing and a conforming example."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import coopgraph
from coopgraph.model.iris import SHAPE
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.namespaces import COOP, RDF, SH
from coopgraph.rdf.terms import BlankNode, NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.description import Description
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class RuleExample:
    """What differs between a tree of data that fails a rule and one that conforms, in Turtle; empty: nothing there."""

    fails: str
    conforms: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule: its name, what ``check`` says where it fails, why it is there, what it looks at, how grave it is.

    ``of_files``: it is about files, and no SHACL. ``source`` is the rule itself in Turtle.
    """

    key: str
    name: Wording
    message: Wording | None
    description: Wording | None
    severity: str
    targets: tuple[DisplayText, ...]
    path: DisplayText | None
    of_files: bool
    example: RuleExample | None
    source: str


def rule_page(description: Description, words: Vocabulary, language: str) -> RulePage | None:
    """Return the page of the rule described; None where it has no name, being only a part of another."""
    graph, node = description.graph, description.node
    view = View(graph, words, language, description.iri)
    name = choose(graph.literals(node, SH.term("name")), language)
    if name is None:
        return None
    severity, path = graph.link(node, SH.severity), graph.link(node, SH.path)
    key = description.iri.removeprefix(SHAPE)
    parts = [part for part in graph.values(node, SH.sparql) if isinstance(part, NamedNode | BlankNode)]
    messages = [text for part in (node, *parts) for text in graph.literals(part, SH.message)]
    aimed = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    return RulePage(
        key=key,
        name=name,
        message=choose(messages, language),
        description=choose(graph.literals(node, SH.description), language),
        severity=severity.value.rpartition("#")[2] if severity else "Violation",
        targets=tuple(view.label(item) for predicate in aimed for item in graph.links(node, predicate)),
        path=view.label(path) if isinstance(path, NamedNode) else None,
        of_files=COOP.FileRule in graph.links(node, RDF.type),
        example=rule_example(key),
        source=house_form_of_texts(graph.n_triples, words.prefixes).decode(),
    )


@lru_cache(maxsize=256)
def rule_example(name: str) -> RuleExample | None:
    """Return the example of a rule; None where this installation has none of that name."""
    folder = _examples() / name
    if not name.isalnum() or not folder.is_dir():
        return None
    fails, conforms = (_blocks(folder / f"{which}.ttl") for which in ("fails", "conforms"))
    return RuleExample(_without(fails, conforms), _without(conforms, fails))


def _examples() -> Path:
    """Return the folder of examples: in a wheel within the package, in a checkout among the tests."""
    package = Path(coopgraph.__file__).parent
    shipped = package / "graph" / "rule-examples"
    return shipped if shipped.is_dir() else package.parent.parent / "tests" / "shapes"


def _blocks(file: Path) -> tuple[str, ...]:
    """Return the blocks of a Turtle file, one a subject; what is not seen in it (no UTF-8, returns) by signs for it."""
    text = file.read_bytes().decode(errors="replace").replace("\r", "␍") if file.is_file() else ""
    return tuple(block.strip("\n") for block in text.split("\n\n") if not block.startswith("@prefix"))


def _without(blocks: tuple[str, ...], others: tuple[str, ...]) -> str:
    return "\n\n".join(block for block in blocks if block not in others)
