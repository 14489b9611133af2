"""The desk over HTTP: signing in, forms, tokens, and what is refused in which words."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopgraph import context
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import DESK_FILE
from coopgraph.desk.application import WithDesk
from coopgraph.model.language import LANGUAGES
from coopgraph.settings import Settings
from coopgraph.web.asgi import AsgiApplication
from tests.asgi_client import client as asgi_client
from tests.desk.browsers import PASSWORD, form_fields, signed_in, token
from tests.desk.test_review import TURTLE, _dated

RDF_XML = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><rdf:RDF/>'


def _proposed(browser: FlaskClient, text: str, reason: str = "The register says so") -> str:
    """Send the form for the file of an organization, and return the path of the submission."""
    fields = form_fields(browser, "/en/desk/new?entity=org/lantern")
    answer = browser.post("/en/desk/new", data={**fields, "text": text, "reason": reason, "format": TURTLE})
    assert answer.status_code == 303, answer.text
    return answer.location


def _decide(browser: FlaskClient, path: str, decision: str, text: str = "") -> TestResponse:
    return browser.post(f"{path}/{decision}", data={"token": form_fields(browser, path)["token"], "text": text})


def test_who_is_not_signed_in_is_led_to_theform_fields(app: Flask) -> None:
    browser = app.test_client()
    assert browser.get("/ko/desk").location == "/ko/desk/sign-in"
    assert browser.get("/desk/submissions/1").status_code == 401
    assert browser.get("/desk/new").status_code == 401
    assert browser.get("/desk/new").headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_there_in_every_language_and_stored_nowhere(app: Flask, language: str) -> None:
    page = app.test_client().get(f"/{language}/desk/sign-in")
    assert f'<html lang="{language}">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "script" not in page.headers["Content-Security-Policy"].replace("script-src 'self'", "")
    assert "Access-Control-Allow-Origin" not in page.headers
    assert ("Sign in" in page.text) == (language == "en")


def test_a_session_is_a_cookie_that_scripts_do_not_get(app: Flask) -> None:
    answer = app.test_client().post(
        "/desk/sign-in", data={"name": "cho", "password": PASSWORD}, base_url="https://h.example"
    )
    cookie = answer.headers["Set-Cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
        assert word in cookie


def test_a_wrong_password_says_so_and_then_waits(app: Flask) -> None:
    browser = app.test_client()
    answers = [browser.post("/en/desk/sign-in", data={"name": "ada", "password": "wrong"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert "do not fit together" in answers[0].text
    assert signed_in(app, "cho").get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("header", "site"),
    [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "http://localhost.evil.example"),
        ("Origin", "http://[localhost"),
    ],
)
def test_nobody_is_signed_in_from_another_site(app: Flask, cho_browser: FlaskClient, header: str, site: str) -> None:
    answer = app.test_client().post("/desk/sign-in", data={"name": "cho", "password": PASSWORD}, headers={header: site})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    fields = form_fields(cho_browser, "/en/desk/new")
    assert cho_browser.post("/en/desk/new", data=fields, headers={header: site}).status_code == 403


@pytest.mark.parametrize("origin", ["null", "http://localhost"])
def test_a_form_of_this_site_is_taken_whether_or_not_its_origin_is_told(app: Flask, origin: str) -> None:
    fields = {"name": "cho", "password": PASSWORD}
    assert app.test_client().post("/desk/sign-in", data=fields, headers={"Origin": origin}).status_code == 303


@pytest.mark.parametrize("number", [10**6, 2**63, 10**40])
def test_a_number_that_no_submission_has_is_not_found_however_large(
    cho_browser: FlaskClient, app: Flask, var: Path, number: int
) -> None:
    for path in ("", "/edit", "/preview/1"):
        assert cho_browser.get(f"/en/desk/submissions/{number}{path}").status_code == 404
    bearer = {name: value.replace("Bearer", "bearer") for name, value in token(var, "cho", "curator").items()}
    assert app.test_client().get(f"/submissions/{number}", headers=bearer).status_code == 404


def test_a_form_without_its_token_does_nothing(cho_browser: FlaskClient, lantern: str) -> None:
    for fields in ({}, {"token": ""}, {"token": "0" * 64}):
        answer = cho_browser.post("/en/desk/new", data={"text": lantern, **fields})
        assert answer.status_code == 403
    assert cho_browser.post("/en/desk/sign-out", data={}).status_code == 403


@pytest.mark.slow
def test_a_submission_is_shown_in_words_and_accepted_by_somebody_else(
    cho_browser: FlaskClient, yun_browser: FlaskClient, lantern: str, workspace: PresentWorkspace
) -> None:
    path = _proposed(cho_browser, _dated(lantern).decode().replace("\n", "\r\n"))
    page = yun_browser.get(path).text
    assert "<del>April 2016</del>" in page
    assert "<ins>May 2016</ins>" in page
    assert "The rules are kept." in page
    assert "founding" in page.lower()
    assert "blockquote" in page
    korean = yun_browser.get(path.replace("/en/", "/ko/")).text
    assert "2016년 5월" in korean
    preview = yun_browser.get(f"{path}/preview/1").text
    assert "May 2016" in preview
    assert "This is a preview" in preview
    refused = _decide(cho_browser, path, "accept")
    assert refused.status_code == 403
    assert _decide(yun_browser, path, "ask").status_code == 400
    commented = yun_browser.post(
        f"{path}/comment", data={"token": form_fields(yun_browser, path)["token"], "text": "<b>Good</b>", "about": "x"}
    )
    assert commented.status_code == 303
    assert "&lt;b&gt;Good&lt;/b&gt;" in cho_browser.get(path).text
    assert _decide(yun_browser, path, "accept").status_code == 303
    again = _decide(yun_browser, path, "accept", "Once more")
    assert again.status_code == 409
    assert "Once more" in again.text
    assert "accepted" in cho_browser.get(path).text


@pytest.mark.slow
def test_a_draft_shows_its_report_beside_what_was_typed(
    cho_browser: FlaskClient, lantern: str, workspace: object
) -> None:
    path = _proposed(cho_browser, lantern.replace("cite:bridge-page.s02", "cite:bridge-page.s99"))
    page = cho_browser.get(path).text
    assert "kept as a draft" in page
    assert "cite:bridge-page.s99" in page
    fields = form_fields(cho_browser, f"{path}/edit")
    assert "form" not in fields
    cho_browser.post(f"{path}/edit", data={**fields, "text": _dated(lantern), "format": TURTLE, "reason": "again"})
    assert "waiting for review" in cho_browser.get(path).text
    broken = _proposed(cho_browser, "o:x a\n")
    assert "o:x a" in cho_browser.get(broken).text
    assert _decide(cho_browser, broken, "withdraw").status_code == 303


def test_a_form_sent_twice_is_one_submission(cho_browser: FlaskClient, lantern: str, workspace: object) -> None:
    fields = {**form_fields(cho_browser, "/en/desk/new?entity=org/lantern"), "text": _dated(lantern), "format": TURTLE}
    assert len({cho_browser.post("/en/desk/new", data=fields).location for _ in range(2)}) == 1


def test_an_unknown_format_and_an_unknown_entity_are_told(cho_browser: FlaskClient) -> None:
    fields = form_fields(cho_browser, "/en/desk/new")
    answer = cho_browser.post("/en/desk/new", data={**fields, "text": "x", "format": "application/rdf+xml"})
    assert answer.status_code == 415
    for name in ("org/nobody", "org/../../etc", "x"):
        assert cho_browser.get(f"/en/desk/new?entity={name}").status_code in (200, 404)


def test_the_history_is_by_pseudonym_and_needs_no_account(app: Flask) -> None:
    page = app.test_client().get("/en/desk/history/org/lantern")
    assert page.status_code == 200
    assert "cho" not in re.findall(r">([^<]*)<", page.text)
    assert app.test_client().get("/en/desk/history/org/a.b").status_code == 404


@pytest.mark.slow
def test_programs_submit_with_atoken(app: Flask, var: Path, lantern: str, workspace: object) -> None:
    program, browser = token(var, "cho", "curator"), app.test_client()
    made = browser.post("/submissions?reason=x", data=_dated(lantern), content_type=TURTLE, headers=program)
    assert made.status_code == 201
    held = made.json
    assert held is not None
    assert (held["state"], held["report"]["conforms"], len(held["files"][0]["added"])) == ("submitted", True, 1)
    assert browser.get(made.location, headers=program).json == held
    draft = browser.post(
        "/submissions", data=b"o:x a", content_type=TURTLE, headers={**program, "Accept-Language": "ko"}
    )
    assert draft.status_code == 422
    assert draft.json["report"]["findings"][0]["line"] == 1
    assert re.search("[가-힣]", draft.json["report"]["findings"][0]["message"])
    taken = browser.post(
        "/submissions", data=_dated(lantern), content_type=TURTLE, headers={**program, "If-None-Match": "*"}
    )
    assert (taken.status_code, taken.json["state"]) == (409, "conflict")
    listed = browser.get("/submissions?state=conflict", headers=program).json
    assert taken.json["id"] in [item["id"] for item in listed["submissions"]]
    accept = browser.post(f"/submissions/{held['id']}/accept", headers=program)
    assert (accept.status_code, accept.json["type"].rpartition("/")[2]) == (403, "not-permitted")
    reviewer = token(var, "yun", "reviewer")
    rejected = browser.post(f"/submissions/{held['id']}/reject", json={"reason": "No."}, headers=reviewer)
    assert (rejected.status_code, rejected.json["state"]) == (200, "rejected")
    assert browser.post(f"/submissions/{held['id']}/accept", headers=reviewer).status_code == 409


def test_a_token_of_a_lesser_scope_than_its_account_decides_on_nothing(app: Flask, var: Path) -> None:
    lesser = token(var, "yun", "curator")
    assert app.test_client().post("/submissions/1/accept", headers=lesser).status_code == 403


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/rdf+xml", RDF_XML, 415),
        ("application/trig", b"<a> { <b> <c> <d> }", 415),
        ("application/n-quads", b"", 415),
        ("", b"x", 415),
        ("application/ld+json", b'{"@context": "https://evil.example/c"}', 422),
        ("application/ld+json", b"[" * 1_000_000, 422),
        ("text/turtle", b"\xff\xfe", 422),
        ("text/turtle", b"", 422),
    ],
)
def test_bad_input_is_told_in_words(
    app: Flask, var: Path, content_type: str, body: bytes, status: int, workspace: object
) -> None:
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ja"}
    answer = app.test_client().post("/submissions", data=body, content_type=content_type, headers=headers)
    assert answer.status_code == status
    assert re.search("[ぁ-ん]", answer.text)


def test_a_wrong_token_is_refused_and_a_session_is_none_there(cho_browser: FlaskClient, app: Flask) -> None:
    for written in ("", "Bearer x", "Bearer coopgraph_1_2", "Basic Y2hvOng="):
        answer = app.test_client().post("/submissions", data=b"", headers={"Authorization": written})
        assert answer.status_code == 401
    assert cho_browser.post("/submissions", data=b"", content_type=TURTLE).status_code == 401


@pytest.mark.slow
def test_an_accepted_submission_is_public_a_moment_later(
    workspace: PresentWorkspace, published: Path, database_of_people: Path, tmp_path: Path, lantern: str
) -> None:
    var = tmp_path / "var"
    shutil.copytree(published, var)
    shutil.copy(database_of_people, var / DESK_FILE)
    served = context.of_releases(Settings(var=str(var), data=str(workspace.tree.data), workers=1))
    application = AsgiApplication(served)
    both = WithDesk(application, served)
    try:
        browser = asgi_client(both)
        cho, yun = token(var, "cho", "curator"), token(var, "yun", "reviewer")
        body = _dated(lantern, "07")
        made = browser.post("/submissions", data=body, content_type=TURTLE, headers=cho)
        assert made.status_code == 201, made.text
        path = made.headers["Location"]
        assert browser.post(f"{path}/accept", headers=yun).status_code == 202
        before = time.monotonic()
        while browser.get(path, headers=cho).json["state"] != "published":
            assert time.monotonic() - before < 300
            time.sleep(0.2)
        assert b"July 2016" in browser.get("/en/doc/org/lantern").data
        assert browser.get("/en/desk/history/org/lantern").status_code == 200
        assert browser.post("/submissions", data=b"x" * (16 * 1024**2 + 1), headers=cho).status_code == 413
    finally:
        both.close()
        application.close()
