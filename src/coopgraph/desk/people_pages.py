"""Page of the desk for its people: who has which role, for administrators, who give roles and disable accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import request

from coopgraph.desk.accounts import Accounts
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.identity import Identity
from coopgraph.desk.roles import ROLES
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message


def people_routes(show: DeskRenderer, identity: Identity, accounts: Accounts) -> Iterator[Route]:
    """Yield the address of the page."""

    def people(**_: str) -> PageAnswer:
        """Show the accounts, or give one another role, or disable it."""
        if request.method == "GET":
            identity.required().demand("admin")
            return show.page("desk_people.html", accounts=accounts.all(), roles=ROLES)
        person = identity.author_of_form()
        person.demand("admin")
        name, now = request.form.get("name", ""), datetime.now(UTC)
        if name == person.name:
            raise WrongUsage(
                Message("Nobody changes their own role here."), Message("Ask another administrator, or an operator.")
            )
        if request.form.get("disable"):
            accounts.disable(name, actor=person.name, now=now)
        else:
            role = next((role for role in ROLES if role == request.form.get("role")), None)
            if role is None:
                raise WrongUsage(Message("There is no such role."), Message("Choose one from the list."))
            accounts.set_role(name, role, actor=person.name, now=now)
        return show.leads_to("/desk/people")

    yield "/desk/people", people, ["GET", "POST"]
