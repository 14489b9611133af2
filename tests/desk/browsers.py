"""How tests come to the desk: a browser that is signed in, a program with a token, the hidden fields of a form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from coopgraph.database.database import DESK_FILE, Database
from coopgraph.desk.accounts import Accounts
from coopgraph.desk.roles import Role

PASSWORD = "four words as password"


def signed_in(app: Flask, name: str) -> FlaskClient:
    """Return a browser in which somebody is signed in."""
    browser = app.test_client()
    answer = browser.post("/en/desk/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return browser


def token(var: Path, name: str, scope: Role) -> dict[str, str]:
    """Return the header with a token of an account."""
    secret = Accounts(Database(var / DESK_FILE)).give_token(name, scope, 1, actor="test", now=datetime.now(UTC))
    return {"Authorization": f"Bearer {secret}"}


def form_fields(browser: FlaskClient, path: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    page = browser.get(path)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
