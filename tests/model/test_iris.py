"""Addresses, names and paths lead to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model import iris
from coopgraph.model.iris import BASE, EntityName, entity_name, graph_iri, web_path

parts = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*(\.[A-Za-z0-9-]+){0,2}", fullmatch=True)
segments = st.from_regex(r"[a-z]+(-[a-z]+)?", fullmatch=True)


@given(segments, parts)
def test_a_name_leads_to_its_iri_and_back(segment: str, slug: str) -> None:
    assert entity_name(EntityName(segment, slug).iri) == (segment, slug)


@given(segments, parts)
def test_an_iri_leads_to_its_path(segment: str, slug: str) -> None:
    assert web_path(EntityName(segment, slug).iri) == f"/id/{segment}/{slug}"


@pytest.mark.parametrize(
    "iri",
    [
        BASE,
        BASE + "id/org/",
        BASE + "id/org",
        BASE + "def/Claim",
        BASE + "id/concept/rank/normal",
        BASE + "id/org/a?b",
        BASE + "id/org/a#b",
        "https://example.org/id/org/a",
        "",
    ],
)
def test_what_names_no_entity_has_no_name(iri: str) -> None:
    assert entity_name(iri) is None


def test_a_record_belongs_to_the_entity_before_its_first_dot() -> None:
    assert EntityName("claim", "lantern.prefLabel.1").owner_slug == "lantern"
    assert EntityName("org", "lantern").owner_slug == "lantern"


def test_a_foreign_iri_has_no_path_here() -> None:
    assert web_path("https://example.org/id/org/a") is None


def test_graphs_lie_under_the_base() -> None:
    assert graph_iri("records") == "https://w3id.org/coopgraph/graph/records"
    assert set(iris.GRAPHS) >= iris.NOT_IN_DEFAULT_GRAPH
