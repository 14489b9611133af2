"""ELI (European Legislation Identifier) properties of laws and their effective dates, from the claims about them.

Official titles become expressions. Conduct, penalties and coded rules of a provision are said of its law too, and each
text gets the earliest date on which it is known to be in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.claims import AssertedClaim
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import BASE, CONCEPT, entity_name
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, ELI, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Node, Triple

OFFICIAL = frozenset(NamedNode(CONCEPT + "label-origin/" + origin) for origin in ("original", "official-translation"))
BILL = NamedNode(CONCEPT + "law-type/bill")
COMMENCEMENT = NamedNode(CONCEPT + "event-kind/law-commencement")
_SOURCE = CONCEPT + "effective-date-source/"

OF_THE_WHOLE = (
    COOP.criminalizes,
    COOP.maximumPenalty,
    COOP.appliesToSyntheticImages,
    COOP.appliesToThreats,
    COOP.hasOffenceTest,
    COOP.hasProsecutionRule,
    COOP.imposesRemovalDuty,
    COOP.removalDeadlineHours,
    COOP.treatsChildrenApart,
)
"""Properties whose values a law has where one of its provisions has them."""


def legal_expressions(claims: Iterable[AssertedClaim], records: Index) -> Iterator[Derivation]:
    """Yield a legal expression for each official title of a law: the text of the law in that language."""
    for item in claims:
        law, predicate, title = item.triple.subject, item.triple.predicate, item.triple.object
        name = entity_name(law.value) if isinstance(law, NamedNode) else None
        if (
            predicate != SKOS.prefLabel
            or name is None
            or name.segment != "law"
            or not (isinstance(title, Literal) and title.language)
            or not OFFICIAL.intersection(records.objects(item.claim, COOP.hasLabelOrigin))
        ):
            continue
        expression = NamedNode(f"{BASE}id/expression/{name.slug}.{title.language}")
        for triple in (
            Triple(expression, RDF.type, ELI.LegalExpression),
            Triple(expression, ELI.realizes, law),
            Triple(expression, ELI.term("title"), title),
            Triple(expression, SKOS.prefLabel, title),
        ):
            yield Derivation(triple, item.made.origin)


def of_provisions(asserted: Index) -> Iterator[Derivation]:
    """Yield for each law what its provisions say of conduct, penalties and rules, as ``asserted`` from claims."""
    for provision, law in asserted.pairs(ELI.is_part_of):
        if not isinstance(law, NamedNode):
            continue
        for predicate in OF_THE_WHOLE:
            for value in asserted.objects(provision, predicate):
                yield Derivation(Triple(law, predicate, value), Triple(provision, predicate, value))


def effective_dates(records: Index, asserted: Index) -> Iterator[Derivation]:
    """Yield the earliest date on which each law and provision is known to be in force, and where that comes from.

    That is its own date, else the earliest commencement recorded of it or of a provision of it; a provision without
    one has its law's. A bill has none; of any other text without a date the source says that it is unknown.
    """
    for law in records.instances(COOP.Law):
        dates, source = _of_law(law, asserted)
        yield from _dated(law, COOP.Law, dates, source)
        for provision in asserted.subjects(ELI.is_part_of, law):
            own = _dates(asserted, provision, COOP.entersIntoForceOn)
            of_provision = "own-date" if own else "law-as-a-whole" if dates and source == "own-date" else "unknown"
            if source == "not-in-force":
                of_provision = source
            yield from _dated(
                provision, COOP.Provision, own or (dates if of_provision == "law-as-a-whole" else []), of_provision
            )


def _of_law(law: Node, asserted: Index) -> tuple[list[Literal], str]:
    if own := _dates(asserted, law, COOP.entersIntoForceOn):
        return own, "own-date"
    if BILL in asserted.objects(law, ELI.type_document):
        return [], "not-in-force"
    events = asserted.subjects(COOP.concernsLaw, law)
    recorded = [
        date
        for event in events
        if COMMENCEMENT in asserted.objects(event, COOP.hasEventKind)
        for date in _dates(asserted, event, COOP.occurredOn)
    ]
    for provision in asserted.subjects(ELI.is_part_of, law):
        recorded += _dates(asserted, provision, COOP.entersIntoForceOn)
    return recorded, "commencement-record" if recorded else "unknown"


def _dates(asserted: Index, subject: Node, predicate: NamedNode) -> list[Literal]:
    return [value for value in asserted.objects(subject, predicate) if isinstance(value, Literal)]


def _dated(text: Node, kind: NamedNode, dates: list[Literal], source: str) -> Iterator[Derivation]:
    origin = Triple(text, RDF.type, kind)
    yield Derivation(Triple(text, COOP.hasEffectiveDateSource, NamedNode(_SOURCE + source)), origin)
    if dates:
        yield Derivation(Triple(text, COOP.effectiveDate, min(dates, key=lambda date: date.value)), origin)
