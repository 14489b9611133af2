"""Own-language names and costs of services are in the words of their sources; their hours are structured."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, RDF, SCHEMA, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term

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
    """Yield each name of a service or activity in another language than English, but those that the build composes."""
    for record in graph.instances(COOP.Activity):
        composed = graph.objects(record, COOP.composedName)
        for name in graph.objects(record, SKOS.prefLabel):
            if isinstance(name, Literal) and name.language != "en" and name not in composed:
                yield record, name.value


def test_a_name_in_another_language_is_printed_in_a_source_of_the_service(graph: Index) -> None:
    names = list(own_names(graph))
    assert len(names) > 50
    assert not [(key(record), name) for record, name in names if name not in words(graph, record)]


def test_each_service_has_a_name_in_each_page_language(graph: Index) -> None:
    for service in graph.instances(COOP.Service):
        tags = [
            conventional(name.language or "")
            for name in graph.objects(service, SKOS.prefLabel)
            if isinstance(name, Literal)
        ]
        assert sorted(set(tags) & set(LANGUAGES)) == sorted(LANGUAGES), key(service)
        assert len(tags) == len(set(tags)), key(service)


def claims(graph: Index, predicate: NamedNode) -> list[Term]:
    """Return the claims of a property that hold."""
    return [
        claim
        for claim in graph.instances(COOP.Claim)
        if graph.objects(claim, RDF.predicate) == (predicate,) and key(one(graph, claim, COOP.hasRank)) != "deprecated"
    ]


def test_what_a_service_costs_is_said_by_the_words_of_that_claim(graph: Index) -> None:
    costs = claims(graph, COOP.hasCost)
    assert len(costs) > 50
    assert not [
        key(claim)
        for claim in costs
        if not re.search(SAYS_WHAT_IT_COSTS[key(one(graph, claim, RDF.object))], words(graph, claim), re.IGNORECASE)
    ]


@pytest.mark.parametrize("name", ["isDirectedAt", "servesArea"])
def test_whom_and_where_a_service_is_for_rests_on_words_or_says_that_it_does_not(graph: Index, name: str) -> None:
    found = claims(graph, COOP.term(name))
    assert len(found) >= len(graph.instances(COOP.Service))
    assert not [
        key(claim)
        for claim in found
        if not graph.objects(claim, COOP.hasEvidence) and key(one(graph, claim, COOP.hasBasis)) != "editorial"
    ]


def test_each_claim_of_opening_hours_that_holds_becomes_a_specification_with_days_and_times(graph: Index) -> None:
    held, made = claims(graph, COOP.openingHours), graph.instances(SCHEMA.OpeningHoursSpecification)
    assert len(held) == len(made) > 50
    assert not [key(it) for it in made if not graph.objects(it, SCHEMA.dayOfWeek)]
    assert sum(bool(graph.objects(it, COOP.timeZone)) for it in made) > 40


def test_a_channel_s_language_is_also_its_service_s(graph: Index) -> None:
    pairs = [
        (service, language)
        for service, channel in graph.pairs(COOP.isAvailableThrough)
        for language in graph.objects(channel, COOP.hasAvailableLanguage)
    ]
    assert pairs
    assert not [pair for pair in pairs if pair[1] not in graph.objects(pair[0], COOP.hasAvailableLanguage)]
