"""Problem documents (RFC 9457), or a page for a browser. HTTP statuses of errors live here alone."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from coopgraph import errors
from coopgraph.http.problem_document import status_title
from coopgraph.messages.message import Message, translator
from coopgraph.model.iris import BASE, web_path
from coopgraph.web.common.language import in_its_language, language
from coopgraph.web.common.responses import open_to_all

PROBLEM = BASE + "problem/"
"""How the type of a problem begins (RFC 9457); the name of the error's type follows."""


class ProblemType(NamedTuple):
    """A problem type (RFC 9457): the error, its status, its title, and what brings it about."""

    kind: type[errors.CoopgraphError]
    status: int
    title: Message
    about: Message


STATUSES: tuple[ProblemType, ...] = (
    ProblemType(
        errors.FederationRefused,
        403,
        Message("This other server is not asked"),
        Message("A query that asks another server."),
    ),
    ProblemType(
        errors.FederationFailed,
        502,
        Message("Another server did not answer"),
        Message("Another server, asked on the query's behalf, gave no answer or none that can be used."),
    ),
    ProblemType(
        errors.QueryRefused, 400, Message("This is not done here"), Message("A query that this service does not run.")
    ),
    ProblemType(
        errors.QuerySyntax,
        400,
        Message("The query is malformed"),
        Message("A malformed query (line and column count from 1)."),
    ),
    ProblemType(errors.QueryTooLong, 413, Message("The query is too long"), Message("Query text beyond the limit.")),
    ProblemType(
        errors.QueryTimeout, 503, Message("The query took too long"), Message("A query stopped at its deadline.")
    ),
    ProblemType(
        errors.QueryMemory,
        503,
        Message("The query needed too much memory or hit a fault"),
        Message("A query that needed too much memory or hit a fault in the engine; its worker was replaced."),
    ),
    ProblemType(
        errors.QueryCancelled, 409, Message("The query was cancelled"), Message("A query stopped at its client's wish.")
    ),
    ProblemType(
        errors.ResultTooLarge, 422, Message("The result is too large"), Message("A result beyond the size limit.")
    ),
    ProblemType(
        errors.TooManyRequests,
        429,
        Message("Too many queries of yours at once"),
        Message("One client runs and waits for as many queries as it may."),
    ),
    ProblemType(errors.QueueFull, 503, Message("Too many queries at once"), Message("Too many queries wait already.")),
    ProblemType(
        errors.StoreDown,
        503,
        Message("The data cannot be reached now"),
        Message("The engine behind the service cannot be reached."),
    ),
    ProblemType(
        errors.Gone,
        410,
        Message("This was withdrawn"),
        Message("It was published and has been withdrawn; the message gives the public reason."),
    ),
    ProblemType(errors.NotFound, 404, Message("There is nothing here"), Message("Nothing is known under this name.")),
    ProblemType(
        errors.NotAcceptable,
        406,
        Message("Not in this format"),
        Message("None of the formats that the client takes can carry the answer."),
    ),
    ProblemType(
        errors.WrongUsage,
        400,
        Message("The request cannot mean anything"),
        Message("The call cannot mean anything; nothing was done."),
    ),
    ProblemType(
        errors.NotSignedIn,
        401,
        Message("Who asks is not known"),
        Message("It must be known who asks, and name, password, code, session or token do not say so."),
    ),
    ProblemType(
        errors.NotPermitted,
        403,
        Message("This is not for you to do"),
        Message("This is for people of another role, or for somebody else."),
    ),
    ProblemType(
        errors.TooManySignIns,
        429,
        Message("Too many attempts to sign in"),
        Message("Signing in has failed too often from one client; it has to wait."),
    ),
    ProblemType(
        errors.Conflict,
        409,
        Message("It has changed meanwhile"),
        Message("What this was made for has changed meanwhile; nothing was done."),
    ),
    ProblemType(
        errors.UnknownFormat,
        415,
        Message("This format is not taken here"),
        Message("A file or body in a format that is not taken here."),
    ),
    ProblemType(
        errors.UnreadableInput,
        400,
        Message("The input cannot be read"),
        Message("A file or body that cannot be read at all."),
    ),
    ProblemType(
        errors.DoesNotConform,
        422,
        Message("It does not conform"),
        Message("A check failed, so what was asked for was not done."),
    ),
    ProblemType(
        errors.NoRoom,
        507,
        Message("No room for more"),
        Message("What is kept here for others has reached its limit, or the disk has; the request itself was fine."),
    ),
    ProblemType(
        errors.Busy,
        503,
        Message("Somebody else is at it"),
        Message("Another process is doing what only one may do at a time."),
    ),
    ProblemType(
        errors.OurFault,
        500,
        Message("A fault on our side"),
        Message("Something failed on our side; the input was not at fault."),
    ),
)
"""The problem types; the first whose error fits counts."""

