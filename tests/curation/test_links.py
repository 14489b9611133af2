"""A link check tells what does not answer, goes on where it was, and asks politely."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coopgraph.curation.links import CheckedLink, check_links, read_link_report

NOW = datetime(2026, 2, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


class Site:
    """A site on this machine that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.moments: list[float] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                site.asked[self.command, self.path] += 1
                site.moments.append(time.monotonic())
                status = {"/": 200, "/moved": 301, "/loop": 302, "/inside": 302, "/astray": 302, "/closed": 403}.get(
                    self.path, 404
                )
                if self.path == "/only-get":
                    status = 405 if self.command == "HEAD" else 200
                self.send_response(status)
                places = {"/moved": "/", "/loop": "/loop", "/inside": "http://10.0.0.1/", "/astray": "http://[::1"}
                if self.path in places:
                    self.send_header("Location", places[self.path])
                self.end_headers()

            def do_HEAD(self) -> None:
                self.answer()

            def do_GET(self) -> None:
                self.answer()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()


def checked(site: Site, report: Path, *paths: str, now: datetime = NOW) -> dict[str, CheckedLink]:
    addresses = {site.url + path: {"urn:x"} for path in paths}
    found = check_links(addresses, report, now=lambda: now, again=MONTH, inside=["127.0.0.1"], pause=0)
    return {link.url.removeprefix(site.url): link for link in found}


def test_what_became_of_each_address_is_told(site: Site, tmp_path: Path) -> None:
    paths = ("/", "/moved", "/gone", "/loop", "/only-get", "/closed", "/inside", "/astray")
    found = checked(site, tmp_path / "r", *paths)
    assert {path: (link.status, link.trouble) for path, link in found.items()} == {
        "/": (200, ""),
        "/moved": (200, ""),
        "/gone": (404, ""),
        "/loop": (0, "too many redirects"),
        "/only-get": (200, ""),
        "/closed": (403, ""),
        "/inside": (0, "private address"),
        "/astray": (0, "no web address"),
    }
    assert found["/moved"].final == f"{site.url}/"
    assert {path for path, link in found.items() if link.is_broken} == {"/gone", "/loop", "/inside", "/astray"}
    assert set(read_link_report(tmp_path / "r")) == set(found.values())


def test_a_check_goes_on_where_it_was_and_asks_again_after_a_while(site: Site, tmp_path: Path) -> None:
    report = tmp_path / "r"
    checked(site, report, "/")
    with report.open("a") as stream:
        stream.write('{"url": "cut off')
    assert set(checked(site, report, "/", "/gone")) == {"/", "/gone"}
    assert site.asked["HEAD", "/"] == 1
    checked(site, report, "/", now=NOW + MONTH + timedelta(days=1))
    assert site.asked["HEAD", "/"] == 2


def test_one_host_is_not_asked_twice_within_the_pause(site: Site, tmp_path: Path) -> None:
    addresses = {f"{site.url}/{number}": {"urn:x"} for number in range(3)}
    list(check_links(addresses, tmp_path / "r", now=lambda: NOW, again=MONTH, inside=["127.0.0.1"], pause=0.2))
    apart = [later - earlier for earlier, later in zip(site.moments, site.moments[1:], strict=False)]
    assert min(apart) > 0.19


def test_without_being_allowed_nothing_of_this_machine_is_asked(site: Site, tmp_path: Path) -> None:
    (link,) = check_links({site.url: {"urn:x"}}, tmp_path / "r", now=lambda: NOW, again=MONTH)
    assert link.trouble == "private address"
    assert not site.asked
