"""Embeds: pages to frame, JSON for the web component, oEmbed."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree

from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES

HOST = "https://graph.example"
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_says_whom_to_call_in_the_language_asked_for(client: FlaskClient, language: str) -> None:
    response = client.get(f"/embed/list.json?area=JP&lang={language}", base_url=HOST)
    found = response.json
    assert (response.status_code, found["version"], found["language"]) == (200, 1, language)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert [c["text"] for entity in found["entities"] for c in entity["contacts"] if c["kind"] == "telephone"]
    for entity in found["entities"]:
        assert entity["contacts"]
        assert entity["id"].startswith(BASE + "id/")
        assert client.get(entity["page"].removeprefix(HOST)).status_code == 200
    assert client.get(found["page"].removeprefix(HOST)).status_code == 200


def test_the_page_to_frame_says_the_same_and_any_page_may_frame_it(client: FlaskClient) -> None:
    found = client.get("/embed/list.json?area=jp&lang=ko").json
    response = client.get("/embed/list?area=jp&lang=ko")
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "Set-Cookie" not in response.headers
    assert "<script" not in response.text
    shown = html.unescape(response.text)
    for entity in found["entities"]:
        assert entity["name"] in shown
        assert all(contact["href"] in shown for contact in entity["contacts"])


def test_a_service_narrows_the_list(client: FlaskClient) -> None:
    removal, lawyer = (client.get(f"/embed/list.json?area=jp&service={need}").json for need in ("removal", "lawyer"))
    assert removal["entities"]
    assert not lawyer["entities"]


def test_an_area_without_a_service_says_that_none_is_recorded(client: FlaskClient) -> None:
    found = client.get("/embed/list.json?area=jp&service=contraception").json
    assert not found["entities"]
    assert "does not mean there is none" in found["none"]


@pytest.mark.parametrize("name", ["org/lantern", "service/lantern.removal-support", "source/bridge-page"])
def test_an_entity_is_embedded_with_its_name_and_page(client: FlaskClient, name: str) -> None:
    found = client.get(f"/embed/{name}.json", base_url=HOST).json
    (entity,) = found["entities"]
    assert entity["id"] == f"{BASE}id/{name}"
    assert client.get(entity["page"].removeprefix(HOST)).status_code == 200
    assert client.get(f"/embed/{name}").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/embed/list.json", 400),
        ("/embed/list.json?area=nowhere", 404),
        ("/embed/list.json?area=jp&service=magic", 404),
        ("/embed/org/nobody.json", 404),
        ("/oembed", 404),
        ("/oembed?url=https%3A%2F%2Felsewhere.example%2Fdoc%2Forg%2Flantern", 404),
        (f"/oembed?url={quote(HOST + '/en/', safe='')}", 404),
        (f"/oembed?url={quote(HOST + '/en/doc/org/nobody', safe='')}", 404),
        (f"/oembed?url={quote(HOST + '/en/doc/org/lantern', safe='')}&format=yaml", 400),
    ],
)
def test_what_cannot_be_embedded_is_a_problem(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address, base_url=HOST, headers=JSON)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (f"{HOST}/ko/doc/org/lantern", f"{HOST}/embed/org/lantern?lang=ko"),
        (f"{HOST}/doc/org/lantern.html", f"{HOST}/embed/org/lantern?lang=en"),
        (f"{BASE}id/org/lantern", f"{HOST}/embed/org/lantern?lang=en"),
        (f"{HOST}/ja/help?area=jp&need=removal", f"{HOST}/embed/list?area=jp&service=removal&lang=ja"),
    ],
)
def test_oembed_gives_an_iframe_whose_source_answers(client: FlaskClient, url: str, source: str) -> None:
    told = client.get(f"/oembed?url={quote(url, safe='')}", base_url=HOST).json
    assert (told["version"], told["type"]) == ("1.0", "rich")
    found = re.search(r'src="([^"]*)"', told["html"])
    assert found
    assert html.unescape(found[1]) == source
    assert client.get(source.removeprefix(HOST)).status_code == 200


def test_oembed_keeps_to_the_size_of_its_consumer_and_speaks_xml(client: FlaskClient) -> None:
    address = f"/oembed?url={quote(BASE + 'id/org/lantern', safe='')}"
    told = client.get(f"{address}&maxwidth=300&maxheight=99999").json
    assert (told["width"], told["height"]) == (300, 640)
    assert 'width="300"' in told["html"]
    as_xml = etree.fromstring(client.get(f"{address}&format=xml").data)
    assert as_xml.findtext("html") == client.get(address).json["html"]
