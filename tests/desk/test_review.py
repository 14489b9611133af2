"""Review: what is submitted is checked and kept, two people decide, and nothing that was typed is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import Database
from coopgraph.desk.accounts import Person
from coopgraph.desk.change_set import file_version
from coopgraph.desk.review import TYPED, Outcome, Review
from coopgraph.desk.submission import State
from coopgraph.errors import Conflict, CoopgraphError, DoesNotConform, NotFound, NotPermitted, UnknownFormat, WrongUsage
from tests.desk.conftest import LANTERN, NOW

TURTLE = "text/turtle"
DATE = '"2016-04"^^xsd:gYearMonth'


def _dated(lantern: str, month: str = "05") -> bytes:
    assert DATE in lantern
    return lantern.replace(DATE, f'"2016-{month}"^^xsd:gYearMonth').encode()


def _submitted(review: Review, cho: Person, lantern: str, month: str = "05") -> int:
    outcome = review.submit(cho, _dated(lantern, month), TURTLE, "The register says so")
    assert outcome.submission.state == "submitted"
    return outcome.submission.id


def _rules(outcome: Outcome) -> set[str]:
    assert outcome.report is not None
    return {finding.rule.rpartition("/")[2] for finding in outcome.report.findings if finding.severity == "violation"}


def test_what_conforms_is_submitted_with_what_it_adds_and_removes(review: Review, cho: Person, lantern: str) -> None:
    outcome = review.submit(cho, _dated(lantern), TURTLE, "The register says so")
    assert outcome.conforms
    (change,) = outcome.submission.files
    assert change.path == LANTERN
    assert [len(change.added), len(change.removed)] == [1, 1]
    assert '"2016-05"' in str(change.added[0])
    assert outcome.submission.body == _dated(lantern)
    assert [event.kind for event in outcome.submission.events] == ["submitted"]


def test_a_draft_keeps_what_was_typed_and_says_the_lines_of_it(review: Review, cho: Person, lantern: str) -> None:
    body = ("\n\n" + lantern.replace("cite:bridge-page.s02", "cite:bridge-page.s99")).encode()
    outcome = review.submit(cho, body, TURTLE, "")
    assert outcome.submission.state == "draft"
    assert review.submission(cho, outcome.submission.id).body == body
    assert outcome.report is not None
    places = [finding.place for finding in outcome.report.findings if finding.severity == "violation"]
    assert places
    lines = body.decode().splitlines()
    for place in places:
        assert place is not None
        assert (place.path, place.excerpt) == (TYPED, lines[place.line - 1])
    again = review.outcome(cho, outcome.submission.id)
    assert again.report == outcome.report


def test_broken_turtle_is_kept_with_the_place_of_the_fault(review: Review, cho: Person) -> None:
    outcome = review.submit(cho, b"\no:x a\n", TURTLE, "")
    assert outcome.submission.state == "draft"
    assert _rules(outcome) == {"SyntaxError"}
    assert review.outcome(cho, outcome.submission.id).submission.body == b"\no:x a\n"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("<def/x> a <def/Organization>", "no entity"),
        ("<shape/OrgType> a <def/Organization>", "no entity"),
        ("<id/claim/nobody.x.1> a <def/Claim>", "no entity that"),
        ("<id/org/a--b> a <def/Organization>", "cannot be the name"),
        ("<id/org/nul> a <def/Organization>", "cannot be the name"),
        ("[] a <def/Organization>", "without a name"),
        ("", "states nothing"),
    ],
)
def test_what_is_not_for_the_desk_is_a_draft_with_a_word_about_it(
    review: Review, cho: Person, statement: str, said: str
) -> None:
    body = f"@base <https://w3id.org/coopgraph/> .\n{statement}{' .' if statement else ''}".encode()
    outcome = review.submit(cho, body, TURTLE, "")
    assert (outcome.submission.state, outcome.submission.files) == ("draft", ())
    assert said in str(outcome.problem)
    assert said in str(review.outcome(cho, outcome.submission.id).problem)


def test_a_path_out_of_the_tree_is_no_entity(review: Review, cho: Person, workspace: PresentWorkspace) -> None:
    for name in ("..", "%2e%2e", "a.b/../../x", ".hidden", "a%2Fb"):
        body = f"<https://w3id.org/coopgraph/id/org/{name}> <https://e.example/p> <https://e.example/o> .".encode()
        outcome = review.submit(cho, body, "application/n-triples", "")
        assert (outcome.submission.state, outcome.submission.files) == ("draft", ())


def test_a_format_that_is_not_taken_is_refused(review: Review, cho: Person) -> None:
    with pytest.raises(UnknownFormat):
        review.submit(cho, b"<rdf:RDF/>", "application/rdf+xml", "")
    assert review.all(cho) == ()


def test_a_claim_without_a_source_is_a_draft(review: Review, cho: Person, lantern: str) -> None:
    body = lantern.replace(
        "    coop:hasEvidence cite:bridge-page.s02 ;\n    rdf:object " + DATE, "    rdf:object " + DATE
    )
    assert body != lantern
    outcome = review.submit(cho, body.encode(), TURTLE, "")
    assert outcome.submission.state == "draft"
    assert "ClaimHasSource" in _rules(outcome)


def test_records_alone_are_laid_over_the_file(review: Review, cho: Person) -> None:
    claim = "https://w3id.org/coopgraph/id/claim/lantern.foundingDate.1"
    rdf, coop = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "https://w3id.org/coopgraph/def/"
    body = f"""
        <{claim}> <{rdf}type> <{coop}Claim> .
        <{claim}> <{coop}hasEvidence> <https://w3id.org/coopgraph/id/citation/bridge-page.s02> .
        <{claim}> <{rdf}object> "2016"^^<http://www.w3.org/2001/XMLSchema#gYear> .
        <{claim}> <{rdf}predicate> <{coop}foundingDate> .
        <{claim}> <{rdf}subject> <https://w3id.org/coopgraph/id/org/lantern> .
    """
    outcome = review.submit(cho, body.encode(), "application/n-triples", "")
    (change,) = outcome.submission.files
    assert (outcome.submission.state, len(change.added), len(change.removed)) == ("submitted", 1, 1)


def test_an_entity_that_others_name_is_not_emptied(review: Review, cho: Person) -> None:
    body = b"""@prefix coop: <https://w3id.org/coopgraph/def/> . @prefix dcterms: <http://purl.org/dc/terms/> .
        <https://w3id.org/coopgraph/id/source/bridge-page> a coop:SourceDocument ; dcterms:identifier "bridge-page" ."""
    outcome = review.submit(cho, body, TURTLE, "")
    assert outcome.submission.state == "draft"
    assert "NoDanglingIri" in _rules(outcome)


