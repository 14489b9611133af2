from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from coopgraph.context import of_releases
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.model.release import Tombstone
from coopgraph.rdf.namespaces import DCAT, PROV, SPDX
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from tests.store.releases import EX, make_current, release


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: one withdrawn, one older, one current."""
    var = tmp_path_factory.mktemp("var")
    withdrawn, _, current = (release(var, number) for number in (1, 2, 3))
    stone = Tombstone(**{name: withdrawn if name == "id" else "2026-01-03" for name in Tombstone.__annotations__})
    (release_folder.folder(var, withdrawn) / release_folder.TOMBSTONE).write_text(stone.to_json(), encoding="utf-8")
    make_current(var, current)
    return var


@pytest.fixture(scope="module")
def client(var: Path) -> Iterator[FlaskClient]:
    app_context = of_releases(Settings(var=str(var), workers=1))
    yield create_app(app_context).test_client()
    app_context.close()


def test_all_releases_are_listed_with_the_current_and_the_withdrawn(client: FlaskClient) -> None:
    listed = client.get("/releases").json
    assert listed is not None
    assert listed["current"] == "2026-01-03-00000003"
    assert {item["id"] for item in listed["releases"]} == {"2026-01-02-00000002", "2026-01-03-00000003"}
    assert [item["id"] for item in listed["withdrawn"]] == ["2026-01-01-00000001"]
    assert client.get(listed["releases"][0]["manifest"]).json["id"] == listed["releases"][0]["id"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/releases.json", "application/json"),
        ("/releases.html", "text/html"),
        ("/releases/2026-01-03-00000003.json", "application/json"),
        ("/releases/2026-01-03-00000003.ttl", "text/turtle"),
        ("/releases/2026-01-03-00000003.html", "text/html"),
    ],
)
def test_an_ending_chooses_as_accept_does(client: FlaskClient, path: str, media_type: str) -> None:
    found = client.get(path, headers={"Accept": "image/png"})
    assert (found.status_code, found.mimetype) == (200, media_type)
    asked = client.get(path.rpartition(".")[0], headers={"Accept": media_type})
    # A page leads to itself in other languages.
    assert asked.data == found.data or media_type == "text/html"
    assert client.get(path + "x").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["", ".json", ".ttl", "/manifest.json", "/dump.nq.gz"])
def test_the_current_release_has_an_address_that_stays(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(f"/releases/current{path}", method=method)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"/releases/2026-01-03-00000003{path}")
    assert "no-cache" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    whole = client.open(answer.headers["Location"], method=method)
    assert whole.status_code == 200
    if path.endswith(".gz"):
        part = client.get(f"/releases/current{path}", headers={"Range": "bytes=1-3"}, follow_redirects=True)
        assert (part.status_code, part.data) == (206, client.get(answer.headers["Location"]).data[1:4])


def test_the_current_release_has_only_the_files_of_its_manifest(client: FlaskClient) -> None:
    for path in ("nothing.nq", "../2026-01-02-00000002/dump.nq.gz", "tombstone.json"):
        assert client.get(f"/releases/current/{path}").status_code == 404


def test_before_the_first_release_none_is_the_current_one(tmp_path: Path) -> None:
    client = create_app(of_releases(Settings(var=str(tmp_path)))).test_client()
    assert client.get("/releases/current").status_code == 404


def test_a_file_comes_whole_or_in_part_with_its_checksum(client: FlaskClient) -> None:
    path = "/releases/2026-01-03-00000003/dump.nq.gz"
    whole = client.get(path)
    digest = hashlib.sha256(whole.data)
    assert whole.headers["ETag"] == f'"{digest.hexdigest()}"'
    assert whole.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    part = client.get(path, headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.data) == (206, whole.data[2:10])
    assert client.get(path, headers={"Range": "bytes=99999-"}).status_code == 416
    assert client.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.get(path, headers={"If-Match": '"other"'}).status_code == 412
    for tag in (whole.headers["ETag"], "*"):
        assert client.get(path, headers={"If-Match": tag, "Range": "bytes=0-0"}).status_code == 206


@pytest.mark.parametrize("path", ["/static/style.css", "/releases", "/sparql?query=ASK%7B%7D", "/robots.txt"])
def test_what_is_there_is_given_to_whoever_takes_any_version(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"If-Match": "*"}).status_code == 200
    assert client.get(path, headers={"If-Match": '"other"'}).status_code == 412


@pytest.mark.parametrize("wanted", ["rows=1-2", "bytes=0-1,4-5", "bytes", ""])
def test_who_asks_for_no_one_part_of_bytes_gets_the_whole(client: FlaskClient, wanted: str) -> None:
    answer = client.get("/releases/2026-01-03-00000003/dump.nq.gz", headers={"Range": wanted})
    assert (answer.status_code, len(answer.data)) == (200, int(answer.headers["Content-Length"]))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/releases/2026-01-09-00000009", 404),
        ("/releases/2026-01-01-00000001", 410),
        ("/releases/2026-01-03-00000003/none", 404),
        ("/releases/2026-01-03-00000003/../../current.json", 404),
        ("/releases/2026-01-03-00000003/%2e%2e/%2e%2e/current.json", 404),
        ("/at/2026-01-01-00000001/sparql?query=ASK%7B%7D", 410),
        ("/at/2026-01-09-00000009/sparql?query=ASK%7B%7D", 404),
        ("/at/yesterday/sparql?query=ASK%7B%7D", 404),
    ],
)
def test_what_is_not_there_or_withdrawn_says_so(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_older_release_is_asked_under_its_own_address(client: FlaskClient) -> None:
    query = {"query": "SELECT ?o { ?s ?p ?o }", "format": "csv"}
    current = client.get("/sparql", query_string=query)
    older = client.get("/at/2026-01-02-00000002/sparql", query_string=query)
    assert (current.data, older.data) == (b"o\r\n3\r\n", b"o\r\n2\r\n")
    assert older.headers["X-Coopgraph-Release"] == "2026-01-02-00000002"
    assert current.headers["ETag"] != older.headers["ETag"]


def test_a_graph_is_read_in_every_release(client: FlaskClient) -> None:
    answer = client.get("/at/2026-01-02-00000002/graphs", query_string={"graph": EX + "g"})
    assert b'"2"' in answer.data


def test_what_a_problem_means_can_be_looked_up(client: FlaskClient) -> None:
    answer = client.get("/problem/query-timeout").json
    assert answer is not None
    assert (answer["status"], answer["detail"]) == (503, "A query stopped at its deadline.")
    assert client.get("/problem/nothing").status_code == 404


def test_readiness_names_the_release(client: FlaskClient) -> None:
    ready = client.get("/health/ready").json
    assert ready is not None
    assert (ready["status"], ready["release"], ready["quads"]) == ("ok", "2026-01-03-00000003", 2)


def test_a_release_says_in_rdf_what_made_it_and_which_files_came_of_it(published: Path) -> None:
    app_context = of_releases(Settings(var=str(published), workers=1))
    client = create_app(app_context).test_client()
    name = release_folder.current(published)
    turtle = client.get(f"/releases/{name}", headers={"Accept": "text/turtle"})
    linked = client.get(f"/releases/{name}", headers={"Accept": "application/ld+json"})
    app_context.close()
    told = list(parse(turtle.data, format=RdfFormat.TURTLE))
    this = NamedNode(f"{BASE}releases/{name}")
    manifest = release_folder.manifest(published, str(name))
    files = {quad.object.value for quad in told if (quad.subject, quad.predicate) == (this, DCAT.distribution)}
    assert files == {f"{this.value}/{path}" for path in manifest.files}
    assert {quad.object.value for quad in told if quad.predicate == SPDX.checksumValue} == {
        entry.sha256 for entry in manifest.files.values()
    }
    (made,) = [quad.object for quad in told if (quad.subject, quad.predicate) == (this, PROV.wasGeneratedBy)]
    (ended,) = [quad.object.value for quad in told if (quad.subject, quad.predicate) == (made, PROV.endedAtTime)]
    assert ended == manifest.created
    assert linked.json["@graph"][0]["id"] == this.value
