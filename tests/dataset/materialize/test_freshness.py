"""Until when a record counts as fresh follows from the day of its check, else from that of its source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.rdf.namespaces import COOP
from tests.dataset.conftest import claim, has

Fill = Callable[[str], MaterializedGraphs]

SERVICE = "<https://w3id.org/coopgraph/id/service/a.help>"
VERIFIED = 'coop:lastVerified "2026-01-01"^^xsd:date'


@pytest.mark.parametrize(
    ("said", "until"),
    [
        (VERIFIED, "2026-06-30"),
        ('coop:asOf "2020"^^xsd:gYear', "2020-06-28"),
        (f'coop:asOf "2020"^^xsd:gYear ; {VERIFIED}', "2026-06-30"),
        ('coop:asOf "2020-05-01"^^xsd:date , "2019-01-01"^^xsd:date', "2019-06-30"),
    ],
)
@pytest.mark.parametrize("kind", ["coop:Service", "coop:Activity", "coop:ServiceChannel"])
def test_a_service_is_fresh_for_180_days(filled: Fill, kind: str, said: str, until: str) -> None:
    graphs = filled(f"{SERVICE} a {kind} ; {said} .").graphs
    assert has(graphs["inferred"], f'{SERVICE} coop:verifyAgainBy "{until}"^^xsd:date .')
    assert sum(triple.predicate == COOP.verifyAgainBy for triple in graphs["inferred"]) == 1


def test_a_claim_about_a_law_or_an_organization_is_fresh_for_a_year(filled: Fill) -> None:
    about = claim("a.e.1", "law:a", "coop:entersIntoForceOn", '"2021"^^xsd:gYear')
    node = "<https://w3id.org/coopgraph/id/claim/a.e.1>"
    graphs = filled(f"law:a a coop:Law . {about} {node} {VERIFIED} .").graphs
    assert has(graphs["inferred"], f'{node} coop:verifyAgainBy "2027-01-01"^^xsd:date .')


def test_what_nobody_dated_and_what_grows_not_old_has_no_such_day(filled: Fill) -> None:
    graphs = filled(
        f"{SERVICE} a coop:Service . <https://w3id.org/coopgraph/id/figure/a.1> a coop:Observation ; {VERIFIED} ."
    ).graphs
    assert not any(triple.predicate == COOP.verifyAgainBy for triple in graphs["inferred"])
