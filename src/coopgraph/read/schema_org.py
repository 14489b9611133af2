"""A thing as schema.org JSON-LD: the tree that search engines and partner sites read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import RDF, XSD, BlankNode, Literal, NamedNode, Namespace, Node, Term
from coopgraph.read.describe import Description

SCHEMA = Namespace("https://schema.org/")
CONTEXT = "https://schema.org"


def tree(description: Description) -> dict[str, Any]:
    """Return a ``schema`` description as one JSON-LD tree that begins at the thing itself.

    What points at the thing by ``provider`` (its services) is given under the ``@reverse`` of that property. Values are
    arrays wherever a property has more than one; the names are schema.org's own.
    """
    graph, root = description.graph, description.node
    result = {"@context": CONTEXT, **_node(graph, root, ())}
    if services := graph.subjects(SCHEMA.provider, root):
        result["@reverse"] = {"provider": [_node(graph, item, (root,)) for item in services]}
    return result


def _node(graph: Graph, node: Node, above: Sequence[Node]) -> dict[str, Any]:
    result: dict[str, Any] = {"@id": node.value}
    if node in above:
        return result
    for predicate, values in graph.about(node).items():
        if predicate == RDF.type:
            result["@type"] = _single([_local(value) for value in values])
        else:
            result[_local(predicate)] = _single([_value(graph, value, (*above, node)) for value in values])
    return dict(sorted(result.items()))


def _value(graph: Graph, value: Term, above: Sequence[Node]) -> Any:
    match value:
        case Literal() if value.language:
            return {"@language": conventional(value.language), "@value": value.value}
        case Literal() if value.datatype == XSD.integer:
            return int(value.value)
        case Literal():
            return value.value
        case NamedNode() | BlankNode() if graph.about(value):
            return _node(graph, value, above)
        case _:
            return value.value if isinstance(value, NamedNode) else {"@id": f"_:{value.value}"}


def _single(values: list[Any]) -> Any:
    return values if len(values) > 1 else values[0]


def _local(term: Term) -> str:
    return term.value.removeprefix(SCHEMA)
