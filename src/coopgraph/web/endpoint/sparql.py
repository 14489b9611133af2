"""``/sparql``: the SPARQL 1.1 Protocol's query operation, its description, its form, its cancellation."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote

from flask import Blueprint, Response, g, jsonify, render_template, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable, UnsupportedMediaType
from werkzeug.wsgi import FileWrapper, wrap_file

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, QueryProblem, QuerySyntax, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.query import negotiation, protocol_request
from coopgraph.query.buffered_result import BufferedResult, collect
from coopgraph.query.prepared import select
from coopgraph.query.service import QueryService
from coopgraph.query.service_description import PREFIXES, service_description
from coopgraph.query.void_statistics import void_statistics
from coopgraph.rdf.formats import EXCEL_CSV, GRAPH_FORMATS, RESULT_FORMATS
from coopgraph.rdf.row_count import RowCounter
from coopgraph.rdf.write import write_rdf
from coopgraph.sparql.explanation import explain, explanation_json
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Answer, Choice
from coopgraph.web.common import request_context, result_headers
from coopgraph.web.common.language import in_its_language, language
from coopgraph.web.common.origin import absolute_url, requested
from coopgraph.web.common.responses import give, only_if_it_is, only_one_part, read_headers

READ_PIECE = 1024 * 1024
"""Bytes that are read from a large result at once."""

UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
"""Names of encodings that a query may be sent in, as clients write them."""

_AS_IT_IS = Message("Send the query as it is, without Content-Encoding.")
_MEDIA_TYPES = Message(
    "Send the query as application/sparql-query in UTF-8, or in a form (application/x-www-form-urlencoded)."
)

_IN_ADDRESSES = "/:@!$&'()*+,;=~?%"
"""What stands in an address as it is, beside letters and digits (RFC 3986, section 3.4)."""

_COUNT_DEFAULT = "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }"
_COUNT_NAMED = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/sparql``."""
    room = Blueprint("sparql", __name__)

    @room.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        """Answer a query, or describe the endpoint where there is none."""
        sparql_query = _asked(app_context)
        if sparql_query is None:
            return _description(app_context)
        linked = app_context.releases and request.method != "POST"
        if linked and negotiation.wants_page(request.headers.get("Accept", ""), sparql_query.format):
            return _to_page()
        if sparql_query.explain:
            return _explanation(app_context, sparql_query.sparql_query)
        return _answer(app_context, sparql_query)

    @room.delete("/sparql/<token>")
    def cancel(token: str) -> Response:
        """Stop the query that was sent with this token."""
        if not request_context.query_service(app_context).cancel(token):
            raise NotFound(Message("No query with this token runs or waits."), Message("It may have ended already."))
        return read_headers(Response(status=204), None)

    @room.post("/sparql/check")
    def check() -> Response:
        """Say whether a query is well-formed."""
        sparql_query = _asked(app_context)
        if sparql_query is None:
            raise WrongUsage(Message("There is no query to check."), Message("Send one as to /sparql."))
        verdict: dict[str, object] = {"ok": True}
        try:
            request_context.query_service(app_context).check(sparql_query.sparql_query.query)
        except QueryProblem as error:
            if not isinstance(error, QuerySyntax):
                raise
            verdict = {
                "ok": False,
                "line": error.line,
                "column": error.column,
                "message": error.in_language(language()),
            }
        return in_its_language(read_headers(jsonify(verdict), None))

    return room


def _explanation(app_context: AppContext, sparql_query: SparqlQuery) -> Response:
    """Say how a query will be answered, as JSON. Raises what checking it raises."""
    query_service = request_context.query_service(app_context)
    query_service.check(sparql_query.query)
    found = explain(sparql_query.query, void_statistics(query_service), query_service.presets)
    response = read_headers(jsonify(explanation_json(found, language())), query_service.release_name())
    response.headers["Cache-Control"] = "no-store"
    return in_its_language(response)


def _asked(app_context: AppContext) -> protocol_request.ProtocolRequest | None:
    request.max_content_length = app_context.settings.query_length
    if request.method != "POST":
        return protocol_request.from_address(request.query_string)
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType(_AS_IT_IS.id)
    match request.mimetype:
        case protocol_request.FORM:
            return protocol_request.from_form(request.get_data(), request.query_string)
        case protocol_request.QUERY_MEDIA_TYPE if request.mimetype_params.get("charset", "utf-8").lower() in UTF_8:
            return protocol_request.from_query(request.get_data(), request.query_string)
        case protocol_request.UPDATE:
            raise protocol_request.update_refused()
        case _:
            raise UnsupportedMediaType(_MEDIA_TYPES.id)


