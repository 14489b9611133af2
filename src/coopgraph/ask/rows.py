"""Our own queries: a text with terms bound into it → typed rows or triples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from coopgraph.ask.answer import Door
from coopgraph.ask.guard import Inspected, inspect
from coopgraph.rdf.binding import term
from coopgraph.rdf.formats import JSON, N_TRIPLES
from coopgraph.rdf.read import read
from coopgraph.rdf.sparql import bind
from coopgraph.rdf.terms import Term, Triple
from coopgraph.store.protocol import Choice, Question

_CHOICE = Choice(JSON, JSON, N_TRIPLES)

Row = Mapping[str, Term]
"""Variable name → term; an unbound variable is missing."""


def select(door: Door, query: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Row, ...]:
    """Return the rows of a SELECT query whose variables in ``terms`` are replaced by these terms.

    A tuple of terms goes where terms may stand side by side, as in VALUES. Raises what :meth:`Door.answer` raises.
    """
    body = _ask(door, query, terms)
    return tuple({name: term(value) for name, value in row.items()} for row in json.loads(body)["results"]["bindings"])


def construct(door: Door, query: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Triple, ...]:
    """Return the triples of a CONSTRUCT or DESCRIBE query, bound as in :func:`select`, in no particular order."""
    body = _ask(door, query, terms)
    return tuple([quad.triple for quad in read(body, N_TRIPLES)])


def _ask(door: Door, query: str, terms: Mapping[str, Term | tuple[Term, ...]]) -> bytes:
    answer = door.answer(Question(bind(query, terms)), _CHOICE, inspected=_inspected(query))
    return b"".join(answer.chunks)


@lru_cache(maxsize=64)
def _inspected(query: str) -> Inspected:
    """Return what the words of a query of ours say, which terms do not change."""
    return inspect(query, length=len(query.encode()))
