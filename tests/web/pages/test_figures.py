"""``/figures``: a plain form, pictures with their tables, CSV, and helpful refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from coopgraph import context
from coopgraph.model.language import LANGUAGES
from coopgraph.settings import Settings
from coopgraph.web.app import create_app

CHOICE = "?indicator=victims-supported&about="


def page(client: FlaskClient, address: str, status: int = 200) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return html.fromstring(response.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_gives_a_picture_with_its_words_and_the_table_that_says_the_same(
    client: FlaskClient, language: str
) -> None:
    root = page(client, f"/{language}/figures{CHOICE}")
    (picture,) = root.cssselect("svg.chart")
    assert picture.get("role") == "img"
    for reference in (picture.get("aria-labelledby"), picture.get("aria-describedby")):
        (named,) = root.cssselect(f"[id='{reference}']")
        assert named.text_content()
    assert "310" in picture.text_content()
    assert len(root.cssselect("table.charted th[scope=rowgroup]")) == 2
    rows = [row for row in root.cssselect("table.charted tbody tr") if row.cssselect("td")]
    assert len(rows) == 2
    for row in rows:
        assert row.cssselect("td:last-child a")
        assert row.cssselect("td:last-child blockquote")
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_what_is_chosen_and_works_without_script(client: FlaskClient, language: str) -> None:
    address = f"/{language}/figures?indicator=victims-supported&about=org/lantern&area=jp&part=total"
    address += "&from=2020&to=2020&as=bars"
    (form,) = page(client, address).cssselect("main form.filter")
    assert (form.get("method"), form.get("action")) == ("get", f"/{language}/figures")
    assert dict(form.form_values()) == {
        "indicator": "victims-supported",
        "about": "org/lantern",
        "area": "jp",
        "part": "total",
        "from": "2020",
        "to": "2020",
        "as": "bars",
    }


def test_the_start_leads_to_each_indicator_and_that_to_its_shares(client: FlaskClient) -> None:
    links = [link.get("href") for link in page(client, "/en/figures").cssselect("main ul.columns a")]
    assert links == ["/en/figures?indicator=assistance-cases", "/en/figures?indicator=victims-supported"]
    for address in links:
        assert page(client, address).cssselect("svg.chart")
    assert page(client, links[0]).cssselect("main a[href='/en/figures?indicator=assistance-cases-share']")


def test_the_menu_and_the_pages_about_figures_lead_here(client: FlaskClient) -> None:
    assert page(client, "/ko/").cssselect("nav.main a[href='/ko/figures']")
    for path in (
        "/doc/concept/indicator/victims-supported",
        "/doc/figure/lantern.2020.victims-supported",
        "/doc/scheme/indicator",
        "/def/Observation",
        "/dataset/structure",
        "/dataset/coopgraph",
        "/dataset/figures.bridge-page",
    ):
        (link, *_) = page(client, f"/en{path}").cssselect("main a[href^='/en/figures']")
        page(client, link.get("href"))


def test_a_computed_figure_is_marked_as_ours_with_its_formula(client: FlaskClient) -> None:
    root = page(client, "/en/figures?indicator=assistance-cases&part=")
    (row,) = (row for row in root.cssselect("table.charted tr") if "1420 * 75.0" in row.text_content())
    assert "computed by us" in row.text_content()
    assert root.cssselect("svg .computed")


def test_a_contested_figure_shows_the_other_value_beside_it(client: FlaskClient) -> None:
    root = page(client, "/en/figures?indicator=assistance-cases")
    assert "1,420 ≠" in root.cssselect("svg")[0].text_content()
    (row,) = root.cssselect("table.charted tr.deprecated")
    assert "1,240" in row.text_content()
    assert "not in the picture" in row.text_content()


def test_the_table_comes_as_csv_of_the_same_choice(client: FlaskClient) -> None:
    (link,) = page(client, f"/ja/figures{CHOICE}").cssselect("a[href*='figures.csv']")
    response = client.get(link.get("href"))
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(response.data.decode("utf-8-sig")))
    assert head[5] == "期間"
    assert sorted(row[6] for row in rows) == ["24", "310"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ("?indicator=nothing", 404),
        ("?indicator=victims-supported&about=org/nobody", 404),
        ("?indicator=victims-supported&area=atlantis", 404),
        ("?indicator=victims-supported&part=none", 404),
        ("?indicator=victims-supported&from=soon", 400),
        ("?indicator=victims-supported&from=2021&to=2019", 400),
        ("?indicator=victims-supported&as=cake", 400),
        ("?indicator=" + "%F0%9F%92%A9%3Cb%3E" * 100, 404),
    ],
)
def test_what_is_not_there_or_cannot_be_is_said_in_the_readers_language_beside_the_form(
    client: FlaskClient, language: str, choice: str, status: int
) -> None:
    root = page(client, f"/{language}/figures{choice}", status)
    (said,) = root.cssselect("[role=alert]")
    assert len(said.cssselect("p")) == 2
    assert (
        "There" in said.text_content() or "Choose" in said.text_content() or "four digits" in said.text_content()
    ) is (language == "en")
    assert root.cssselect("form.filter select[name=indicator] option")
    assert not root.cssselect("main b")
    assert client.get(f"/{language}/figures.csv{choice}").status_code == status


def test_a_possible_choice_without_figures_says_so_and_leads_on(client: FlaskClient) -> None:
    root = page(client, "/en/figures?indicator=victims-supported&about=org/lantern&area=kr")
    assert "No figure is recorded for this choice" in root.text_content()
    (link,) = root.cssselect("main [role=status] a")
    assert page(client, link.get("href")).cssselect("svg")


def test_csv_of_no_indicator_is_refused_in_words(client: FlaskClient) -> None:
    assert client.get("/figures.csv").status_code == 400


@pytest.fixture(scope="module")
def without_figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a release that has no figures at all."""
    from coopgraph.dataset.tree import locate
    from coopgraph.publishing.build import build
    from tests.conftest import FIXTURE

    tree, var = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("var")
    for place in ("period/2020.ttl",):
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        (tree / place).write_text((FIXTURE / place).read_text(encoding="utf-8"), encoding="utf-8")
    build(locate(Settings(data=str(tree))), Path(var), message="", now=datetime(2026, 1, 31, tzinfo=UTC))
    app_context = context.of_releases(Settings(var=str(var), workers=1))
    yield create_app(app_context).test_client()
    app_context.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_release_without_figures_says_so(without_figures: FlaskClient, language: str) -> None:
    root = page(without_figures, f"/{language}/figures")
    assert ("This release holds no figures." in root.text_content()) is (language == "en")
    assert not root.cssselect("main form.filter")
    page(without_figures, f"/{language}/figures?indicator=victims-supported", 404)
