"""What was typed in a form is not lost when the session ends before it is sent, and nobody else's is sent for it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.desk.browsers import PASSWORD, form_fields

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')

TYPED = {"text": 'Hä <b> & "words"\r\nof mine', "reason": "이유 이것입니다", "format": "text/turtle", "form": "f-1"}


def _hidden(page: str) -> dict[str, str]:
    form = next(part for part in page.split("<form")[1:] if "typed-to" in part)
    return {name: unescape(text) for name, text in HIDDEN.findall(form)}


def _signed_in_again(browser: FlaskClient, kept: dict[str, str], name: str = "cho") -> str:
    answer = browser.post("/ko/desk/sign-in", data={**kept, "name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def _controls(page: str) -> dict[str, str]:
    """Return what the form that sends it again holds."""
    form = page.split("<h1>")[1].split("</form>")[0]
    found = {name: unescape(text) for name, text in HIDDEN.findall(form)}
    areas = re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return found | {name: unescape(text) for name, text in areas}


def test_a_submission_that_was_typed_is_kept_through_signing_in(app: Flask) -> None:
    browser = app.test_client()
    lost = browser.post("/ko/desk/new", data={**TYPED, "token": "of another session"})
    assert lost.status_code == 401
    assert "입력" in lost.text
    kept = _hidden(lost.text)
    assert kept["typed-to"] == "/ko/desk/new"
    assert kept["typed.text"] == TYPED["text"]
    assert "typed.token" not in kept

    # A wrong password keeps it too.
    wrong = browser.post("/ko/desk/sign-in", data={**kept, "name": "cho", "password": "wrong"})
    assert wrong.status_code == 401
    assert _hidden(wrong.text) == kept

    page = _signed_in_again(browser, kept)
    assert TYPED["reason"] not in browser.get("/ko/desk").text, "nothing is sent before the button is pressed"
    again = _controls(page)
    assert {name: again[name].replace("\r\n", "\n") for name in TYPED} == {
        name: text.replace("\r\n", "\n") for name, text in TYPED.items()
    }
    sent = browser.post("/ko/desk/new", data=again)
    assert sent.status_code == 303
    assert TYPED["reason"] in browser.get(sent.location).text


def test_a_form_goes_on_as_it_was_typed(app: Flask) -> None:
    browser = app.test_client()
    typed = {
        "e.prefLabel.0": "",
        "e.prefLabel.0.text": "항구등 & Co",
        "e.prefLabel.0.language": "ko",
        "action": "submit",
    }
    lost = browser.post("/ko/desk/forms/org", data={**typed, "token": "x", "form": "f-2"})
    page = _signed_in_again(browser, _hidden(lost.text))
    again = _controls(page)
    assert "action" not in again
    shown = browser.post("/ko/desk/forms/org", data={**again, "action": "look"})
    assert shown.status_code == 200
    assert 'value="항구등 &amp; Co"' in shown.text


def test_a_form_of_an_earlier_session_is_shown_again(cho_browser: FlaskClient) -> None:
    answer = cho_browser.post("/en/desk/new", data={**TYPED, "token": "0" * 64})
    assert answer.status_code == 403
    again = _controls(answer.text)
    assert again["reason"] == TYPED["reason"]
    assert again["token"] == form_fields(cho_browser, "/en/desk/new")["token"]


def test_a_decision_says_what_would_be_sent(app: Flask) -> None:
    lost = app.test_client().post("/en/desk/submissions/7/ask", data={"token": "x", "text": "Please add it."})
    page = _signed_in_again(app.test_client(), _hidden(lost.text), "yun")
    assert "Please add it." in page
    assert "<button>수정 요청</button>" in page
    assert "/ko/desk/submissions/7" in page


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_not_kept(app: Flask, cho_browser: FlaskClient, site: str) -> None:
    for browser in (app.test_client(), cho_browser):
        answer = browser.post("/en/desk/new", data={**TYPED, "token": "0" * 64}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code in (401, 403)
        assert TYPED["reason"] not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/desk",
        "/desk\\evil",
        "/sparql",
        "/deskx",
        "/en/desk/../x y",
        "javascript:",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, address: str) -> None:
    for fields in ({}, {"typed.text": "a"}):
        answer = app.test_client().post(
            "/en/desk/sign-in", data={"name": "cho", "password": PASSWORD, "typed-to": address, **fields}
        )
        assert (answer.status_code, answer.location) == (303, "/en/desk")


def test_signing_in_leads_to_the_page_that_was_asked_for(app: Flask) -> None:
    browser = app.test_client()
    asked = browser.get("/en/desk/forms?entity=org/lantern")
    assert asked.status_code == 401
    answer = browser.post("/en/desk/sign-in", data={**_hidden(asked.text), "name": "cho", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/en/desk/forms?entity=org/lantern")


def test_passwords_and_codes_are_never_carried_along(app: Flask) -> None:
    answer = app.test_client().post("/en/desk/account/second-factor", data={"password": PASSWORD, "token": "x"})
    assert answer.status_code == 401
    assert PASSWORD not in answer.text


def test_a_program_is_told_as_before(app: Flask) -> None:
    answer = app.test_client().post("/en/desk/new", data=TYPED, headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401
    assert TYPED["reason"] not in answer.text
