"""``serve --endpoint``: our pages, guard and limits over a release that was pushed to another server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph.model import release_folder
from coopgraph.publishing.push import push
from tests.conformance.store.engines import absent, started
from tests.running_server import Served, serve

ENGINE = "oxigraph serve"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(bool(absent(ENGINE)), reason=absent(ENGINE)),
    pytest.mark.timeout(120),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "engine").mkdir()
    return tmp_path


def test_a_pushed_release_is_served_with_its_pages_and_our_guard(folder: Path, published: Path) -> None:
    manifest = release_folder.manifest(published, str(release_folder.current(published)))
    with started(ENGINE, folder / "engine") as engine:
        push(published, manifest, *engine.remotes())
        served = _serving(engine.query, published, folder)
        try:
            counted = served.ask(COUNT, "application/sparql-results+json")
            assert counted.headers["X-Coopgraph-Release"] == manifest.id
            assert int(counted.json()["results"]["bindings"][0]["n"]["value"]) == manifest.triples
            assert served.get("/doc/org/lantern.html").status == 200
            assert served.get("/id/org/lantern", Accept="text/turtle").status == 200
            assert served.get("/health/ready").json()["release"] == manifest.id
            broken = served.ask("SELECT * WHERE {")
            assert broken.status == 400
            assert json.loads(broken.body)["line"] == 1
            assert served.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }").status == 403
        finally:
            served.stop()


def _serving(endpoint: str, var: Path, folder: Path) -> Served:
    return serve("--endpoint", endpoint, log=folder / "serve.log", settings={"var": var}, cwd=folder)


@pytest.fixture
def unpushed(folder: Path) -> Iterator[Served]:
    with started(ENGINE, folder / "engine") as engine:
        served = _serving(engine.query, folder / "var", folder)
        yield served
        served.stop()


def test_a_server_without_a_pushed_release_is_served_as_a_dataset(unpushed: Served) -> None:
    counted = unpushed.ask(COUNT, "application/sparql-results+json")
    assert counted.json()["results"]["bindings"][0]["n"]["value"] == "0"
    assert unpushed.get("/releases").status == 404


def test_when_the_server_is_gone_queries_fail_in_words_and_health_says_so(folder: Path) -> None:
    with started(ENGINE, folder / "engine") as engine:
        served = _serving(engine.query, folder / "var", folder)
        assert served.ask("ASK { }").status == 200
    try:
        gone = served.ask("ASK { }")
        assert gone.status in (502, 503)
        assert "cannot be asked" in json.loads(gone.body)["detail"]
        assert served.get("/health/ready").status == 503
        assert served.get("/health/live").status == 200
    finally:
        served.stop()
