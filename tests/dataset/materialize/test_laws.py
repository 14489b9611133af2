"""What follows for a law from its provisions and commencements."""

from __future__ import annotations

from collections.abc import Callable

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from tests.dataset.conftest import claim, has

Fill = Callable[[str], MaterializedGraphs]


def said(text: str, date: str, source: str) -> str:
    """The two triples that tell since when a text is in force and how that is known."""
    known = f"<https://w3id.org/coopgraph/id/concept/effective-date-source/{source}>"
    return (f"{text} coop:effectiveDate {date} ." if date else "") + f"{text} coop:hasEffectiveDateSource {known} ."


LAW = "law:a a coop:Law . "
PART = "<https://w3id.org/coopgraph/id/provision/a.art-1>"
PROVISION = f"{PART} a coop:Provision . " + claim("a.art-1.is_part_of.1", PART, "eli:is_part_of", "law:a")


def test_conduct_and_penalty_of_a_provision_are_said_of_its_law(filled: Fill) -> None:
    conduct = "<https://w3id.org/coopgraph/id/concept/conduct/synthetic-images>"
    graphs = filled(
        LAW
        + PROVISION
        + claim("a.art-1.c.1", PART, "coop:criminalizes", conduct)
        + claim("a.art-1.p.1", PART, "coop:maximumPenalty", '"1 year"@en')
        + claim("a.art-1.d.1", PART, "coop:imposedDuty", '"report"@en')
    ).graphs
    assert has(graphs["inferred"], f'law:a coop:criminalizes {conduct} ; coop:maximumPenalty "1 year"@en .')
    assert not has(graphs["inferred"], 'law:a coop:imposedDuty "report"@en .')
    assert not has(graphs["asserted"], f"law:a coop:criminalizes {conduct} .")


def test_a_law_s_own_date_is_its_effective_date_and_its_provisions_(filled: Fill) -> None:
    graph = filled(
        LAW + PROVISION + claim("a.e.1", "law:a", "coop:entersIntoForceOn", '"2021-11"^^xsd:gYearMonth')
    ).graphs["inferred"]
    assert has(graph, said("law:a", '"2021-11"^^xsd:gYearMonth', "own-date"))
    assert has(graph, said(PART, '"2021-11"^^xsd:gYearMonth', "law-as-a-whole"))


def test_without_a_date_of_its_own_a_law_has_the_earliest_commencement_recorded(filled: Fill) -> None:
    event = "<https://w3id.org/coopgraph/id/event/{}>"
    kind = "<https://w3id.org/coopgraph/id/concept/event-kind/{}>"
    text = LAW + PROVISION + claim("a.art-1.e.1", PART, "coop:entersIntoForceOn", '"2020-05-19"^^xsd:date')
    for name, of, date in (("x", "law-commencement", "2020-01-01"), ("y", "legislative-step", "2019-01-01")):
        text += claim(f"{name}.k.1", event.format(name), "coop:hasEventKind", kind.format(of))
        text += claim(f"{name}.l.1", event.format(name), "coop:concernsLaw", "law:a")
        text += claim(f"{name}.d.1", event.format(name), "coop:occurredOn", f'"{date}"^^xsd:date')
    graph = filled(text).graphs["inferred"]
    assert has(graph, said("law:a", '"2020-01-01"^^xsd:date', "commencement-record"))
    assert has(graph, said(PART, '"2020-05-19"^^xsd:date', "own-date"))


def test_a_law_without_any_date_is_marked_and_a_bill_is_not_in_force(filled: Fill) -> None:
    graph = filled(
        LAW
        + "law:b a coop:Law . "
        + claim("b.t.1", "law:b", "eli:type_document", "<https://w3id.org/coopgraph/id/concept/law-type/bill>")
    ).graphs["inferred"]
    assert has(graph, said("law:a", "", "unknown"))
    assert has(graph, said("law:b", "", "not-in-force"))
    assert not any(
        triple.predicate.value.endswith("effectiveDate") and "/id/law/" in str(triple.subject) for triple in graph
    )
