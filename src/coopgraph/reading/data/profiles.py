"""Profiles of a document as resources: an IRI for each, and what it says of itself.

Profiles Vocabulary: https://www.w3.org/TR/dx-prof/.
"""

from __future__ import annotations

from collections.abc import Mapping

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import DCTERMS, RDF, Namespace
from coopgraph.rdf.terms import Literal, NamedNode, Triple

PROFILE = BASE + "profile/"
"""How the IRI of a profile begins; its name follows."""

_PROF = Namespace("http://www.w3.org/ns/dx/prof/")
_WORDS: Mapping[str, tuple[str, str]] = {
    "full": (
        "Whole slice",
        "The thing's statements, its claims and records with their passages and sources, defects, what points at it, "
        "and the names of all neighbours. As JSON-LD: the tree of its kind's frame, the rest under @included.",
    ),
    "flat": ("Own statements", "The thing's own statements. As JSON-LD: one node after the other, none embedded."),
    "schema": ("schema.org", "What the vocabulary schema.org can say of the thing, for search engines."),
}


def profile_description(name: str) -> Graph:
    """Return the description of a profile. Raises :class:`NotFound` for a name that no profile has."""
    if name not in _WORDS:
        raise NotFound(
            Message("There is no profile “{asked}”.", asked=name),
            Message("Choose one of: {profiles}.", profiles=", ".join(_WORDS)),
        )
    this = NamedNode(PROFILE + name)
    title, description = _WORDS[name]
    return Graph(
        [
            Triple(this, RDF.type, _PROF.Profile),
            Triple(this, DCTERMS.term("title"), Literal(title, language="en")),
            Triple(this, DCTERMS.description, Literal(description, language="en")),
            Triple(this, _PROF.hasToken, Literal(name)),
        ]
    )
