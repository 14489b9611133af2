from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.model.iris import BASE
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import CPSV, RDF
from coopgraph.rdf.node_table import ExportTable, export_table, table_csv
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.data.cpsv import CV
from coopgraph.reading.data.export_table import table_parquet, table_xlsx
from coopgraph.reading.data.exports import ENDINGS, Exporter
from coopgraph.reading.source import ReleaseSource

HOME = Path(__file__).parents[3]
CONFORMANCE = Path(os.environ.get("COOPGRAPH_CONFORMANCE", HOME.parent / "shared" / "conformance"))
KINDS = ("organization", "law", "service", "figure", "event", "source", "concept")


@pytest.fixture(scope="module")
def exporter(app_context: AppContext) -> Exporter:
    reading = ReleaseSource.of(app_context.query_service)
    return Exporter(reading, app_context.vocabularies.of(reading), app_context.published, "en")


def exported(exporter: Exporter, kind: str, ending: str) -> bytes:
    return exporter.export(kind, ending)[0]


def rows_of(document: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document.decode(), newline="")))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_format_holds_the_same_things(exporter: Exporter, kind: str) -> None:
    rows = rows_of(exported(exporter, kind, "csv"))
    iris = [row["id"] for row in rows]
    assert iris == sorted(iris) != []
    graph = json.loads(exported(exporter, kind, "jsonld"))["@graph"]
    lines = exported(exporter, kind, "ndjson").splitlines()
    sheet = openpyxl.load_workbook(io.BytesIO(exported(exporter, kind, "xlsx"))).active
    table = pq.read_table(io.BytesIO(exported(exporter, kind, "parquet")))
    turtle = parse(exported(exporter, kind, "ttl"), format=RdfFormat.TURTLE)
    assert sheet is not None
    assert [node["id"] for node in graph] == iris
    assert [json.loads(line)["id"] for line in lines] == iris
    assert [cell.value for cell in sheet["A"]][1:] == iris
    assert table.column("id").to_pylist() == iris
    assert {quad.subject.value for quad in turtle} >= set(iris)


def test_a_service_brings_its_channels_along(exporter: Exporter) -> None:
    services = {row["id"]: row for row in rows_of(exported(exporter, "service", "csv"))}
    removal = services[BASE + "id/service/lantern.removal-support"]
    assert removal["availableThrough.telephone"] == "'+81-3-0000-0000"
    nodes = {node["id"]: node for node in json.loads(exported(exporter, "service", "jsonld"))["@graph"]}
    assert nodes[removal["id"]]["availableThrough"][0]["telephone"] == ["+81-3-0000-0000"]


def test_concepts_are_named_in_the_language_asked_for_beside_their_links(exporter: Exporter) -> None:
    korean = Exporter(exporter.reading, exporter.words, exporter.published, "ko")
    english, other = (rows_of(exported(one, "organization", "csv"))[0] for one in (exporter, korean))
    assert english["basedIn"] == other["basedIn"]
    assert english["basedIn.label"] != other["basedIn.label"]


CONTEXT = Context((HOME / "ontology" / "context" / "v1.jsonld").read_bytes())


def no_label(iri: str, language: str) -> str:
    return iri


NODES: list[dict[str, Any]] = [
    {
        "id": "urn:a",
        "type": ["T"],
        "label": {"en": "=1+1", "id": "가"},
        "altLabel": {"en": ["x", "y"]},
        "value": 3,
        "share": {"@type": "xsd:decimal", "@value": "93.10"},
        "open": True,
        "founded": {"@type": "xsd:gYear", "@value": "2018"},
        "part": [{"id": "urn:p", "telephone": ["+1 2"]}, {"id": "urn:q", "telephone": ["+3 4"]}],
    },
    {"id": "urn:b", "value": 2**70, "object": {"id": "urn:c"}},
]


def test_a_table_has_a_column_for_each_language_and_each_property_of_a_part() -> None:
    table = export_table(NODES, CONTEXT, no_label, "en")
    assert table.columns[:2] == ("id", "type")
    assert table.rows[0] == {
        "id": "urn:a",
        "type": ["T"],
        "label@en": "=1+1",
        "label@id": "가",
        "altLabel@en": ["x", "y"],
        "value": 3,
        "share": table.rows[0]["share"],
        "open": True,
        "founded": "2018",
        "part.id": ["urn:p", "urn:q"],
        "part.telephone": ["+1 2", "+3 4"],
    }
    assert str(table.rows[0]["share"]) == "93.10"
    assert table.rows[1]["object"] == "urn:c"


