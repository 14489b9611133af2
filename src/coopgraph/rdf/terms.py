"""RDF terms: pyoxigraph's, which are frozen, hashable and sortable, under the names that this package uses."""

from __future__ import annotations

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Node",
    "Quad",
    "Term",
    "Triple",
]

Term = NamedNode | BlankNode | Literal
"""A term as it stands in RDF 1.1: subject, predicate or object."""


Node = NamedNode | BlankNode
"""What can be a subject in RDF 1.1."""
