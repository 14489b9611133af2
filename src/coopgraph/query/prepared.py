"""Prepared queries of our own: a text with terms bound into it, answered with typed rows or N-Triples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from coopgraph.query.service import QueryService
from coopgraph.rdf.binding import Solution, solutions
from coopgraph.rdf.formats import JSON, N_TRIPLES, Format
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.rdf.terms import Term
from coopgraph.sparql.guard import Inspected, inspect
from coopgraph.sparql.lexer import bind
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice

_CHOICE = Choice(JSON, JSON, N_TRIPLES)


def select(query_service: QueryService, query: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Solution, ...]:
    """Return the rows of a SELECT query whose variables in ``terms`` are replaced by these terms.

    A tuple of terms goes where terms may stand side by side, as in VALUES. Raises what
    :meth:`QueryService.answer` raises.
    """
    return solutions(_ask(query_service, query, terms))


def construct(query_service: QueryService, query: str, /, **terms: Term | tuple[Term, ...]) -> bytes:
    """Return the triples of a CONSTRUCT or DESCRIBE query, bound as in :func:`select`, as N-Triples in any order."""
    return _ask(query_service, query, terms)


def construct_document(
    query_service: QueryService, query: str, fmt: Format, form: DocumentForm, /, **terms: Term | tuple[Term, ...]
) -> bytes:
    """Return the triples of a CONSTRUCT query, bound as in :func:`select`, as the document of this form in ``fmt``.

    It is made where the query runs; see :mod:`coopgraph.rdf.graph_document`.
    """
    return _ask(query_service, query, terms, Choice(None, None, fmt, form))


def _ask(
    query_service: QueryService, query: str, terms: Mapping[str, Term | tuple[Term, ...]], choice: Choice = _CHOICE
) -> bytes:
    answer = query_service.answer(SparqlQuery(bind(query, terms)), choice, inspected=_inspected(query))
    return b"".join(answer.chunks)


@lru_cache(maxsize=64)
def _inspected(query: str) -> Inspected:
    """Return what the words of a query of ours say, which terms do not change."""
    return inspect(query, length=len(query.encode()))
