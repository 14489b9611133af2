from __future__ import annotations

import base64
import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from coopgraph.model.iris import BASE


def test_a_collection_is_a_list_of_things_in_each_format(client: FlaskClient) -> None:
    linked = client.get("/doc/org", headers={"Accept": "application/ld+json"})
    assert linked.json["@graph"][0]["id"] == BASE + "doc/org"
    things = [node["id"] for node in linked.json["@graph"][1:]]
    assert BASE + "id/org/lantern" in things
    lines = [json.loads(line)["id"] for line in client.get("/doc/org.ndjson").text.splitlines()]
    rows = [row["id"] for row in csv.DictReader(io.StringIO(client.get("/doc/org.csv").text))]
    assert lines == rows == sorted(things)


def test_each_page_leads_to_the_next_until_all_is_read(client: FlaskClient) -> None:
    address, found = "/doc/area.ndjson", []
    for _ in range(20):
        response = client.get(address)
        found += [json.loads(line)["id"] for line in response.text.splitlines()]
        links = ", ".join(response.headers.getlist("Link"))
        following = re.search(r'<([^>]*)>; rel="next"', links)
        if not following:
            break
        address = following[1]
    total = client.get("/doc/area.jsonld").json["@graph"][0]["schema:numberOfItems"]
    assert len(found) == len(set(found)) == total > 100


def test_facets_narrow_and_are_kept_in_the_links(client: FlaskClient) -> None:
    response = client.get("/doc/org.jsonld?service=removal-support&area=jp")
    assert [node["id"] for node in response.json["@graph"][1:]] == [BASE + "id/org/lantern"]
    assert '</doc/org.csv?area=jp&service=removal-support>; rel="alternate"' in ", ".join(
        response.headers.getlist("Link")
    )


def test_the_facets_of_a_collection_are_counted_and_lead_to_what_they_leave(client: FlaskClient) -> None:
    links = ", ".join(client.get("/doc/org.ndjson?area=jp").headers.getlist("Link"))
    linked, index = re.findall(r'<([^>]*)>; rel="index"', links)
    found = client.get(linked).json["@graph"]
    whole = found[0]
    nodes = {node["id"]: node for node in found}
    parts = [nodes[part["id"]] for part in whole["schema:hasPart"]]
    assert {part["schema:name"] for part in parts} >= {"service", "kind"}
    for part in parts:
        narrowed = client.get("/" + part["id"].removeprefix(BASE).replace("?", ".jsonld?")).json["@graph"][0]
        assert narrowed["id"] == part["id"]
        assert narrowed["schema:numberOfItems"] == part["schema:numberOfItems"] > 0
    table = list(csv.DictReader(io.StringIO(client.get(index).text)))
    told = {(row["list"], row["facet"], row["id"], row["count"]) for row in table}
    assert told == {
        (part["id"], part["schema:name"], part["schema:about"]["id"], str(part["schema:numberOfItems"]))
        for part in parts
    }
    assert all(row["name"] for row in table)


def test_a_token_of_another_release_is_refused_with_where_to_go_on(client: FlaskClient) -> None:
    response = client.get("/doc/area.jsonld")
    (token,) = re.findall(r"after=([^>&]*)>", ", ".join(response.headers.getlist("Link")))
    place, release, *rest = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert release == response.headers["X-Coopgraph-Release"]
    other = json.dumps([place, "2020-01-01-00000000", *rest])
    refused = client.get("/doc/area.jsonld?after=" + base64.urlsafe_b64encode(other.encode()).decode().rstrip("="))
    assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    assert "/at/2020-01-01-00000000" in refused.json["detail"]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/doc/org", "/en/list/org"),
        ("/ko/doc/org?area=jp&service=x", "/ko/list/org?area=jp"),
        ("/doc/law.html?kind=act", "/en/list/law?type=act"),
    ],
)
def test_people_are_sent_to_the_list(client: FlaskClient, address: str, target: str) -> None:
    response = client.get(address, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (303, target)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/doc/nothing.jsonld", 404),
        ("/doc/org.exe", 406),
        ("/doc/org.jsonld?area=nowhere", 404),
        ("/doc/org.jsonld?after=nonsense", 400),
        ("/doc/" + "x" * 10_000, 404),
    ],
)
def test_what_cannot_be_given_is_a_problem_in_words(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address, headers={"Accept": "application/json"})
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert len(response.data) < 4000


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/doc/law.jsonld").headers["ETag"]
    assert client.get("/doc/law.jsonld", headers={"If-None-Match": tag}).status_code == 304
