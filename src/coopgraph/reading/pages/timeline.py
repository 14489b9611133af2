"""Timeline of a thing: its own dates, and the events that the graph knows around it, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.values import in_words

_DATES = (
    COOP.foundingDate,
    COOP.activeSince,
    COOP.occurredOn,
    COOP.enactmentDate,
    COOP.publicationDate,
    COOP.entersIntoForceOn,
    COOP.effectiveDate,
    COOP.amendmentDate,
)
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What happened, and when: ``notation`` as the graph has the date, ``when`` in the reader's words."""

    notation: str
    when: str
    what: DisplayText


def timeline(view: View, node: NamedNode) -> tuple[TimelineEntry, ...]:
    """Return the dates of ``node`` and of the events around it, the earliest first; nothing where there are not two.

    Of dates that sources dispute only those that are not to be used are left out.
    """
    found = {(entry.notation, entry.what.text): entry for entry in (*_own(view, node), *_events(view, node))}
    entries = sorted(found.values(), key=lambda entry: (entry.notation, entry.what.text))
    return tuple(entries) if len(entries) >= _FEWEST else ()


def _own(view: View, node: NamedNode) -> Iterator[TimelineEntry]:
    graph = view.graph
    doubtful = {
        (graph.link(claim, RDF.predicate), value.value)
        for claim in graph.subjects(RDF.subject, node)
        if (rank := graph.link(claim, COOP.hasRank)) and rank.value.endswith("/deprecated")
        for value in graph.literals(claim, RDF.object)
    }
    for predicate in _DATES:
        for date in graph.literals(node, predicate):
            if (predicate, date.value) not in doubtful:
                label = view.label(predicate)
                yield TimelineEntry(date.value, in_words(date.value, view.language), DisplayText(label.text, label.tag))


def _events(view: View, node: NamedNode) -> Iterator[TimelineEntry]:
    graph = view.graph
    for subjects in graph.pointing(node).values():
        for subject in subjects:
            if isinstance(subject, NamedNode) and subject != node:
                for date in graph.literals(subject, COOP.occurredOn):
                    yield TimelineEntry(date.value, in_words(date.value, view.language), view.name(subject))
