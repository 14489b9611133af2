"""OpenID Connect: signing in with an account of a provider, by the authorization code flow with PKCE.

https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636. Off where no issuer is set. The provider says who
somebody is; what they may do here, and whether they may sign in at all, an operator has said before.
"""

from __future__ import annotations

import json
import secrets
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from coopgraph.errors import NotSignedIn, OurFault, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.settings import Settings

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures of an ID token that are taken; ``none`` and those by a shared secret are not."""

PROVIDER_PATIENCE = 10.0
"""Seconds that the provider has for each step of an answer."""

LEEWAY = 60
"""Seconds by which clocks may differ."""

_LONGEST = 1024**2
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Attempt(NamedTuple):
    """What ties an answer of the provider to the browser that asked: kept there, and used once."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Attempt:
        """Return one that nobody can guess."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


class OpenIDProvider:
    """The provider that the settings name, asked as the client that they name."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self.issuer, self._client, self._secret = issuer.rstrip("/"), client, secret

    @classmethod
    def of(cls, settings: Settings) -> OpenIDProvider | None:
        """Return the provider, None where the settings name none.

        Raises :class:`WrongUsage` for an issuer that is not asked by TLS, an incomplete setting, or where Authlib is
        not installed.
        """
        if not settings.openid_issuer:
            return None
        told = urlsplit(settings.openid_issuer)
        if told.scheme != "https" and told.hostname not in _LOOPBACK:
            raise WrongUsage(
                Message("The setting openid_issuer has no https address."), Message("Give that of the provider.")
            )
        try:
            import authlib  # noqa: F401 - an option, which few install

            secret = Path(settings.openid_secret_file).read_text(encoding="utf-8").strip()
        except ImportError as error:
            raise WrongUsage(
                Message("Signing in by OpenID Connect needs Authlib, which is not installed."),
                Message("Install coopgraph[oidc]."),
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUsage(
                Message("The file that the setting openid_secret_file names cannot be read."),
                Message("Write the client's secret into it, and nothing else."),
            ) from error
        if not settings.openid_client or not secret:
            raise WrongUsage(
                Message("The settings openid_client and openid_secret_file are needed with openid_issuer."),
                Message("The provider gives both when it registers the desk."),
            )
        return cls(settings.openid_issuer, settings.openid_client, secret)

    def address(self, attempt: Attempt, returning: str) -> str:
        """Return where the browser is sent to sign in; it comes back to ``returning``."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._client,
            "redirect_uri": returning,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        place = self._metadata("authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def subject(self, attempt: Attempt, answer: Mapping[str, str], returning: str, *, now: datetime) -> str:
        """Return whom the provider's answer is about, after all of it has been verified.

        Raises :class:`NotSignedIn` where anything does not fit, and :class:`OurFault` where the provider cannot be
        asked.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise _refused()
        if "code" not in answer or answer.get("iss", self.issuer).rstrip("/") != self.issuer:
            raise _refused()
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": returning,
            "client_id": self._client,
            "client_secret": self._secret,
            "code_verifier": attempt.verifier,
        }
        given = _fetched(self._metadata("token_endpoint"), urlencode(form).encode())
        return self._verified(str(given.get("id_token", "")), attempt.nonce, now)

    def _verified(self, token: str, nonce: str, now: datetime) -> str:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            keys = KeySet.import_key_set(_fetched(self._metadata("jwks_uri")))  # type: ignore[arg-type]
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            options: dict[str, Any] = {"iss": {"value": self.issuer}, "aud": {"value": self._client}}
            told = {"nonce": nonce, "client_id": self._client}
            claims = CodeIDToken(decoded.claims, decoded.header, options, told)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
            subject = claims["sub"]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused() from error
        if not isinstance(subject, str) or not subject:
            raise _refused()
        return subject

    def _metadata(self, name: str) -> str:
        """Return an address that the provider's own description gives."""
        told = _fetched(f"{self.issuer}/.well-known/openid-configuration")
        value = told.get(name)
        if str(told.get("issuer", "")).rstrip("/") != self.issuer or not isinstance(value, str):
            raise _unreachable()
        return value


def _fetched(address: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(address, data=body, headers={"Accept": "application/json"})
    try:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError("no web address")
        with urllib.request.urlopen(request, timeout=PROVIDER_PATIENCE) as answer:
            told = json.loads(answer.read(_LONGEST))
    except urllib.request.HTTPError as error:
        if body is not None and error.code in (400, 401):
            raise _refused() from error
        raise _unreachable() from error
    except (OSError, ValueError, RecursionError, HTTPException) as error:
        raise _unreachable() from error
    if not isinstance(told, dict):
        raise _unreachable()
    return told


def _refused() -> NotSignedIn:
    return NotSignedIn(
        Message("What the provider answered does not fit what was asked."), Message("Sign in again from the desk.")
    )


def _unreachable() -> OurFault:
    return OurFault(
        Message("The provider cannot be asked, or its answers are not those of OpenID Connect."),
        Message("Sign in with name and password, or try again later."),
    )
