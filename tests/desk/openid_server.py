"""A small OpenID provider on a loopback address, for one client; what its tokens claim can be bent."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as WerkzeugResponse

CLIENT, SECRET = "the-desk", "a secret of the client"


class OpenIDServer:
    """The provider: ``claims`` are laid over what a token claims, ``key`` signs it, ``algorithm`` says how."""

    def __init__(self) -> None:
        self.issuer = ""
        self.claims: dict[str, Any] = {}
        self.published = self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.algorithm = "RS256"
        self._codes: dict[str, dict[str, str]] = {}

    def application(self) -> Flask:
        """Return its addresses."""
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def metadata() -> Response:
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return jsonify(issuer=self.issuer, **{name: f"{self.issuer}/{place}" for name, place in places.items()})

        @app.get("/keys")
        def keys() -> Response:
            return jsonify(KeySet([self.published]).as_dict(private=False))

        @app.get("/authorize")
        def authorize() -> WerkzeugResponse:
            asked = request.args.to_dict()
            assert (asked["client_id"], asked["response_type"], asked["scope"]) == (CLIENT, "code", "openid")
            code = f"code{len(self._codes)}"
            self._codes[code] = asked
            return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

        @app.post("/token")
        def token() -> tuple[Response, int]:
            asked = self._codes.pop(request.form["code"], None)
            verifier = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
            fits = asked is not None and (
                asked["code_challenge"] == verifier.decode().rstrip("=")
                and asked["code_challenge_method"] == "S256"
                and asked["redirect_uri"] == request.form["redirect_uri"]
                and (request.form["client_id"], request.form["client_secret"]) == (CLIENT, SECRET)
            )
            if not fits or asked is None:
                return jsonify(error="invalid_grant"), 400
            now = int(time.time())
            claims = {"iss": self.issuer, "sub": "248289761001", "aud": CLIENT, "iat": now, "exp": now + 300}
            claims |= {"nonce": asked["nonce"]} | self.claims
            header = {"alg": self.algorithm, "kid": "one"}
            if self.algorithm == "none":
                unsigned = [base64.urlsafe_b64encode(str(part).replace("'", '"').encode()) for part in (header, claims)]
                signed = b".".join(unsigned).decode().replace("=", "") + "."
            else:
                signed = jwt.encode(header, claims, self.key)
            return jsonify(access_token="x", token_type="Bearer", id_token=signed), 200

        return app


@contextmanager
def openid_server() -> Iterator[OpenIDServer]:
    """Start the provider on a free port."""
    provider = OpenIDServer()
    server = make_server("127.0.0.1", 0, provider.application(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
