"""Source of what is shown: one release, read by this folder's queries through the query service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from coopgraph.query.prepared import Solution, construct, select
from coopgraph.query.service import QueryService
from coopgraph.rdf.terms import Term


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


@lru_cache(maxsize=64)
def load_query(name: str) -> str:
    """Return the text of ``queries/{name}.rq``."""
    return files("coopgraph.reading").joinpath("queries", f"{name}.rq").read_text(encoding="utf-8")