def _to_page() -> Response:
    """Lead a person who opens the address of a result in a browser to the page that shows it."""
    address = f"{request.script_root}/query?{quote(request.query_string, safe=_IN_ADDRESSES)}"
    response = read_headers(Response(status=303, headers={"Location": address, "Cache-Control": "no-store"}), None)
    response.vary.add("Accept")
    return response


def _answer(app_context: AppContext, wanted: protocol_request.ProtocolRequest) -> Response:
    choice = negotiation.by_header_or_name(request.headers.get("Accept", ""), wanted.format)
    query_service = request_context.query_service(app_context)
    return respond(app_context, query_service, wanted.sparql_query, choice, wanted.timeout)


def respond(
    app_context: AppContext,
    query_service: QueryService,
    sparql_query: SparqlQuery,
    choice: Choice,
    timeout: float | None = None,
) -> Response:
    """Return the answer to ``sparql_query`` as a response, or 304 where the client has it already."""
    g.lane = "none"
    with request_context.client_slot():
        inspected = query_service.inspect(sparql_query, timeout)
    etag = (
        result_headers.etag(query_service.release_name(), inspected.placed(sparql_query), choice)
        if inspected.repeatable
        else None
    )
    if etag:
        only_if_it_is(etag)
    if etag and etag in request.if_none_match:
        response = Response(status=304)
        # What it stands for is no page, which flask takes it for.
        del response.headers["Content-Type"]
    else:
        with request_context.client_slot():
            answer = query_service.answer(
                sparql_query,
                choice,
                timeout=timeout,
                token=request_context.query_token(),
                cancellation=request_context.cancellation(),
                inspected=inspected,
                started=request_context.started_query(),
            )
            g.lane = answer.lane
            counter = RowCounter(answer.format) if _countable(answer) else None
            if counter:
                answer = answer._replace(chunks=counter.watch(answer.chunks))
            response = _carrying(collect(answer, app_context.settings.held_back))
        if counter:
            response.headers["X-Coopgraph-Rows"] = str(counter.rows)
    response.headers.extend(
        result_headers.fields_of_read(query_service.release_name(), etag, pinned=request_context.pinned() is not None)
    )
    return _part_of(response) if etag and response.status_code == HTTPStatus.OK else response


def _countable(answer: Answer) -> bool:
    """Whether there are rows, and the client wants their number: it takes trailers, or says so (RFC 7240)."""
    if answer.form != "bindings" or answer.format.results is None:
        return False
    return "trailers" in request.headers.get("TE", "").lower() or "row-count" in request.headers.get("Prefer", "")


def _carrying(whole: BufferedResult) -> Response:
    only_one_part()
    content: bytes | Iterable[bytes]
    if isinstance(whole.content, bytes):
        content = whole.content
    elif "Range" in request.headers:
        # A server's own wrapper begins at the beginning.
        content = FileWrapper(whole.content, READ_PIECE)
    else:
        content = wrap_file(request.environ, whole.content, READ_PIECE)
    return Response(content, headers=result_headers.result_headers(whole), direct_passthrough=True)


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


def _description(app_context: AppContext) -> Response:
    accept = request.accept_mimetypes
    page = accept["text/html"] > max(accept[item.media_type] for item in GRAPH_FORMATS)
    query_service = request_context.query_service(app_context)
    if page:
        form = render_template(
            "query.html",
            formats=(*RESULT_FORMATS, EXCEL_CSV, *GRAPH_FORMATS),
            limits=query_service.limits,
            release=query_service.release_name(),
        )
        vary = ("Accept", "Accept-Language")
        return give(form.encode("utf-8"), "text/html; charset=utf-8", release=query_service.release_name(), vary=vary)
    chosen = negotiation.graph_by_header(request.headers.get("Accept", ""))
    (total,) = select(query_service, _COUNT_DEFAULT)
    named = {
        row["graph"].value: int(row["triples"].value) for row in select(query_service, _COUNT_NAMED) if "graph" in row
    }
    triples = service_description(
        requested(),
        query_service.limits,
        query_service.asks,
        int(total["triples"].value),
        named,
        query_service.presets,
        f"{absolute_url(request.script_root)}/about/conformance" if app_context.releases else "",
    )
    body = BytesIO()
    write_rdf(triples, chosen, body, PREFIXES)
    return give(body.getvalue(), chosen.content_type, release=query_service.release_name(), vary=("Accept",))
