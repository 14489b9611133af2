"""Source of what is shown: anything that answers this folder's queries; and the usual one, a release.

What is not yet in a release is read from a graph in memory: :class:`coopgraph.reading.graph_source.GraphSource`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from coopgraph.query.prepared import construct, construct_document, select
from coopgraph.query.service import QueryService
from coopgraph.rdf.binding import Solution
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.rdf.terms import Term
from coopgraph.sparql.lexer import bind


class Source(Protocol):
    """What pages and documents are read from."""

    @property
    def release(self) -> str:
        """The name of what is read, under which what was found in it may be kept."""
        ...

    def rows(self, name: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Solution, ...]:
        """Return the rows of ``queries/{name}.rq`` with ``terms`` bound."""
        ...

    def n_triples(self, name: str, /, **terms: Term | tuple[Term, ...]) -> bytes:
        """Return the triples of ``queries/{name}.rq`` with ``terms`` bound, for :meth:`Graph.of_n_triples`."""
        ...


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """One release behind a query service, so that everything shown together comes from that release."""

    query_service: QueryService
    release: str

    @classmethod
    def of(cls, query_service: QueryService, release: str | None = None) -> ReleaseSource:
        """Return a reading of ``release``, or of the one that is current now. Raises StoreDown where there is none."""
        chosen = release or query_service.release_name()
        return cls(query_service.at(chosen), chosen)

    def rows(self, name: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Solution, ...]:
        """Return the rows of ``queries/{name}.rq`` with ``terms`` bound."""
        return select(self.query_service, load_query(name), **terms)

    def n_triples(self, name: str, /, **terms: Term | tuple[Term, ...]) -> bytes:
        """Return the triples of ``queries/{name}.rq`` with ``terms`` bound, for :meth:`Graph.of_n_triples`."""
        return construct(self.query_service, load_query(name), **terms)

    def document(self, name: str, fmt: Format, form: DocumentForm, /, **terms: Term | tuple[Term, ...]) -> bytes:
        """Return the triples of ``queries/{name}.rq`` with ``terms`` bound as one document, which the store makes."""
        return construct_document(self.query_service, load_query(name), fmt, form, **terms)


@lru_cache(maxsize=64)
def load_query(name: str) -> str:
    """Return the text of ``queries/{name}.rq``."""
    return files("coopgraph.reading").joinpath("queries", f"{name}.rq").read_text(encoding="utf-8")


def bound_query(name: str, **terms: Term | tuple[Term, ...]) -> str:
    """Return the text of ``queries/{name}.rq`` without its comments and with ``terms`` bound, for a reader to ask."""
    lines = load_query(name).splitlines(keepends=True)
    return bind("".join(line for line in lines if not line.startswith("#")), terms)
