"""Looking at one release: this room's queries, asked through the one door."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from coopgraph.ask.answer import Door
from coopgraph.ask.rows import Row, construct, select
from coopgraph.rdf.terms import Term, Triple


@dataclass(frozen=True, slots=True)
class Reading:
    """A door to one release, so that everything shown together comes from that release."""

    door: Door
    release: str

    @classmethod
    def of(cls, door: Door, release: str | None = None) -> Reading:
        """Return a reading of ``release``, or of the one that is current now. Raises StoreDown where there is none."""
        chosen = release or door.release
        return cls(door.at(chosen), chosen)

    def rows(self, name: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Row, ...]:
        """Return the rows of ``queries/{name}.rq`` with ``terms`` bound."""
        return select(self.door, query(name), **terms)

    def triples(self, name: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return the triples of ``queries/{name}.rq`` with ``terms`` bound."""
        return construct(self.door, query(name), **terms)


@lru_cache(maxsize=64)
def query(name: str) -> str:
    """Return the text of ``queries/{name}.rq``."""
    return files("coopgraph.read").joinpath("queries", f"{name}.rq").read_text(encoding="utf-8")
