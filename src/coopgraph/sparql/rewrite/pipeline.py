"""Pipeline of rewrites: a query as the engine must be given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from coopgraph.rdf.terms import NamedNode
from coopgraph.sparql.rewrite import (
    casts,
    group_concat,
    keyword_spacing,
    language_tags,
    order_by,
    projection_names,
    regex_replacement,
)
from coopgraph.sparql.value_kinds import ValueKinds
from coopgraph.sparql.value_order import KEY, TERM, RDFTerm, key, term_of_key

FUNCTIONS: dict[NamedNode, Callable[..., RDFTerm | None]] = {
    language_tags.FUNCTION: language_tags.customary,
    group_concat.TEXT: group_concat.text_of,
    casts.TRIMMED: casts.trimmed,
    KEY: key,
    TERM: term_of_key,
}
"""The functions of ours that an adapted query may call."""


def adapted(query: str, prefixes: Mapping[str, str], kinds: ValueKinds = MappingProxyType({})) -> str:
    """Return ``query``, for which ``prefixes`` count as declared, so that the engine gives what SPARQL has it give.

    ``kinds`` are those of the values in the default graph, for all predicates for which they are known.
    Places in a report on what is returned are none of ``query``'s: see :func:`of_same_length`. Raises QuerySyntax and
    QueryRefused, with places of ``query``, where a rewrite has no answer.
    """
    # The first names places, so it sees the query as it was written; casts come before there are calls of ours.
    query = casts.of_trimmed(keyword_spacing.spaced(projection_names.with_expressions(query)), prefixes)
    query = order_by.with_keys(group_concat.of_texts(regex_replacement.with_groups(query)), prefixes, kinds)
    return of_same_length(query)


def of_same_length(query: str) -> str:
    """Return ``query`` with the rewrites that keep every character in its place, so that reports on it hold for it."""
    return language_tags.adapt(query)
