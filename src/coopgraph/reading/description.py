"""Description of a resource: what a release says about an IRI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from coopgraph.errors import Gone, NotFound
from coopgraph.messages.message import Message, verbatim
from coopgraph.model.iris import CONCEPT, SHAPE, entity_name
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.source import Source

Profile = OneOf["full", "flat", "schema"]
"""How much a document tells: the whole slice, the thing's own statements, or what schema.org can say."""

PROFILES: tuple[Profile, ...] = ("full", "flat", "schema")


class Moved(NotFound):
    """The entity was renamed or merged; ``successor`` is the IRI that took its place."""

    def __init__(self, iri: str, successor: str) -> None:
        super().__init__(
            Message("{iri} was replaced by {successor}.", iri=iri, successor=successor), Message("Use the new address.")
        )
        self.successor = successor


@dataclass(frozen=True, slots=True)
class Description:
    """What the graph says about ``iri``: never empty."""

    iri: str
    graph: Graph

    @property
    def node(self) -> NamedNode:
        """The thing itself, as a term."""
        return NamedNode(self.iri)


def describe_resource(reading: Source, iri: str, profile: Profile = "full") -> Description:
    """Return what the release says about ``iri``.

    ``full`` gives the thing's statements, its claims and records with their passages and documents, defects, what
    points at it, and the names of all neighbours, or of a catalogue or data set its parts; ``flat`` its own statements
    only; ``schema`` the same in the terms of schema.org.

    Raises :class:`Moved`, :class:`Gone` with the public reason, or :class:`NotFound`.
    """
    present(reading, iri)
    return description(reading, iri, profile)


def description(reading: Source, iri: str, profile: Profile) -> Description:
    """Return the description of ``iri``, which is known to be there, as :func:`describe_resource` does."""
    if profile == "schema":
        return _described(reading, iri, "schema")
    if profile == "flat":
        return _described(reading, iri, "concise-bounded-description", *_shape(iri))
    return _described(reading, iri, "description", *_parts(iri), *_shape(iri))


def page_description(reading: Source, iri: str) -> Description:
    """Return what the page about ``iri`` shows; raises as :func:`describe_resource` does."""
    present(reading, iri)
    return _described(reading, iri, "page", *_parts(iri), *_shape(iri))


def _described(reading: Source, iri: str, *queries: str) -> Description:
    this = _node(iri)
    return Description(iri, Graph.of_n_triples(*(reading.n_triples(query, this=this) for query in queries)))


def has_one_query(iri: str) -> bool:
    """Return whether one query gives the full description: of an entity and a concept, which have no parts."""
    return entity_name(iri) is not None or iri.startswith(CONCEPT)


def _parts(iri: str) -> tuple[str, ...]:
    return () if has_one_query(iri) else ("parts",)


def _shape(iri: str) -> tuple[str, ...]:
    return ("shape",) if iri.startswith(SHAPE) else ()


def present(reading: Source, iri: str) -> None:
    """Return where something is said about ``iri``; raises as :func:`describe_resource` does where nothing is."""
    rows = reading.rows("status", this=_node(iri))
    for row in rows if entity_name(iri) else ():
        if "withdrawn" in row:
            reason = row.get("reason")
            raise Gone(verbatim(_text(reason)) if reason else Message("This entry was withdrawn."))
        if successor := row.get("successor"):
            raise Moved(iri, _text(successor))
    if not any("property" in row for row in rows):
        raise _nothing()


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise _nothing() from error


def _nothing() -> NotFound:
    return NotFound(
        Message("The graph holds nothing under this address."),
        Message("Check the spelling, or look for it in the lists."),
    )


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