def test_what_changes_nothing_says_so(review: Review, cho: Person, lantern: str) -> None:
    outcome = review.submit(cho, lantern.encode(), TURTLE, "")
    assert outcome.submission.state == "draft"
    assert "changes nothing" in str(outcome.problem)


def test_someone_elses_slug_is_a_conflict_for_who_meant_a_new_entity(review: Review, cho: Person, lantern: str) -> None:
    outcome = review.submit(cho, _dated(lantern), TURTLE, "", base="")
    assert outcome.submission.state == "conflict"
    assert outcome.submission.body == _dated(lantern)


def test_a_slug_of_another_kind_is_a_draft(review: Review, cho: Person) -> None:
    body = b"""@prefix coop: <https://w3id.org/coopgraph/def/> . @prefix dcterms: <http://purl.org/dc/terms/> .
        <https://w3id.org/coopgraph/id/law/lantern> a coop:Law ; dcterms:identifier "lantern" ."""
    outcome = review.submit(cho, body, TURTLE, "", base="")
    assert outcome.submission.state == "draft"


def test_a_version_that_is_gone_is_a_conflict_and_the_present_one_is_not(
    review: Review, cho: Person, lantern: str
) -> None:
    assert review.submit(cho, _dated(lantern), TURTLE, "", base="0" * 64).submission.state == "conflict"
    present = file_version(lantern.encode())
    assert review.submit(cho, _dated(lantern), TURTLE, "", base=present).submission.state == "submitted"


def test_a_form_sent_again_is_the_same_submission(review: Review, cho: Person, lantern: str) -> None:
    first, second = (review.submit(cho, _dated(lantern), TURTLE, "", form="abc") for _ in range(2))
    assert first.submission.id == second.submission.id
    assert len(review.all(cho)) == 1


def test_nobody_accepts_what_they_submitted_themselves(
    review: Review, yun: Person, lantern: str, database: Database, workspace: PresentWorkspace
) -> None:
    number = _submitted(review, yun, lantern)
    with pytest.raises(NotPermitted, match="submitted themselves"):
        review.accept(yun, number)
    alone = Review(database, workspace, alone=True, now=lambda: NOW)
    assert alone.accept(yun, number).state == "accepted"


