from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import render_template_string
from flask.testing import FlaskClient
from lxml import html

from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.pages.display_text import DisplayText


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_is_said_to_be_one_in_every_language(client: FlaskClient, language: str) -> None:
    root = html.fromstring(client.get(f"/{language}/laws?conduct=stalking").text)
    text = root.cssselect("main")[0].text_content()
    assert Message("No law on this is recorded.").in_language(language) in text
    gap = (
        "“Not recorded” is a gap of this collection: no law on it was found in the sources read so far."
        " It never means that the conduct is allowed."
    )
    assert Message(gap).in_language(language) in text


def test_the_form_chooses_conduct_and_year_without_script(client: FlaskClient) -> None:
    root = html.fromstring(client.get("/en/laws?conduct=non-consensual-dissemination&year=2021").text)
    assert root.cssselect("option[value=non-consensual-dissemination][selected]")
    assert root.cssselect("option[value='2021'][selected]")
    assert root.cssselect(".matrix a[href='/en/doc/law/image-abuse-amendment-act-2021']")
    assert root.cssselect("nav.main a[href='/en/laws']")


def test_a_cell_of_several_conducts_unfolds_the_law_its_penalty_and_its_text(client: FlaskClient) -> None:
    entry = SimpleNamespace(
        since="2021",
        law=DisplayText("Image Abuse Act", path="/doc/law/image-abuse-act"),
        section="4",
        penalties=(DisplayText("징역 3년", "ko"),),
        statute="https://law.example/4",
    )
    laws = SimpleNamespace(statute=DisplayText("text of the law"))
    cell = "{% import 'laws_parts.html' as l with context %}{{ l.folded(entry) }}"
    with client.application.test_request_context("/en/laws"):
        root = html.fromstring(render_template_string(cell, entry=entry, laws=laws))
    assert root.get("open") is None
    assert root.cssselect("summary")[0].text_content() == "2021"
    law, statute = root.cssselect(".inside a")
    assert (law.get("href"), law.text_content()) == ("/en/doc/law/image-abuse-act", "Image Abuse Act")
    assert (statute.get("href"), statute.get("rel")) == ("https://law.example/4", "noreferrer external")
    assert root.cssselect("[lang=ko]")[0].text_content() == "징역 3년"
    assert "§ 4" in root.text_content()


def test_what_is_no_year_or_conduct_is_said_in_the_readers_language(client: FlaskClient) -> None:
    refused = client.get("/ko/laws?year=soon")
    assert refused.status_code == 400
    assert Message("“{year}” is no year.", year="soon").in_language("ko") in refused.json["detail"]
    assert client.get("/ko/laws?conduct=nothing-like-it").status_code == 404
