"""Measurements of quality on the invented graph, where everything can be counted by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from coopgraph.model.iris import DATASET
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.quality import measurements
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DQV, RDF, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple


@dataclass(frozen=True)
class Measured:
    """The measurements of a graph, by metric and key."""

    index: Index

    def value(self, name: str) -> Decimal:
        (value,) = self.index.objects(self.node(name), DQV.value)
        return Decimal(value.value)

    def limits(self, name: str) -> tuple[Term, ...]:
        return self.index.objects(self.node(name), COOP.isMeasuredFor)

    def keys(self, metric: str) -> set[str]:
        start = f"{DATASET}quality.{metric}."
        nodes = self.index.instances(DQV.QualityMeasurement)
        return {node.value.removeprefix(start) for node in nodes if node.value.startswith(start)}

    @staticmethod
    def node(name: str) -> NamedNode:
        return NamedNode(f"{DATASET}quality.{name}")


@pytest.fixture(scope="module")
def measured(whole_contents: ReleaseContents) -> Measured:
    return Measured(Index(measurements(whole_contents.quads)))


def quads(*triples: Triple) -> Iterable[Quad]:
    return (Quad(*triple) for triple in triples)


def test_things_are_counted_by_kind(measured: Measured, whole_contents: ReleaseContents) -> None:
    organizations = {
        quad.subject for quad in whole_contents.quads if quad.object == COOP.Organization and quad.predicate == RDF.type
    }
    assert measured.value("things.organization") == len(organizations) == 3
    assert measured.limits("things.organization") == (COOP.Organization,)


def test_every_kind_is_counted_in_each_of_its_areas(measured: Measured) -> None:
    assert sum(measured.value(f"things-in-area.{key}") for key in measured.keys("things-in-area")) >= 5


def test_names_are_shares_of_the_things_of_a_class(measured: Measured) -> None:
    assert measured.value("named.organization.en") == 100
    assert 0 <= measured.value("named.organization.ja") < 100


def test_each_statement_counts_once_in_each_scheme(measured: Measured) -> None:
    by_basis = sum(measured.value(f"statements-by-basis.{key}") for key in measured.keys("statements-by-basis"))
    by_check = sum(
        measured.value(f"statements-by-verification.{key}") for key in measured.keys("statements-by-verification")
    )
    assert by_basis == by_check > 0


def test_a_statement_counts_with_the_closest_of_its_sources() -> None:
    def term(name: str) -> NamedNode:
        return NamedNode(f"https://w3id.org/coopgraph/id/{name}")

    near, far = term("concept/directness/primary"), term("concept/directness/mirror")
    claim, stated = term("claim/a.b.1"), term("concept/basis/stated")
    found = Measured(
        Index(
            measurements(
                quads(
                    Triple(claim, COOP.hasBasis, stated),
                    *(Triple(claim, COOP.hasEvidence, term(f"citation/{name}.p1")) for name in ("x", "y")),
                    *(
                        Triple(term(f"citation/{name}.p1"), COOP.isQuotedFrom, term(f"source/{name}"))
                        for name in ("x", "y")
                    ),
                    Triple(term("source/x"), COOP.hasDirectness, far),
                    Triple(term("source/y"), COOP.hasDirectness, near),
                )
            )
        )
    )
    assert found.keys("statements-by-directness") == {"primary"}


def test_nothing_of_nothing_is_nothing() -> None:
    empty = Measured(Index(measurements(())))
    assert empty.value("filled.law.criminalizes") == 0
    assert empty.value("things.law") == 0


def test_a_third_is_rounded_to_one_decimal() -> None:
    things = [NamedNode(f"https://w3id.org/coopgraph/id/law/{number}") for number in range(3)]
    named = Triple(things[0], SKOS.prefLabel, Literal("法", language="zh-hant"))
    found = Measured(Index(measurements(quads(named, *(Triple(thing, RDF.type, COOP.Law) for thing in things)))))
    assert found.index.objects(found.node("named.law.zh-hant"), DQV.value) == (Literal("33.3", datatype=XSD.decimal),)


def test_the_order_of_the_graph_does_not_matter(whole_contents: ReleaseContents) -> None:
    shuffled = list(whole_contents.quads)
    random.Random(7).shuffle(shuffled)
    assert measurements(shuffled) == measurements(whole_contents.quads)


def test_each_metric_that_is_measured_is_declared_and_each_declared_one_is_measured(
    whole_contents: ReleaseContents,
) -> None:
    index = Index(quad.triple for quad in whole_contents.quads)
    used = {value for _, value in Index(measurements(whole_contents.quads)).pairs(DQV.isMeasurementOf)}
    assert used == set(index.instances(DQV.Metric))
