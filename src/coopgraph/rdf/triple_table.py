"""Triple table: a few triples in memory, looked up by any of their terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import cast

from coopgraph.rdf.terms import Term, Triple


class TripleTable:
    """Triples by subject, by predicate and by object; each once, in the order in which they came."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples: Collection[Triple] = tuple(dict.fromkeys(triples))
        self._subjects: defaultdict[Term, list[Triple]] = defaultdict(list)
        self._predicates: defaultdict[Term, list[Triple]] = defaultdict(list)
        self._objects: defaultdict[Term, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            # What was read is RDF 1.1, so no triple stands inside a triple.
            self._subjects[cast(Term, triple.subject)].append(triple)
            self._predicates[triple.predicate].append(triple)
            self._objects[cast(Term, triple.object)].append(triple)

    def match(self, subject: Term | None, predicate: Term | None, value: Term | None) -> Iterator[Triple]:
        """Yield the triples with these terms; None stands for any."""
        found: Collection[Triple] = self.triples
        for term, held in ((subject, self._subjects), (value, self._objects), (predicate, self._predicates)):
            if term is not None:
                some = held.get(term)
                if some is None:
                    return
                if len(some) < len(found):
                    found = some
        for triple in found:
            if (
                (subject is None or triple.subject == subject)
                and (predicate is None or triple.predicate == predicate)
                and (value is None or triple.object == value)
            ):
                yield triple
