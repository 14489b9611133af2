"""Datetime negotiation (RFC 7089) over three releases of three days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coopgraph.context import of_releases
from coopgraph.model.iris import BASE
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from tests.running_server import serve
from tests.store.releases import EX, make_current, release

DAYS = ("2026-01-01-00000001", "2026-01-02-00000002", "2026-01-03-00000003")
QUERY = "/sparql?query=SELECT+%3Fo+%7B+%3Fs+%3Fp+%3Fo+%7D&format=csv"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    var = tmp_path_factory.mktemp("var")
    names = [release(var, number) for number in (1, 2, 3)]
    assert tuple(names) == DAYS
    make_current(var, names[-1])
    app_context = of_releases(Settings(var=str(var), workers=1))
    yield create_app(app_context).test_client()
    app_context.close()


def asked_at(client: FlaskClient, date: str, path: str = QUERY, method: str = "GET") -> tuple[int, str]:
    answer = client.open(path, method=method, headers={"Accept-Datetime": date})
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("Thu, 01 Jan 2026 12:00:00 GMT", 0),
        ("Fri, 02 Jan 2026 11:59:59 GMT", 0),
        ("Fri, 02 Jan 2026 12:00:00 GMT", 1),
        ("Sat, 03 Jan 2026 00:00:00 GMT", 1),
        ("Tue, 01 Jan 2030 00:00:00 GMT", 2),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
    ],
)
def test_a_time_leads_to_the_release_that_was_newest_then(client: FlaskClient, date: str, day: int) -> None:
    for method in ("GET", "HEAD"):
        assert asked_at(client, date, method=method) == (302, f"http://localhost/at/{DAYS[day]}{QUERY}")


def test_what_the_redirect_leads_to_is_what_was_said_then(client: FlaskClient) -> None:
    gate = client.get(QUERY, headers={"Accept-Datetime": "Fri, 02 Jan 2026 18:00:00 GMT"})
    assert "Accept-Datetime" in gate.headers["Vary"]
    assert 'rel="original timegate"' in gate.headers["Link"]
    memento = client.get(gate.headers["Location"])
    assert memento.data == b"o\r\n2\r\n"
    assert memento.headers["Memento-Datetime"] == "Fri, 02 Jan 2026 12:00:00 GMT"
    assert f'<http://localhost{QUERY}>; rel="original timegate"' in memento.headers.getlist("Link")
    assert (
        f'<http://localhost/timemap{QUERY}>; rel="timemap"; type="application/link-format"'
        in memento.headers.getlist("Link")
    )


def test_without_a_time_the_present_is_given_and_says_that_it_has_a_past(client: FlaskClient) -> None:
    answer = client.get(QUERY)
    assert (answer.status_code, answer.data) == (200, b"o\r\n3\r\n")
    assert "Memento-Datetime" not in answer.headers
    assert "Accept-Datetime" in answer.headers["Vary"]
    assert any('rel="timemap"' in link for link in answer.headers.getlist("Link"))


@pytest.mark.parametrize(
    "date",
    [
        *("yesterday", "2026-13-45", "", "Fri, 99 Jan 2026 12:00:00 GMT", "Thursday, 01-Jan-26 12:00:00 GMT"),
        *("Thu, 01 Jan 2026 12:00:00 +0000", "Thu, 1 Jan 2026 12:00:00 GMT", "Thu Jan  1 12:00:00 2026"),
    ],
)
def test_a_time_that_is_none_is_refused_in_words(client: FlaskClient, date: str) -> None:
    answer = client.get(QUERY, headers={"Accept-Datetime": date})
    assert answer.status_code == 400
    assert "is no date" in answer.json["detail"]  # type: ignore[index]


def test_a_memento_and_what_has_no_versions_take_no_notice_of_a_time(client: FlaskClient) -> None:
    date = "Thu, 01 Jan 2026 12:00:00 GMT"
    assert asked_at(client, date, f"/at/{DAYS[1]}{QUERY}") == (200, "")
    assert asked_at(client, date, "/health/live") == (200, "")
    assert asked_at(client, date, "/releases") == (200, "")
    assert "Memento-Datetime" not in client.get("/health/live").headers


def test_a_failed_answer_is_no_memento(client: FlaskClient) -> None:
    answer = client.get(f"/at/{DAYS[0]}/sparql?query=SELECT")
    assert answer.status_code == 400
    assert "Memento-Datetime" not in answer.headers


def test_the_timemap_lists_one_memento_for_each_release(client: FlaskClient) -> None:
    answer = client.get("/timemap" + QUERY)
    assert answer.headers["Content-Type"] == "application/link-format"
    lines = answer.text.rstrip("\n").split(",\n")
    assert lines[0] == f'<http://localhost{QUERY}>; rel="original timegate"'
    assert 'from="Thu, 01 Jan 2026 12:00:00 GMT"; until="Sat, 03 Jan 2026 12:00:00 GMT"' in lines[1]
    assert [re.findall(r'rel="([^"]*)"', line) for line in lines[2:]] == [
        ["first memento"],
        ["memento"],
        ["last memento"],
    ]
    for line, day, number in zip(lines[2:], DAYS, (b"1", b"2", b"3"), strict=True):
        address = line[1 : line.index(">")]
        assert address == f"http://localhost/at/{day}{QUERY}"
        assert client.get(address).data == b"o\r\n" + number + b"\r\n"


def test_the_timemap_comes_as_json_too(client: FlaskClient) -> None:
    found = client.get("/timemap/graphs?default", headers={"Accept": "application/json"}).json
    assert found is not None
    assert found["original_uri"] == "http://localhost/graphs?default"
    assert [item["uri"] for item in found["mementos"]["list"]] == [
        f"http://localhost/at/{day}/graphs?default" for day in DAYS
    ]
    assert found["mementos"]["first"]["datetime"] == "2026-01-01T12:00:00+00:00"


def test_before_the_first_release_there_is_no_past(tmp_path: Path) -> None:
    client = create_app(of_releases(Settings(var=str(tmp_path)))).test_client()
    assert client.get("/timemap/").status_code == 404
    assert asked_at(client, "Thu, 01 Jan 2026 12:00:00 GMT", "/") == (404, "")


def test_addresses_of_any_writing_are_carried_encoded(client: FlaskClient) -> None:
    date = "Thu, 01 Jan 2026 12:00:00 GMT"
    _, location = asked_at(client, date, "/help?a=%ED%95%9C%3E%20x:y&b=%0D%0A")
    assert location == f"http://localhost/at/{DAYS[0]}/help?a=%ED%95%9C%3E%20x:y&b=%0D%0A"
    links = client.get("/timemap/help?a=%ED%95%9C%3E").text
    assert links.startswith('<http://localhost/help?a=%ED%95%9C%3E>; rel="original timegate"')
    # What no release holds is what the present says of it.
    assert asked_at(client, date, "/doc/org/%ED%95%9C%3E%20x:y") == (404, "")


def test_a_long_query_is_not_repeated_in_headers(client: FlaskClient) -> None:
    answer = client.get(f"/at/{DAYS[0]}{QUERY}&more={'x' * 5000}")
    assert answer.headers["Memento-Datetime"]
    assert len(str(answer.headers)) < 3000


THINGS = {
    "a": ("1", "2"),
    "b": ("2", "3"),
    "never": (),
}
"""Which of three releases hold which thing."""


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Three releases that hold different things; in the last, the first thing is marked as withdrawn."""
    var = tmp_path_factory.mktemp("growing")
    gone = f'<{BASE}id/org/a> <http://www.w3.org/2002/07/owl#deprecated> "true"'
    for number in (1, 2, 3):
        lines = [f'<{BASE}id/org/{one}> <{EX}p> "1"' for one, where in THINGS.items() if str(number) in where]
        release(var, number, triples=[*lines, gone] if number == 3 else lines)
    make_current(var, DAYS[-1])
    app_context = of_releases(Settings(var=str(var), workers=1))
    yield create_app(app_context).test_client()
    app_context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        *(f"/{kind}/org/{name}{end}" for kind in ("id", "doc") for name in THINGS for end in ("", ".nt")),
        *(
            "/doc/org/a/",
            "/ko/doc/org/b",
            "/doc/org/a.nt?profile=flat",
            "/catalog",
            "/def",
            "/void",
            "/context/v1.jsonld",
        ),
        *(
            "/",
            "/ja/about",
            "/list/org",
            "/list/nothing",
            "/help?area=kr",
            "/examples/nothing",
            "/nowhere",
            "/releases",
        ),
        *(f"/graphs?graph={EX}g", "/graphs?graph=x", "/graphs?default", "/graphs", "/graphs/records"),
        *("/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=SELECT", "/sparql?query=ASK%7B%7D&timeout=x"),
        *("/cite/x", "/health/ready", "/static/style.css", "/query", "/at/x/doc/org/a"),
    ],
)
def test_a_timemap_lists_the_releases_that_answer_and_no_other(growing: FlaskClient, path: str) -> None:
    accept = {"Accept": "application/n-triples, */*;q=0.1"}
    answering = [
        f"http://localhost/at/{day}{path}"
        for day in DAYS
        if growing.get(f"/at/{day}{path}", headers=accept, follow_redirects=True).status_code < 400
    ]
    timemap = growing.get(f"/timemap{path}")
    if timemap.status_code == 200:
        assert re.findall(r'<([^>]*)>; rel="[a-z ]*memento"', timemap.text) == answering
    else:
        assert timemap.status_code == 404
        remembered = growing.get(path, headers=accept).headers.getlist("Link")
        assert not answering or not any("timemap" in link for link in remembered)


def test_a_time_leads_to_the_nearest_release_that_holds_the_thing(growing: FlaskClient) -> None:
    early, late = "Thu, 01 Jan 2026 12:00:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT"
    for name, date, day in (("a", early, 0), ("a", late, 1), ("b", early, 1), ("b", late, 2)):
        assert asked_at(growing, date, f"/doc/org/{name}.nt") == (
            302,
            f"http://localhost/at/{DAYS[day]}/doc/org/{name}.nt",
        )
    assert asked_at(growing, late, "/doc/org/never.nt") == (404, "")


@pytest.mark.slow
def test_an_answer_that_another_time_would_change_says_so_to_caches(published: Path, tmp_path: Path) -> None:
    served = serve("--workers", "1", log=tmp_path / "log", settings={"var": published})
    try:
        for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=SELECT+*+%7B%7D", "/graphs?default", "/about"):
            for _ in range(2):
                assert "Accept-Datetime" in served.get(path).headers["Vary"], path
    finally:
        served.stop()
