"""The OpenAPI document tells of every route, and of what its answers are."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from coopgraph.web.data.openapi import ANSWER_TYPES, QUERY_PARAMETERS

HOST = "https://graph.example"


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/openapi.json", base_url=HOST)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    told: dict[str, Any] = json.loads(response.data)
    return told


def test_it_is_valid(document: dict[str, Any]) -> None:
    pytest.importorskip("openapi_spec_validator", reason="not installed: requirements-ci.lock").validate(document)


def test_every_route_is_there_with_its_methods(client: FlaskClient, document: dict[str, Any]) -> None:
    routes = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint != "static"]
    methods = {method for methods in document["paths"].values() for method in methods}
    assert methods <= {"get", "post", "delete", "put"}
    # Two routes may differ in what a part of the path may be: a kind, or any path.
    told = {
        (re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule), method) for rule in routes for method in rule.methods or ()
    }
    expected = {(path, method) for path, method in told if method not in ("HEAD", "OPTIONS")}
    assert {(path, method.upper()) for path, methods in document["paths"].items() for method in methods} == expected
    names = Counter(operation["operationId"] for path in document["paths"].values() for operation in path.values())
    assert set(names.values()) == {1}
    assert document["servers"] == [{"url": HOST}]


def test_the_tables_name_no_route_that_is_not_there(client: FlaskClient) -> None:
    endpoints = {rule.endpoint for rule in client.application.url_map.iter_rules()}
    assert {*ANSWER_TYPES, *QUERY_PARAMETERS} <= endpoints


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/doc/org/lantern.ttl", "/doc/{name}"),
        ("/feed", "/feed"),
        ("/list/org.csv", "/list/{name}"),
        ("/help.jsonld?area=jp", "/help.{ending}"),
        ("/embed/list.json?area=jp", "/embed/list.json"),
        ("/search.json?q=lantern", "/search.json"),
        ("/releases", "/releases"),
        ("/en/", "/{language}/"),
        ("/ko/feed.atom", "/{language}/feed.atom"),
        ("/sparql?query=ASK%7B%7D", "/sparql"),
        ("/export/organization.csv", "/export/{name}"),
        ("/robots.txt", "/robots.txt"),
        ("/linkset", "/linkset"),
        ("/reconcile", "/reconcile"),
        ("/reconcile/suggest/type?prefix=o", "/reconcile/suggest/type"),
        ("/query/terms.json", "/query/terms.json"),
        ("/openapi.json", "/openapi.json"),
    ],
)
def test_an_answer_has_a_media_type_that_is_told(
    client: FlaskClient, document: dict[str, Any], address: str, path: str
) -> None:
    response = client.get(address)
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    assert response.status_code == 200
    assert response.mimetype in content or "*/*" in content
