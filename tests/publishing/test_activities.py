"""What a release did to entities, told from the lines of two dumps."""

from __future__ import annotations

import pytest

from coopgraph.model.activity import Activity, activities_json, read_activities
from coopgraph.publishing.activities import ActivityLog

BASE = "https://w3id.org/coopgraph/id/"
DEPRECATED = "<http://www.w3.org/2002/07/owl#deprecated> true"


def told(before: list[str], after: list[str]) -> set[tuple[str, str]]:
    log = ActivityLog()
    lines = [sorted(f"<{BASE}{line} .\n".encode() for line in side) for side in (before, after)]
    list(log.difference(*lines))
    return {(item.type, item.object.removeprefix(BASE)) for item in log.activities()}


NAME = 'org/a> <p> "A"'
OTHER = 'org/b> <p> "B"'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [NAME], {("Create", "org/a")}),
        ([NAME], [NAME], set()),
        ([NAME], ['org/a> <p> "Other"'], {("Update", "org/a")}),
        ([NAME, OTHER], [OTHER], {("Delete", "org/a")}),
        ([NAME], [f"org/a> {DEPRECATED}"], {("Delete", "org/a")}),
        ([f"org/a> {DEPRECATED}"], [NAME], {("Create", "org/a")}),
        ([f"org/a> {DEPRECATED}"], [f"org/a> {DEPRECATED}", 'org/a> <r> "why"'], set()),
    ],
)
def test_an_entity_is_created_updated_or_deleted(
    before: list[str], after: list[str], expected: set[tuple[str, str]]
) -> None:
    assert told(before, after) == expected


def test_a_record_counts_towards_each_thing_that_its_name_begins_with() -> None:
    things = [NAME, OTHER, 'service/a.help> <p> "Help"', 'service/a.helpline> <p> "Line"']
    claim = "claim/a.help.cost.1> <p> <urn:x:free>"
    assert told(things, [*things, claim]) == {("Update", "org/a"), ("Update", "service/a.help")}


def test_a_concept_is_an_entity() -> None:
    assert told([], ['concept/cost/free> <p> "Free"']) == {("Create", "concept/cost/free")}


def test_a_record_is_no_entity_itself() -> None:
    assert told([], ["claim/a.name.1> <p> <urn:x>", "citation/a.s1> <p> <urn:x>"]) == set()


def test_the_file_gives_back_what_was_written() -> None:
    activities = (Activity("Create", f"{BASE}org/a"), Activity("Delete", f"{BASE}org/b"))
    assert read_activities(activities_json(reversed(activities))) == activities
    assert read_activities(activities_json(())) == ()


def test_a_service_says_until_when_it_counts_as_fresh() -> None:
    due = 'service/a.help> <https://w3id.org/coopgraph/def/verifyAgainBy> "2026-06-30"^^<urn:x:date>'
    log = ActivityLog()
    lines = [f"<{BASE}{line} .\n".encode() for line in (NAME, 'service/a.help> <p> "Help"', due)]
    list(log.difference([], sorted(lines)))
    activities = sorted(log.activities(), key=lambda item: item.object)
    assert activities == [
        Activity("Create", f"{BASE}org/a"),
        Activity("Create", f"{BASE}service/a.help", "2026-06-30"),
    ]
    assert read_activities(activities_json(activities)) == tuple(activities)
    assert b'"type": "Create", "object": "https://w3id.org/coopgraph/id/org/a"}' in activities_json(activities)
