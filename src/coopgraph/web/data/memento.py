"""Mementos: datetime negotiation over releases (https://www.rfc-editor.org/rfc/rfc7089).

Of the patterns in its section 4 this is 1.1: every address is its own TimeGate, and answers ``Accept-Datetime`` with a
302 to the same address in the release that was newest then, under ``/at/{release}``. Without that header it answers as
ever. Releases bound what is remembered: a TimeMap lists one memento for each release that holds the thing, newest last;
of what no release holds there is no TimeMap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_date

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError, NotFound, QueryRefused, QuerySyntax, QueryTooLong, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import AREA, DATASET, DEFINITION, graph_iri
from coopgraph.model.release import Manifest
from coopgraph.query import protocol_request
from coopgraph.reading.pages.examples import example
from coopgraph.reading.release_contents import holds
from coopgraph.web.common import request_context
from coopgraph.web.common.area_code import asked_area
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give, open_to_all
from coopgraph.web.data.resources import thing_at

LINK_FORMAT = "application/link-format"

LONGEST_MEMENTO_QUERY = 2000
"""Longest path and query, in characters, that is repeated in ``Link`` headers; proxies refuse an answer with more."""

_IN_PATH = "/:@!$&'()*+,;=~"
_IN_QUERY = _IN_PATH + "?%"
"""Characters that stand as they are (RFC 3986, section 3.4); a query is encoded already."""

_DATE = re.compile(
    "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
"""The one way in which Accept-Datetime writes a moment (RFC 7089, section 2.1.1); any other is answered with 400."""

_REMEMBERED = frozenset(
    {
        *("sparql", "graphs", "entity", "collections", "exports"),
        *("about", "pages", "query", "examples", "figures", "help", "laws", "lists"),
    }
)
"""Rooms whose answers follow from a release."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A release and the moment from which on it stands for the present."""

    release: str
    moment: datetime

    @property
    def date(self) -> str:
        """The moment as HTTP writes it."""
        return format_datetime(self.moment, usegmt=True)

    def address(self, path: str) -> str:
        """Return where this release's version of ``path`` is, as a whole address."""
        return absolute_url(f"/at/{self.release}{path}")


def mementos(app_context: AppContext) -> tuple[Memento, ...]:
    """Return the releases that can be asked, oldest first."""
    found = (_memento(manifest) for manifest in release_folder.manifests(app_context.var))
    only = None if app_context.store_registry.has_past else app_context.store_registry.current()
    return tuple(
        sorted((item for item in found if only in (None, item.release)), key=lambda item: (item.moment, item.release))
    )


def at(moment: datetime, held: tuple[Memento, ...]) -> Memento:
    """Return the one of ``held`` (oldest first, at least one) that was newest at ``moment``, or else the first."""
    return next((item for item in reversed(held) if item.moment <= moment), held[0])


def _all(app_context: AppContext) -> tuple[Memento, ...]:
    """Return what :func:`mementos` does. Raises NotFound where there are none."""
    held = mementos(app_context)
    if not held:
        raise NotFound(
            Message("There is no release yet, so there is no past."), Message("`coopgraph build` makes one.")
        )
    return held


def _holding(app_context: AppContext, path: str, held: tuple[Memento, ...]) -> tuple[Memento, ...]:
    """Return those of ``held`` that answer at ``path`` with the query of the request. Raises NotFound for none."""
    is_held = _is_held(app_context, path)
    found = tuple(item for item in held if is_held(item.release))
    if not found:
        raise NotFound(
            Message("No release holds anything at this address."),
            Message("Check the spelling, or look for it in the lists."),
        )
    return found


def _is_held(app_context: AppContext, path: str) -> Callable[[str], bool]:
    """Return what tells whether a release answers at ``path``. Raises NotFound where none does."""
    try:
        endpoint, named = current_app.url_map.bind("").match(path, "GET")
    except HTTPException as error:
        raise NotFound(Message("There is nothing under this address."), Message("Check the spelling.")) from error
    room, _, view = endpoint.partition(".")
    if room not in _REMEMBERED:
        raise NotFound(Message("This address has no versions."), Message("Those of things, pages and queries have."))
    if view in ("context", "frame", "schema"):
        return lambda release: path.removeprefix("/") in release_folder.manifest(app_context.var, release).files
    if room == "graphs" and "default" not in (*request.args, *request.args.getlist("graph")):
        graph = graph_iri(named["name"]) if named else request.args.get("graph", "")
        return lambda release: graph in release_folder.manifest(app_context.var, release).graphs
    iri = _thing(path, view, named)
    if view in ("sparql", "query"):
        _check(app_context)
    return lambda release: iri is None or holds(app_context.var, release, iri)


def _thing(path: str, view: str, named: Mapping[str, str]) -> str | None:
    """Return the IRI without which a release has no answer at ``path``; None where each has one."""
    match view:
        case "thing" | "answer":
            return thing_at(path.removeprefix(f"/{named['language']}") if "language" in named else path)
        case "linkset" if named["path"]:
            return thing_at(f"/{named['path']}")
        case "void":
            return DATASET + "coopgraph"
        case "entries" | "collection":
            return f"{DEFINITION}kind/{named['name'].partition('.')[0]}"
        case "find" if area := asked_area(request.args):
            return AREA + area
        case "question":
            example(named["name"])
    return None


