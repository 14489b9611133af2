"""The pages in a real browser: the way out, searching, help, queries; test_every_page.py looks at every page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

from coopgraph.model.language import LANGUAGES
from tests.chromium import chromium
from tests.running_server import Served, serve

BUNDLE = files("coopgraph.web").joinpath("static", "dist", "exit.js")
with_bundle = pytest.mark.skipif(
    not BUNDLE.is_file(), reason="the front-end is not built: npm's registry did not answer"
)


class _Neutral(BaseHTTPRequestHandler):
    """The neutral page that quick exit leads to."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Weather</title>Sunny.")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def neutral() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Neutral)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def served(published: Path, neutral: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("served") / "log"
    running = serve("--no-build", log=log, settings={"var": published, "workers": 1, "exit_address": neutral})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def opened(browser: Browser, width: int = 1280, *, script: bool = True) -> Page:
    return browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script).new_page()


@pytest.mark.slow
@with_bundle
def test_quick_exit_leaves_and_back_does_not_return(browser: Browser, served: Served, neutral: str) -> None:
    page = opened(browser)
    page.goto(f"{served.url}/en/")
    page.goto(f"{served.url}/en/doc/org/lantern")
    page.click("#exit")
    page.wait_for_url(neutral)
    page.go_back()
    assert page.url == f"{served.url}/en/"
    page.context.close()


@pytest.mark.slow
@with_bundle
def test_a_whole_visit_is_one_entry_of_the_history(browser: Browser, served: Served, neutral: str) -> None:
    page = opened(browser, 390)
    page.goto("about:blank")
    page.goto(f"{served.url}/en/")
    page.click("main a[href$='area=jp']")
    page.wait_for_url("**/help?area=jp")
    assert page.title() == "coopgraph"
    page.click(".body h3 a")
    page.wait_for_url("**/doc/org/**")
    page.click("#exit")
    page.wait_for_url(neutral)
    page.go_back()
    assert page.url == "about:blank"
    page.context.close()


@pytest.mark.slow
def test_whom_to_call_is_on_the_first_screen_of_a_phone(browser: Browser, served: Served) -> None:
    page = opened(browser, 390)
    for language in LANGUAGES:
        page.goto(f"{served.url}/{language}/help?area=jp")
        box = page.locator(".telephone a").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844, language
    page.context.close()


@pytest.mark.slow
@with_bundle
def test_shift_three_times_leaves_and_twice_or_slowly_does_not(browser: Browser, served: Served, neutral: str) -> None:
    page = opened(browser)
    page.goto(f"{served.url}/en/doc/org/lantern")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    assert page.url.endswith("/en/doc/org/lantern")
    page.wait_for_timeout(1600)
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(neutral)
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ko", 390)])
@pytest.mark.parametrize("script", [True, False])
def test_a_search_from_any_page_finds_and_leaves_its_words_in_no_address(
    browser: Browser, served: Served, language: str, width: int, script: bool
) -> None:
    page = opened(browser, width, script=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served.url}/{language}/about")
    page.fill("form[role=search] input", "ランタン")
    page.press("form[role=search] input", "Enter")
    page.wait_for_selector(".results")
    assert page.url == f"{served.url}/{language}/search"
    assert page.input_value("main input[name=q]") == "ランタン"
    assert page.locator(".results a").first.get_attribute("href") == f"/{language}/doc/org/lantern"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    assert not [address for address in asked if "%E3" in address or "?q" in address]
    page.context.close()


