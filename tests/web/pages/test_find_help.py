from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.web.pages.parsed_page import page, words


def test_help_leads_from_an_area_to_a_number_to_call(client: FlaskClient) -> None:
    root = page(client, "/en/help?area=jp")
    assert root.cssselect("a[href='tel:+81300000000']")
    assert "Lantern Support Center" in words(root)
    assert root.cssselect("meta[name=robots][content=noindex]")


def test_a_body_has_one_card_with_all_ways_to_reach_it(client: FlaskClient) -> None:
    root = page(client, "/en/help?area=jp")
    headings = [card.text_content() for card in root.cssselect(".body h3")]
    assert len(headings) == len(set(headings))
    assert root.cssselect("title")[0].text_content() == "coopgraph"


def test_the_area_that_the_readers_language_suggests_comes_first(client: FlaskClient) -> None:
    assert page(client, "/ja/help").cssselect("main a.call")[0].get("href") == "/ja/help?area=jp"
    assert not page(client, "/zh-Hans/help").cssselect("main a.call")
    for path, wanted, area in (
        ("/ja/help", "en-US, ja;q=0.5", "jp"),
        ("/en/help", "en-JP", "jp"),
        ("/en/help", "ja-JP", "jp"),
    ):
        root = html.fromstring(client.get(path, headers={"Accept-Language": wanted}).data)
        assert root.cssselect("main a.call")[0].get("href").endswith(f"area={area}")


def test_a_pocket_card_has_the_numbers_alone(client: FlaskClient) -> None:
    root = page(client, "/en/help/card?area=jp")
    assert root.cssselect(".pocket a[href='tel:+81300000000']")
    assert "ot yet checked" in root.cssselect(".pocket .way")[0].text_content()
    assert not root.cssselect(".pocket details")


def test_help_of_a_kind_that_nobody_offers_there_says_so(client: FlaskClient) -> None:
    assert "No service of this kind is recorded" in words(page(client, "/en/help?area=jp&need=contraception"))


def test_help_for_an_unknown_area_is_404_in_words(client: FlaskClient) -> None:
    response = client.get("/en/help?area=atlantis")
    assert response.status_code == 404
    assert "no such area" in response.text


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "text/csv", "application/x-ndjson"])
@pytest.mark.parametrize("need", ["", "&need=removal"])
def test_help_is_data_by_ending_and_by_header_alike(client: FlaskClient, media_type: str, need: str) -> None:
    ending = {"text/turtle": "ttl", "application/ld+json": "jsonld", "text/csv": "csv"}.get(media_type, "ndjson")
    by_ending = client.get(f"/help.{ending}?area=jp{need}")
    by_header = client.get(f"/en/help?area=jp{need}", headers={"Accept": media_type})
    assert by_ending.status_code == by_header.status_code == 200
    assert by_ending.mimetype == by_header.mimetype == media_type
    assert by_ending.data == by_header.data
    assert "lantern" in by_ending.text
    assert by_ending.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        client.get(f"/help.{ending}?area=jp{need}", headers={"If-None-Match": by_ending.headers["ETag"]}).status_code
        == 304
    )


def test_help_as_data_begins_with_the_services_for_the_area_itself(client: FlaskClient) -> None:
    listed, *services = client.get("/help.jsonld?area=jp").json["@graph"]
    assert listed["schema:numberOfItems"] == len(services)
    number = client.get("/help.csv?area=jp").text
    assert "tel:+81300000000" in number
    assert any("+81" in json.dumps(service) for service in services)


def test_a_help_page_weighs_little_on_the_wire(client: FlaskClient) -> None:
    accepted = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    root = client.get("/ko/help?area=jp", headers=accepted)
    style = html.fromstring(client.get("/ko/help?area=jp", headers={"Accept": "text/html"}).text).cssselect(
        "link[rel=stylesheet]"
    )[0]
    sheet = client.get(style.get("href"), headers={"Accept-Encoding": "gzip"})
    assert root.headers["Content-Encoding"] == sheet.headers["Content-Encoding"] == "gzip"
    assert len(root.data) + len(sheet.data) <= 40_000


@pytest.mark.parametrize(
    ("query", "meant"),
    [("area=japan", "jp（日本）"), ("area=jp&need=lawyers", "lawyer"), ("area=jp&need=lyer", "lawyer")],
)
def test_help_for_an_area_or_need_that_is_none_asks_what_was_meant(client: FlaskClient, query: str, meant: str) -> None:
    response = client.get(f"/help.jsonld?{query}", headers={"Accept-Language": "ja"})
    assert response.status_code == 404
    assert meant in response.json["detail"]
    assert response.headers["Content-Language"] == "ja"


def test_help_as_data_wants_an_area_and_a_format_that_there_is(client: FlaskClient) -> None:
    assert client.get("/help.jsonld").status_code == 400
    assert client.get("/help.png?area=jp").status_code == 406
    assert client.get("/help?area=jp", headers={"Accept": "image/png"}).status_code == 406
