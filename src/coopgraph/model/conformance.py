"""Conformance: the results of the W3C's tests, every one that does not pass with its reason.

They stand in ``conformance.json``, which ``python -m tests.conformance.results`` writes from the tests of this project.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from coopgraph.messages.message import Message

REASONS: Mapping[str, Message] = {
    "federated": Message(
        "It asks other servers with SERVICE, which this service refuses unless its operator allows the target."
    ),
    "graph-pattern": Message(
        "The engine binds the variable of GRAPH only through triple patterns, not through the pattern as a whole."
    ),
    "numbers": Message("The engine's store keeps the value of a number, not its derived type or how it was written."),
    "zero-length": Message("The engine looks for paths of length zero only among the terms of the graph."),
    "bnode": Message("The engine makes one blank node for each text in the whole query, not in each solution."),
    "true-is-one": Message('The engine takes "1"^^xsd:boolean for true, where the standard wants the literal true.'),
    "imports": Message("The engine does not follow owl:imports when it looks for prefixes."),
    "shapes-graph": Message("The engine does not offer $shapesGraph, an optional feature."),
    "read-only": Message("It writes. This service only reads; data change with a release."),
}
"""Why a test does not pass, or is not applicable, by key."""

SUITE_NAMES: Mapping[str, Message] = {
    "query": Message("SPARQL 1.1: queries, syntax and formats of results"),
    "protocol": Message("SPARQL 1.1 Protocol"),
    "graph-store": Message("SPARQL 1.1 Graph Store HTTP Protocol"),
    "service-description": Message("SPARQL 1.1 Service Description"),
    "shacl-fast": Message("SHACL, by the engine that checks releases"),
    "shacl-pyshacl": Message("SHACL, by pyshacl, the second engine"),
}
"""What each suite is called."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite of tests as run here: ``passed`` by name, ``failed`` and ``inapplicable`` with the keys of reasons.

    A name that follows ``stem`` is the test's IRI.
    """

    key: str
    stem: str
    passed: tuple[str, ...]
    failed: Mapping[str, str]
    inapplicable: Mapping[str, str]


@cache
def conformance() -> tuple[Suite, ...]:
    """Return the results of every suite."""
    raw = json.loads(resources.files("coopgraph.model").joinpath("conformance.json").read_bytes())
    return tuple(Suite(**{**item, "passed": tuple(item["passed"])}) for item in raw)
