"""Quality measurements (DQV) of the graph: completeness, languages, closeness and age of sources, verification.

The metrics and their names stand in ``ontology/quality.ttl``; here they are measured. A measurement is limited to the
values of ``coop:isMeasuredFor``. No day of the clock enters, so that the same tree gives the same measurements: age is
told by the year of issue.

Source: https://www.w3.org/TR/vocab-dqv/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from coopgraph.model.iris import BASE, CONCEPT, DATASET
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, DQV, ELI, FOAF, RDF, SCHEMA, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple

MEASURED_LANGUAGES = ("en", "ja", "ko", "zh-Hans", "zh-Hant")
"""The languages of the graph's own wording."""

NAMED = (COOP.Organization, COOP.Law, COOP.Event, COOP.Service, SKOS.Concept)
"""Classes whose names are counted by language."""

LOCATED = ((COOP.Organization, COOP.isBasedIn), (COOP.Law, ELI.jurisdiction), (COOP.Event, COOP.isLocatedIn))
"""Classes that belong to areas, and by which property."""

EXPECTED = (
    (COOP.Organization, COOP.foundingDate),
    (COOP.Organization, FOAF.homepage),
    (COOP.Organization, SCHEMA.sameAs),
    (COOP.Law, COOP.criminalizes),
    (COOP.Law, COOP.entersIntoForceOn),
    (COOP.Law, COOP.maximumPenalty),
    (COOP.Law, SCHEMA.sameAs),
    (COOP.Event, SCHEMA.sameAs),
    (SKOS.Concept, SKOS.exactMatch),
    (COOP.Service, COOP.hasCost),
    (COOP.Service, COOP.hasAvailableLanguage),
    (COOP.Service, COOP.isAvailableThrough),
    (COOP.ServiceChannel, COOP.openingHours),
    (COOP.SourceDocument, COOP.url),
    (COOP.SourceDocument, DCTERMS.issued),
)
"""What a reader looks for and a source may not say: class and property."""

DIRECTNESS = tuple(NamedNode(f"{CONCEPT}directness/{key}") for key in ("primary", "secondary", "tertiary", "mirror"))
"""How close a source is to the facts, closest first."""

_DATASET = NamedNode(DATASET + "coopgraph")
MEASURED_BY = frozenset(
    (
        RDF.type,
        SKOS.prefLabel,
        DCTERMS.issued,
        DCTERMS.language,
        COOP.composedName,
        COOP.hasBasis,
        COOP.hasDirectness,
        COOP.hasEvidence,
        COOP.hasVerification,
        COOP.isQuotedFrom,
        ELI.is_part_of,
        *(term for _, term in (*LOCATED, *EXPECTED)),
    )
)
"""Properties that are measured by; nothing else is kept in memory."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of a metric, for the part of the graph that ``limits`` name; ``key`` tells it from others."""

    metric: str
    key: str
    limits: tuple[Term, ...]
    value: Literal

    def triples(self) -> Iterator[Triple]:
        """Yield the measurement as DQV has it."""
        node = NamedNode(f"{DATASET}quality.{self.metric}.{self.key}")
        yield Triple(_DATASET, DQV.hasQualityMeasurement, node)
        yield Triple(node, RDF.type, DQV.QualityMeasurement)
        yield Triple(node, DQV.computedOn, _DATASET)
        yield Triple(node, DQV.isMeasurementOf, NamedNode(f"{DATASET}quality.{self.metric}"))
        yield Triple(node, DQV.value, self.value)
        for limit in self.limits:
            yield Triple(node, COOP.isMeasuredFor, limit)


def measurements(quads: Iterable[Quad]) -> tuple[Triple, ...]:
    """Return the measurements over a release's graphs, sorted, each with an IRI under ``dataset/quality.``."""
    graph = Index(quad.triple for quad in quads if quad.predicate in MEASURED_BY)
    found = (*_things(graph), *_names(graph), *_filled(graph), *_sources(graph), *_statements(graph))
    return tuple(sorted((triple for item in found for triple in item.triples()), key=str))


