"""``/reconcile`` is the reconciliation API 0.2: valid by its schemas, certain only where it may be, in any language."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from flask.testing import FlaskClient

from coopgraph.reading.data.reconciliation import MOST_QUERIES

SPECIFICATION = (
    Path(os.environ.get("COOPGRAPH_CONFORMANCE", Path(__file__).parents[4] / "shared" / "conformance"))
    / "reconciliation-0.2"
)
LANTERN = "org/lantern"


def _valid(name: str, answer: object) -> None:
    """Hold an answer against a schema of the specification, where that is at hand."""
    place = SPECIFICATION / "schemas" / f"{name}.json"
    if not place.exists():
        pytest.skip("the schemas of the reconciliation API are not at hand")
    loaded = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in place.parent.glob("*.json")}
    for schema in loaded.values():
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    known = [
        (uri, referencing.Resource.from_contents(schema))
        for file, schema in loaded.items()
        for uri in {schema.get("$id", file), file, f"https://reconciliation-api.github.io/specs/0.2/schemas/{file}"}
    ]
    swagger = ("http://swagger.io/v2/schema.json", referencing.Resource.from_contents(_SWAGGER))
    registry: Any = referencing.Registry().with_resources([*known, swagger])
    jsonschema.Draft7Validator(loaded[place.name], registry=registry).validate(answer)


_SWAGGER = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {"securityDefinitions": {"additionalProperties": {}}},
}


def _batch(client: FlaskClient, language: str = "en", **query: object) -> list[dict[str, Any]]:
    sent = client.post("/reconcile", data={"queries": json.dumps({"q0": query})}, headers={"Accept-Language": language})
    assert sent.status_code == 200, sent.text
    assert sent.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = sent.get_json()["q0"]["result"]
    return found


def test_the_manifest_names_services_that_answer(client: FlaskClient) -> None:
    given = client.get("/reconcile")
    assert given.headers["Access-Control-Allow-Origin"] == "*"
    manifest = given.get_json()
    _valid("manifest", manifest)
    assert manifest["versions"] == ["0.2"]
    for service in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        address = service["service_url"] + service["service_path"]
        assert client.get(address.removeprefix("http://localhost"), query_string={"prefix": "la"}).status_code == 200
    shown = client.get(manifest["preview"]["url"].replace("{{id}}", "org%2Flantern").removeprefix("http://localhost"))
    assert shown.status_code == 200
    assert "frame-ancestors *" in shown.headers["Content-Security-Policy"]
    seen = client.get(manifest["view"]["url"].replace("{{id}}", "org%2Flantern").removeprefix("http://localhost"))
    assert seen.status_code == 303


def test_a_name_in_any_language_finds_its_thing_and_an_exact_one_is_certain(client: FlaskClient) -> None:
    answer = client.get("/reconcile", query_string={"queries": json.dumps({"a": {"query": "Lantern Support Center"}})})
    _valid("reconciliation-result-batch", answer.get_json())
    for name, language in (("Lantern Support Center", "en"), ("ランタン支援センター", "ja")):
        first = _batch(client, language, query=name, type="org")[0]
        assert (first["id"], first["name"], first["match"]) == (LANTERN, name, True)
    beginning = _batch(client, query="Lantern Sup", type=["org"])[0]
    assert (beginning["id"], beginning["match"]) == (LANTERN, False)
    assert _batch(client, query="Lantern Support Center", type="law") == []
    assert _batch(client, query=" ") == []


def test_a_property_that_does_not_fit_takes_the_certainty_away(client: FlaskClient) -> None:
    def best(value: object) -> dict[str, Any]:
        return _batch(client, query="Lantern Support Center", properties=[{"pid": "coop:isBasedIn", "v": value}])[0]

    right, wrong = best("Japan"), best({"id": "area/kr", "name": "Korea"})
    assert (right["match"], wrong["match"]) == (True, False)
    assert right["score"] > wrong["score"]


def test_values_of_properties_come_with_names_of_things(client: FlaskClient) -> None:
    asked = {"ids": [LANTERN, "org/nobody"], "properties": [{"id": "coop:isBasedIn"}, {"id": "nothing:here"}]}
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)}).get_json()
    _valid("data-extension-response", answer)
    assert answer["rows"][LANTERN]["coop:isBasedIn"] == [{"id": "area/jp", "name": "Japan"}]
    assert answer["rows"]["org/nobody"] == {"coop:isBasedIn": [], "nothing:here": []}
    assert [item["name"] for item in answer["meta"]][1] == "nothing:here"


def test_suggestions_and_proposals_are_valid(client: FlaskClient) -> None:
    entities = client.get("/reconcile/suggest/entity?prefix=lantern+sup").get_json()
    _valid("suggest-entities-response", entities)
    assert entities["result"][0]["id"] == LANTERN
    types = client.get("/reconcile/suggest/type?prefix=organi").get_json()
    _valid("suggest-types-response", types)
    assert [item["id"] for item in types["result"]] == ["org"]
    properties = client.get("/reconcile/suggest/property?prefix=homepage").get_json()
    _valid("suggest-properties-response", properties)
    assert "foaf:homepage" in [item["id"] for item in properties["result"]]
    proposed = client.get("/reconcile/properties?type=org&limit=3").get_json()
    _valid("data-extension-property-proposal", proposed)
    assert len(proposed["properties"]) == 3


@pytest.mark.parametrize(
    "values",
    [
        {"queries": "{"},
        {"queries": "[" * 100_000},
        {"queries": "[]"},
        {"queries": '{"q": 1}'},
        {"queries": '{"q": {"query": 1}}'},
        {"queries": '{"q": {"query": "a", "limit": "x"}}'},
        {"queries": json.dumps({str(number): {"query": "a"} for number in range(MOST_QUERIES + 1)})},
        {"extend": "{}"},
        {"extend": '{"ids": "x", "properties": []}'},
    ],
)
def test_what_is_malformed_or_too_much_is_refused_in_words(client: FlaskClient, values: dict[str, str]) -> None:
    refused = client.post("/reconcile", data=values, headers={"Accept": "application/json"})
    assert refused.status_code == 400
    assert refused.mimetype == "application/problem+json"


def test_odd_identifiers_are_things_that_nothing_is_known_of(client: FlaskClient) -> None:
    asked = {"ids": ["<>", "a b", ""], "properties": [{"id": "coop:isBasedIn"}]}
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)}).get_json()
    assert {name: row["coop:isBasedIn"] for name, row in answer["rows"].items()} == {"<>": [], "a b": [], "": []}
