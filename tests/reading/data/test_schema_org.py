from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import RDF, SCHEMA, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple
from coopgraph.reading.data.schema_org import tree
from coopgraph.reading.description import Description, describe_resource
from coopgraph.reading.source import ReleaseSource, load_query

SHARED = Path(os.environ.get("SHARED_FOLDER", Path(__file__).parents[3] / "shared"))
VOCABULARY = SHARED / "vocab" / "schema.ttl"


@pytest.mark.skipif(not VOCABULARY.exists(), reason="the folder of vocabularies beside the checkout is not here")
def test_every_term_is_one_of_schema_org() -> None:
    used = {SCHEMA + name for name in re.findall(r"\bschema:(\w+)", load_query("schema"))}
    known = {quad.subject.value for quad in parse(path=str(VOCABULARY), format=RdfFormat.TURTLE)}
    known |= {iri.replace("http://schema.org/", SCHEMA) for iri in known}
    assert sorted(used - known) == []


def test_an_organization_leads_to_its_services_and_how_to_reach_them(app_context: AppContext) -> None:
    result = tree(describe_resource(ReleaseSource.of(app_context.query_service), BASE + "id/org/lantern", "schema"))
    (service,) = result["@reverse"]["provider"]
    assert service["availableChannel"]["telephone"] == "+81-3-0000-0000"
    assert service["availableChannel"]["@type"] == ["ContactPoint", "ServiceChannel"]
    assert result["parentOrganization"]["@type"] == "Organization"
    assert {"@language": "ja", "@value": "ランタン支援センター"} in result["name"]


def test_a_law_has_its_jurisdiction_and_no_date_that_schema_org_lacks(app_context: AppContext) -> None:
    result = tree(
        describe_resource(
            ReleaseSource.of(app_context.query_service), BASE + "id/law/image-abuse-amendment-act-2021", "schema"
        )
    )
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


@pytest.mark.parametrize(
    ("written", "datatype", "told"),
    [
        ("10.1", XSD.decimal, 10.1),
        ("75.0", XSD.decimal, 75),
        ("1E-3", XSD.double, 0.001),
        ("0.1000000000000000055", XSD.decimal, "0.1000000000000000055"),
        ("12345678901234567890.5", XSD.decimal, "12345678901234567890.5"),
        ("INF", XSD.double, "INF"),
        ("NaN", XSD.double, "NaN"),
        ("3", XSD.nonNegativeInteger, 3),
        ("2020", XSD.gYear, "2020"),
    ],
)
def test_a_number_is_one_where_json_can_say_it_exactly(written: str, datatype: NamedNode, told: object) -> None:
    node = NamedNode("https://example.org/1")
    (value,) = [
        tree(Description(node.value, Graph([Triple(node, SCHEMA.value, Literal(written, datatype=datatype))])))["value"]
    ]
    assert (value, type(value)) == (told, type(told))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_no_number_is_another_after_it_was_read_from_json(value: Decimal) -> None:
    node = NamedNode("https://example.org/1")
    written = Literal(f"{value:f}", datatype=XSD.decimal)
    told = json.loads(json.dumps(tree(Description(node.value, Graph([Triple(node, SCHEMA.value, written)])))))["value"]
    assert Decimal(repr(told) if isinstance(told, float) else told) == value


def links(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the term and the text of every text of a tree that looks like an address."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from links(inner, key if not key.startswith("@reverse") else name)
        case list():
            for inner in value:
                yield from links(inner, name)
        case str() if re.match(r"[a-z]+://|mailto:|tel:", value):
            yield name, value


@pytest.mark.parametrize(
    "name",
    [
        *("id/org/lantern", "id/law/image-abuse-amendment-act-2021", "id/event/harbor-case", "id/source/bridge-page"),
        *(
            "id/service/lantern.removal-support",
            "id/figure/lantern.2020.assistance-cases",
            "id/claim/lantern.foundingDate.1",
        ),
        *(
            "id/citation/bridge-page.s03",
            "id/concept/rank/preferred",
            "dataset/coopgraph",
            "dataset/structure",
            "catalog",
        ),
    ],
)
def test_every_link_is_a_link_in_the_context_of_schema_org(app_context: AppContext, name: str) -> None:
    result = tree(describe_resource(ReleaseSource.of(app_context.query_service), BASE + name, "schema"))
    del result["@context"]
    # Of these the context itself says that a text is an address.
    assert {term for term, _ in links(result)} <= {"@id", "url", "sameAs", "contentUrl", "license"}


def test_a_link_of_which_nothing_is_said_is_a_link_too() -> None:
    node, other = NamedNode("https://example.org/1"), NamedNode("https://example.org/2")
    graph = Graph([Triple(node, SCHEMA.publisher, other), Triple(node, SCHEMA.about, BlankNode("b"))])
    assert tree(Description(node.value, graph))["publisher"] == {"@id": other.value}
    assert tree(Description(node.value, graph))["about"] == {"@id": "_:b"}


def test_the_data_set_has_what_search_engines_for_data_sets_want(app_context: AppContext) -> None:
    result = tree(describe_resource(ReleaseSource.of(app_context.query_service), BASE + "dataset/coopgraph", "schema"))
    assert result["@type"] == "Dataset"
    assert all(50 <= len(item["@value"]) <= 5000 for item in result["description"] if item["@language"] == "en")
    assert {"name", "keywords", "url", "includedInDataCatalog"} <= result.keys()
    assert result["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert result["publisher"]["@type"] == "Organization"
    assert result["publisher"]["name"] == {"@language": "en", "@value": "coopgraph"}
    files = {item["contentUrl"]: item["encodingFormat"] for item in result["distribution"]}
    assert files[BASE + "releases/current/coopgraph.ttl.gz"] == "text/turtle"
    assert {item["@type"] for item in result["distribution"]} == {"DataDownload"}
    catalogue = tree(describe_resource(ReleaseSource.of(app_context.query_service), BASE + "catalog", "schema"))
    assert (catalogue["@type"], catalogue["dataset"]["@type"]) == ("DataCatalog", "Dataset")
    assert catalogue["dataset"]["distribution"]
