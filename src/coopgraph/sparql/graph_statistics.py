"""Graph statistics (VoID, https://www.w3.org/TR/void/#statistics), by which the rows of a pattern are estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple


class PropertyCount(NamedTuple):
    """How many triples a property has, and how many subjects."""

    triples: int
    subjects: int


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """Counts over a default graph: its triples, instances by class, triples by property, each by IRI.

    Without triples, nothing is known.
    """

    triples: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, PropertyCount] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return self.triples > 0

    def of_class(self, iri: str) -> float:
        """Return how many instances a class has."""
        return float(self.classes.get(iri, 0))

    def of_property(self, iri: str | None, *, subject_bound: bool, object_bound: bool) -> float:
        """Return about how many triples of a property (None: of any) fit where subject or object is one that is known.

        Of values no number is published: as many different ones are taken as the root of all.
        """
        if iri is None:
            triples, subjects = float(self.triples), sqrt(self.triples) * 4
        else:
            count = self.properties.get(iri, PropertyCount(0, 0))
            triples, subjects = float(count.triples), float(count.subjects)
        rows = triples
        if subject_bound:
            rows /= max(1.0, subjects)
        if object_bound:
            rows /= max(1.0, sqrt(triples))
        return rows
