"""SPARQL Update as a submission: its effect on entities becomes a change set; what goes too far is told in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.desk.accounts import Person
from coopgraph.desk.review import Review
from coopgraph.desk.submitted_update import LONGEST_UPDATE, SPARQL_UPDATE
from tests.desk.browsers import form_fields, token
from tests.desk.conftest import LANTERN

DATED = """
DELETE { ?claim rdf:object ?old } INSERT { ?claim rdf:object "2016-05"^^xsd:gYearMonth }
WHERE { ?claim rdf:subject o:lantern ; rdf:predicate coop:foundingDate ; rdf:object ?old }
"""


@pytest.mark.slow
def test_an_update_becomes_the_change_set_of_the_file_that_it_concerns(
    review: Review, cho: Person, workspace: PresentWorkspace
) -> None:
    held = (workspace.tree.data / "org" / "lantern.ttl").read_bytes()
    outcome = review.submit(cho, DATED.encode(), SPARQL_UPDATE, "The register says so")
    assert (outcome.submission.state, outcome.problem) == ("submitted", None)
    (change,) = outcome.submission.files
    assert (change.path, len(change.added), len(change.removed)) == (LANTERN, 1, 1)
    assert '"2016-05"' in str(change.added[0])
    assert (workspace.tree.data / "org" / "lantern.ttl").read_bytes() == held
    assert review.outcome(cho, outcome.submission.id).conforms


@pytest.mark.slow
@pytest.mark.parametrize(
    ("update", "said"),
    [
        ("DELETE WHERE { ?s ?p ?o }", "deletes everything"),
        ("DELETE { ?s ?p ?o } WHERE { ?s dcterms:identifier 'lantern' ; ?p ?o . }", ""),
        ("LOAD <http://127.0.0.1:1/x>", "“LOAD” is not done"),
        ("CLEAR ALL", "“CLEAR” is not done"),
        ("DROP DEFAULT ; INSERT DATA { o:lantern coop:x 1 }", "“DROP” is not done"),
        ("INSERT { ?s coop:x ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "“SERVICE” is not done"),
        ("INSERT DATA { GRAPH <http://e.example/g> { o:lantern coop:x 1 } }", "“GRAPH” is not done"),
        ("SELECT * { ?s ?p ?o }", "neither inserts nor deletes"),
        ("DELETE DATA { o:nobody coop:x 1 }", "changes nothing"),
        ("INSERT DATA { <http://e.example/x> coop:x 1 }", "no entity"),
        ("INSERT DATA { [] coop:x 1 }", "without a name"),
        ("INSERT { ?a coop:x ?b } WHERE { ?a a ?t . ?b a ?u . ?c a ?v . ?d a ?w }", "took more than"),
        ("INSERT { ?s coop:x 1 } WHERE { ?s a coop:Claim ", ""),
        ("INSERT DATA { " + "(" * 100_000, "nested"),
        ("INSERT DATA { o:lantern coop:x '" + "x" * LONGEST_UPDATE + "' }", "at most"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_goes_too_far_is_a_draft_with_a_word_about_it(
    review: Review,
    cho: Person,
    workspace: PresentWorkspace,
    update: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coopgraph.desk.submitted_update.UPDATE_SECONDS", 4)
    held = {place: place.read_bytes() for place in workspace.tree.data.rglob("*.ttl")}
    outcome = review.submit(cho, update.encode(), SPARQL_UPDATE, "")
    assert outcome.submission.state == "draft"
    assert outcome.submission.body == update.encode()
    assert said in str(outcome.problem)
    assert {place: place.read_bytes() for place in workspace.tree.data.rglob("*.ttl")} == held


def test_more_entities_than_a_person_can_look_at_are_refused(
    review: Review, cho: Person, workspace: PresentWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopgraph.desk.change_set.MOST_ENTITIES", 2)
    update = b"INSERT { ?s coop:curatorNote 'x'@en } WHERE { ?s a coop:Organization }"
    outcome = review.submit(cho, update, SPARQL_UPDATE, "")
    assert "would change 3 entities; 2 is the most" in str(outcome.problem)


@pytest.mark.slow
def test_programs_and_people_submit_an_update_over_http(
    app: Flask, var: Path, cho_browser: FlaskClient, workspace: PresentWorkspace
) -> None:
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ko"}
    made = app.test_client().post("/submissions", data=DATED, content_type=SPARQL_UPDATE, headers=headers)
    assert (made.status_code, made.json["state"], len(made.json["files"])) == (201, "submitted", 1)  # type: ignore[index]
    everything = app.test_client().post(
        "/submissions", data="DELETE WHERE { ?s ?p ?o }", content_type=SPARQL_UPDATE, headers=headers
    )
    assert everything.status_code == 422
    assert re.search("[가-힣]", everything.json["problem"])  # type: ignore[index]
    fields = form_fields(cho_browser, "/en/desk/new")
    sent = cho_browser.post("/en/desk/new", data={**fields, "text": DATED, "format": SPARQL_UPDATE})
    assert "The rules are kept." in cho_browser.get(sent.location).text
