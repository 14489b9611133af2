"""``/check``: a document is checked as if it stood in the tree, and is kept nowhere. People have a form, programs POST.

The body is Turtle, N-Triples, JSON-LD or a table; a form has it as text (Turtle) or as a file, told by its ending. For
a table ``?kind=`` says what its rows hold, where its heading leaves that open, and ``charset`` or ``?language=`` its
encoding.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Blueprint, Response, request
from werkzeug.http import dump_options_header

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError, UnknownFormat, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.web.common import request_context
from coopgraph.web.common.accept import required
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of
from coopgraph.web.common.responses import open_to_all
from coopgraph.web.common.upload_check import UploadChecks
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

_PAGE = "text/html"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_TAKEN = (formats.TURTLE, formats.N_TRIPLES, formats.JSON_LD, formats.CSV, formats.XLSX)

REPORTS: Mapping[str, str] = {
    "application/json": "json",
    formats.TURTLE.media_type: "turtle",
    formats.JSON_LD.media_type: "jsonld",
    "application/sarif+json": "sarif",
    "text/csv": "csv",
}
"""The format of check reports by the media type that asks for it; a page besides."""

_TYPED = formats.TURTLE.media_type
_AS_TYPED = (_TYPED, formats.N_TRIPLES.media_type)
_OF_ROWS = ("kind", "language", "charset")

MOST_SHOWN_LINES = 2_000
"""Up to how many lines a document is shown whole; of a longer one, those near findings are."""

NEAR = 3
"""Lines shown before and after one with a finding, where not all are."""

LONGEST_LINE = 400
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of a document: its number, its text before, from and after the mark, and the findings in it.

    ``gap`` says that lines are left out before it.
    """

    number: int
    before: str
    marked: str
    after: str
    findings: Sequence[Mapping[str, Any]]
    gap: bool


class Upload(NamedTuple):
    """What was sent to be checked: its bytes, its media type, and the name that the report gives it."""

    document: bytes
    media_type: str
    name: str


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/check``, with and without a language in front."""
    room = Blueprint("check", __name__)
    pages, checks = Pages(app_context), UploadChecks(app_context.settings)

    def form(**_: str) -> Response:
        """Show the form."""
        return _page(pages)

    def check(**_: str) -> Response:
        """Check what was sent and give the report."""
        request.max_form_memory_size = app_context.settings.upload_size
        sent_by_form = request.mimetype in _FORMS
        wanted = required((_PAGE, *REPORTS) if sent_by_form else (*REPORTS, _PAGE))
        if wanted != _PAGE:
            sent = _upload()
            with request_context.client_slot():
                report = checks.report(*sent, REPORTS[wanted], language())
            kind = wanted if wanted.endswith("json") else f"{wanted}; charset=utf-8"
            response = open_to_all(Response(report, content_type=kind))
        else:
            response = _checked_page(pages, checks)
        response.vary.update(("Accept", "Accept-Language"))
        response.headers["Cache-Control"] = "no-store"
        return response

    for address in ("/check", IN_LANGUAGE + "/check"):
        room.add_url_rule(address, view_func=form, methods=["GET"])
        room.add_url_rule(address, view_func=check, methods=["POST"])
    return room


def _checked_page(pages: Pages, checks: UploadChecks) -> Response:
    """Show the report on what was sent above the document; where there is none, what is wrong."""
    text, name = "", ""
    try:
        sent = _upload()
        name = sent.name
        if sent.media_type in _AS_TYPED:
            text = sent.document.decode("utf-8", "replace").removeprefix("\ufeff")
        with request_context.client_slot():
            report = json.loads(checks.report(*sent, "json", language()))
    except CoopgraphError as error:
        response = _page(pages, document=text, problem=error)
        response.status_code = status_of(error)
        return response
    lines = marked_lines(text, [finding for finding in report["findings"] if finding["path"] == name]) if text else ()
    return _page(pages, document=text, report=report, lines=lines, name=name)


def _page(pages: Pages, **values: Any) -> Response:
    shown = {"document": "", "problem": None, "report": None, "lines": (), "name": "", **values}
    response = pages.give("check.html", pages.reading(), **shown)
    response.headers["Cache-Control"] = "no-store"
    del response.headers["ETag"]
    return response


def _upload() -> Upload:
    """Return what was sent."""
    if request.mimetype in _FORMS:
        file = request.files.get("file")
        if file and file.filename:
            name = file.filename.replace("\\", "/").rpartition("/")[2][:100]
            by_ending = (item.media_type for item in _TAKEN if name.lower().endswith(item.suffix))
            return Upload(file.read(), _with_rows(next(by_ending, _TYPED), {}), name)
        return Upload(request.form.get("document", "").replace("\r\n", "\n").encode(), _TYPED, "-")
    if request.mimetype and request.mimetype not in {item.media_type for item in _TAKEN}:
        raise UnknownFormat(
            Message("A body of the type {type} is not taken here.", type=request.mimetype),
            Message("Send one of: {formats}.", formats=", ".join(item.media_type for item in _TAKEN)),
        )
    if not request.get_data():
        raise WrongUsage(Message("There is nothing to check."), Message("Send the document as the body of a POST."))
    return Upload(request.get_data(), _with_rows(request.mimetype or _TYPED, request.mimetype_params), "-")


def _with_rows(media_type: str, parameters: Mapping[str, str]) -> str:
    """Return a media type, for a table with what it or the address says of the rows."""
    if media_type not in (formats.CSV.media_type, formats.XLSX.media_type):
        return media_type
    told = {**parameters, **request.values.to_dict()}
    return dump_options_header(media_type, {name: told[name] for name in _OF_ROWS if told.get(name)})


def marked_lines(text: str, findings: Sequence[Mapping[str, Any]]) -> tuple[MarkedLine, ...]:
    """Return the lines of a document that are shown, with the findings (as in JSON) in each."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for finding in findings:
        found[finding["line"]].append(finding)
    shown = range(1, len(lines) + 1)
    if len(lines) > MOST_SHOWN_LINES:
        near = {number + step for number in list(found)[:MOST_SHOWN_LINES] for step in range(-NEAR, NEAR + 1)}
        numbers = sorted(number for number in near if number in shown)
    else:
        numbers = list(shown)
    return tuple(
        _marked(number, lines[number - 1], found.get(number, ()), gap=number != before + 1)
        for before, number in zip([0, *numbers], numbers, strict=False)
    )


def _marked(number: int, line: str, findings: Sequence[Mapping[str, Any]], *, gap: bool) -> MarkedLine:
    if not findings:
        cut = line[:LONGEST_LINE] + ("…" if len(line) > LONGEST_LINE else "")
        return MarkedLine(number, cut, "", "", (), gap)
    start = findings[0]["column"] - 1
    first = max(0, start - LONGEST_LINE // 2)
    last = first + LONGEST_LINE
    word = start + max(len(line[start:last].partition(" ")[0]), 1)
    before = ("…" if first else "") + line[first:start]
    return MarkedLine(
        number, before, line[start:word], line[word:last] + ("…" if last < len(line) else ""), findings, gap
    )