def test_no_spreadsheet_runs_what_a_cell_says() -> None:
    table = export_table(NODES, CONTEXT, no_label, "en")
    assert rows_of(table_csv(table))[0]["label@en"] == "'=1+1"
    sheet = openpyxl.load_workbook(io.BytesIO(table_xlsx(table, "t"))).active
    assert sheet is not None
    (cell,) = [cell for cell in sheet[2] if cell.value == "=1+1"]
    assert cell.data_type == "s"


def test_columns_of_parquet_have_the_types_of_their_cells() -> None:
    table = pq.read_table(io.BytesIO(table_parquet(export_table(NODES, CONTEXT, no_label, "en"))))
    types = {field.name: str(field.type) for field in table.schema}
    assert types["value"] == "string"
    assert types["open"] == "bool"
    assert types["share"] == "double"
    assert types["altLabel@en"].startswith("list<")
    assert table.column("altLabel@en").to_pylist() == [["x", "y"], None]
    whole = pq.read_table(io.BytesIO(table_parquet(ExportTable(("n",), ({"n": 1}, {})))))
    assert (str(whole.schema.field("n").type), whole.column("n").to_pylist()) == ("int64", [1, None])


def test_the_same_table_gives_the_same_workbook() -> None:
    table = export_table(NODES, CONTEXT, no_label, "en")
    assert table_xlsx(table, "t") == table_xlsx(table, "t")


@pytest.mark.parametrize(("kind", "ending"), [("orgs", "csv"), ("organization", "exe"), ("law", "hsds.json")])
def test_what_is_not_exported_is_told_with_what_is(exporter: Exporter, kind: str, ending: str) -> None:
    with pytest.raises(NotFound) as raised:
        exporter.export(kind, ending)
    assert raised.value.hint is not None
    assert ("organization" if ending == "csv" else f".{ENDINGS[0]}") in str(raised.value.hint)


def test_services_are_exchanged_as_the_human_services_data_specification_has_them(exporter: Exporter) -> None:
    page = json.loads(exported(exporter, "service", "hsds.json"))
    assert page["total_items"] == len(page["contents"]) == len(rows_of(exported(exporter, "service", "csv")))
    (removal,) = [item for item in page["contents"] if item["phones"][0]["number"] == "+81-3-0000-0000"]
    assert removal["status"] == "active"
    assert removal["organization"]["uri"] == BASE + "id/org/lantern"
    assert {term["taxonomy_term"]["code"] for term in removal["attributes"]} >= {"removal-support"}
    again = json.loads(exported(exporter, "service", "hsds.json"))
    assert again == page


def test_each_service_conforms_to_the_schema_of_hsds(exporter: Exporter) -> None:
    place = CONFORMANCE / "hsds-3.0" / "service.json"
    if not place.exists():
        pytest.skip("the schema of HSDS 3.0 is not on this machine")
    judge = Draft202012Validator(json.loads(place.read_bytes()), format_checker=FormatChecker())
    page = json.loads(exported(exporter, "service", "hsds.json"))
    assert [
        f"{error.json_path}: {error.message}" for item in page["contents"] for error in judge.iter_errors(item)
    ] == []


def test_public_services_are_told_in_the_terms_of_cpsv_ap(app_context: AppContext, exporter: Exporter) -> None:
    quads = list(parse(exported(exporter, "service", "cpsv.ttl"), format=RdfFormat.TURTLE))
    services = {quad.subject for quad in quads if quad.object == CPSV.PublicService}
    public = {
        node["id"]
        for node in exporter.nodes("service")
        if "cpsv:PublicService" in node["type"] or "PublicService" in node["type"]
    }
    assert {service.value for service in services if isinstance(service, NamedNode)} == public
    place = CONFORMANCE.parent / "vocab" / "cpsv-ap.ttl"
    if not place.exists():
        pytest.skip("the vocabulary CPSV-AP is not on this machine")
    declared = set(re.findall(r"^cv:(\w+) a", place.read_text("utf-8"), re.MULTILINE))
    used = {
        term.value.removeprefix(CV)
        for quad in quads
        for term in (quad.predicate, quad.object if quad.predicate == RDF.type else quad.predicate)
        if isinstance(term, NamedNode) and term.value.startswith(CV)
    }
    assert used <= declared


def test_a_kind_is_also_called_by_its_path_segment(exporter: Exporter) -> None:
    assert exporter.export("org", "csv") == exporter.export("organization", "csv")


@pytest.mark.parametrize("name", ["csv", "xlsx", "parquet"])
def test_a_table_of_nothing_still_names_its_columns(name: str) -> None:
    table = ExportTable.of(())
    match name:
        case "csv":
            assert table_csv(table).decode("utf-8-sig").splitlines() == ["id,type"]
        case "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(table_xlsx(table, "law"))).active
            assert [cell.value for cell in sheet[1]] == ["id", "type"]
        case _:
            assert pq.read_table(io.BytesIO(table_parquet(table))).column_names == ["id", "type"]