def _things(graph: Index) -> Iterator[Measurement]:
    for kind in sorted({*NAMED, *(kind for kind, _ in (*LOCATED, *EXPECTED)), COOP.Observation, COOP.Claim}, key=str):
        yield Measurement("things", _key(kind), (kind,), _count(len(graph.instances(kind))))
    for kind, predicate in LOCATED:
        of_kind = set(graph.instances(kind))
        areas = Counter(area for thing, area in graph.pairs(predicate) if thing in of_kind)
        for area, number in areas.items():
            yield Measurement("things-in-area", f"{_key(kind)}.{_key(area)}", (kind, area), _count(number))


def _names(graph: Index) -> Iterator[Measurement]:
    for kind in NAMED:
        things = graph.instances(kind)
        tags = [_languages(_given_names(graph, thing)) for thing in things]
        for language in MEASURED_LANGUAGES:
            named = sum(language in of_thing for of_thing in tags)
            limits = (kind, Literal(language))
            yield Measurement("named", f"{_key(kind)}.{language.lower()}", limits, _percent(named, len(things)))


def _given_names(graph: Index, thing: Term) -> set[Term]:
    """Return the names of a thing but those that the build composed."""
    return {*graph.objects(thing, SKOS.prefLabel)}.difference(graph.objects(thing, COOP.composedName))


def _filled(graph: Index) -> Iterator[Measurement]:
    for kind, predicate in EXPECTED:
        things = graph.instances(kind)
        filled = sum(_has(graph, thing, predicate) for thing in things)
        yield Measurement("filled", f"{_key(kind)}.{_key(predicate)}", (kind, predicate), _percent(filled, len(things)))


def _has(graph: Index, thing: Term, predicate: NamedNode) -> bool:
    """Return whether a thing, or for a law one of its provisions, has a value."""
    return any(graph.objects(item, predicate) for item in (thing, *graph.subjects(ELI.is_part_of, thing)))


def _sources(graph: Index) -> Iterator[Measurement]:
    directness, languages, years = Counter[Term](), Counter[Term](), Counter[str]()
    for source in graph.instances(COOP.SourceDocument):
        directness.update(graph.objects(source, COOP.hasDirectness))
        languages.update(graph.objects(source, DCTERMS.language))
        years.update({date.value[:4] for date in graph.objects(source, DCTERMS.issued)})
    yield from _counted("sources-by-directness", directness)
    yield from _counted("sources-by-language", languages)
    yield from _counted("sources-by-year", Counter({_year(year): number for year, number in years.items()}))


def _statements(graph: Index) -> Iterator[Measurement]:
    bases, verifications, directness = Counter[Term](), Counter[Term](), Counter[Term]()
    for statement, basis in graph.pairs(COOP.hasBasis):
        bases[basis] += 1
        verifications.update(graph.objects(statement, COOP.hasVerification))
        sources = {
            source
            for passage in graph.objects(statement, COOP.hasEvidence)
            for source in graph.objects(passage, COOP.isQuotedFrom)
        }
        close = {level for source in sources for level in graph.objects(source, COOP.hasDirectness)}
        directness.update([level for level in DIRECTNESS if level in close][:1])
    yield from _counted("statements-by-basis", bases)
    yield from _counted("statements-by-verification", verifications)
    yield from _counted("statements-by-directness", directness)


def _counted(metric: str, numbers: Counter[Term]) -> Iterator[Measurement]:
    for value, number in numbers.items():
        yield Measurement(metric, _key(value), (value,), _count(number))


def _languages(labels: Iterable[Term]) -> set[str]:
    return {conventional(label.language) for label in labels if isinstance(label, Literal) and label.language}


def _key(term: Term) -> str:
    """Return the last part of an IRI, or a literal's text, as it may stand in an IRI of a measurement."""
    return term.value.removeprefix(BASE).replace("#", "/").rsplit("/", 1)[-1].lower()


def _year(year: str) -> Literal:
    return Literal(year, datatype=XSD.gYear)


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def _percent(part: int, whole: int) -> Literal:
    """Return a percentage with one decimal; nothing of nothing is 0."""
    share = Decimal(100 * part) / Decimal(whole) if whole else Decimal(0)
    return Literal(str(share.quantize(Decimal("0.1"), ROUND_HALF_UP)), datatype=XSD.decimal)
