"""Guides: each has a page in every language, whose links lead somewhere and whose lines can be copied as they are."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import html

from coopgraph.model.language import LANGUAGES
from coopgraph.web.pages.guides import GUIDES


def _page(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.fromstring(answer.get_data(as_text=True))


@pytest.mark.parametrize("name", GUIDES)
def test_links_within_a_guide_lead_to_pages_and_to_places_in_them(client: FlaskClient, name: str) -> None:
    page = _page(client, f"/ko/about/guides/{name}")
    guide = page.cssselect("main div[lang=en]")[0]
    assert guide.cssselect("h2, p")
    for link in guide.cssselect("a[href]"):
        target = link.get("href")
        if target.startswith("https://"):
            assert link.get("rel") == "noreferrer external"
            continue
        path, _, fragment = target.partition("#")
        assert path.startswith("/ko/about/guides/")
        found = _page(client, path)
        assert not fragment or found.get_element_by_id(fragment) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_is_framed_in_the_readers_language_and_says_its_own(client: FlaskClient, language: str) -> None:
    page = _page(client, f"/{language}/about/guides/partners")
    title = GUIDES["partners"].in_language(language)
    assert page.cssselect("h1")[0].text_content() == title
    assert [str(item.text_content()) for item in page.cssselect("h1")] == [title]
    assert page.get("lang") == language
    assert not page.cssselect("main [style]")


def test_the_lines_of_a_guide_name_the_server_that_gives_it(client: FlaskClient) -> None:
    text = client.get("/en/about/guides/partners", base_url="https://help.example").get_data(as_text=True)
    assert "https://help.example/embed/v1.js" in text
    assert "graph.example" not in text


def test_a_guide_that_is_none_is_not_found(client: FlaskClient) -> None:
    assert client.get("/en/about/guides/secrets").status_code == 404