def test_a_curator_decides_on_nothing(review: Review, cho: Person, lantern: str) -> None:
    number = _submitted(review, cho, lantern)
    for decide in (
        lambda: review.accept(cho, number),
        lambda: review.reject(cho, number, "No"),
        lambda: review.ask(cho, number, "Why?"),
    ):
        with pytest.raises(NotPermitted):
            decide()


def test_only_the_author_revises_and_withdraws(review: Review, cho: Person, yun: Person, lantern: str) -> None:
    number = _submitted(review, cho, lantern)
    with pytest.raises(NotPermitted):
        review.withdraw(yun, number)
    with pytest.raises(NotPermitted):
        review.revise(yun, number, _dated(lantern), TURTLE, "")
    assert review.withdraw(cho, number).state == "withdrawn"
    with pytest.raises(Conflict):
        review.accept(yun, number)


def test_changes_are_asked_for_made_and_accepted(review: Review, cho: Person, yun: Person, lantern: str) -> None:
    number = _submitted(review, cho, lantern)
    with pytest.raises(WrongUsage):
        review.ask(yun, number, " ")
    assert review.ask(yun, number, "The register says June.").state == "changes-requested"
    with pytest.raises(Conflict):
        review.accept(yun, number)
    revised = review.revise(cho, number, _dated(lantern, "06"), TURTLE, "").submission
    assert (revised.state, revised.version, revised.reason) == ("submitted", 2, "The register says so")
    review.comment(yun, number, "", "Thank you.")
    accepted = review.accept(yun, number)
    assert [event.kind for event in accepted.events] == [
        "submitted", "changes-requested", "submitted", "comment", "accepted",
    ]  # fmt: skip


@pytest.mark.slow
def test_two_accepts_at_once_are_one(
    review: Review, cho: Person, yun: Person, database: Database, lantern: str
) -> None:
    number = _submitted(review, cho, lantern)

    def accept(_: int) -> str:
        try:
            return review.accept(yun, number).state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(accept, range(4))) == ["accepted", "conflict", "conflict", "conflict"]
    with database.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM publication").fetchone()[0] == 1


@pytest.mark.slow
def test_a_base_that_moved_on_is_a_conflict_and_can_be_carried_over(
    review: Review, cho: Person, yun: Person, lantern: str, workspace: PresentWorkspace
) -> None:
    number = _submitted(review, cho, lantern)
    place = workspace.tree.data / "org" / "lantern.ttl"
    elsewhere = lantern.replace("basis:inferred", "basis:stated", 1)
    assert elsewhere != lantern
    place.write_text(elsewhere, encoding="utf-8")
    with pytest.raises(Conflict):
        review.accept(yun, number)
    conflicting = review.submission(cho, number)
    assert conflicting.state == "conflict"
    assert place.read_text(encoding="utf-8") == elsewhere
    (carried,) = review.carried_over(conflicting)
    assert (len(carried.added), len(carried.removed)) == (1, 1)
    assert carried.after is not None
    assert review.revise(cho, number, carried.after, TURTLE, "").submission.state == "submitted"
    assert review.accept(yun, number).state == "accepted"


def test_what_no_longer_conforms_is_not_accepted(
    review: Review, cho: Person, yun: Person, lantern: str, workspace: PresentWorkspace
) -> None:
    number = _submitted(review, cho, lantern)
    (workspace.tree.data / "source" / "bridge-page.ttl").unlink()
    with pytest.raises(DoesNotConform):
        review.accept(yun, number)
    assert review.submission(cho, number).state == "submitted"


@pytest.mark.parametrize("state", ["draft", "rejected"])
def test_what_is_no_submission_to_accept_is_not_accepted(
    review: Review, cho: Person, yun: Person, lantern: str, state: State
) -> None:
    if state == "draft":
        number = review.submit(cho, b"", TURTLE, "").submission.id
    else:
        number = _submitted(review, cho, lantern)
        review.reject(yun, number, "Not so.")
    with pytest.raises(Conflict):
        review.accept(yun, number)
    assert review.submission(cho, number).state == state


def test_an_unknown_number_is_told(review: Review, cho: Person) -> None:
    with pytest.raises(NotFound) as told:
        review.submission(cho, 99)
    assert cast(CoopgraphError, told.value).hint is not None
