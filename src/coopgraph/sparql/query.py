"""A SPARQL query with its dataset and its preset prefixes; and what its form says it gives."""

from __future__ import annotations

from typing import NamedTuple

from coopgraph.sparql.lexer import prologue, sparql_tokens


class SparqlQuery(NamedTuple):
    """A SPARQL query, its dataset, and the prefixes that it uses without declaring them, with their namespaces.

    ``default_graphs`` and ``named_graphs`` are IRIs. Both None: the store's own dataset. Otherwise they are the whole
    dataset, whatever the query's text says (SPARQL 1.1 Protocol, section 2.1.4); a graph the store does not hold is
    empty and is never fetched.
    """

    query: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    prefixes: tuple[tuple[str, str], ...] = ()


def gives_graph(query: str) -> bool:
    """Return whether ``query`` is one for triples (CONSTRUCT, DESCRIBE), as its first word after the prologue says."""
    found = sparql_tokens(query)
    start = len(prologue(found))
    return found[start : start + 1] != () and found[start].upper in ("CONSTRUCT", "DESCRIBE")


def without_prologue(query: str) -> str:
    """Return ``query`` without the declarations that it begins with, for where its prefixes are preset."""
    found = sparql_tokens(query)
    start = len(prologue(found))
    return query[found[start].start :] if start < len(found) else ""
