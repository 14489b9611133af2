"""Bindings of a SPARQL 1.1 result in JSON as terms (https://www.w3.org/TR/sparql11-results-json/#select-encode-terms)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term

Solution = Mapping[str, Term]
"""Variable name → term; an unbound variable is missing."""


def solutions(document: bytes) -> tuple[Solution, ...]:
    """Return the rows of a result in JSON. Raises ValueError, KeyError or TypeError where it is none."""
    rows = json.loads(document)["results"]["bindings"]
    return tuple({name: term_of_binding(value) for name, value in row.items()} for row in rows)


def term_of_binding(value: dict[str, Any]) -> Term:
    """Return the term of a SPARQL Query Results JSON binding. Raises ValueError or TypeError where it is none."""
    match value["type"]:
        case "uri":
            return NamedNode(value["value"])
        case "bnode":
            return BlankNode(value["value"])
        case _ if "xml:lang" in value:
            return Literal(value["value"], language=value["xml:lang"])
        case _:
            return Literal(value["value"], datatype=NamedNode(value["datatype"]) if "datatype" in value else None)
