"""``/submissions``: the desk for programs, which carry a token."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from coopgraph.curation.uploads.submitted_table import TABLES, TableOrder
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import Outcome, Review
from coopgraph.desk.submission import STATES, State
from coopgraph.desk.submission_json import submission_json
from coopgraph.desk.submitted_changes import table_media_type
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.json_text import json_text
from coopgraph.web.common.accept import preferred
from coopgraph.web.common.language import in_its_language, language

_STATUS: dict[State, HTTPStatus] = {
    "submitted": HTTPStatus.CREATED,
    "accepted": HTTPStatus.ACCEPTED,
    "draft": HTTPStatus.UNPROCESSABLE_ENTITY,
    "conflict": HTTPStatus.CONFLICT,
}
"""What a new submission is answered with, by its state."""


def blueprint(identity: Identity, review: Review, accepted: Callable[[], None]) -> Blueprint:
    """Return the blueprint of these addresses; ``accepted`` is called when there is something to publish."""
    room = Blueprint("submissions", __name__)

    @room.post("/submissions")
    def submit() -> Response:
        """Keep a document as a submission: 201 where it conforms, 422 as a draft with its report, 409 in conflict.

        For a table ``?kind=`` says what its rows hold, and ``charset`` or ``?language=`` its encoding.
        ``If-None-Match: *`` says that the entity must be new, ``If-Match`` the SHA-256 of the file that was changed.
        """
        person = identity.of_token()
        base = "" if request.if_none_match.star_tag else next(iter(request.if_match.as_set()), None)
        outcome = review.submit(
            person,
            request.get_data(),
            _media_type(),
            request.args.get("reason", ""),
            base=base,
            form=request.headers.get("Idempotency-Key", "")[:200],
        )
        response = _given(review, outcome, _STATUS.get(outcome.submission.state, HTTPStatus.OK))
        response.headers["Location"] = f"/submissions/{outcome.submission.id}"
        return response

    @room.get("/submissions")
    def submissions() -> Response:
        """List submissions, in one state or all."""
        states = [state for state in STATES if state in request.args.getlist("state")]
        found = review.all(identity.of_token(), states=states)
        listed = [
            {
                "id": item.id,
                "state": item.state,
                "author": item.author,
                "reason": item.reason,
                "changed": item.changed,
                "paths": item.paths,
            }
            for item in found
        ]
        return Response(json_text({"submissions": listed}), content_type="application/json")

    @room.get("/submissions/<int:number>")
    def submission(number: int) -> Response | WerkzeugResponse:
        """Give a submission with its report as of now; people are led to its page."""
        if "Authorization" not in request.headers and preferred(("application/json", "text/html")) == "text/html":
            return redirect(f"/desk/submissions/{number}", HTTPStatus.SEE_OTHER)
        return _given(review, review.outcome(identity.of_token(), number), HTTPStatus.OK)

    @room.post("/submissions/<int:number>/accept")
    def accept(number: int) -> Response:
        """Accept a submission, which is published in a moment (202)."""
        person = identity.of_token()
        review.accept(person, number, _reason())
        accepted()
        return _given(review, review.outcome(person, number), HTTPStatus.ACCEPTED)

    @room.post("/submissions/<int:number>/reject")
    def reject(number: int) -> Response:
        """Reject a submission, with a reason."""
        person = identity.of_token()
        review.reject(person, number, _reason())
        return _given(review, review.outcome(person, number), HTTPStatus.OK)

    @room.post("/submissions/<int:number>/undo")
    def undo(number: int) -> Response:
        """Take a published submission back by another: 201, or 202 where a publisher does it, and it is accepted."""
        outcome = review.undo(identity.of_token(), number, _reason())
        if outcome.submission.state == "accepted":
            accepted()
        response = _given(review, outcome, _STATUS.get(outcome.submission.state, HTTPStatus.OK))
        response.headers["Location"] = f"/submissions/{outcome.submission.id}"
        return response

    return room


def _media_type() -> str:
    """Return the media type of the body, for a table with what the address says of its rows."""
    if request.mimetype not in TABLES:
        return request.mimetype
    order = TableOrder.of({**request.mimetype_params, **request.args.to_dict()})
    return table_media_type(request.mimetype, order)


def _reason() -> str:
    """Return the reason that a decision comes with: ``{"reason": "…"}``, a field of a form, or none."""
    if request.mimetype != "application/json":
        return request.form.get("reason", "")
    told = request.get_json(silent=True)
    reason = told.get("reason", "") if isinstance(told, dict) else None
    if not isinstance(reason, str):
        raise WrongUsage(
            Message("The body is no JSON object with a text as “reason”."), Message('Send {"reason": "…"}.')
        )
    return reason


def _given(review: Review, outcome: Outcome, status: HTTPStatus) -> Response:
    body = json_text(submission_json(outcome, language(), review.duplicates(outcome.submission)))
    return in_its_language(Response(body, status=status, content_type="application/json"))
