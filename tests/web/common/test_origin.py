"""The origin of the addresses in answers, whatever Host and the headers of proxies say."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import THOROUGH
from tests.running_server import Served, serve

SOURCES = Path(__file__).parents[3] / "src" / "coopgraph"
FORGED = "forged.example"
STATED = "https://graph.example"

ADDRESSES = (
    *("/", "/en/", "/help", "/list/org", "/examples", "/examples.ttl", "/quality", "/about", "/query"),
    *("/id/org/lantern", "/doc/org/lantern", "/doc/org/lantern/", "/doc/org/lantern.jsonld?profile=schema"),
    *("/def", "/shape/ClaimHasSource", "/dataset/coopgraph.ttl", "/catalog.jsonld", "/void", "/.well-known/void"),
    *("/context/v1.jsonld", "/robots.txt", "/sitemap.xml", "/sitemap/1.xml", "/releases", "/releases/current"),
    *("/timemap/doc/org/lantern", "/timemap/", "/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=SELECT"),
    *("/graphs?default", "/graphs/records", "/problem/not-found", "/nothing", "//nothing", "/health/ready"),
)


@pytest.fixture(scope="module")
def stated(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("stated") / "log"
    served = serve("--workers", "1", log=log, settings={"var": published, "address": STATED, "proxies": 1})
    yield served
    served.stop()


@pytest.fixture(scope="module")
def behind(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("behind") / "log"
    served = serve("--workers", "1", log=log, settings={"var": published, "proxies": 1})
    yield served
    served.stop()


def told(served: Served, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> str:
    """Return all that an answer says, its status line aside."""
    parts = urllib.parse.urlsplit(served.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    text = f"{answer.headers}{answer.read().decode('utf-8', 'replace')}"
    connection.close()
    return text


FORGERIES = {
    "Host": FORGED,
    "X_Forwarded_Host": FORGED,
    "X_Forwarded_Proto": "http",
    "Forwarded": f"host={FORGED};proto=http",
}


TYPES = ("text/html", "application/ld+json", "text/turtle")
"""What is accepted; by day each address is asked with one of them."""


@pytest.mark.slow
@pytest.mark.parametrize("accept", TYPES)
def test_nothing_that_an_answer_says_is_made_of_a_forged_host(stated: Served, accept: str) -> None:
    release = stated.get("/releases").json()["current"]
    found = {}
    addresses = (*ADDRESSES, *(f"/at/{release}{path}" for path in ADDRESSES if path.startswith("/")))
    for path in addresses if THOROUGH else addresses[TYPES.index(accept) :: len(TYPES)]:
        for more in ({}, {"Accept_Datetime": "Tue, 01 Jan 2030 00:00:00 GMT"}):
            for method in ("GET", "HEAD"):
                text = told(stated, path, method, Accept=accept, **FORGERIES, **more)
                if FORGED in text or "http://graph.example" in text:
                    found[path] = text
    assert not found


def test_a_citation_lies_at_the_stated_address(stated: Served) -> None:
    text = told(
        stated, "/cite", "POST", b'{"query": "ASK {}"}', **FORGERIES, Content_Type="application/json", Accept="*/*"
    )
    assert FORGED not in text
    assert re.search(rf"(?i)^location: {STATED}/cite/\w+", text, re.MULTILINE)
    assert f'"contentUrl": "{STATED}/at/' in text


def test_what_names_an_address_names_the_stated_one(stated: Served) -> None:
    assert f"Sitemap: {STATED}/sitemap.xml" in told(stated, "/robots.txt")
    assert f"<loc>{STATED}/sitemap/1.xml</loc>" in told(stated, "/sitemap.xml")
    assert f"<{STATED}/sparql>" in told(stated, "/sparql", Accept="text/turtle")
    assert f'<{STATED}/about>; rel="original timegate"' in told(stated, "/about")
    assert f"location: {STATED}/at/" in told(stated, "/", Accept_Datetime="Tue, 01 Jan 2030 00:00:00 GMT").lower()


@pytest.mark.slow
def test_a_trusted_proxy_says_the_scheme_and_one_scheme_never_answers_for_the_other(behind: Served) -> None:
    for _ in range(2):
        for proto in ("https", "http", "https"):
            for headers in ({"X_Forwarded_Proto": proto}, {"Forwarded": f"for=192.0.2.1;proto={proto}"}):
                text = told(behind, "/sitemap.xml", Host="graph.example", **headers)
                assert f"<loc>{proto}://graph.example/sitemap/1.xml</loc>" in text


def test_absolute_addresses_are_made_in_one_place() -> None:
    made = re.compile(r"\bhost_url\b|\burl_root\b|\bbase_url\b|request\.url\b|_external|HTTP_HOST")
    rooms = [path for path in SOURCES.rglob("*") if path.suffix in (".py", ".html", ".xml")]
    found = {path.name for path in rooms if made.search(path.read_text("utf-8"))}
    assert found == {"origin.py"}
