"""Datetime negotiation (RFC 7089) over three releases of three days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.store.releases import make_current, release

from coopgraph.assemble import of_releases
from coopgraph.settings import Settings
from coopgraph.web.app import create_app

DAYS = ("2026-01-01-00000001", "2026-01-02-00000002", "2026-01-03-00000003")
QUERY = "/sparql?query=SELECT+%3Fo+%7B+%3Fs+%3Fp+%3Fo+%7D&format=csv"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    var = tmp_path_factory.mktemp("var")
    names = [release(var, number) for number in (1, 2, 3)]
    assert tuple(names) == DAYS
    make_current(var, names[-1])
    house = of_releases(Settings(var=str(var), workers=1))
    yield create_app(house).test_client()
    house.close()


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


@pytest.mark.parametrize("date", ["yesterday", "2026-13-45", "", "Fri, 99 Jan 2026 12:00:00 GMT"])
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
    found = client.get("/timemap/doc/org/x", headers={"Accept": "application/json"}).json
    assert found is not None
    assert found["original_uri"] == "http://localhost/doc/org/x"
    assert [item["uri"] for item in found["mementos"]["list"]] == [
        f"http://localhost/at/{day}/doc/org/x" for day in DAYS
    ]
    assert found["mementos"]["first"]["datetime"] == "2026-01-01T12:00:00+00:00"


def test_before_the_first_release_there_is_no_past(tmp_path: Path) -> None:
    client = create_app(of_releases(Settings(var=str(tmp_path)))).test_client()
    assert client.get("/timemap/").status_code == 404
    assert asked_at(client, "Thu, 01 Jan 2026 12:00:00 GMT", "/") == (404, "")


def test_addresses_of_any_writing_are_carried_encoded(client: FlaskClient) -> None:
    date = "Thu, 01 Jan 2026 12:00:00 GMT"
    _, location = asked_at(client, date, "/doc/org/%ED%95%9C%3E%20x:y?a=%ED%95%9C&b=%0D%0A")
    assert location == f"http://localhost/at/{DAYS[0]}/doc/org/%ED%95%9C%3E%20x:y?a=%ED%95%9C&b=%0D%0A"
    links = client.get("/timemap/doc/org/%ED%95%9C%3E").text
    assert links.startswith('<http://localhost/doc/org/%ED%95%9C%3E>; rel="original timegate"')


def test_a_long_query_is_not_repeated_in_headers(client: FlaskClient) -> None:
    answer = client.get(f"/at/{DAYS[0]}{QUERY}&more={'x' * 5000}")
    assert answer.headers["Memento-Datetime"]
    assert len(str(answer.headers)) < 3000
