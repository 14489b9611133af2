from __future__ import annotations

import csv
import json

import pytest
from flask.testing import FlaskClient

from tests.web.pages.parsed_page import page, words


def test_a_list_is_narrowed_by_area_and_type_and_counts_both(client: FlaskClient) -> None:
    root = page(client, "/en/list/org")
    assert "Found: 3 of 3" in words(root)
    assert root.cssselect("select[name=area] option[value=kr]")
    root = page(client, "/en/list/org?area=kr")
    assert "Found: 1 of 3" in words(root)
    assert [link.get("href") for link in root.cssselect(".cards > li > a")] == ["/en/doc/org/open-window"]
    root = page(client, "/en/list/org?area=kr&type=victim-support-center")
    assert "Found: 0 of 3" in words(root)


def test_a_list_of_an_unknown_kind_is_404(client: FlaskClient) -> None:
    assert client.get("/en/list/nothing").status_code == 404


def test_a_page_number_beyond_the_end_shows_the_last_page(client: FlaskClient) -> None:
    assert page(client, "/en/list/concept?page=999").cssselect(".cards > li")
    assert page(client, "/en/list/concept?page=-5").cssselect(".cards > li")
    assert page(client, "/en/list/concept?page=x").cssselect(".cards > li")


FORMATS = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}


@pytest.mark.parametrize(("ending", "media_type"), FORMATS.items())
def test_a_list_is_data_by_ending_and_by_header_alike(client: FlaskClient, ending: str, media_type: str) -> None:
    by_ending = client.get(f"/list/org.{ending}?area=kr")
    by_header = client.get("/en/list/org?area=kr", headers={"Accept": f"{media_type}, text/html;q=0.5"})
    assert by_ending.status_code == by_header.status_code == 200
    assert by_ending.mimetype == by_header.mimetype == media_type
    assert by_ending.data == by_header.data
    assert "open-window" in by_ending.text
    assert "Accept" in by_header.headers["Vary"]


def test_a_list_as_data_is_a_read_like_any_other(client: FlaskClient) -> None:
    response = client.get("/list/org.jsonld")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Coopgraph-Release"]
    listed, *organizations = response.json["@graph"]
    assert len(organizations) == listed["schema:numberOfItems"] == 3
    links = response.headers.getlist("Link")
    assert any('rel="license"' in link for link in links)
    assert '</list/org.ttl>; rel="alternate"; type="text/turtle"' in links
    again = client.get("/list/org.jsonld", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    release = response.headers["X-Coopgraph-Release"]
    assert client.get(f"/at/{release}/list/org.jsonld").data == response.data


def test_following_next_gives_every_entity_once(client: FlaskClient) -> None:
    found: list[str] = []
    address, pages = "/list/concept.ndjson", 0
    while address:
        response = client.get(address)
        found += [json.loads(line)["id"] for line in response.text.splitlines()]
        pages += 1
        links = response.headers.getlist("Link")
        address = next((link[1:].partition(">")[0] for link in links if 'rel="next"' in link), "")
    total = client.get("/list/concept.jsonld").json["@graph"][0]["schema:numberOfItems"]
    assert pages > 1
    assert len(found) == len(set(found)) == total


def test_a_page_for_people_names_the_next_one_too(client: FlaskClient) -> None:
    links = client.get("/ko/list/concept?page=2", headers={"Accept": "text/html"}).headers.getlist("Link")
    assert '</ko/list/concept?page=1>; rel="prev"' in links
    assert any(link.startswith("</ko/list/concept?page=3>") for link in links)


def test_a_table_of_a_list_is_in_the_readers_language(client: FlaskClient) -> None:
    response = client.get("/list/org.csv?lang=ko")
    assert response.headers["Content-Language"] == "ko"
    (row,) = [row for row in csv.DictReader(response.text.splitlines()) if row["id"].endswith("org/open-window")]
    assert row["areas"] == "대한민국"


@pytest.mark.parametrize("path", ["/list/org.xlsx", "/ko/list/org.png"])
def test_an_ending_that_no_format_has_is_406_with_those_there_are(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 406
    assert ".ndjson" in response.json["detail"]


def test_a_list_is_not_given_as_what_it_cannot_be(client: FlaskClient) -> None:
    assert client.get("/list/org", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/ko/list/orgs.jsonld", "org (단체)"),
        ("/ko/list/org.jsonld?area=korea", "kr (대한민국)"),
        ("/ko/list/org?area=%EB%8C%80%ED%95%9C%EB%AF%BC%EA%B5%AC", "kr (대한민국)"),
        ("/ko/list/org.jsonld?type=victim-support-centre", "victim-support-center"),
    ],
)
def test_a_kind_area_or_type_that_is_none_is_404_and_asks_what_was_meant(
    client: FlaskClient, path: str, meant: str
) -> None:
    response = client.get(path, headers={"Accept": "application/ld+json"})
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert meant in response.json["detail"]
    assert response.headers["Content-Language"] == "ko"


def test_a_token_that_is_none_is_refused(client: FlaskClient) -> None:
    response = client.get("/list/org.jsonld?after=%FF%FF")
    assert response.status_code == 400
    assert "after" in response.json["detail"]


@pytest.mark.parametrize(
    "path", ["/en/list/service", "/en/doc/org/lantern", "/en/doc/service/lantern.removal-support", "/en/help?area=jp"]
)
def test_a_service_that_is_overdue_is_marked(client: FlaskClient, path: str) -> None:
    assert "due to be checked again" in words(page(client, path))
