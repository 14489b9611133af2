"""Drafts of entity files: paths and triples that are not in the tree yet."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import NamedNode, Triple


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to be: its path in the tree (``data/org/example-centre.ttl``), what it states, the rows it comes from.

    ``extends`` says that the file is there already; what it states is then stated here too.
    """

    path: str
    triples: tuple[Triple, ...]
    rows: tuple[int, ...]
    extends: bool = False

    @property
    def named(self) -> str:
        """The path with the rows, for reports."""
        return f"{self.path} (row {', '.join(map(str, self.rows))})"


def node(segment: str, slug: str) -> NamedNode:
    """Return the IRI of an entity or record."""
    return NamedNode(f"{BASE}id/{segment}/{slug}")
