from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.assemble import House
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.terms import RDF, Literal, NamedNode, Triple
from coopgraph.read.describe import Description, describe
from coopgraph.read.reading import Reading, query
from coopgraph.read.schema_org import SCHEMA, tree

SHARED = Path(os.environ.get("SHARED_FOLDER", Path(__file__).parents[3] / "shared"))
VOCABULARY = SHARED / "vocab" / "schema.ttl"


@pytest.mark.skipif(not VOCABULARY.exists(), reason="the folder of vocabularies beside the checkout is not here")
def test_every_term_is_one_of_schema_org() -> None:
    used = {SCHEMA + name for name in re.findall(r"\bschema:(\w+)", query("schema"))}
    known = {quad.subject.value for quad in parse(path=str(VOCABULARY), format=RdfFormat.TURTLE)}
    known |= {iri.replace("http://schema.org/", SCHEMA) for iri in known}
    assert sorted(used - known) == []


def test_an_organization_leads_to_its_services_and_how_to_reach_them(house: House) -> None:
    result = tree(describe(Reading.of(house.door), BASE + "id/org/lantern", "schema"))
    (service,) = result["@reverse"]["provider"]
    assert service["availableChannel"]["telephone"] == "+81-3-0000-0000"
    assert service["availableChannel"]["@type"] == ["ContactPoint", "ServiceChannel"]
    assert result["parentOrganization"]["@type"] == "Organization"
    assert {"@language": "ja", "@value": "ランタン支援センター"} in result["name"]


def test_a_law_has_its_jurisdiction_and_no_date_that_schema_org_lacks(house: House) -> None:
    result = tree(describe(Reading.of(house.door), BASE + "id/law/image-abuse-amendment-act-2021", "schema"))
    assert result["@type"] == "Legislation"
    assert result["legislationJurisdiction"]["@id"].startswith(BASE + "id/area/")
    assert result["legislationAmends"]["@id"] == BASE + "id/law/image-abuse-act"
    assert not any("force" in name.lower() for name in result)


def test_things_that_point_at_each_other_do_not_go_round_for_ever() -> None:
    one, other = NamedNode("https://example.org/1"), NamedNode("https://example.org/2")
    part = SCHEMA.parentOrganization
    graph = Graph([Triple(one, part, other), Triple(other, part, one), Triple(one, RDF.type, SCHEMA.Organization)])
    result = tree(Description(one.value, graph))
    assert result["parentOrganization"]["parentOrganization"] == {"@id": one.value}


def test_whole_numbers_stay_numbers() -> None:
    node = NamedNode("https://example.org/1")
    assert tree(Description(node.value, Graph([Triple(node, SCHEMA.value, Literal(3))])))["value"] == 3
