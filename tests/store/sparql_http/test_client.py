from __future__ import annotations

import base64
import urllib.request
from http.server import BaseHTTPRequestHandler
from urllib.error import HTTPError

import pytest

from coopgraph.errors import WrongUsage
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.credentials import Credentials
from tests.store.told_server import Told


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "sparql", "http://", ""])
def test_only_web_addresses_are_taken(address: str) -> None:
    with pytest.raises(WrongUsage, match="no address"):
        SparqlHttpClient(address, None)


def test_an_address_that_holds_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(WrongUsage) as refusal:
        SparqlHttpClient("http://someone:secret@127.0.0.1/", None)
    assert "secret" not in refusal.value.in_language("en")


def test_a_password_is_sent_only_when_asked_for_and_then_with_each_request(server: Told) -> None:
    wanted = "Basic " + base64.b64encode(b"someone:secret").decode()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("Authorization") == wanted
        handler.send_response(200 if known else 401)
        if not known:
            handler.send_header("WWW-Authenticate", 'Basic realm="here"')
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.reply = reply
    client = SparqlHttpClient(server.url, Credentials("someone", "secret"))
    for _ in range(2):
        client.open(urllib.request.Request(server.url, data=b"x")).close()
    assert ["Authorization" in request.headers for request in server.requests] == [False, True, True]


def test_a_digest_is_sent_with_the_first_request_after_a_greeting(server: Told) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("Authorization", "").startswith('Digest username="someone"')
        handler.send_response(200 if known else 401)
        if not known:
            handler.send_header("WWW-Authenticate", 'Digest realm="here", nonce="0123", qop="auth", algorithm="MD5"')
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.reply = reply
    client = SparqlHttpClient(server.url, Credentials("someone", "secret"))
    client.greet(server.url)
    greeted = len(server.requests)
    client.open(urllib.request.Request(server.url, data=b"large")).close()
    assert len(server.requests) == greeted + 1
    assert not any("secret" in str(request.headers) for request in server.requests)


def test_a_wrong_password_is_an_error_and_is_not_tried_for_ever(server: Told) -> None:
    server.status = 401
    server.headers = {"WWW-Authenticate": 'Basic realm="here"'}
    with pytest.raises(HTTPError):
        SparqlHttpClient(server.url, Credentials("someone", "wrong")).open(
            urllib.request.Request(server.url, data=b"x")
        )
    assert len(server.requests) < 5
