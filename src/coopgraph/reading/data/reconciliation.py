"""Reconciliation of names with things of a release, as the Reconciliation Service API 0.2 has it (OpenRefine).

Specification: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. An entity is identified
by its IRI after ``…/id/`` (``org/paps``), a type by a kind's path segment (``org``), a property by its prefixed name
(``coop:isBasedIn``). A candidate is certain where it alone has the name and nothing given speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.model.same_words import words_key
from coopgraph.model.search_text import folded
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.reading.data.search_document import kind_label
from coopgraph.reading.naming import names_of
from coopgraph.reading.search import LONGEST_SEARCH, MatchKind, SearchRequest, SearchResult, search_names
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary

_Item = TypeVar("_Item")

ENTITY_SPACE = BASE + "id/"
"""What identifiers of entities follow."""

MOST_QUERIES = 50
"""Queries of one batch, and entities and properties of one extension."""

CANDIDATES = 10
"""Candidates of a query that says no limit."""

_SCORES: Mapping[MatchKind, int] = {
    "exact": 100,
    "script": 90,
    "prefix": 75,
    "word": 60,
    "inside": 45,
    "spelling": 40,
}
_NOT_FITTING = 0.5
"""What the score is multiplied with for each property of which the candidate has no value that was given."""

_NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.nonNegativeInteger})


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Reconciliation with one release, for readers of one language; its search index lies under ``var``."""

    reading: ReleaseSource
    words: Vocabulary
    var: Path
    language: str

    def manifest(self, address: str) -> Mapping[str, object]:
        """Return the service's manifest; ``address`` is that of the whole service, without a slash at its end."""
        service = f"{address}/reconcile"
        return {
            "versions": ["0.2"],
            "name": "coopgraph",
            "identifierSpace": ENTITY_SPACE,
            "schemaSpace": BASE + "def/",
            "documentation": f"{address}/about",
            "view": {"url": f"{address}/id/{{{{id}}}}"},
            "preview": {"url": f"{address}/embed/{{{{id}}}}", "width": 480, "height": 320},
            "defaultTypes": [self._type(kind.segment) for kind in self.words.kinds if kind.own_file and kind.count],
            "suggest": {
                what: {"service_url": service, "service_path": f"/suggest/{what}"}
                for what in ("entity", "type", "property")
            },
            "extend": {"propose_properties": {"service_url": service, "service_path": "/properties"}},
        }

    def batch(self, queries: object) -> Mapping[str, object]:
        """Return the candidates of each query of a batch. Raises :class:`WrongUsage` for one that is malformed."""
        if not isinstance(queries, dict) or not all(isinstance(query, dict) for query in queries.values()):
            raise WrongUsage(
                Message("“queries” is a JSON object that holds a query for each key."),
                Message('Write {{"q0": {{"query": "…"}}}}.'),
            )
        _few(len(queries))
        return {key: {"result": self._candidates(query)} for key, query in queries.items()}

    def entities(self, prefix: str) -> Mapping[str, object]:
        """Return things with a name of which ``prefix`` is the beginning."""
        found = self._found(prefix, "", CANDIDATES) if prefix.strip() else ()
        return {
            "result": [{"id": _id(item), "name": item.label.text, "notable": [self._type(item.kind)]} for item in found]
        }

    def types(self, prefix: str) -> Mapping[str, object]:
        """Return the kinds whose name has ``prefix`` in it."""
        types = (self._type(kind.segment) for kind in self.words.kinds if kind.count)
        return {"result": [item for item in types if _holds(item, prefix)]}

    def properties(self, prefix: str = "", kind: str = "") -> Mapping[str, object]:
        """Return the properties whose name has ``prefix`` in it, as suggestions."""
        return {"result": [item for item in self._properties(kind) if _holds(item, prefix)]}

    def proposed(self, kind: str, limit: int) -> Mapping[str, object]:
        """Return the properties of a kind that values can be fetched of, at most ``limit``."""
        return {"type": kind, "limit": limit, "properties": list(self._properties(kind))[:limit]}

    def extension(self, asked: object) -> Mapping[str, object]:
        """Return the values of properties of entities. Raises :class:`WrongUsage` where the request is malformed."""
        named: Mapping[str, object] = asked if isinstance(asked, dict) else {}
        ids, properties = named.get("ids"), named.get("properties")
        if not _all_are(ids, str) or not _all_are(properties, dict):
            raise WrongUsage(
                Message("An extension names entities and properties."),
                Message('Write {{"ids": ["org/…"], "properties": [{{"id": "coop:…"}}]}}.'),
            )
        _few(max(len(ids), len(properties)))
        names = [str(item.get("id", "")) for item in properties]
        known = {name: iri for name in names if (iri := self._expanded(name))}
        values = self._values(ids, known.values())
        links = {
            value.value
            for held in values.values()
            for terms in held.values()
            for value in terms
            if isinstance(value, NamedNode) and value.value.startswith(ENTITY_SPACE)
        }
        called = names_of(self.reading, self.words, links, self.language)
        return {
            "meta": [
                {"id": name, "name": self.words.label(known[name], self.language).text if name in known else name}
                for name in names
            ],
            "rows": {
                given: {
                    name: [_cell(value, called) for value in values.get(given, {}).get(known.get(name, ""), ())]
                    for name in names
                }
                for given in ids
            },
        }

    def _candidates(self, query: Mapping[str, Any]) -> list[Mapping[str, object]]:
        text, wanted, limit = query.get("query", ""), query.get("type", ()), query.get("limit", CANDIDATES)
        if not isinstance(text, str) or isinstance(limit, bool) or not isinstance(limit, int | float):
            raise WrongUsage(Message("A query has a text and a number as its limit."))
        kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if isinstance(kind, str)]
        limit = max(1, min(int(limit), MOST_QUERIES))
        if not text.strip():
            return []
        found: list[SearchResult] = []
        for kind in kinds or [""]:
            if not kind or self.words.kind(kind):
                found += self._found(text, kind, limit)
        facts = self._given(query.get("properties", ()))
        fits = self._fitting([_id(item) for item in found], facts)
        scored = [(_SCORES[item.matched.how] * _NOT_FITTING ** (len(facts) - fits[_id(item)]), item) for item in found]
        scored.sort(key=lambda pair: -pair[0])
        certain = [item for score, item in scored if score == _SCORES["exact"]]
        return [
            {
                "id": _id(item),
                "name": item.label.text,
                "description": item.matched.text,
                "type": [self._type(item.kind)],
                "score": score,
                "match": certain == [item],
            }
            for score, item in scored[:limit]
        ]

    def _found(self, text: str, kind: str, limit: int) -> Sequence[SearchResult]:
        asked = SearchRequest(text.strip()[:LONGEST_SEARCH], self.language, kind, limit=limit)
        return search_names(self.var, self.reading.release, asked).results

    def _given(self, properties: object) -> Mapping[str, frozenset[str]]:
        """Return the values that a query gives, as they are compared, by the IRI of the property; others are left."""
        given: dict[str, frozenset[str]] = {}
        for item in properties if isinstance(properties, list) else ():
            if isinstance(item, dict) and (iri := self._expanded(str(item.get("pid", "")))):
                values = item.get("v", ())
                many = values if isinstance(values, list) else [values]
                given[iri] = frozenset(
                    words_key(str(value.get("id", "") if isinstance(value, dict) else value), any_case=True)
                    for value in many
                )
        return given

    def _fitting(self, ids: Sequence[str], facts: Mapping[str, frozenset[str]]) -> Mapping[str, int]:
        """Return of how many properties each entity has a value that was given."""
        if not facts or not ids:
            return dict.fromkeys(ids, 0)
        values = self._values(ids, facts)
        return {
            given: sum(
                bool(wanted & {spelling for value in values[given].get(iri, ()) for spelling in self._spellings(value)})
                for iri, wanted in facts.items()
            )
            for given in ids
        }

    def _spellings(self, value: Term) -> Iterable[str]:
        if isinstance(value, Literal):
            yield words_key(value.value, any_case=True)
        elif isinstance(value, NamedNode):
            yield from (value.value.casefold(), value.value.removeprefix(ENTITY_SPACE).casefold())
            yield value.value.rpartition("/")[2].casefold()
            yield from (words_key(label.value, any_case=True) for label in self.words.labels.get(value.value, ()))

    def _values(self, ids: Iterable[str], properties: Iterable[str]) -> Mapping[str, Mapping[str, list[Term]]]:
        things, wanted = tuple(_nodes(ENTITY_SPACE + given for given in ids)), tuple(_nodes(properties))
        found: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        if things and wanted:
            for row in self.reading.rows("reconciled-values", things=things, properties=wanted):
                found[_iri(row["thing"]).removeprefix(ENTITY_SPACE)][_iri(row["property"])].append(row["value"])
        return found

    def _properties(self, kind: str) -> Iterable[Mapping[str, str]]:
        entity_kind = self.words.kind(kind)
        iris = {
            _iri(row["property"])
            for row in self.reading.rows("properties-of-classes")
            if entity_kind is None or _iri(row["class"]) == entity_kind.of_class
        }
        named = [(self.words.label(iri, self.language).text, self.words.short_name(iri)) for iri in iris]
        return ({"id": short, "name": name} for name, short in sorted(named) if short)

    def _expanded(self, name: str) -> str:
        """Return the IRI of a prefixed name, or the empty text for what is none."""
        prefix, _, local = name.partition(":")
        return self.words.prefixes[prefix] + local if local and prefix in self.words.prefixes else ""

    def _type(self, segment: str) -> Mapping[str, str]:
        return {"id": segment, "name": kind_label(self.words, segment, self.language)}


