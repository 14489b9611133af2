"""Identity: who asks, by session or token; and that a form that changes something was sent from the desk's own pages.

A session's secret is in a cookie that scripts and other sites' requests do not get. A form carries a token that only
who knows that secret can make (CSRF); a program carries its own token in the header ``Authorization`` (RFC 6750).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import g, request
from werkzeug.wrappers import Response

from coopgraph.desk.accounts import SESSION, Accounts, Person
from coopgraph.desk.sign_in_delays import SignInDelays
from coopgraph.errors import NotPermitted, NotSignedIn, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.web.common import request_context

COOKIE = "coopgraph-desk"


class StaleForm(NotPermitted):
    """A form carries the token of a session that is not the present one."""


_BEARER = "bearer"


class Identity:
    """Tells who sends the present request. ``now`` tells the time in UTC."""

    def __init__(self, accounts: Accounts, now: Callable[[], datetime]) -> None:
        self._accounts, self._now = accounts, now
        self._delays = SignInDelays()

    def person(self) -> Person | None:
        """Return who is signed in, or None. Raises :class:`NotSignedIn` for a token that does not hold."""
        if "person" not in g:
            if (token := _token()) is not None:
                g.person = self._accounts.of_token(token, now=self._now())
            else:
                secret = _session()
                g.person = self._accounts.of_session(secret, now=self._now()) if secret else None
        found: Person | None = g.person
        return found

    def required(self) -> Person:
        """Return who is signed in. Raises :class:`NotSignedIn` where nobody is."""
        person = self.person()
        if person is None:
            raise NotSignedIn(
                Message("You are not signed in."),
                Message("Sign in at /desk; a program sends a token as “Authorization: Bearer TOKEN”."),
            )
        return person

    def of_token(self) -> Person:
        """Return whose token the request carries; a session does not count. Raises :class:`NotSignedIn`."""
        if _token() is None:
            raise NotSignedIn(
                Message("This address wants a token."),
                Message("Send “Authorization: Bearer TOKEN”; `coopgraph user token NAME` gives one."),
            )
        return self.required()

    def sign_in(self, name: str, password: str, code: str) -> str:
        """Begin a session, of which the answer is, and return its secret.

        Raises :class:`NotSignedIn`, :class:`TooManySignIns`.
        """
        self._demand_same_site()
        with self.tries(name):
            secret = self._accounts.sign_in(name, password, code, now=self._now())
        g.session = secret
        g.pop("person", None)
        return secret

    @contextmanager
    def tries(self, name: str) -> Iterator[None]:
        """Count a failure within the block as one to sign in as ``name``. Raises :class:`TooManySignIns`."""
        client = request_context.client_hash() or b""
        self._delays.check(client, name, time.monotonic())
        try:
            yield
        except (NotSignedIn, WrongUsage):
            self._delays.failed(client, name, time.monotonic())
            raise
        self._delays.succeeded(client, name)

    def hand_over(self, response: Response, secret: str) -> None:
        """Have ``response`` hand the secret of a session to the browser."""
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(SESSION.total_seconds()),
            secure=request.is_secure,
            httponly=True,
            samesite="Strict",
        )

    def sign_out(self, response: Response) -> None:
        """End the session of the present request, and have the browser forget its cookie."""
        if secret := request.cookies.get(COOKIE):
            self._accounts.sign_out(secret)
        response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Strict")

    def form_token(self) -> str:
        """Return what the forms of this session carry; the empty text where there is none."""
        secret = _session()
        return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest() if secret else ""

    def author_of_form(self) -> Person:
        """Return who sent the present form. Raises :class:`NotPermitted` where it may come from another site."""
        person = self.required()
        if _token() is not None:
            return person
        self._demand_same_site()
        token = request.form.get("token", "")
        if not hmac.compare_digest(token.encode(), self.form_token().encode()):
            kind = StaleForm if token else NotPermitted
            raise kind(
                Message("This form belongs to another session."),
                Message("Load the page again; copy what you typed first."),
            )
        return person

    def is_of_this_site(self) -> bool:
        """Return whether the present request may have been made by a page of this service, and by no other."""
        # Pages with the referrer policy "no-referrer" send their forms with the origin "null".
        origin = request.headers.get("Origin", "null")
        here = origin in ("null", f"http://{request.host}", f"https://{request.host}")
        return here and request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")

    def _demand_same_site(self) -> None:
        if not self.is_of_this_site():
            raise NotPermitted(
                Message("This form was sent from another site."), Message("Open the desk, and send it from there.")
            )


def _session() -> str | None:
    """Return the secret of the session: the one that begins with this answer, or that the browser sent."""
    found: str | None = g.get("session") or request.cookies.get(COOKIE)
    return found


def _token() -> str | None:
    """Return the token that the request carries (RFC 6750), or None for another scheme or none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == _BEARER else None
