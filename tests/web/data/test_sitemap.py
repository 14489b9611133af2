from __future__ import annotations

import random

import pytest
from flask.testing import FlaskClient
from lxml import etree

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.query.prepared import select

HOST = "https://graph.example"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read(client: FlaskClient, address: str) -> etree._Element:
    response = client.get(address.removeprefix(HOST), base_url=HOST)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    return etree.fromstring(response.data)


@pytest.fixture(scope="module")
def entries(client: FlaskClient) -> list[etree._Element]:
    parts = read(client, "/sitemap.xml").xpath("//s:sitemap/s:loc/text()", namespaces=NAMES)
    return [entry for part in parts for entry in read(client, part).xpath("//s:url", namespaces=NAMES)]


@pytest.fixture(scope="module")
def addresses(entries: list[etree._Element]) -> list[str]:
    return [entry.findtext("s:loc", namespaces=NAMES) or "" for entry in entries]


def test_robots_may_read_everything_and_learn_where_the_sitemap_is(client: FlaskClient) -> None:
    response = client.get("/robots.txt", base_url=HOST)
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    assert response.text.splitlines() == ["User-agent: *", "Allow: /", "", f"Sitemap: {HOST}/sitemap.xml"]


def test_every_thing_of_the_graph_has_its_page_there_in_every_language(
    app_context: AppContext, addresses: list[str]
) -> None:
    rows = select(
        app_context.query_service,
        "SELECT DISTINCT ?thing WHERE { ?thing a ?class . "
        f'FILTER(STRSTARTS(STR(?thing), "{BASE}id/org/") || STRSTARTS(STR(?thing), "{BASE}id/claim/")) }}',
    )
    things = {row["thing"].value.removeprefix(BASE + "id/") for row in rows}
    assert things
    assert {f"{HOST}/{tag}/doc/{thing}" for tag in LANGUAGES for thing in things} <= set(addresses)


def test_every_address_is_named_once(addresses: list[str]) -> None:
    assert len(addresses) == len(set(addresses))
    assert {f"{HOST}/{tag}/quality" for tag in LANGUAGES} <= set(addresses)


def test_every_address_names_itself_and_its_twins(entries: list[etree._Element]) -> None:
    for entry in entries:
        own = entry.findtext("s:loc", namespaces=NAMES) or ""
        twins = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", namespaces=NAMES)}
        assert list(twins) == [*LANGUAGES, "x-default"]
        neutral = twins["x-default"].removeprefix(HOST)
        assert {twins[tag] for tag in LANGUAGES} == {f"{HOST}/{tag}{neutral}" for tag in LANGUAGES}
        assert own in twins.values()


@pytest.mark.slow
def test_the_addresses_answer(client: FlaskClient, addresses: list[str]) -> None:
    standing = [address for address in addresses if address.startswith(f"{HOST}/en/") and "/doc/" not in address]
    others = [address for address in addresses if "/doc/" in address]
    for address in (*standing, *random.Random(5).sample(others, 60)):
        response = client.get(address.removeprefix(HOST), headers={"Accept": "text/html"})
        assert (response.status_code, response.mimetype) == (200, "text/html"), address


def test_a_part_beyond_the_end_is_404(client: FlaskClient) -> None:
    assert client.get("/sitemap/0.xml").status_code == 404
    assert client.get("/sitemap/999.xml").status_code == 404


def test_a_sitemap_is_kept_for_as_long_as_its_release_is_served(client: FlaskClient) -> None:
    first = client.get("/sitemap/1.xml", base_url=HOST)
    assert first.headers["X-Coopgraph-Release"]
    again = client.get("/sitemap/1.xml", base_url=HOST, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