def _few(number: int) -> None:
    if number > MOST_QUERIES:
        raise WrongUsage(
            Message("At most {most} are answered at once.", most=MOST_QUERIES), Message("Send smaller batches.")
        )


def _all_are(value: object, kind: type[_Item]) -> TypeGuard[list[_Item]]:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _holds(item: Mapping[str, str], prefix: str) -> bool:
    return folded(prefix.strip()) in folded(item["name"]) or prefix.strip().casefold() in item["id"].casefold()


def _id(item: SearchResult) -> str:
    return item.iri.removeprefix(ENTITY_SPACE)


def _iri(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _nodes(iris: Iterable[str]) -> Iterable[NamedNode]:
    for iri in dict.fromkeys(iris):
        try:
            yield NamedNode(iri)
        except ValueError:
            continue  # is no IRI, so nothing has it


def _cell(value: Term, called: Mapping[str, str]) -> Mapping[str, object]:
    """Return a value as the specification writes it (section 6.3)."""
    match value:
        case NamedNode(value=iri) if iri in called:
            return {"id": iri.removeprefix(ENTITY_SPACE), "name": called[iri]}
        case NamedNode(value=iri):
            return {"str": iri}
        case Literal(value=text, datatype=XSD.boolean):
            return {"bool": text in ("true", "1")}
        case Literal(value=text, datatype=XSD.date) | Literal(value=text, datatype=XSD.dateTime):
            return {"date": text}
        case Literal(value=text, datatype=kind) if kind in _NUMBERS:
            number = float(text)
            return {"float": number} if "." in text else {"int": int(number)}
        case Literal(value=text):
            return {"str": text}
        case _:
            return {}
