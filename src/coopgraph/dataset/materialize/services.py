"""Services as other vocabularies see them: public services of CPSV, hours of schema.org, languages; composed names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.claims import AssertedClaim
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import BASE, CONCEPT, entity_name
from coopgraph.model.language import LANGUAGES
from coopgraph.model.opening_hours import parse_opening_hours
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, CPSV, RDF, SCHEMA, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

PUBLIC = frozenset(
    NamedNode(CONCEPT + "organization-type/" + kind) for kind in ("public-institution", "government-department")
)

_WEEK = tuple(
    SCHEMA.term(day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)

_BETWEEN_TYPES = {"ja": "、", "zh-Hans": "、", "zh-Hant": "、"}
_BEFORE_NAME = {"ja": "：", "zh-Hans": "：", "zh-Hant": "："}


def public_services(records: Index, asserted: Index, schemes: Index) -> Iterator[Derivation]:
    """Yield the type ``cpsv:PublicService`` for each service whose provider is asserted to be a public body.

    Public bodies are public institutions, government departments, and every narrower type.
    """
    for service in records.instances(COOP.Service):
        for provider in records.objects(service, COOP.isProvidedBy):
            kinds = asserted.objects(provider, COOP.hasOrganizationType)
            if any(PUBLIC.intersection((kind, *schemes.ancestors(kind, SKOS.broader))) for kind in kinds):
                yield Derivation(
                    Triple(service, RDF.type, CPSV.PublicService), Triple(service, COOP.isProvidedBy, provider)
                )


def opening_hours(
    claims: Iterable[AssertedClaim], records: Index, asserted: Index, schemes: Index
) -> Iterator[Derivation]:
    """Yield a ``schema:OpeningHoursSpecification`` for each claim of opening hours that can be read.

    Its time zone is that of the area which the service is for, where all of it has one.
    """
    for item in claims:
        owner, predicate, written = item.triple
        stretch = parse_opening_hours(written.value) if predicate == COOP.openingHours else None
        name = entity_name(item.claim.value) if isinstance(item.claim, NamedNode) else None
        if stretch is None or name is None:
            continue
        hours = NamedNode(f"{BASE}id/hours/{name.slug}")
        # The end of a day is 23:59 there: 24:00 is the same time as 00:00 (XSD 1.1), and stores make it that.
        closes = "23:59" if stretch.closes == "24:00" else stretch.closes
        for triple in (
            Triple(owner, SCHEMA.hoursAvailable, hours),
            Triple(hours, RDF.type, SCHEMA.OpeningHoursSpecification),
            Triple(hours, SKOS.notation, written),
            *(Triple(hours, SCHEMA.dayOfWeek, _WEEK[day]) for day in stretch.days),
            Triple(hours, SCHEMA.opens, Literal(f"{stretch.opens}:00", datatype=XSD.time)),
            Triple(hours, SCHEMA.closes, Literal(f"{closes}:00", datatype=XSD.time)),
            *(Triple(hours, COOP.timeZone, zone) for zone in _time_zone(owner, records, asserted, schemes)),
        ):
            yield Derivation(triple, item.made.origin)


def _time_zone(owner: Node, records: Index, asserted: Index, schemes: Index) -> tuple[Term, ...]:
    services = (owner, *records.subjects(COOP.isAvailableThrough, owner))
    areas = [area for service in services for area in asserted.objects(service, COOP.servesArea)]
    zones = {_zone_of(area, schemes) for area in areas}
    return tuple(zone for zone in zones if zone) if len(zones) == 1 else ()


def _zone_of(area: Term, schemes: Index) -> Term | None:
    places = (area, *schemes.ancestors(area, SKOS.broader))
    return next((zone for place in places for zone in schemes.objects(place, COOP.timeZone)), None)


def languages_of_channels(records: Index, asserted: Index) -> Iterator[Derivation]:
    """Yield for each service the languages that one of its channels is asserted to be available in."""
    for service, channel in records.pairs(COOP.isAvailableThrough):
        if not isinstance(channel, NamedNode):
            continue
        for language in asserted.objects(channel, COOP.hasAvailableLanguage):
            yield Derivation(
                Triple(service, COOP.hasAvailableLanguage, language),
                Triple(channel, COOP.hasAvailableLanguage, language),
            )


def composed_names(records: Index, schemes: Index) -> Iterator[Derivation]:
    """Yield ``coop:composedName`` for each service in each page language in which no source names it.

    It is the label of the service's types, then what its English name says beyond them: “Helpline: 3018” becomes
    “상담 전화: 3018”, and “Helpline” “상담 전화”.
    """
    for service in records.instances(COOP.Service):
        types = records.objects(service, COOP.hasServiceType)
        names = _texts(records, service, SKOS.prefLabel)
        for language in LANGUAGES:
            labels = [_texts(schemes, kind, SKOS.prefLabel).get(language) for kind in types]
            if language in names or not types or None in labels:
                continue
            what = _BETWEEN_TYPES.get(language, ", ").join(filter(None, labels))
            own = _beyond_the_types(names.get("en", ""), types, schemes)
            text = _BEFORE_NAME.get(language, ": ").join(filter(None, (what, own)))
            yield Derivation(
                Triple(service, COOP.composedName, Literal(text, language=language)),
                Triple(service, COOP.hasServiceType, types[0]),
            )


def _beyond_the_types(name: str, types: Iterable[Term], schemes: Index) -> str:
    """Return what an English name of a service says beyond the names of its types; the empty text where nothing."""
    generic = {
        value.value.casefold()
        for kind in types
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for value in schemes.objects(kind, predicate)
        if isinstance(value, Literal) and value.language == "en"
    }
    first, colon, rest = name.partition(": ")
    if name.casefold() in generic:
        return ""
    return rest if colon and first.casefold() in generic else name


def _texts(index: Index, thing: Node | Term, predicate: NamedNode) -> dict[str, str]:
    found = (value for value in index.objects(thing, predicate) if isinstance(value, Literal))
    return {conventional(value.language): value.value for value in found if value.language}
