"""``/sparql``: the SPARQL 1.1 Protocol's query operation, its description, its form, its cancellation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote

from flask import Blueprint, Response, g, jsonify, render_template, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable, UnsupportedMediaType
from werkzeug.wsgi import FileWrapper, wrap_file

from coopgraph.ask import negotiate, wire
from coopgraph.ask.answer import Door
from coopgraph.ask.description import PREFIXES, describe
from coopgraph.ask.rows import select
from coopgraph.ask.whole import Whole, collect
from coopgraph.assemble import House
from coopgraph.errors import NotFound, QueryProblem, QuerySyntax, WrongUsage
from coopgraph.rdf.formats import EXCEL_CSV, GRAPH_FORMATS, RESULT_FORMATS
from coopgraph.rdf.row_count import RowCounter
from coopgraph.rdf.write import write
from coopgraph.store.protocol import Answer, Choice, Question
from coopgraph.web import asked, result
from coopgraph.web.origin import requested
from coopgraph.web.responses import give, only_if_it_is, only_one_part, read_headers

PIECE = 1024 * 1024
"""Bytes that are read from a large result at once."""

UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
"""Names of encodings that a query may be sent in, as clients write them."""

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,128}")

_IN_ADDRESSES = "/:@!$&'()*+,;=~?%"
"""What stands in an address as it is, beside letters and digits (RFC 3986, section 3.4)."""

_COUNT_DEFAULT = "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }"
_COUNT_NAMED = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def blueprint(house: House) -> Blueprint:
    """Return the addresses under ``/sparql``."""
    room = Blueprint("sparql", __name__)

    @room.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        """Answer a query, or describe the endpoint where there is none."""
        question = _asked(house)
        if question is None:
            return _description(house)
        linked = house.releases and request.method != "POST"
        if linked and negotiate.wants_page(request.headers.get("Accept", ""), question.format):
            return _to_page()
        return _answer(house, question)

    @room.delete("/sparql/<token>")
    def cancel(token: str) -> Response:
        """Stop the query that was sent with this token."""
        if not asked.door(house).cancel(token):
            raise NotFound("No query with this token runs or waits.", "It may have ended already.")
        return read_headers(Response(status=204), None)

    @room.post("/sparql/check")
    def check() -> Response:
        """Say whether a query is well-formed."""
        question = _asked(house)
        if question is None:
            raise WrongUsage("There is no query to check.", "Send one as to /sparql.")
        verdict: dict[str, object] = {"ok": True}
        try:
            asked.door(house).check(question.question.query)
        except QueryProblem as error:
            if not isinstance(error, QuerySyntax):
                raise
            message = " ".join(part for part in (error.message, error.hint) if part)
            verdict = {"ok": False, "line": error.line, "column": error.column, "message": message}
        return read_headers(jsonify(verdict), None)

    return room


def _asked(house: House) -> wire.Asked | None:
    request.max_content_length = house.settings.query_length
    if request.method != "POST":
        return wire.from_address(request.query_string)
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType("Send the query as it is, without Content-Encoding.")
    match request.mimetype:
        case wire.FORM:
            return wire.from_form(request.get_data(), request.query_string)
        case wire.QUERY if request.mimetype_params.get("charset", "utf-8").lower() in UTF_8:
            return wire.from_query(request.get_data(), request.query_string)
        case wire.UPDATE:
            raise wire.update_refused()
        case _:
            raise UnsupportedMediaType(f"Send the query as {wire.QUERY} in UTF-8, or in a form ({wire.FORM}).")


def _to_page() -> Response:
    """Lead a person who opens the address of a result in a browser to the page that shows it."""
    address = f"{request.script_root}/query?{quote(request.query_string, safe=_IN_ADDRESSES)}"
    response = read_headers(Response(status=303, headers={"Location": address, "Cache-Control": "no-store"}), None)
    response.vary.add("Accept")
    return response


def _answer(house: House, wanted: wire.Asked) -> Response:
    choice = negotiate.by_header_or_name(request.headers.get("Accept", ""), wanted.format)
    door = asked.door(house)
    return respond(house, door, wanted.question, choice, wanted.timeout)


def respond(house: House, door: Door, question: Question, choice: Choice, timeout: float | None = None) -> Response:
    """Return the answer to ``question`` as a response, or 304 where the client has it already."""
    g.lane = "none"
    with asked.place():
        inspected = door.inspect(question, timeout)
    etag = result.etag(door.release, inspected.placed(question), choice) if inspected.repeatable else None
    if etag:
        only_if_it_is(etag)
    if etag and etag in request.if_none_match:
        response = Response(status=304)
        # What it stands for is no page, which flask takes it for.
        del response.headers["Content-Type"]
    else:
        with asked.place():
            answer = door.answer(
                question,
                choice,
                timeout=timeout,
                token=_token(),
                departed=request.environ.get("coopgraph.departure"),
                inspected=inspected,
                begun=asked.begun_before(),
            )
            g.lane = answer.lane
            counter = RowCounter(answer.format) if _countable(answer) else None
            if counter:
                answer = answer._replace(chunks=counter.watch(answer.chunks))
            response = _carrying(collect(answer, house.settings.held_back))
        if counter:
            response.headers["X-Coopgraph-Rows"] = str(counter.rows)
    response.headers.extend(result.fields_of_read(door.release, etag, pinned=asked.pinned() is not None))
    return _part_of(response) if etag and response.status_code == HTTPStatus.OK else response


def _countable(answer: Answer) -> bool:
    """Whether there are rows, and the client wants their number: it takes trailers, or says so (RFC 7240)."""
    if answer.form != "bindings" or answer.format.results is None:
        return False
    return "trailers" in request.headers.get("TE", "").lower() or "row-count" in request.headers.get("Prefer", "")


def _carrying(whole: Whole) -> Response:
    only_one_part()
    content: bytes | Iterable[bytes]
    if isinstance(whole.content, bytes):
        content = whole.content
    elif "Range" in request.headers:
        # A server's own wrapper begins at the beginning.
        content = FileWrapper(whole.content, PIECE)
    else:
        content = wrap_file(request.environ, whole.content, PIECE)
    return Response(content, headers=result.fields(whole), direct_passthrough=True)


def _part_of(response: Response) -> Response:
    """Return the part of a whole result that ``Range`` asks for (RFC 9110, section 14), or all of it.

    Raises RequestedRangeNotSatisfiable.
    """
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def _token() -> str | None:
    token = request.headers.get("X-Query-Token")
    if token is not None and not _TOKEN.fullmatch(token):
        raise WrongUsage(
            "The X-Query-Token cannot be used.", "Send 8 to 128 letters, digits, or . _ ~ -, that nobody can guess."
        )
    return token


def _description(house: House) -> Response:
    accept = request.accept_mimetypes
    page = accept["text/html"] > max(accept[item.media_type] for item in GRAPH_FORMATS)
    door = asked.door(house)
    if page:
        form = render_template(
            "query.html", formats=(*RESULT_FORMATS, EXCEL_CSV, *GRAPH_FORMATS), limits=door.limits, release=door.release
        )
        vary = ("Accept", "Accept-Language")
        return give(form.encode("utf-8"), "text/html; charset=utf-8", release=door.release, vary=vary)
    chosen = negotiate.graph_by_header(request.headers.get("Accept", ""))
    (total,) = select(door, _COUNT_DEFAULT)
    named = {row["graph"].value: int(row["triples"].value) for row in select(door, _COUNT_NAMED) if "graph" in row}
    triples = describe(requested(), door.limits, door.asks, int(total["triples"].value), named, door.presets)
    body = BytesIO()
    write(triples, chosen, body, PREFIXES)
    return give(body.getvalue(), chosen.content_type, release=door.release, vary=("Accept",))