@pytest.mark.slow
@with_bundle
@pytest.mark.parametrize(("language", "width"), [("ko", 1280), ("en", 390)])
def test_results_come_while_typing_and_the_keyboard_chooses_one(
    browser: Browser, served: Served, language: str, width: int
) -> None:
    page = opened(browser, width)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{served.url}/{language}/about")
    field = page.locator("form[role=search] input")
    field.press_sequentially("lantern sup")
    page.wait_for_selector(".suggestions [role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not page.locator(".suggestions").is_visible()
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("p")
    page.wait_for_selector(".suggestions [role=option]")
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/{language}/doc/org/lantern")
    assert complaints == []
    page.context.close()


def test_without_script_the_page_is_whole_and_quick_exit_is_a_link(
    browser: Browser, served: Served, neutral: str
) -> None:
    page = opened(browser, 390, script=False)
    page.goto(f"{served.url}/ko/doc/org/lantern")
    page.locator("#facts details summary").first.click()
    assert page.locator("#facts details[open] blockquote").first.is_visible()
    page.click("#exit")
    page.wait_for_url(neutral)
    page.context.close()


@pytest.mark.slow
def test_the_way_out_stays_in_sight_while_scrolling(browser: Browser, served: Served) -> None:
    page = opened(browser, 390)
    page.goto(f"{served.url}/en/doc/org/lantern")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    box = page.locator("#exit").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    assert box["height"] >= 24
    page.context.close()


@pytest.mark.slow
def test_the_keyboard_reaches_the_content_first_and_focus_is_seen(browser: Browser, served: Served) -> None:
    page = opened(browser)
    page.goto(f"{served.url}/en/doc/org/lantern")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.get_attribute("href") == "#content"
    assert focused.is_visible()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.context.close()


@pytest.mark.slow
def test_help_is_reached_and_left_by_keyboard_alone(browser: Browser, served: Served, neutral: str) -> None:
    page = opened(browser, 640)
    page.goto(f"{served.url}/ja/")
    page.locator("main a.call").press("Enter")
    page.wait_for_url("**/help?area=jp")
    page.locator(".needs a").nth(1).press("Enter")
    page.wait_for_url("**need=talk")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "exit"
    page.keyboard.press("Enter")
    page.wait_for_url(neutral)
    page.context.close()


WORKBENCH = files("coopgraph.web").joinpath("static", "dist", "workbench.js")
with_workbench = pytest.mark.skipif(
    not WORKBENCH.is_file(), reason="the front-end is not built: npm's registry did not answer"
)
COMPLETED = ".cm-tooltip-autocomplete li"


class Workbench:
    """The query page with script, and whatever it complained of or asked of others."""

    def __init__(self, browser: Browser, served: Served, language: str = "en") -> None:
        self.page = opened(browser)
        self.complaints: list[str] = []
        self.requests: list[tuple[str, str]] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append((request.method, request.url)))
        self.page.goto(f"{served.url}/{language}/query")
        self.page.wait_for_selector(".cm-content")

    def write(self, text: str) -> None:
        self.page.click(".cm-content")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def ask(self, text: str) -> None:
        self.write(text)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+Enter")


@pytest.mark.slow
@with_workbench
@pytest.mark.parametrize(("language", "label"), [("en", "Organization"), ("ko", "단체")])
def test_the_editor_completes_names_with_labels_in_the_readers_language(
    browser: Browser, served: Served, language: str, label: str
) -> None:
    bench = Workbench(browser, served, language)
    bench.write("SELECT * { ?s a coop:Orga")
    bench.page.wait_for_selector(COMPLETED)
    first = bench.page.locator(COMPLETED).first.text_content() or ""
    assert first.startswith("coop:Organization")
    assert label in first
    # A key sooner than this after the list has come is taken for one that was meant before.
    bench.page.wait_for_timeout(200)
    bench.page.keyboard.press("Enter")
    assert bench.page.input_value("#query").startswith("SELECT * { ?s a coop:Organization")
    assert bench.complaints == []
    bench.page.context.close()


@pytest.mark.slow
@with_workbench
def test_an_error_is_marked_while_typing_and_advice_is_given(browser: Browser, served: Served) -> None:
    bench = Workbench(browser, served)
    bench.write("SELECT * { ?s nowhere:x ?o }")
    bench.page.wait_for_selector(".cm-lintRange-error")
    bench.write("SELECT * { ?a a coop:Organization . ?b a coop:Service } LIMIT 3")
    bench.page.wait_for_selector(".cm-lintRange-warning")
    assert bench.page.locator(".cm-lintRange-error").count() == 0
    assert bench.complaints == []
    bench.page.context.close()