RETRY_AFTER = 5
"""Seconds after which to ask again, where an answer with 503 knows nothing better (RFC 9110, section 10.2.3)."""

RETRY_AFTER_TOO_MUCH = 60
"""Seconds after which to ask again what was too much: at once it would be so again."""

_LONG = re.compile(r"(?<=[“「])([^”」]{80})[^”」]+(?=[”」])")
"""What is quoted of a request beyond what a reader needs to find it."""

_log = logging.getLogger("coopgraph.web")


def install_problems(app: Flask) -> None:
    """Let ``app`` answer every error in this form."""
    app.register_error_handler(errors.CoopgraphError, problem_answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
    app.add_url_rule("/problem/<name>", view_func=describe_problem_type)
    app.after_request(_say_when)


def describe_problem_type(name: str) -> Response:
    """Say what a problem's type means: its title, its usual status, and what brings it about."""
    for kind, status, title, about in STATUSES:
        if kind.type == name:
            response = _answer(PROBLEM + name, title, status, about)
            response.status_code = HTTPStatus.OK
            response.headers["Cache-Control"] = "public, max-age=86400"
            return response
    raise NotFound


def status_of(error: errors.CoopgraphError) -> int:
    """Return the HTTP status that an error has here."""
    return next(found.status for found in STATUSES if isinstance(error, found.kind))


def problem_answer(error: errors.CoopgraphError) -> Response:
    """Return what an error of ours is answered with."""
    kind, status, title, _ = next(found for found in STATUSES if isinstance(error, found.kind))
    g.problem = kind.type
    more = {
        name: getattr(error, name)
        for name in ("line", "column", "limit", "retry_after")
        if getattr(error, name, None) is not None
    }
    if isinstance(error, errors.NotFound) and error.nearest:
        more["nearest"] = error.nearest
    response = _answer(PROBLEM + kind.type, title, status, error, **more)
    if isinstance(error, (errors.QueueFull, errors.TooManySignIns)):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, (errors.QueryTimeout, errors.QueryMemory)):
        response.headers["Retry-After"] = str(RETRY_AFTER_TOO_MUCH)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(error, errors.OurFault):
        _log.error("%s: %s", type(error).__name__, error)
    return response


def _say_when(response: Response) -> Response:
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER))
    return response


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = _answer(
        "about:blank",
        status_title(status),
        status,
        _DETAILS.get(status) or Message(error.description or status.description),
    )
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


_DETAILS = {
    HTTPStatus.NOT_FOUND: Message("There is nothing under this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: Message(
        "This address does not take this method; the header Allow says what it takes."
    ),
    HTTPStatus.PRECONDITION_FAILED: Message(
        "What is here is not the version that If-Match names; read it again without."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Message("The body of the request is larger than this address takes."),
}


def _unforeseen(error: Exception) -> Response:
    # The kind of fault and its place are logged, never its words, which may quote a query or an address.
    _log.error("unforeseen %s in %s", type(error).__name__, _place(error))
    return problem_answer(
        errors.OurFault(Message("Something went wrong on our side."), Message("Try again; report it if it stays."))
    )


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


def _answer(kind: str, title: Message, status: int, detail: Message | errors.CoopgraphError, **more: Any) -> Response:
    chosen = language()
    problem = {
        "type": kind,
        "title": title.in_language(chosen),
        "status": int(status),
        "detail": _LONG.sub(r"\1…", detail.in_language(chosen)),
        **more,
    }
    best = request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
    if best == "text/html" and request.accept_mimetypes["text/html"] > request.accept_mimetypes["application/json"]:
        near = [path.removeprefix("/id/") for iri in more.get("nearest", ()) if (path := web_path(iri))]
        body = render_template("problem.html", problem=problem, near=near, language=chosen, say=translator(chosen))
        response = Response(body, content_type="text/html; charset=utf-8")
    else:
        body = json.dumps(problem, ensure_ascii=False, indent=2) + "\n"
        response = Response(body, content_type="application/problem+json")
    response.status_code = int(status)
    open_to_all(response)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return in_its_language(response)
