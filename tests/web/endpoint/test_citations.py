"""Citing results: two releases, one withdrawn later; the register on disk."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyld import jsonld
from werkzeug.test import TestResponse

from coopgraph.context import of_releases
from coopgraph.model import release_folder
from coopgraph.model.release import Tombstone
from coopgraph.query.citations.register import FILE, Register
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from coopgraph.web.common.request_context import CLIENT_HASH
from tests.store.releases import make_current, release

pytestmark = pytest.mark.slow

OLD, CURRENT = "2026-01-01-00000001", "2026-01-02-00000002"
QUERY = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def var(tmp_path: Path) -> Path:
    make_current(tmp_path, [release(tmp_path, number) for number in (1, 2)][-1])
    return tmp_path


@pytest.fixture
def client(var: Path) -> Iterator[FlaskClient]:
    app_context = of_releases(Settings(var=str(var), workers=1, citations=3, client_citations=2, citation_length=200))
    yield create_app(app_context).test_client()
    app_context.close()


def cite(client: FlaskClient, query: str = QUERY, **fields: str) -> TestResponse:
    return client.post("/cite", data={"query": query, **fields})


def cited(client: FlaskClient, query: str = QUERY, **fields: str) -> dict[str, Any]:
    answer = cite(client, query, **fields)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.headers["Location"] == answer.json["@id"]
    return dict(answer.json)


def test_a_citation_holds_release_format_rows_and_the_checksum_of_what_is_sent(client: FlaskClient) -> None:
    citation = cited(client, format="csv")
    assert (citation["release"], citation["format"], citation["rows"]) == (CURRENT, "csv", 1)
    body = client.get(citation["contentUrl"]).data
    assert body == b"o\r\n2\r\n"
    assert hashlib.sha256(body).hexdigest() == citation["sha256"]
    assert client.get(citation["@id"]).json == citation
    assert len(citation["@id"].removeprefix("http://localhost/cite/")) == 16


@pytest.mark.parametrize(
    ("query", "fields", "chosen", "rows"),
    [
        (QUERY, {}, "json", 1),
        (QUERY, {"format": "xml"}, "xml", 1),
        ("ASK {}", {"format": "csv"}, "json", None),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", {}, "ttl", None),
        ("DESCRIBE <http://example.org/s>", {"format": "nt"}, "nt", None),
    ],
)
def test_every_kind_of_result_can_be_cited_and_comes_out_the_same(
    client: FlaskClient, query: str, fields: dict[str, str], chosen: str, rows: int | None
) -> None:
    citation = cited(client, query, **fields)
    assert (citation["format"], citation["rows"]) == (chosen, rows)
    verdict = client.get(citation["replay"]).json
    assert verdict is not None
    assert verdict["identical"] is True
    assert verdict["found"] == verdict["cited"]


def test_an_older_release_is_cited_and_asked_again_as_it_was(client: FlaskClient) -> None:
    citation = cited(client, release=OLD, format="csv")
    assert client.get(citation["contentUrl"]).data == b"o\r\n1\r\n"
    assert citation["sha256"] != cited(client, format="csv")["sha256"]
    assert client.get(citation["replay"]).json["identical"] is True  # type: ignore[index]


def test_whoever_cites_the_same_gets_the_same_and_takes_no_more_room(client: FlaskClient) -> None:
    assert len({cited(client)["@id"] for _ in range(5)}) == 1
    assert cited(client, QUERY + " ")["@id"] != cited(client)["@id"]


def test_a_result_that_is_no_longer_what_was_cited_is_told(client: FlaskClient, var: Path) -> None:
    citation = cited(client)
    with sqlite3.connect(var / FILE) as register:
        register.execute("UPDATE citation SET sha256 = ?", ("0" * 64,))
    verdict = client.get(citation["replay"]).json
    assert verdict is not None
    assert verdict["identical"] is False
    assert "bytes differ" in verdict["remark"]
    assert "Not identical" in client.get(citation["replay"], headers=PAGE).text


def test_nothing_but_the_citation_and_its_day_is_kept(client: FlaskClient, var: Path) -> None:
    client.post("/cite", data={"query": QUERY}, headers={"User-Agent": "tellme", "Referer": "http://tell.example/"})
    with sqlite3.connect(var / FILE) as register:
        columns = [row[1] for row in register.execute("PRAGMA table_info(citation)")]
        (row,) = register.execute("SELECT * FROM citation").fetchall()
    assert columns == ["id", "query", "release", "format", "sha256", "size", "rows", "day"]
    assert len(row[-1]) == len("2026-01-31")
    assert b"tellme" not in b"".join(path.read_bytes() for path in var.glob(FILE + "*"))


def read_later(var: Path, name: str) -> None:
    register = Register(var, 3)
    citation = register.find(name)
    assert citation is not None
    register.visit(name, citation, citation.day + timedelta(1))


def named(address: str) -> str:
    return address.rpartition("/")[2]


def test_in_a_full_register_what_nobody_reads_again_gives_way(client: FlaskClient, var: Path) -> None:
    known = [cited(client, QUERY + " " * number)["@id"] for number in range(3)]
    read_later(var, named(known[0]))
    read_later(var, named(known[2]))
    assert cite(client, QUERY + "    ").status_code == 201
    assert [client.get(address).status_code for address in known] == [200, 404, 200]


def test_a_register_full_of_what_is_read_says_so_and_still_shows_it(client: FlaskClient, var: Path) -> None:
    known = [cited(client, QUERY + " " * number)["@id"] for number in range(3)]
    for address in known:
        read_later(var, named(address))
    refused = cite(client, QUERY + "    ")
    assert refused.status_code == 507
    assert "3 citations" in refused.json["detail"]  # type: ignore[index]
    assert cite(client).status_code == 201
    assert [client.get(address).status_code for address in known] == [200, 200, 200]


def test_the_day_of_citing_is_no_later_reading(client: FlaskClient, var: Path) -> None:
    client.get(cited(client)["@id"])
    assert [visited for _, _, visited in Register(var, 3).all()] == [False]


def test_one_client_makes_so_many_new_citations_a_day_and_others_more(client: FlaskClient) -> None:
    def posted(number: int, caller: bytes) -> TestResponse:
        data = {"query": QUERY + " " * number}
        return client.post("/cite", data=data, environ_overrides={CLIENT_HASH: caller})

    assert [posted(number, b"somebody").status_code for number in (0, 0, 1)] == [201, 201, 201]
    refused = posted(2, b"somebody")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert posted(2, b"another").status_code == 201


def test_what_a_comment_says_is_neither_kept_nor_shown(client: FlaskClient, var: Path) -> None:
    query = '# Jane Roe\nSELECT ?o { ?s ?p ?o # lives\n FILTER(?o != "# no comment") }'
    citation = cited(client, query)
    assert citation["query"] == '\nSELECT ?o { ?s ?p ?o \n FILTER(?o != "# no comment") }'
    assert client.get(citation["replay"]).json["identical"] is True  # type: ignore[index]
    assert b"Jane" not in b"".join(path.read_bytes() for path in var.glob(FILE + "*"))
    assert cited(client, citation["query"])["@id"] == citation["@id"]


def test_a_comment_that_was_kept_once_is_not_shown(client: FlaskClient, var: Path) -> None:
    address = cited(client)["@id"]
    with sqlite3.connect(var / FILE) as register:
        register.execute("UPDATE citation SET query = '# Jane Roe' || char(10) || query")
    for headers in (PAGE, {}):
        assert "Jane" not in client.get(address, headers=headers).text


def test_what_is_removed_is_gone_for_good(client: FlaskClient, var: Path) -> None:
    address = cited(client)["@id"]
    assert Register(var, 3).remove(named(address), date(2026, 1, 31))
    for path in (address, address + "/replay"):
        gone = client.get(path)
        assert gone.status_code == 410
        assert "2026-01-31" in gone.json["detail"]  # type: ignore[index]
    assert cite(client).status_code == 410
    assert Register(var, 3).all() == []
    assert QUERY.encode() not in b"".join(path.read_bytes() for path in var.glob(FILE + "*"))
    assert not Register(var, 3).remove("abcdefghijklmnop", date(2026, 1, 31))


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (400, {"query": "SELECT"}),
        (400, {"query": " "}),
        (400, {"query": "SELECT (NOW() AS ?now) {}"}),
        (400, {"query": QUERY, "default-graph-uri": "http://example.org/g"}),
        (404, {"query": QUERY, "release": "2026-01-09-00000009"}),
        (406, {"query": QUERY, "format": "docx"}),
        (406, {"query": QUERY, "format": "parquet"}),
        (413, {"query": QUERY + " " * 200}),
        (413, {"query": QUERY + " " * 20_000}),
        (403, {"query": "SELECT * { SERVICE <http://127.0.0.1/> {} }"}),
    ],
)
def test_what_cannot_be_cited_is_refused_and_not_kept(
    client: FlaskClient, var: Path, status: int, fields: dict[str, str]
) -> None:
    answer = client.post("/cite", data=fields)
    assert answer.status_code == status, answer.text
    assert not (var / FILE).exists()


def test_json_is_taken_too_and_other_bodies_are_not(client: FlaskClient) -> None:
    assert client.post("/cite", json={"query": QUERY, "release": OLD}).json["release"] == OLD  # type: ignore[index]
    assert client.post("/cite", json=["query"]).status_code == 400
    broken = client.post("/cite", data=b"{", content_type="application/json")
    assert (broken.status_code, broken.json["detail"]) == (400, 'The body is no JSON. Send {"query": "…"} in UTF-8.')  # type: ignore[index]
    assert client.post("/cite", data=QUERY, content_type="text/plain").status_code == 415


def test_a_browser_is_led_to_a_page_that_escapes_the_query(client: FlaskClient) -> None:
    led = client.post("/cite", data={"query": QUERY + " VALUES ?o { '<script>' '2' }"}, headers=PAGE)
    assert led.status_code == 303
    page = client.get(led.headers["Location"], headers=PAGE)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "Identical" in client.get(led.headers["Location"] + "/replay", headers=PAGE).text


def test_a_citation_of_a_withdrawn_release_says_what_its_tombstone_says(client: FlaskClient, var: Path) -> None:
    citation = cited(client, release=OLD)
    folder = release_folder.folder(var, OLD)
    stone = Tombstone(release_folder.manifest(var, OLD).id, "2026-02-01T00:00:00Z", "An address was published.")
    (folder / release_folder.TOMBSTONE).write_text(stone.to_json(), encoding="utf-8")
    for address in (citation["@id"], citation["replay"]):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "An address was published." in answer.json["detail"]  # type: ignore[index]
    assert cite(client, release=OLD).status_code == 410
    assert Register(var, 3).blank(OLD) == 1
    assert b"ORDER BY" not in b"".join(path.read_bytes() for path in var.glob(FILE + "*"))
    assert client.get(citation["@id"]).status_code == 410


def test_as_linked_data_a_citation_is_a_download_with_its_checksum(client: FlaskClient) -> None:
    address = cited(client, format="csv")["@id"]
    answer = client.get(address, headers={"Accept": "application/ld+json"})
    assert answer.headers["Content-Type"] == "application/ld+json"
    (node,) = jsonld.expand(answer.json)
    assert node["@id"] == address
    assert node["@type"] == ["https://schema.org/DataDownload"]
    assert node["https://schema.org/text"] == [{"@value": QUERY}]
    assert node["https://schema.org/isBasedOn"] == [{"@id": f"http://localhost/releases/{CURRENT}"}]
    assert len(node["https://schema.org/sha256"][0]["@value"]) == 64


def test_an_unknown_citation_is_not_found(client: FlaskClient) -> None:
    assert client.get("/cite/abcdefghijklmnop").status_code == 404
    assert client.get("/cite/abcdefghijklmnop/replay").status_code == 404


def test_a_register_that_cannot_be_read_is_our_fault_in_words(client: FlaskClient, var: Path) -> None:
    (var / FILE).write_bytes(b"no database" * 1000)
    answer = client.get("/cite/abcdefghijklmnop")
    assert answer.status_code == 500
    assert "register of citations" in answer.json["detail"]  # type: ignore[index]
    assert str(var) not in answer.text
