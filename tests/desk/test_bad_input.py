"""Bad input over HTTP: a clear answer in the curator's language, what was typed kept, and the files as they were."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.desk.submitted_update import SPARQL_UPDATE
from coopgraph.rdf.formats import CSV, JSON_LD, TURTLE, XLSX
from tests.curation.sheets.rows import GOOD
from tests.desk.browsers import form_fields, token
from tests.desk.test_review import _dated
from tests.desk.test_table_pages import _csv, _xlsx

pytestmark = pytest.mark.slow

MOST = 16 * 1024**2
LANTERN = "https://w3id.org/coopgraph/id/org/lantern"
PREFIXES = """@prefix coop: <https://w3id.org/coopgraph/def/> .
@prefix c: <https://w3id.org/coopgraph/id/claim/> .
@prefix o: <https://w3id.org/coopgraph/id/org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/coopgraph/shape/> .
"""
SHAPE = (
    PREFIXES + "shape:Loop a sh:NodeShape ; sh:targetClass coop:Organization ; sh:node shape:Loop ; sh:not shape:Loop ."
)
UNSOURCED = (
    PREFIXES
    + 'c:lantern.address.7 a coop:Claim ; rdf:subject o:lantern ; rdf:predicate coop:address ; rdf:object "1"@en .'
)
REMOTE = {"@context": "https://evil.example/context.jsonld", "@id": LANTERN, "@type": "Organization"}
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rdf:RDF>&a;</rdf:RDF>'

KEPT = {
    "a remote context": (JSON_LD.media_type, json.dumps(REMOTE).encode()),
    "brackets in Turtle": (TURTLE.media_type, b"[" * MOST),
    "brackets in JSON-LD": (JSON_LD.media_type, b"[" * MOST),
    "brackets in an Update": (SPARQL_UPDATE, b"INSERT DATA " + b"{" * 60_000),
    "a formula": (XLSX.media_type, _xlsx({**GOOD, "name_en": "=1+1"})),
    "an unknown encoding": (CSV.media_type, _csv(GOOD, encoding="cp949")),
    "a shape that refers to itself": (TURTLE.media_type, SHAPE.encode()),
    "an Update that deletes everything": (SPARQL_UPDATE, b"DELETE WHERE { ?s ?p ?o }"),
    "a claim without a source": (TURTLE.media_type, UNSOURCED.encode()),
}


@pytest.fixture
def unchanged(workspace: PresentWorkspace) -> Iterator[None]:
    """The files of the tree are as they were when the test has ended."""

    def held() -> dict[Path, bytes]:
        return {place: place.read_bytes() for place in workspace.tree.data.rglob("*.ttl")}

    before = held()
    yield
    assert held() == before


def _told(answer: TestResponse) -> str:
    """Return what the answer says to a person."""
    told = answer.json
    assert told is not None
    if "report" not in told:
        return f"{told['title']} {told['detail']}"
    messages = [item["message"] for item in (told["report"] or {}).get("findings", ())]
    return " ".join([str(told.get("problem") or ""), *messages, *(item["message"] for item in told["cells"])])


SLOW = {"brackets in Turtle"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in KEPT]
)
@pytest.mark.usefixtures("unchanged")
def test_what_cannot_be_taken_is_kept_as_a_draft_and_told_in_korean(name: str, app: Flask, var: Path) -> None:
    media_type, body = KEPT[name]
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ko"}
    answer = app.test_client().post("/submissions?kind=org", data=body, content_type=media_type, headers=headers)
    assert (answer.status_code, answer.json["state"]) == (422, "draft"), answer.text  # type: ignore[index]
    assert answer.headers["Content-Language"] == "ko"
    assert re.search("[가-힣]", _told(answer))
    assert not re.search(r"Traceback|/site-packages/|/tmp/", answer.text)
    assert app.test_client().get(answer.location, headers=headers).json == answer.json


@pytest.mark.usefixtures("unchanged")
def test_what_is_no_format_of_the_desk_or_too_much_of_one_is_refused(app: Flask, var: Path) -> None:
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ko"}
    for body, content_type, status in (
        (ENTITIES, "application/rdf+xml", 415),
        (b"[" * (MOST + 1), TURTLE.media_type, 413),
    ):
        answer = app.test_client().post("/submissions", data=body, content_type=content_type, headers=headers)
        assert answer.status_code == status
        assert re.search("[가-힣]", _told(answer))
        assert "root:" not in answer.text


@pytest.mark.usefixtures("unchanged")
def test_a_draft_of_brackets_is_a_page_that_a_browser_can_show(cho_browser: FlaskClient) -> None:
    fields = form_fields(cho_browser, "/ko/desk/new")
    sent = cho_browser.post("/ko/desk/new", data={**fields, "text": "[" * 500_000, "format": TURTLE.media_type})
    assert sent.status_code == 303
    page = cho_browser.get(sent.location)
    assert page.status_code == 200
    assert len(page.data) < 200_000
    assert "[" * 500_000 in cho_browser.get(f"{sent.location}/edit").text, "nothing that was typed is lost"


@pytest.mark.usefixtures("unchanged")
def test_somebody_elses_slug_is_a_conflict(app: Flask, var: Path, lantern: str) -> None:
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ko", "If-None-Match": "*"}
    answer = app.test_client().post("/submissions", data=_dated(lantern), content_type="text/turtle", headers=headers)
    assert (answer.status_code, answer.json["state"]) == (409, "conflict")  # type: ignore[index]


@pytest.mark.usefixtures("unchanged")
def test_a_token_of_another_role_decides_on_nothing_and_says_so_in_korean(app: Flask, var: Path, lantern: str) -> None:
    author = {**token(var, "cho", "curator"), "Accept-Language": "ko"}
    made = app.test_client().post("/submissions", data=_dated(lantern), content_type="text/turtle", headers=author)
    headers = {**token(var, "yun", "curator"), "Accept-Language": "ko"}
    for decision in ("accept", "reject"):
        answer = app.test_client().post(f"{made.location}/{decision}", json={"reason": "x"}, headers=headers)
        assert answer.status_code == 403
        assert re.search("[가-힣]", _told(answer))
    assert app.test_client().get(made.location, headers=author).json["state"] == "submitted"  # type: ignore[index]


@pytest.mark.usefixtures("unchanged")
def test_a_request_that_is_sent_again_is_the_same_submission(app: Flask, var: Path, lantern: str) -> None:
    headers = {**token(var, "cho", "curator"), "Idempotency-Key": "once"}
    sent = [
        app.test_client().post("/submissions", data=_dated(lantern), content_type="text/turtle", headers=headers)
        for _ in range(2)
    ]
    assert sent[0].location == sent[1].location
    other = {**token(var, "ada", "curator"), "Idempotency-Key": "once"}
    mine = app.test_client().post("/submissions", data=_dated(lantern), content_type="text/turtle", headers=other)
    assert mine.location != sent[0].location, "somebody else's key is another one"
    changed = app.test_client().post(
        "/submissions", data=_dated(lantern, "09"), content_type="text/turtle", headers=headers
    )
    assert changed.location not in (sent[0].location, mine.location), "what differs is not lost"


@pytest.mark.usefixtures("unchanged")
def test_of_two_accepts_at_once_one_is_taken_and_the_others_are_told(app: Flask, var: Path, lantern: str) -> None:
    author = token(var, "cho", "curator")
    made = app.test_client().post("/submissions", data=_dated(lantern), content_type="text/turtle", headers=author)
    reviewers = [{**token(var, name, "reviewer"), "Accept-Language": "ko"} for name in ("yun", "ren", "yun")]

    def accept(headers: dict[str, str]) -> TestResponse:
        return app.test_client().post(f"{made.location}/accept", headers=headers)

    with ThreadPoolExecutor(3) as threads:
        answers = sorted(threads.map(accept, reviewers), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [202, 409, 409]
    assert all(re.search("[가-힣]", _told(answer)) for answer in answers[1:])
