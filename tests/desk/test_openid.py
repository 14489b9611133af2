"""Signing in by OpenID Connect: with a provider on a loopback address, and with answers that do not fit."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from coopgraph.context import AppContext
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import DESK_FILE, Database
from coopgraph.desk.accounts import Accounts
from coopgraph.desk.application import create_desk
from coopgraph.desk.openid import OpenIDProvider
from coopgraph.desk.publishing_process import PublishingProcess
from coopgraph.errors import WrongUsage
from coopgraph.settings import Settings
from tests.desk.openid_server import CLIENT, SECRET, OpenIDServer, openid_server

NAMED = "248289761001"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIDServer]:
    with openid_server() as started:
        yield started


@pytest.fixture(autouse=True)
def _honest(provider: OpenIDServer) -> None:
    provider.claims, provider.key, provider.algorithm = {}, provider.published, "RS256"


@pytest.fixture(scope="module")
def settings(provider: OpenIDServer, desk_context: AppContext, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    secret = tmp_path_factory.mktemp("secret") / "client"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    return replace(
        desk_context.settings,
        openid_issuer=provider.issuer,
        openid_client=CLIENT,
        openid_secret_file=str(secret),
    )


@pytest.fixture(scope="module")
def desk(settings: Settings, desk_context: AppContext, shared_workspace: PresentWorkspace, var: Path) -> Flask:
    accounts = Accounts(Database(var / DESK_FILE))
    accounts.link_identity("ren", settings.openid_issuer, NAMED, actor="operator", now=datetime.now(UTC))
    return create_desk(replace(desk_context, settings=settings), shared_workspace, PublishingProcess(settings))


def _at_provider(browser: FlaskClient) -> str:
    """Begin to sign in, and return the path with which the provider leads back."""
    led = browser.get("/ko/desk/openid")
    assert led.status_code == 303

    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stays).open(led.location)
    except urllib.request.HTTPError as answer:
        return str(answer.headers["Location"]).removeprefix("http://localhost")
    raise AssertionError("the provider did not lead back")


def _signed_in(browser: FlaskClient) -> TestResponse:
    return browser.get(_at_provider(browser))


def test_whom_the_provider_names_signs_in_to_the_account_that_an_operator_linked(desk: Flask) -> None:
    browser = desk.test_client()
    assert "/desk/openid" in browser.get("/en/desk/sign-in").text
    answer = _signed_in(browser)
    assert answer.status_code == 200, answer.text
    assert "ren (reviewer)" in browser.get("/en/desk").text
    cookies = answer.headers.getlist("Set-Cookie")
    assert any("coopgraph-desk=" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "somebody-else"},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"exp": int(time.time()) - 3600},
        {"sub": ""},
        {"azp": "another-client"},
    ],
    ids=lambda claims: next(iter(claims)) + str(claims)[-8:-2],
)
def test_a_token_that_does_not_fit_signs_nobody_in(desk: Flask, provider: OpenIDServer, claims: dict[str, Any]) -> None:
    provider.claims = claims
    browser = desk.test_client()
    assert _signed_in(browser).status_code == 401
    assert browser.get("/desk").status_code == 303


def test_a_token_of_another_key_or_of_none_signs_nobody_in(desk: Flask, provider: OpenIDServer) -> None:
    browser = desk.test_client()
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert _signed_in(browser).status_code == 401
    provider.algorithm = "none"
    assert _signed_in(browser).status_code == 401
    assert browser.get("/desk").status_code == 303


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(desk: Flask) -> None:
    browser, other = desk.test_client(), desk.test_client()
    back = _at_provider(browser)
    assert other.get(back).status_code == 401
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    assert browser.get(back).status_code == 401  # the attempt was used up
    back = _at_provider(browser)
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 401
    assert browser.get("/desk/openid/answer?error=access_denied").status_code == 401


def test_a_disabled_account_is_not_signed_in(desk: Flask, provider: OpenIDServer, var: Path) -> None:
    accounts = Accounts(Database(var / DESK_FILE))
    now = datetime.now(UTC)
    accounts.add("gone", "curator", None, actor="operator", now=now)
    accounts.link_identity("gone", provider.issuer, "777", actor="operator", now=now)
    accounts.disable("gone", actor="operator", now=now)
    provider.claims = {"sub": "777"}
    assert _signed_in(desk.test_client()).status_code == 401


def test_it_is_off_by_default(app: Flask) -> None:
    browser = app.test_client()
    assert browser.get("/desk/openid").status_code == 404
    assert "/desk/openid" not in browser.get("/en/desk/sign-in").text


@pytest.mark.parametrize(
    "change",
    [
        {"openid_issuer": "http://provider.example"},
        {"openid_client": ""},
        {"openid_secret_file": "/nowhere"},
    ],
)
def test_settings_that_cannot_work_are_told(settings: Settings, change: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage):
        OpenIDProvider.of(replace(settings, **change))


def test_a_provider_that_is_not_there_is_told_and_the_password_still_works(
    settings: Settings, desk_context: AppContext, shared_workspace: PresentWorkspace
) -> None:
    away = replace(settings, openid_issuer="http://127.0.0.1:1")
    browser = create_desk(replace(desk_context, settings=away), shared_workspace, PublishingProcess(away)).test_client()
    assert browser.get("/desk/openid").status_code == 500
    assert browser.get("/desk/sign-in").status_code == 200
