"""From a form to the public and back, in a browser: a new curator, a reviewer, a publication, and its undo."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

from coopgraph.database.database import DESK_FILE
from tests.chromium import chromium
from tests.conftest import FIXTURE
from tests.desk.browsers import PASSWORD
from tests.running_server import Served, serve

pytestmark = pytest.mark.interop

PATIENCE = 120.0
"""Seconds that a publication may take on a busy machine."""

NAME = "항구등"
ASK = 'ASK { ?org skos:prefLabel "항구등"@ko ; foaf:homepage <https://harbor-light.example/> }'
PREFIXES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "


@pytest.fixture
def served(published: Path, database_of_people: Path, tmp_path: Path) -> Iterator[Served]:
    """A server with the desk of a tree of its own."""
    var, data = tmp_path / "var", tmp_path / "data"
    shutil.copytree(published, var)
    shutil.copy(database_of_people, var / DESK_FILE)
    shutil.copytree(FIXTURE, data)
    settings = {"var": var, "data": data, "workers": 1}
    running = serve("--no-build", log=tmp_path / "log", settings=settings, desk=True)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def _signed_in(browser: Browser, served: Served, name: str) -> Page:
    # Without script, and on a phone: the desk needs no more.
    phone = {"width": 390, "height": 844}
    page = browser.new_context(java_script_enabled=False, locale="en", viewport=phone).new_page()
    page.goto(f"{served.url}/en/desk/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    return page


def _fill(page: Page, **texts: str) -> None:
    for control, text in texts.items():
        page.fill(f'[id="{control}"]', text)


def _unfold(page: Page, heading: str) -> None:
    page.click(f'details.group:not([open]) > summary:has-text("{heading}")')


def _submit(page: Page) -> None:
    page.click('.decisions button[value="submit"]')


def _said(page: Page, control: str) -> str:
    return page.inner_text(f'[id="{control}-faults"]')


def _decide(page: Page, decision: str, text: str = "") -> None:
    page.fill("#text", text)
    page.click(f'#decide button[formaction$="/{decision}"]')


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def _wait_for(page: Page, state: str) -> None:
    before = time.monotonic()
    while page.inner_text("main .kind").lower() != state:
        assert time.monotonic() - before < PATIENCE, page.inner_text("main")
        time.sleep(0.3)
        page.reload()


def _is_public(served: Served, expected: bool) -> bool:
    """Return whether SPARQL comes to find it, or not to: the service looks for a new release now and then."""
    before = time.monotonic()
    while time.monotonic() - before < PATIENCE:
        answer = served.ask(PREFIXES + ASK, "application/sparql-results+json")
        assert answer.status == 200, answer.body
        if answer.json()["boolean"] == expected:
            return expected
        time.sleep(0.3)
    return not expected


def test_a_new_curator_adds_an_organization_that_is_reviewed_published_and_undone(
    browser: Browser, served: Served
) -> None:
    cho, yun = _signed_in(browser, served, "cho"), _signed_in(browser, served, "yun")
    assert not _is_public(served, False)

    cho.click("nav.main >> text=Add something")
    cho.click("main >> text=Organization")
    _fill(
        cho,
        **{
            "common.source": "bridge-page",
            "common.quote": "Harbor Light (항구등) helps victims of digital sexual violence in Seoul.",
            "e.prefLabel.0.text": "Harbor Light",
            "e.prefLabel.1.text": NAME,
            "e.isBasedIn.0.text": "South Korea",
        },
    )
    cho.select_option('[name="e.prefLabel.1.language"]', "ko")
    cho.select_option('[id="e.worksOn.0.text"]', "digital-sexual-violence")
    _submit(cho)

    # Corrected once: a kind is missing.
    assert cho.inner_text("#faults-title") == "What is to be mended"
    assert _said(cho, "e.hasOrganizationType.0.text") == "Something is needed here."
    cho.click('section.problem a[href="#e.hasOrganizationType.0.text"]')
    cho.select_option('[id="e.hasOrganizationType.0.text"]', "victim-support-center")
    _unfold(cho, "Dates")
    _fill(cho, **{"e.foundingDate.0.text": "2019/03"})
    _submit(cho)

    # And again: a date is written otherwise.
    assert not cho.query_selector('[id="e.hasOrganizationType.0.text-faults"]')
    assert "2019/03" in _said(cho, "e.foundingDate.0.text")
    assert cho.input_value('[id="e.prefLabel.1.text"]') == NAME
    _fill(cho, **{"e.foundingDate.0.text": "2019-03"})
    _submit(cho)
    assert cho.inner_text("main .kind").lower() == "waiting for review"
    assert _fits(cho), "what changes, in tables"
    submission = cho.url

    yun.goto(submission)
    assert NAME in yun.inner_text("main")
    _decide(yun, "ask", "Please add the homepage.")
    cho.reload()
    assert "Please add the homepage." in cho.inner_text("#said")
    cho.click("text=Change it in the form")
    assert cho.input_value('[id="e.prefLabel.1.text"]') == NAME
    _unfold(cho, "Elsewhere")
    _fill(cho, **{"e.homepage.0.text": "https://harbor-light.example/", "common.source": "bridge-page"})
    cho.fill('[id="common.quote"]', "Harbor Light (항구등) helps victims of digital sexual violence in Seoul.")
    _submit(cho)
    assert cho.url == submission, cho.inner_text("main")
    _wait_for(cho, "waiting for review")

    yun.reload()
    assert "harbor-light.example" in yun.inner_text("main")
    _decide(yun, "accept")
    _wait_for(yun, "published")

    assert _is_public(served, True)
    assert NAME in served.get("/ko/doc/org/harbor-light").body.decode()
    document = served.get("/id/org/harbor-light", Accept="application/ld+json").body.decode()
    assert NAME in document
    assert "harbor-light" in served.get(f"/ko/search?q={quote(NAME)}").body.decode()

    cho.goto(submission)
    _decide(cho, "undo", "Just a trial.")
    undone = cho.url
    assert undone != submission
    yun.goto(undone)
    _decide(yun, "accept")
    _wait_for(yun, "published")
    assert not _is_public(served, False)
    assert NAME in yun.inner_text("main"), "what is gone is still called by its name"
    assert served.get("/doc/org/harbor-light").status == 404
    for page in ("desk", "desk/forms", "desk/table", "desk/overdue", "desk/account", "desk/history/org/harbor-light"):
        cho.goto(f"{served.url}/en/{page}")
        assert _fits(cho), page
    assert "Just a trial." in (cho.goto(f"{served.url}/en/desk/history/org/harbor-light"), cho.inner_text("main"))[1]
    assert "harbor-light" not in served.get(f"/ko/search?q={quote(NAME)}").body.decode()
