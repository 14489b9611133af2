"""What each role may do at the desk, as a table, held against the desk over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import DESK_FILE, Database
from coopgraph.desk.accounts import Accounts, Person
from coopgraph.desk.review import Review
from coopgraph.desk.roles import ROLES, Role, includes, lesser
from coopgraph.desk.submission_store import set_state
from coopgraph.errors import NotPermitted
from tests.desk.browsers import PASSWORD, form_fields, signed_in, token
from tests.desk.conftest import NOW
from tests.desk.test_review import TURTLE, _dated

pytestmark = pytest.mark.slow

MAY: dict[str, tuple[Role, ...]] = {
    "submit": ("curator", "reviewer", "publisher", "admin"),
    "list": ("curator", "reviewer", "publisher", "admin"),
    "accept": ("reviewer", "publisher", "admin"),
    "reject": ("reviewer", "publisher", "admin"),
    "people": ("admin",),
}


@pytest.fixture(scope="module")
def people(var: Path) -> dict[Role, str]:
    """An account of each role."""
    accounts = Accounts(Database(var / DESK_FILE))
    named: dict[Role, str] = {role: f"the-{role}" for role in ROLES}
    for role, name in named.items():
        accounts.add(name, role, PASSWORD, actor="operator", now=datetime.now(UTC))
    return named


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", MAY)
def test_a_role_may_do_what_the_table_says(
    app: Flask,
    var: Path,
    people: dict[Role, str],
    role: Role,
    action: str,
    lantern: str,
    workspace: PresentWorkspace,
) -> None:
    browser, headers = app.test_client(), token(var, people[role], role)
    may = role in MAY[action]
    match action:
        case "submit":
            sent = browser.post("/submissions", data=_dated(lantern, "08"), content_type=TURTLE, headers=headers)
            assert (sent.status_code == 201) is may
        case "list":
            assert (browser.get("/submissions", headers=headers).status_code == 200) is may
        case "people":
            assert (signed_in(app, people[role]).get("/desk/people").status_code == 200) is may
        case _:
            made = browser.post(
                "/submissions", data=_dated(lantern, "09"), content_type=TURTLE, headers=token(var, "cho", "curator")
            )
            done = browser.post(f"{made.location}/{action}", json={"reason": "Looked at."}, headers=headers)
            assert done.status_code == ((202 if action == "accept" else 200) if may else 403)


@pytest.mark.parametrize("role", ROLES)
def test_only_a_publisher_undoes_alone(
    review: Review, database: Database, workspace: PresentWorkspace, lantern: str, cho: Person, yun: Person, role: Role
) -> None:
    number = review.submit(cho, _dated(lantern, "08"), TURTLE, "").submission.id
    review.accept(yun, number)
    with database.transaction() as connection:
        set_state(connection, number, "published", "publisher", "", NOW, expected=("accepted",))
    (workspace.tree.data / "org" / "lantern.ttl").write_bytes(_dated(lantern, "08"))
    accounts = Accounts(database)
    accounts.add("somebody", role, PASSWORD, actor="operator", now=NOW)
    person = accounts.person("somebody")
    undo = review.undo(person, number, "It was right before.").submission
    assert undo.state == ("accepted" if role in ("publisher", "admin") else "submitted")
    assert undo.files[0].after == lantern.encode()
    if undo.state == "submitted":
        assert not review.may_decide(person, undo)
    own = review.submit(person, _dated(lantern, "09"), TURTLE, "").submission
    assert own.state == "submitted"
    with pytest.raises(NotPermitted):
        review.accept(person, own.id)


def test_a_program_undoes_too(
    app: Flask, var: Path, people: dict[Role, str], lantern: str, workspace: PresentWorkspace
) -> None:
    browser = app.test_client()
    made = browser.post(
        "/submissions", data=_dated(lantern, "10"), content_type=TURTLE, headers=token(var, "cho", "curator")
    )
    headers = token(var, people["publisher"], "curator")
    early = browser.post(f"{made.location}/undo", json={"reason": "Not yet public."}, headers=headers)
    assert (early.status_code, browser.post(f"{made.location}/undo").status_code) == (400, 401)
    with Database(var / DESK_FILE).transaction() as connection:
        set_state(
            connection, made.get_json()["id"], "published", "publisher", "", datetime.now(UTC), expected=("submitted",)
        )
    (workspace.tree.data / "org" / "lantern.ttl").write_bytes(_dated(lantern, "10"))
    undone = browser.post(f"{made.location}/undo", json={"reason": "It was right before."}, headers=headers)
    assert (undone.status_code, undone.get_json()["state"]) == (201, "submitted")
    assert undone.get_json()["undoes"] == made.get_json()["id"]


def test_an_administrator_gives_roles_and_disables_but_not_themselves(
    app: Flask, var: Path, people: dict[Role, str]
) -> None:
    accounts = Accounts(Database(var / DESK_FILE))
    accounts.add("newcomer", "curator", PASSWORD, actor="operator", now=datetime.now(UTC))
    admin, held = signed_in(app, people["admin"]), signed_in(app, "newcomer")
    fields = {"token": form_fields(admin, "/en/desk/people")["token"], "name": "newcomer"}
    assert admin.post("/en/desk/people", data={**fields, "role": "reviewer"}).status_code == 303
    assert accounts.person("newcomer").role == "reviewer"
    assert held.get("/desk").status_code == 303
    assert admin.post("/en/desk/people", data={**fields, "role": "king"}).status_code == 400
    assert admin.post("/en/desk/people", data={**fields, "name": people["admin"], "disable": "1"}).status_code == 400
    assert admin.post("/en/desk/people", data={"name": "newcomer", "role": "admin"}).status_code == 403
    assert admin.post("/en/desk/people", data={**fields, "disable": "1"}).status_code == 303
    assert "disabled" in admin.get("/en/desk/people").text


@pytest.mark.parametrize("one", ROLES)
@pytest.mark.parametrize("other", ROLES)
def test_roles_are_in_an_order(one: Role, other: Role) -> None:
    assert includes(one, other) or includes(other, one)
    assert lesser(one, other) in (one, other)
    assert includes(one, lesser(one, other))
