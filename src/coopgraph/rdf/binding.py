"""Binding of a SPARQL 1.1 result in JSON as a term (https://www.w3.org/TR/sparql11-results-json/#select-encode-terms)."""

from __future__ import annotations

from typing import Any

from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term


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
