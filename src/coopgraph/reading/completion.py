"""Completion of queries: prefixes, classes, properties and concepts by short name, with label and number of uses."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.model.iris import CONCEPT
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.sparql.graph_statistics import GraphStatistics


def completion_terms(words: Vocabulary, statistics: GraphStatistics, language: str) -> dict[str, object]:
    """Return what an editor can complete, as JSON: ``prefixes`` with namespaces, and ``terms`` that the release uses.

    A term has a ``name`` (``coop:Organization``), a ``kind`` (``class``, ``property``, ``concept``), where it has one a
    ``label`` in the reader's language or the nearest, and of classes and properties the ``count`` of uses.
    """
    return {"prefixes": dict(words.prefixes), "terms": list(_terms(words, statistics, language))}


def _terms(words: Vocabulary, statistics: GraphStatistics, language: str) -> Iterator[dict[str, object]]:
    for iri, count in sorted(statistics.classes.items(), key=lambda item: -item[1]):
        yield from _term(iri, "class", words, language, count)
    for iri, uses in sorted(statistics.properties.items(), key=lambda item: -item[1].triples):
        yield from _term(iri, "property", words, language, uses.triples)
    for iri in words.labels:
        if iri.startswith(CONCEPT):
            yield from _term(iri, "concept", words, language)


def _term(
    iri: str, kind: str, words: Vocabulary, language: str, count: int | None = None
) -> Iterator[dict[str, object]]:
    name = words.short_name(iri)
    if name:
        label = {"label": words.label(iri, language).text} if iri in words.labels else {}
        yield {"name": name, "kind": kind, **label, **({} if count is None else {"count": count})}