@pytest.mark.slow
@with_workbench
def test_a_query_is_answered_in_place_sorted_filtered_and_shared_in_the_fragment(
    browser: Browser, served: Served
) -> None:
    bench = Workbench(browser, served)
    page = bench.page
    bench.ask('SELECT ?n ?t { VALUES (?n ?t) { (10 "b"@en) (9 "a") (200 "c") } ')
    page.wait_for_selector("table.answer")
    assert page.url.startswith(f"{served.url}/en/query#query=SELECT")
    assert "Time:" in (page.locator("#result [role=status]").first.text_content() or "")
    page.click("table.answer th:nth-child(1) button")
    assert page.locator("table.answer td:nth-child(1)").all_text_contents() == ["9", "10", "200"]
    page.click("table.answer th:nth-child(1) button")
    assert page.locator("table.answer td:nth-child(1)").all_text_contents() == ["200", "10", "9"]
    page.fill("#result input[type=search]", "@en")
    assert page.locator("table.answer tbody tr:visible").count() == 1
    shared = page.url
    assert all("VALUES" not in url.partition("#")[0] for _, url in bench.requests)
    assert all(url.startswith(served.url) for _, url in bench.requests)
    assert bench.complaints == []
    page.context.close()
    other = opened(browser)
    other.goto(shared)
    other.wait_for_selector("table.answer")
    assert other.locator("table.answer tbody tr").count() == 3
    other.context.close()
    assert "VALUES" not in served.log.read_text(encoding="utf-8", errors="replace")


@pytest.mark.slow
@with_workbench
def test_a_query_that_runs_is_cancelled(browser: Browser, served: Served) -> None:
    bench = Workbench(browser, served)
    bench.ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    served.wait_until_busy(1)
    bench.page.click("button:text('Cancel')")
    served.wait_until_busy(0)
    assert "Cancelled." in bench.page.locator("#ask [role=status]").all_text_contents()
    assert [method for method, _ in bench.requests].count("DELETE") == 1
    bench.page.context.close()


@pytest.mark.slow
@with_workbench
def test_words_composed_by_an_input_method_stand_once_also_over_a_selection(browser: Browser, served: Served) -> None:
    bench = Workbench(browser, served, "ko")
    bench.write("# ")
    keys = bench.page.context.new_cdp_session(bench.page)
    for words in ("ㅎ", "하", "한"):
        keys.send("Input.imeSetComposition", {"text": words, "selectionStart": 1, "selectionEnd": 1})
    keys.send("Input.insertText", {"text": "한"})
    assert bench.page.input_value("#query") == "# 한"
    bench.page.keyboard.press("Control+a")
    keys.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    keys.send("Input.insertText", {"text": "日本"})
    assert bench.page.input_value("#query") == "日本"
    bench.page.context.close()


@pytest.mark.slow
@with_workbench
def test_tab_leaves_the_editor_which_has_a_name(browser: Browser, served: Served) -> None:
    bench = Workbench(browser, served)
    bench.page.focus(".cm-content")
    assert "SPARQL" in (bench.page.get_attribute(".cm-content", "aria-label") or "")
    bench.page.keyboard.press("Tab")
    assert bench.page.evaluate("document.activeElement.textContent") == "Show the answer"
    bench.page.context.close()


@pytest.mark.slow
def test_figures_are_chosen_by_keyboard_and_without_script(browser: Browser, served: Served) -> None:
    page = opened(browser, 390, script=False)
    page.goto(f"{served.url}/ko/figures?indicator=victims-supported")
    assert page.locator("svg.chart .bar").count() == 1
    page.locator("details.checks summary").first.press("Enter")
    page.locator("input[value='org/lantern']").press("Space")
    page.locator("input[value='org/open-window']").press("Space")
    page.locator("input[value='org/lantern']").press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**about=**")
    assert page.locator("svg.chart .bar").count() == 2
    page.context.close()
