"""Item list (https://schema.org/ItemList) in data formats: RDF, lines of JSON, CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.rdf.namespaces import RDF, SCHEMA, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.rdf.write import written
from coopgraph.reading.data.document import FORMATS

LIST_FORMATS = (*FORMATS, formats.ND_JSON)
"""What a list can be had as, besides a page."""


def item_list(root: NamedNode, things: Iterable[NamedNode], total: int) -> tuple[Triple, ...]:
    """Return the list ``root``: its elements, and how many there are on all its pages."""
    return (
        Triple(root, RDF.type, SCHEMA.ItemList),
        Triple(root, SCHEMA.numberOfItems, Literal(str(total), datatype=XSD.integer)),
        *(Triple(root, SCHEMA.itemListElement, thing) for thing in things),
    )


def triples_about(graph: Graph, thing: NamedNode) -> tuple[Triple, ...]:
    """Return the triples whose subject is ``thing``."""
    return tuple(Triple(thing, predicate, value) for predicate, said in graph.about(thing).items() for value in said)


def rdf_text(graph: Graph, fmt: Format, prefixes: Mapping[str, str]) -> bytes:
    """Return ``graph`` in one of the graph formats but JSON-LD; Turtle in the house form."""
    if fmt is formats.TURTLE:
        return house_form_of_texts(graph.n_triples, prefixes)
    return written(graph.triples, fmt, prefixes)


def json_lines(nodes: Iterable[Mapping[str, Any]]) -> bytes:
    """Return JSON-LD nodes of the published context as newline-delimited JSON, each a document of its own."""
    lines = (json.dumps({"@context": CONTEXT_IRI, **node}, ensure_ascii=False, separators=(",", ":")) for node in nodes)
    return "".join(f"{line}\n" for line in lines).encode()
