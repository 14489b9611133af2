"""Problem documents (RFC 9457), or a page for a browser. HTTP statuses of errors live here alone."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from coopgraph import errors
from coopgraph.model.iris import BASE
from coopgraph.web.common.responses import open_to_all

PROBLEM = BASE + "problem/"

STATUSES: tuple[tuple[type[errors.CoopgraphError], int, str], ...] = (
    (errors.FederationRefused, 403, "This other server is not asked"),
    (errors.FederationFailed, 502, "Another server did not answer"),
    (errors.QueryRefused, 400, "This is not done here"),
    (errors.QuerySyntax, 400, "The query is malformed"),
    (errors.QueryTooLong, 413, "The query is too long"),
    (errors.QueryTimeout, 503, "The query took too long"),
    (errors.QueryMemory, 503, "The query needed too much memory or hit a fault"),
    (errors.QueryCancelled, 409, "The query was cancelled"),
    (errors.ResultTooLarge, 422, "The result is too large"),
    (errors.TooManyRequests, 429, "Too many queries of yours at once"),
    (errors.QueueFull, 503, "Too many queries at once"),
    (errors.StoreDown, 503, "The data cannot be reached now"),
    (errors.Gone, 410, "This was withdrawn"),
    (errors.NotFound, 404, "There is nothing here"),
    (errors.NotAcceptable, 406, "Not in this format"),
    (errors.WrongUsage, 400, "The request cannot mean anything"),
    (errors.UnreadableInput, 400, "The input cannot be read"),
    (errors.DoesNotConform, 422, "It does not conform"),
    (errors.NoRoom, 507, "No room for more"),
    (errors.Busy, 503, "Somebody else is at it"),
    (errors.OurFault, 500, "A fault on our side"),
)
"""Error → status and title; the first that fits counts."""

RETRY_AFTER = 5
"""Seconds after which to ask again, where an answer with 503 knows nothing better (RFC 9110, section 10.2.3)."""

RETRY_AFTER_TOO_MUCH = 60
"""Seconds after which to ask again what was too much: at once it would be so again."""

_LONG = re.compile(r"(?<=“)([^”]{80})[^”]+(?=”)")
"""What is quoted of a request beyond what a reader needs to find it."""

_log = logging.getLogger("coopgraph.web")


def install_problems(app: Flask) -> None:
    """Let ``app`` answer every error in this form."""
    app.register_error_handler(errors.CoopgraphError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
    app.add_url_rule("/problem/<name>", view_func=describe_problem_type)
    app.after_request(_say_when)


def describe_problem_type(name: str) -> Response:
    """Say what a problem's type means: its title, its usual status, and what brings it about."""
    for kind, status, title in STATUSES:
        if name_of(kind) == name:
            about = " ".join((kind.__doc__ or "").split())
            response = _answer({"type": PROBLEM + name, "title": title, "status": status, "detail": about})
            response.status_code = HTTPStatus.OK
            response.headers["Cache-Control"] = "public, max-age=86400"
            return response
    raise NotFound


def status_of(error: errors.CoopgraphError) -> int:
    """Return the HTTP status that an error has here."""
    return next(status for kind, status, _ in STATUSES if isinstance(error, kind))


def _ours(error: errors.CoopgraphError) -> Response:
    kind, status, title = next(entry for entry in STATUSES if isinstance(error, entry[0]))
    g.problem = name_of(kind)
    problem: dict[str, Any] = {
        "type": PROBLEM + name_of(kind),
        "title": title,
        "status": status,
        "detail": _LONG.sub(r"\1…", " ".join(part for part in (error.message, error.hint) if part)),
    }
    for name in ("line", "column", "limit", "retry_after"):
        if getattr(error, name, None) is not None:
            problem[name] = getattr(error, name)
    response = _answer(problem)
    if isinstance(error, errors.QueueFull):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, (errors.QueryTimeout, errors.QueryMemory)):
        response.headers["Retry-After"] = str(RETRY_AFTER_TOO_MUCH)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(error, errors.OurFault):
        _log.error("%s: %s", type(error).__name__, error.message)
    return response


def _say_when(response: Response) -> Response:
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER))
    return response


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = _answer(
        {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": _detail(error, status)}
    )
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _detail(error: HTTPException, status: HTTPStatus) -> str:
    match status:
        case HTTPStatus.NOT_FOUND:
            return "There is nothing under this address."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return "This address does not take this method; the header Allow says what it takes."
        case HTTPStatus.PRECONDITION_FAILED:
            return "What is here is not the version that If-Match names; read it again without."
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return "The body of the request is larger than this address takes."
        case _:
            return error.description or status.description


def _unforeseen(error: Exception) -> Response:
    # The kind of fault and its place are logged, never its words, which may quote a query or an address.
    _log.error("unforeseen %s in %s", type(error).__name__, _place(error))
    return _ours(errors.OurFault("Something went wrong on our side.", "Try again; report it if it stays."))


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


def name_of(kind: type[errors.CoopgraphError]) -> str:
    """Return the last part of the type of a problem, which is an address under :data:`PROBLEM` (RFC 9457)."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


def _answer(problem: dict[str, Any]) -> Response:
    best = request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
    if best == "text/html" and request.accept_mimetypes["text/html"] > request.accept_mimetypes["application/json"]:
        response = Response(render_template("problem.html", problem=problem), content_type="text/html; charset=utf-8")
    else:
        body = json.dumps(problem, ensure_ascii=False, indent=2) + "\n"
        response = Response(body, content_type="application/problem+json")
    response.status_code = problem["status"]
    open_to_all(response)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
