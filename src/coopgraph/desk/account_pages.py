"""Pages of the desk for one's own account: the second factor, and signing in with an account of a provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import segno
from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from coopgraph.desk.accounts import Accounts, Person, new_secret, second_factor_address
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.identity import Identity
from coopgraph.desk.openid import Attempt, OpenIDProvider
from coopgraph.errors import CoopgraphError, NotFound, NotSignedIn, OurFault, TooManySignIns, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.problems import status_of

ATTEMPT = "coopgraph-desk-openid"
"""The cookie that holds what ties a provider's answer to this browser."""

_ATTEMPT_SECONDS = 600

_RETURN = "/desk/openid/answer"
"""Where a provider sends the browser back to."""


def account_routes(
    show: DeskRenderer, identity: Identity, accounts: Accounts, provider: OpenIDProvider | None
) -> Iterator[Route]:
    """Yield the addresses of the pages for accounts."""

    def account(**_: str) -> PageAnswer:
        """Show one's account, with a new secret where it has no second factor."""
        return _account(identity.required(), new_secret(), None)

    def _account(person: Person, secret: str, error: CoopgraphError | None) -> PageAnswer:
        address = second_factor_address(person.name, secret)
        picture = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff", dark="#000")
        answer = show.page(
            "desk_account.html",
            has_second_factor=accounts.has_second_factor(person.name),
            secret=secret,
            grouped=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            address=address,
            picture=Markup(picture),
            problem=error,
        )
        if error is not None:
            answer.status_code = status_of(error)
        return answer

    def second_factor(**_: str) -> PageAnswer:
        """Take the code that confirms a secret, and show the recovery codes; or give the second factor up."""
        person = identity.author_of_form()
        password, secret = request.form.get("password", ""), request.form.get("secret", "")
        try:
            with identity.tries(person.name):
                if request.form.get("off"):
                    accounts.give_up_second_factor(person.name, password, now=datetime.now(UTC))
                    return show.leads_to("/desk/sign-in")
                code = request.form.get("code", "")
                codes = accounts.enrol_second_factor(person.name, secret, password, code, now=datetime.now(UTC))
        except (WrongUsage, TooManySignIns) as error:
            return _account(person, secret if len(secret) == len(new_secret()) else new_secret(), error)
        return show.page("desk_recovery_codes.html", codes=codes)

    yield "/desk/account", account, ["GET"]
    yield "/desk/account/second-factor", second_factor, ["POST"]

    def openid(**_: str) -> PageAnswer:
        """Lead to the provider, which asks who it is."""
        attempt = Attempt.new()
        response: WerkzeugResponse = show.leads_out(_asked(provider).address(attempt, absolute_url(_RETURN)))
        response.set_cookie(
            ATTEMPT,
            json.dumps(attempt),
            max_age=_ATTEMPT_SECONDS,
            path="/desk/openid",
            secure=request.is_secure,
            httponly=True,
            # The answer comes from the provider's site, and a strict cookie would not come with it.
            samesite="Lax",
        )
        return response

    def openid_answer(**_: str) -> PageAnswer:
        """Take the provider's answer, and begin a session."""
        try:
            attempt = Attempt(*map(str, json.loads(request.cookies.get(ATTEMPT, ""))))
        except (ValueError, TypeError, RecursionError):
            attempt = None
        try:
            if attempt is None:
                raise NotSignedIn(
                    Message("This browser did not begin to sign in, or it took too long."),
                    Message("Sign in again from the desk."),
                )
            asked = _asked(provider)
            now = datetime.now(UTC)
            subject = asked.subject(attempt, request.args.to_dict(), absolute_url(_RETURN), now=now)
            secret = accounts.sign_in_by_identity(asked.issuer, subject, now=now)
        except (NotSignedIn, OurFault) as error:
            answer = show.page("desk_sign_in.html", problem=error)
            answer.status_code = status_of(error)
        else:
            # A page and no redirect: the session's strict cookie does not come with what another site led to.
            answer = show.page("desk_signed_in.html")
            identity.hand_over(answer, secret)
        answer.delete_cookie(ATTEMPT, path="/desk/openid", secure=request.is_secure, httponly=True, samesite="Lax")
        return answer

    yield "/desk/openid", openid, ["GET"]
    yield _RETURN, openid_answer, ["GET"]


def _asked(provider: OpenIDProvider | None) -> OpenIDProvider:
    if provider is None:
        raise NotFound(
            Message("Signing in with a provider is not set up here."), Message("Sign in with name and password.")
        )
    return provider
