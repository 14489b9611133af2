"""schema.org JSON-LD of a thing: the tree that search engines and partner sites read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import RDF, SCHEMA, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term
from coopgraph.reading.description import Description

SCHEMA_ORG_CONTEXT = "https://schema.org"

ADDRESSES = frozenset({"contentUrl", "license", "sameAs", "url"})
"""Terms whose value is an IRI in schema.org's context (``"@type": "@id"``), so that a text stands for one."""

_INTEGERS = frozenset(XSD.term(name) for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"))
_FRACTIONS = frozenset({XSD.decimal, XSD.double, XSD.float})


def tree(description: Description) -> dict[str, Any]:
    """Return a ``schema`` description as one JSON-LD tree that begins at the thing itself.

    What points at the thing by ``provider`` (its services) is given under the ``@reverse`` of that property. Values are
    arrays wherever a property has more than one; the names are schema.org's own. A link is ``{"@id": …}``, but for the
    terms of :data:`ADDRESSES`, which programs that know no JSON-LD read as plain addresses.
    """
    graph, root = description.graph, description.node
    result = {"@context": SCHEMA_ORG_CONTEXT, **_node(graph, root, ())}
    if services := graph.subjects(SCHEMA.provider, root):
        result["@reverse"] = {"provider": [_node(graph, item, (root,)) for item in services]}
    return result


def for_page_in(tree: dict[str, Any], language: str) -> dict[str, Any]:
    """Return such a tree as a page in ``language`` needs it.

    Of texts in several languages it has only those, where there; a node that comes again is named by its ``@id`` alone.
    """
    shown: dict[str, Any] = _for_page(tree, language, set())
    return shown


def _for_page(value: Any, language: str, told: set[str]) -> Any:
    if isinstance(value, dict):
        name = value.get("@id")
        if name in told:
            return {"@id": name}
        if name and "@type" in value:
            told.add(name)
        return {key: _for_page(item, language, told) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    spoken = [item for item in value if isinstance(item, dict) and item.get("@language") == language]
    return _single(spoken) if spoken else [_for_page(item, language, told) for item in value]


def _node(graph: Graph, node: Node, above: Sequence[Node]) -> dict[str, Any]:
    result: dict[str, Any] = {"@id": node.value if isinstance(node, NamedNode) else f"_:{node.value}"}
    if node in above:
        return result
    for predicate, values in graph.about(node).items():
        if predicate == RDF.type:
            result["@type"] = _single([_local(value) for value in values])
        else:
            name = _local(predicate)
            result[name] = _single([_value(graph, name, value, (*above, node)) for value in values])
    return dict(sorted(result.items()))


def _value(graph: Graph, name: str, value: Term, above: Sequence[Node]) -> Any:
    match value:
        case Literal() if value.language:
            return {"@language": conventional(value.language), "@value": value.value}
        case Literal():
            return _plain(value)
        case NamedNode() if name in ADDRESSES and not graph.about(value):
            return value.value
        case _:
            return _node(graph, value, above)


def _plain(value: Literal) -> str | int | float:
    """Return a number as one where JSON's readers, which have binary floating point, see it as it is; else the text."""
    if value.datatype in _INTEGERS:
        return int(value.value)
    if value.datatype in _FRACTIONS:
        with suppress(InvalidOperation, OverflowError):
            exact, near = Decimal(value.value), float(value.value)
            if exact.is_finite() and Decimal(repr(near)) == exact:
                return int(near) if near.is_integer() and abs(near) < 2**53 else near
    return value.value


def _single(values: list[Any]) -> Any:
    return values if len(values) > 1 else values[0]


def _local(term: Term) -> str:
    return term.value.removeprefix(SCHEMA)
