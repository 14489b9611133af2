"""What a service is called in its own language, and what it costs, is in the words of its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, SKOS, XSD
from coopgraph.rdf.terms import Literal, Term

from .figures import key, one

SAYS_WHAT_IT_COSTS = {
    "free": r"\bfree|toll-free|no fee|pro bono|gratis|gratuit|grátis|numéro vert|kostenlos|kostenfrei"
    r"|besplatn|bezmaksas|무료|無料|免费|免費",
    "charged": r"\bfee is\b",
}
"""How the sources word it."""


def words(graph: Index, record: Term) -> str:
    passages = graph.objects(record, COOP.hasEvidence)
    return " ".join(quote.value for passage in passages for quote in graph.objects(passage, COOP.quote))


def own_names(graph: Index) -> Iterator[tuple[Term, str]]:
    """Yield each name of a service or activity in another language than English."""
    for record in graph.instances(COOP.Activity):
        for name in graph.objects(record, SKOS.prefLabel):
            if isinstance(name, Literal) and name.language != "en":
                yield record, name.value


def test_a_name_in_another_language_is_printed_in_a_source_of_the_service(graph: Index) -> None:
    names = list(own_names(graph))
    assert len(names) > 50
    assert not [(key(record), name) for record, name in names if name not in words(graph, record)]


def test_what_a_service_costs_is_said_by_its_sources(graph: Index) -> None:
    priced = [
        (service, key(cost))
        for service in graph.instances(COOP.Service)
        for cost in graph.objects(service, COOP.hasCost)
    ]
    assert len(priced) > 10
    assert not [
        (key(service), cost)
        for service, cost in priced
        if not re.search(SAYS_WHAT_IT_COSTS[cost], words(graph, service), re.IGNORECASE)
    ]


def test_what_nobody_checked_is_known_for_the_newest_day_of_its_sources(graph: Index) -> None:
    """A source that gives only its year or month gives no day."""
    records = [*graph.instances(COOP.Service), *graph.instances(COOP.ServiceChannel)]
    assert sum(bool(graph.objects(record, COOP.lastVerified)) for record in records) > 20
    for record in records:
        days = [
            issued.value
            for passage in graph.objects(record, COOP.hasEvidence)
            for source in graph.objects(passage, COOP.isQuotedFrom)
            for issued in graph.objects(source, DCTERMS.issued)
            if isinstance(issued, Literal) and issued.datatype == XSD.date
        ]
        if key(one(graph, record, COOP.hasVerification)) == "unchecked":
            assert [day.value for day in graph.objects(record, COOP.lastVerified)] == sorted(days)[-1:], key(record)
