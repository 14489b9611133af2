"""The web component in Chromium, on a page of another origin under a strict Content Security Policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chromium import chromium
from tests.running_server import Served, free_port, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COMPONENT = Path(__file__).parents[2] / "src/coopgraph/web/static/dist/embed.js"
pytestmark = pytest.mark.skipif(not COMPONENT.exists(), reason="the front-end bundle was not built")

FALLBACK = "Call your local police."


@pytest.fixture(scope="module")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("embed") / "log"
    running = serve("--no-build", log=log, settings={"var": published, "workers": 1})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def partner(served: Served) -> Iterator[str]:
    """A partner's page, whose policy allows scripts and requests of ours alone, and no style at all."""
    data_from = served.url

    class Partner(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server = f"http://127.0.0.1:{free_port()}" if self.path == "/down" else data_from
            body = (
                f'<!doctype html><html lang="en"><title>Partner</title><script src="{data_from}/embed/v1.js"></script>'
                f'<coopgraph-directory area="JP" service="removal" lang="ko" server="{server}">{FALLBACK}'
                f'</coopgraph-directory><iframe src="{data_from}/embed/list?area=jp&lang=ko"></iframe></html>'
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            policy = (
                f"default-src 'none'; script-src {data_from}; connect-src {data_from} {server}; frame-src {data_from}"
            )
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def opened(browser: Browser, address: str) -> tuple[Page, list[str], list[str]]:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.locator("coopgraph-directory:not([aria-busy])").wait_for()
    return page, complaints, requests


@pytest.mark.slow
def test_it_shows_whom_to_call_with_one_request_and_leaves_nothing(
    browser: Browser, served: Served, partner: str
) -> None:
    page, complaints, requests = opened(browser, partner)
    element = page.locator("coopgraph-directory")
    assert element.get_by_role("region").get_attribute("lang") == "ko"
    assert "+81-3-0000-0000" in element.locator("[part=contact]").first.inner_text()
    assert element.get_by_role("link").count() > 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "coopgraph-directory"
    of_component = [url for url in requests if "list.json" in url]
    assert len(of_component) == 1
    assert all(url.startswith((served.url, partner)) for url in requests)
    assert [text for text in complaints if "favicon" not in text] == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    frame = page.frame_locator("iframe")
    assert "+81-3-0000-0000" in frame.locator(".telephone").first.inner_text()


@pytest.mark.slow
def test_its_parts_can_be_styled_and_another_area_is_shown_when_asked_for(browser: Browser, partner: str) -> None:
    page, _, _ = opened(browser, partner)
    shadow = "document.querySelector('coopgraph-directory').shadowRoot"
    parts = page.evaluate(f"[...{shadow}.querySelectorAll('[part]')].map(part => part.part.value)")
    assert {"directory", "heading", "entities", "entity", "name", "contact", "link more", "note"} <= {*parts}
    before = page.locator("coopgraph-directory [part=heading]").inner_text()
    page.locator("coopgraph-directory").evaluate("element => element.setAttribute('area', 'kr')")
    page.wait_for_function(
        f"before => {shadow}.querySelector('[part=heading]')?.textContent !== before",
        arg=before,
    )


@pytest.mark.slow
def test_where_we_are_down_the_page_keeps_its_own_words(browser: Browser, partner: str) -> None:
    page, _, _ = opened(browser, partner + "/down")
    assert page.get_by_text(FALLBACK).is_visible()
