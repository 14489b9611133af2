"""The pages about this project say what is so: each promise of privacy has a check here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from coopgraph.model.language import LANGUAGES
from coopgraph.server.client_limiter import ClientLimiter
from tests.running_server import Served
from tests.web.pages.parsed_page import page

PAGES = ("/", "/help?area=jp", "/doc/org/lantern", "/search", "/list/org", "/query", "/about/privacy")
WORDS = "moonlightsonata"
READER = "203.0.113.77"


@pytest.fixture(scope="module")
def visited(served: Served) -> Served:
    """A real server that somebody asked for things which nobody else is to know of."""
    asked = {"X_Forwarded_For": READER, "Forwarded": f"for={READER}"}
    for path in (f"/sparql?query=SELECT+?{WORDS}+{{}}", f"/en/query?query=%7B{WORDS}", f"/en/doc/org/{WORDS}"):
        served.get(path, **asked)
    assert served.get("/en/search", "POST", f"q={WORDS}".encode(), **asked).status == 200
    return served


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def headers(client: FlaskClient, name: str) -> set[str | None]:
    return {client.get(f"/en{path}").headers.get(name) for path in PAGES}


def _nothing_is_stored(client: FlaskClient, visited: Served, var: Path) -> None:
    assert headers(client, "Set-Cookie") == {None}
    bundle = files("coopgraph.web").joinpath("static", "dist")
    for script in (item for item in bundle.iterdir() if bundle.is_dir() and item.name.endswith(".js")):
        stored = re.findall(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|sendBeacon", script.read_text("utf-8")
        )
        assert not stored, script.name


def _logs_have_no_queries_and_no_addresses(client: FlaskClient, visited: Served, var: Path) -> None:
    written = visited.log.read_text(encoding="utf-8").replace(visited.url, "")
    assert "/doc/<" in written
    assert not [secret for secret in (WORDS, READER, "127.0.0.1") if secret in written]


def _requests_are_counted_without_readers(client: FlaskClient, visited: Served, var: Path) -> None:
    counted = visited.get("/metrics").body.decode()
    assert "coopgraph_request_seconds" in counted
    assert not [secret for secret in (WORDS, READER) if secret in counted]


def _addresses_are_known_under_a_key_of_one_start(client: FlaskClient, visited: Served, var: Path) -> None:
    one, other = (ClientLimiter(limit=1, proxies=0).of(f"{READER}:80", "") for _ in range(2))
    assert one
    assert one != other
    assert READER.encode() not in one


def _queries_are_in_no_file(client: FlaskClient, visited: Served, var: Path) -> None:
    kept = [path for path in var.rglob("*") if path.is_file() and WORDS.encode() in path.read_bytes()]
    assert kept == []


def _nothing_comes_from_elsewhere(client: FlaskClient, visited: Served, var: Path) -> None:
    (policy,) = headers(client, "Content-Security-Policy")
    assert policy
    assert "default-src 'none'" in policy
    assert {source for rule in policy.split(";") for source in rule.split()[1:]} == {"'none'", "'self'"}
    assert headers(client, "Referrer-Policy") == {"no-referrer"}


def _searches_are_in_no_address(client: FlaskClient, visited: Served, var: Path) -> None:
    for path in PAGES:
        forms = page(client, f"/en{path}").cssselect("form[role=search]")
        assert forms
        assert {form.get("method") for form in forms} == {"post"}


def _browsers_keep_no_copy(client: FlaskClient, visited: Served, var: Path) -> None:
    assert headers(client, "Cache-Control") == {"no-store"}


def _help_has_a_neutral_title(client: FlaskClient, visited: Served, var: Path) -> None:
    titles = [
        page(client, path).findtext(".//title") for path in ("/en/help", "/ko/help?area=jp", "/ja/help/card?area=jp")
    ]
    assert set(titles) == {"coopgraph"}


def _quick_exit_is_on_every_page(client: FlaskClient, visited: Served, var: Path) -> None:
    for path in PAGES:
        assert page(client, f"/en{path}").cssselect("a#exit[href^='https://']"), path


HELD: Mapping[str, Callable[[FlaskClient, Served, Path], None]] = {
    "No cookies,": _nothing_is_stored,
    "Queries and network addresses": _logs_have_no_queries_and_no_addresses,
    "Requests are counted": _requests_are_counted_without_readers,
    "So that everybody gets a turn": _addresses_are_known_under_a_key_of_one_start,
    "A query is kept": _queries_are_in_no_file,
    "Pages load nothing": _nothing_comes_from_elsewhere,
    "Words that you search for": _searches_are_in_no_address,
    "Browsers are told": _browsers_keep_no_copy,
    "Pages to find help": _help_has_a_neutral_title,
    "“Quick exit”": _quick_exit_is_on_every_page,
}
"""How each promise of the page begins, and what holds it; tests/web/test_browser.py tries the last in a browser."""


@pytest.mark.slow
@pytest.mark.parametrize("promise", HELD)
def test_each_promise_of_privacy_is_kept(client: FlaskClient, visited: Served, published: Path, promise: str) -> None:
    HELD[promise](client, visited, published)


def test_there_is_no_promise_of_privacy_that_nothing_holds(client: FlaskClient) -> None:
    promises = [words_of(item) for item in page(client, "/en/about/privacy").cssselect(".promises li")]
    assert len(promises) == len(HELD)
    assert all(any(text.startswith(begin) for begin in HELD) for text in promises)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_of_every_page_leads_to_what_is_told_about_it(client: FlaskClient, language: str) -> None:
    for path in ("/", "/nothing/here", "/query"):
        footer = html.fromstring(client.get(f"/{language}{path}", headers={"Accept": "text/html"}).text).cssselect(
            "footer"
        )[0]
        for link in footer.cssselect(f"a[href^='/{language}/']"):
            assert client.get(link.get("href")).status_code == 200
        told = {link.get("href") for link in footer.cssselect("a")}
        assert {f"/{language}/about/{topic}" for topic in ("method", "privacy", "accessibility", "releases")} <= told


def test_the_releases_tell_what_each_changed_by_kind(client: FlaskClient) -> None:
    root = page(client, "/ko/about/releases")
    assert "2026년 1월 31일" in words_of(root.cssselect("h2")[0])
    rows = {words_of(row[0]): [words_of(cell) for cell in row[1:]] for row in root.cssselect("tbody tr")}
    assert rows["단체"] == ["3", "0", "0"]
    assert "첫 배포판" in words_of(root)
