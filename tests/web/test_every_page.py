"""Every kind of page in a real browser, in five languages: accessible, quiet, alone with its origin, and it fits.

axe-core (https://github.com/dequelabs/axe-core) judges accessibility by WCAG 2.2, levels A and AA. It is a package of
``frontend/`` that is fetched with the others and never shipped.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from playwright.sync_api import Browser

from coopgraph.dataset.tree import locate
from coopgraph.model.language import LANGUAGES
from coopgraph.model.release_note import submissions_note
from coopgraph.publishing.build import build
from coopgraph.settings import Settings
from coopgraph.web.data.openapi import ANSWER_TYPES
from tests.chromium import chromium
from tests.conftest import FIXTURE, PUBLISHED, THOROUGH
from tests.running_server import Served, serve

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"

WIDTHS = (320, 390, 640, 1280)
"""Pixels: the least that WCAG 2.2 asks for (1.4.10), a phone, a screen of 1280 at 200 % zoom, and that screen."""

SHARES = [
    pytest.param(
        language, WIDTHS[place % len(WIDTHS)], True, slice(place, None, len(LANGUAGES)), id=f"{language}-share"
    )
    for place, language in enumerate(LANGUAGES)
]
"""In every run each page in one language, at one width."""

WHOLES = [
    pytest.param(language, width, script, slice(None), id=f"{language}-{width}-{script}", marks=pytest.mark.interop)
    for place, language in enumerate(LANGUAGES)
    for width in (WIDTHS if THOROUGH else WIDTHS[place % len(WIDTHS) :][:1])
    for script in ((True, False) if THOROUGH else (True,))
]
"""With the programs of others each page in each language; at each width, with and without scripts, by TEST_THOROUGH."""

ADDRESSES = (
    "/",
    "/about",
    "/about/accessibility",
    "/about/method",
    "/about/conformance",
    "/about/privacy",
    "/about/releases",
    "/about/guides/partners",
    "/catalog",
    "/check",
    "/dataset/best-figures",
    "/def",
    "/def/Organization",
    "/def/hasEvidence",
    "/examples",
    "/examples/01-organizations-in-an-area",
    "/figures",
    "/figures?indicator=assistance-cases&part=&as=lines",
    "/figures?indicator=victims-supported&about=",
    "/help",
    "/help/card?area=jp",
    "/help?area=jp",
    "/laws",
    "/list/figure",
    "/list/law",
    "/list/org",
    "/map",
    "/quality",
    "/query",
    "/query/build?kind=law",
    "/search",
    "/shape/LabelEnglish",
)
"""Addresses that have a twin in each language, beside that of a thing of each kind."""

WITHOUT_TWIN = ("/releases", "/releases/{release}", "/embed/list?area=jp", "/embed/org/lantern")
"""Addresses that are told the language by ``?lang=``."""

NOT_FOUND = ("/help?area=nowhere", "/nothing/here")
"""Addresses under which there is nothing, told on a page."""

ABSENT = "Failed to load resource: the server responded with a status of 404 (Not Found)"
"""What the console says of them."""

NOT_LOOKED_AT = {*("check.check", "cite.one", "cite.replayed", "describe_problem_type", "sparql.sparql")}
"""Endpoints whose pages are left out: what answers to a file or a query sent, and what citations stand under."""

RELEASE = "2026-01-01-00000000"
"""What an address names as its release where none is asked for."""

OF_TWO_RELEASES = ("/releases", "/releases/{release}", "/releases/{release}/diff")
"""Addresses that say more where there is a release before the current one."""

OPENED = """
() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}
"""
JUDGED = """
async () => {
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
  return found.violations.map(
    ({ id, nodes: [first] }) => `${id}: ${first.html.slice(0, 200)}: ${first.failureSummary}`
  );
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def release(client: FlaskClient) -> str:
    return str(client.get("/releases", headers={"Accept": "application/json"}).json["current"])


@pytest.fixture(scope="module")
def released_twice(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of two releases: the second has another name for a service."""
    folder = tmp_path_factory.mktemp("twice")
    var, data = Path(shutil.copytree(published, folder / "var")), Path(shutil.copytree(FIXTURE, folder / "data"))
    file = data / "org" / "lantern.ttl"
    file.write_text(file.read_text(encoding="utf-8").replace('"Removal support"@en', '"Help with removal"@en'), "utf-8")
    settings = Settings(var=str(var), data=str(data))
    build(locate(settings), var, message=submissions_note([7]), now=PUBLISHED + timedelta(days=1))
    running = serve("--no-build", "--workers", "1", log=folder / "log", settings={"var": var, "data": data})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def addresses(client: FlaskClient) -> list[str]:
    """The addresses with a twin in each language, with that of a thing of each kind."""
    lists = sorted(set(re.findall(r'href="/en(/list/[\w-]+)"', client.get("/en/").text)))
    entries = [
        re.search(r'href="/en(/doc/[^"#]+)"', client.get(f"/en{path}").text.partition("<main")[2]) for path in lists
    ]
    assert len(lists) >= 20
    return [*ADDRESSES, *(entry[1] for entry in entries if entry)]


def test_every_endpoint_that_gives_a_page_is_looked_at(client: FlaskClient, addresses: list[str]) -> None:
    match = client.application.url_map.bind("localhost").match
    paths = [*(f"/en{path}" for path in addresses), *WITHOUT_TWIN]
    paths += [path.format(release=RELEASE) for path in OF_TWO_RELEASES]
    looked_at = {match(path.partition("?")[0])[0] for path in paths}
    endpoints = {rule.endpoint for rule in client.application.url_map.iter_rules()} - {"static"}
    pages = {endpoint for endpoint in endpoints if "text/html" in ANSWER_TYPES.get(endpoint, ("text/html",))}
    assert pages - looked_at == NOT_LOOKED_AT


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width", "script", "share"), [*SHARES, *WHOLES])
def test_every_page_is_accessible_fits_asks_nobody_else_complains_of_nothing_and_stores_nothing(
    browser: Browser,
    served: Served,
    addresses: list[str],
    release: str,
    language: str,
    width: int,
    script: bool,
    share: slice,
) -> None:
    absent = {f"/{language}{path}" for path in NOT_FOUND}
    paths = [*(f"/{language}{path}" for path in addresses), *sorted(absent)]
    paths += [_told(path, release, language) for path in WITHOUT_TWIN]
    _look_at(browser, served, paths[share], absent, width, script)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width", "script"), [(*share.values[:3],) for share in SHARES])
def test_what_two_releases_differ_in_is_accessible_and_fits(
    browser: Browser, released_twice: Served, language: str, width: int, script: bool
) -> None:
    current = released_twice.get("/releases", Accept="application/json").json()["current"]
    paths = [_told(path, current, language) for path in OF_TWO_RELEASES]
    compared = released_twice.get(paths[-1], Accept="text/html").body.decode()
    assert "Help with removal" in compared
    assert "Removal support" in compared
    _look_at(browser, released_twice, paths, set(), width, script)


def _told(path: str, release: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}".format(release=release)


def _look_at(browser: Browser, served: Served, paths: list[str], absent: set[str], width: int, script: bool) -> None:
    """Open pages one after another, and fail where one is not accessible, too wide, or not alone with its origin."""
    axe = AXE.read_text(encoding="utf-8") if AXE.is_file() else ""
    scheme: Literal["dark", "light"] = "dark" if width == 390 else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script, color_scheme=scheme
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(served.url) else faults.append(request.url))
    page.on(
        "response",
        lambda answer: faults.append(answer.url) if "/static/" in answer.url and answer.status >= 400 else None,
    )
    page.on("console", lambda message: None if message.text == ABSENT else faults.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    for path in paths:
        answer = page.goto(served.url + path)
        assert answer is not None
        assert answer.status == (404 if path in absent else 200), path
        if overflow := page.evaluate(OPENED):
            faults.append(f"{path} is {overflow} pixels too wide")
        if axe:
            page.evaluate(axe)
            faults += [f"{path}: {fault}" for fault in page.evaluate(JUDGED)]
    assert faults == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()
    if not axe:
        pytest.skip("all but accessibility was looked at: axe-core is not installed, as npm's registry did not answer")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/help?area=jp", "/help/card?area=jp", "/doc/org/lantern", "/doc/law/image-abuse-act"]
)
def test_what_one_takes_along_is_two_sheets_at_most_before_its_sources(
    browser: Browser, served: Served, path: str
) -> None:
    page = browser.new_page()
    page.goto(f"{served.url}/ko{path}")
    page.evaluate("document.querySelectorAll('#sources, #sources ~ *').forEach((part) => part.remove())")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    page.close()
    assert 1 <= len(sheets) <= 2


@pytest.mark.slow
def test_forced_colours_and_less_motion_are_heeded(browser: Browser, served: Served) -> None:
    context = browser.new_context(forced_colors="active", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{served.url}/en/figures?indicator=victims-supported&about=")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0
    text, ground, bar = page.evaluate(
        "[['.chart text', 'fill'], ['body', 'backgroundColor'], ['.chart .bar', 'fill']]"
        ".map(([place, property]) => getComputedStyle(document.querySelector(place))[property])"
    )
    assert text == bar != ground
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    context.close()
