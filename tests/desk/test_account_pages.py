"""The second factor on a page: a secret as a picture and as text, confirmed by a code, with codes for a lost device."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pyotp
import pytest
from flask import Flask

from coopgraph.database.database import DESK_FILE, Database
from coopgraph.desk.accounts import RECOVERY_CODES, Accounts
from tests.desk.browsers import PASSWORD, form_fields, signed_in


@pytest.fixture
def account(var: Path) -> Iterator[str]:
    """The name of an account that is there for one test."""
    accounts = Accounts(Database(var / DESK_FILE))
    accounts.add("lee", "curator", PASSWORD, actor="operator", now=datetime.now(UTC))
    yield "lee"
    with Database(var / DESK_FILE).transaction() as connection:
        for table in ("session", "recovery_code"):
            connection.execute(f"DELETE FROM {table} WHERE account = 'lee'")
        connection.execute("DELETE FROM account WHERE name = 'lee'")


@pytest.mark.slow
def test_a_second_factor_is_set_up_used_replaced_by_a_recovery_code_and_given_up(app: Flask, account: str) -> None:
    browser = signed_in(app, account)
    page = browser.get("/en/desk/account").text
    picture = page[page.index("<svg") : page.index("</svg>") + 6]
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "style=" not in picture
    fields = form_fields(browser, "/en/desk/account")
    assert len(fields["secret"]) == 32
    codes = pyotp.TOTP(fields["secret"])
    address = "/en/desk/account/second-factor"
    wrong = browser.post(address, data={**fields, "code": "000000", "password": PASSWORD})
    assert (wrong.status_code, fields["secret"] in wrong.text) == (400, True)
    assert browser.post(address, data={**fields, "code": codes.now(), "password": "wrong"}).status_code == 400
    assert browser.post(address, data={"code": codes.now(), "password": PASSWORD}).status_code == 403
    shown = codes.now()
    done = browser.post(address, data={**fields, "code": shown, "password": PASSWORD})
    recovery = re.findall(r"<code>([0-9a-f]{10})</code>", done.text)
    assert len(set(recovery)) == RECOVERY_CODES
    assert browser.get("/en/desk").location == "/en/desk/sign-in"

    def sign_in(code: str) -> int:
        answer = app.test_client().post("/desk/sign-in", data={"name": account, "password": PASSWORD, "code": code})
        return answer.status_code

    assert sign_in("") == 401
    assert sign_in(shown) == 401
    assert sign_in(codes.at(datetime.now(UTC) + timedelta(seconds=30))) == 303
    assert sign_in(recovery[0]) == 303
    assert sign_in(recovery[0]) == 401
    again = app.test_client()
    again.post("/en/desk/sign-in", data={"name": account, "password": PASSWORD, "code": recovery[1].upper()})
    fields = form_fields(again, "/en/desk/account")
    assert again.post(address, data={**fields, "password": "wrong"}).status_code == 400
    assert again.post(address, data={**fields, "password": PASSWORD}).status_code == 303
    assert sign_in("") == 303


def test_who_is_not_signed_in_has_no_account_page(app: Flask) -> None:
    assert app.test_client().get("/desk/account").status_code == 401


@pytest.mark.slow
def test_a_session_guesses_its_password_no_faster_than_signing_in_does(app: Flask, account: str) -> None:
    browser = signed_in(app, account)
    fields = {**form_fields(browser, "/en/desk/account"), "off": "1", "password": "wrong"}
    answers = [browser.post("/en/desk/account/second-factor", data=fields).status_code for _ in range(4)]
    assert answers == [400, 400, 400, 429]
