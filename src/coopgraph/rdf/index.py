"""Index of a set of triples, in memory and in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache
from typing import TypeVar, cast

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import NamedNode, Node, Term, Triple

TripleLookup = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]
"""Looks triples up by subject, property and value; None stands for any."""

_T = TypeVar("_T", bound=Term)


class Index:
    """Triples by subject and property, and by property and object. Every answer is sorted by N-Triples text."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        # Values are keys of a dictionary: one subject may have any number of them.
        self._objects: dict[tuple[Term, Term], dict[Term, None]] = defaultdict(dict)
        self._subjects: dict[tuple[Term, Term], list[Node]] = defaultdict(list)
        self._pairs: dict[Term, list[tuple[Node, Term]]] = defaultdict(list)
        self.add(triples)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in more triples; one that is there already changes nothing."""
        for triple in triples:
            # What was read is RDF 1.1, so no triple stands inside a triple.
            subject, value = cast(Node, triple.subject), cast(Term, triple.object)
            predicate = triple.predicate
            values = self._objects[subject, predicate]
            if value not in values:
                values[value] = None
                self._subjects[predicate, value].append(subject)
                self._pairs[predicate].append((subject, value))

    def objects(self, subject: Term, predicate: NamedNode) -> tuple[Term, ...]:
        """Return the values of ``predicate`` for ``subject``."""
        return _ordered(self._objects.get((subject, predicate), ()))

    def subjects(self, predicate: NamedNode, value: Term) -> tuple[Node, ...]:
        """Return the subjects whose ``predicate`` has the value ``value``."""
        return _ordered(self._subjects.get((predicate, value), ()))

    def pairs(self, predicate: NamedNode) -> tuple[tuple[Node, Term], ...]:
        """Return subject and object of every triple with ``predicate``."""
        return tuple(sorted(self._pairs.get(predicate, ()), key=lambda pair: (str(pair[0]), str(pair[1]))))

    def instances(self, kind: NamedNode) -> tuple[Node, ...]:
        """Return what has the type ``kind``, as written."""
        return self.subjects(RDF.type, kind)

    def ancestors(self, term: Term, predicate: NamedNode) -> tuple[Term, ...]:
        """Return what is reached from ``term`` over one or more steps of ``predicate``; a circle ends itself."""
        found: dict[Term, None] = {}
        waiting = list(self.objects(term, predicate))
        while waiting:
            step = waiting.pop()
            if step not in found:
                found[step] = None
                waiting.extend(self.objects(step, predicate))
        return _ordered(found)


@lru_cache(maxsize=4)
def remembered_index(triples: tuple[Triple, ...]) -> Index:
    """Return the index of triples that come again and again, made once in a process; nothing may be added to it."""
    return Index(triples)


def remembered_lookup(lookup: TripleLookup) -> TripleLookup:
    """Return ``lookup`` with a memory, to be used as long as the triples stay the same."""
    return cache(lambda subject, predicate, value: tuple(lookup(subject, predicate, value)))


def _ordered(terms: Collection[_T]) -> tuple[_T, ...]:
    return tuple(terms) if len(terms) < 2 else tuple(sorted(terms, key=str))