def _check(app_context: AppContext) -> None:
    """Raise NotFound where the query of the request is none that any release answers."""
    try:
        wanted = protocol_request.from_address(request.query_string)
        if wanted:
            with request_context.client_slot():
                request_context.query_service(app_context).check(wanted.sparql_query.query)
    except (QuerySyntax, QueryRefused, QueryTooLong, WrongUsage) as error:
        raise NotFound(Message("No release answers this query."), error.message) from error


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/timemap``, and let every address that follows from a release negotiate time."""
    room = Blueprint("memento", __name__)

    @room.before_app_request
    def gate() -> Response | None:
        """Lead whoever asks for a time to the release of that time."""
        wanted = request.headers.get("Accept-Datetime")
        if wanted is None or not _remembers() or request_context.pinned() or request.method not in ("GET", "HEAD"):
            return None
        moment = parse_date(wanted) if _DATE.fullmatch(wanted) else None
        if moment is None:
            raise WrongUsage(
                Message("The Accept-Datetime of the request is no date."),
                Message("Write it as “Sat, 31 Jan 2026 12:00:00 GMT”."),
            )
        held = _all(app_context)
        try:
            held = _holding(app_context, request.path, held)
        except NotFound:
            # The present says best why there is nothing.
            return None
        response: Response = redirect(at(moment, held).address(_path()), 302)  # type: ignore[assignment]
        response.headers["Cache-Control"] = "public, no-cache"
        return open_to_all(response)

    @room.after_app_request
    def mark(response: Response) -> Response:
        """Say where the versions of an answer are, and of which moment it is itself."""
        if not _remembers() or response.status_code >= 400 or request.method not in ("GET", "HEAD"):
            return response
        path = _path()
        original = absolute_url(path)
        links = [f'<{original}>; rel="original timegate"', f'<{_timemap(path)}>; rel="timemap"; type="{LINK_FORMAT}"']
        release = request_context.pinned()
        shown = release or response.headers.get("X-Coopgraph-Release")
        try:
            date = _date_of(app_context.var, shown) if shown else None
        except CoopgraphError:
            # Withdrawn since: whoever asks again is told.
            return response
        if date:
            _date_version(response, date)
        if release and date:
            memento = Memento(release, date)
            response.headers["Memento-Datetime"] = memento.date
            links.append(f'<{memento.address(path)}>; rel="memento"; datetime="{memento.date}"')
        else:
            response.vary.add("Accept-Datetime")
        if len(path) <= LONGEST_MEMENTO_QUERY:
            for link in links:
                response.headers.add("Link", link)
        return response

    @room.get("/timemap/", defaults={"path": ""})
    @room.get("/timemap/<path:path>")
    def timemap(path: str) -> Response:
        """List the versions of an address, as link-format or as JSON."""
        held = _holding(app_context, f"/{path}", _all(app_context))
        target = quote(f"/{path}", _IN_PATH) + _query()
        accept = request.accept_mimetypes
        if accept["application/json"] > accept[LINK_FORMAT]:
            body, media_type = json.dumps(_as_json(target, held), indent=2) + "\n", "application/json"
        else:
            body, media_type = ",\n".join(_as_links(target, held)) + "\n", LINK_FORMAT
        return give(body.encode(), media_type, release=None, vary=("Accept",))

    return room


@lru_cache(maxsize=256)
def _date_of(var: Path, release: str) -> datetime:
    return _memento(release_folder.manifest(var, release)).moment


def _date_version(response: Response, date: datetime) -> None:
    """Say since when an answer that has a version is as it is; hold the request's date against that of a whole one."""
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        response.last_modified = date
    elif response.status_code in (200, 304) and "ETag" in response.headers and not response.is_streamed:
        response.last_modified = date
        if response.status_code == HTTPStatus.OK and "If-None-Match" not in request.headers:
            response.make_conditional(request)


def _memento(manifest: Manifest) -> Memento:
    moment = datetime.fromisoformat(manifest.created)
    return Memento(manifest.id, moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _remembers() -> bool:
    return request.blueprint in _REMEMBERED


def _path() -> str:
    """The path and query that were asked for, without the release."""
    return quote(request.path, _IN_PATH) + _query()


def _query() -> str:
    return "?" + quote(request.query_string, _IN_QUERY) if request.query_string else ""


def _timemap(path: str) -> str:
    return absolute_url(f"/timemap{path}")


def _as_links(path: str, held: tuple[Memento, ...]) -> Iterator[str]:
    yield f'<{absolute_url(path)}>; rel="original timegate"'
    yield (f'<{_timemap(path)}>; rel="self"; type="{LINK_FORMAT}"; from="{held[0].date}"; until="{held[-1].date}"')
    for item in held:
        relation = "".join(name for name, one in (("first ", held[0]), ("last ", held[-1])) if item is one)
        yield f'<{item.address(path)}>; rel="{relation}memento"; datetime="{item.date}"'


def _as_json(path: str, held: tuple[Memento, ...]) -> dict[str, Any]:
    listed = [{"datetime": item.moment.isoformat(), "uri": item.address(path)} for item in held]
    original = absolute_url(path)
    return {
        "original_uri": original,
        "timegate_uri": original,
        "timemap_uri": {"link_format": _timemap(path), "json_format": _timemap(path)},
        "mementos": {"first": listed[0], "last": listed[-1], "list": listed},
    }
