"""``/query``: query form for people, answered on a page. Programs ask at ``/sparql``."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import QueryProblem
from coopgraph.query import protocol_request
from coopgraph.query.service import QueryService
from coopgraph.rdf.formats import JSON, TURTLE
from coopgraph.reading.pages.examples import example
from coopgraph.reading.pages.result_table import Answered, answered
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.web.common import request_context
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

LONGEST_FORM = 4 * 1024 * 1024
"""Longest answer, in bytes, that is read for a page. A longer one comes as a file."""

FIRST = "17-best-figure-of-each-body"
"""The example question that stands in the form at first."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return ``/query``, with and without a language in front."""
    room = Blueprint("query", __name__)
    pages = Pages(app_context)

    def query(**_: str) -> Response:
        """Show the form and, where there is a question, its answer or what is wrong with it."""
        reading = pages.reading()
        wanted = protocol_request.from_address(request.query_string)
        sparql_query = wanted.sparql_query if wanted else SparqlQuery("")
        written = sparql_query.query.replace("\r\n", "\n")
        query_service, answer, problem = request_context.query_service(app_context), None, None
        try:
            if written.strip():
                answer = _answer(query_service, sparql_query._replace(query=written), pages.words(reading))
        except QueryProblem as error:
            problem = error
        response = pages.give(
            "ask.html",
            reading,
            question=written or example(FIRST).query,
            dataset=[
                *(("default-graph-uri", iri) for iri in sparql_query.default_graphs or ()),
                *(("named-graph-uri", iri) for iri in sparql_query.named_graphs or ()),
            ],
            answer=answer,
            too_long=bool(written.strip()) and not (answer or problem),
            problem=problem,
            limits=query_service.limits,
        )
        if problem:
            response.status_code = status_of(problem)
            response.headers["Cache-Control"] = "no-store"
            del response.headers["ETag"]
        return response

    for address in ("/query", IN_LANGUAGE + "/query"):
        room.add_url_rule(address, view_func=query, methods=["GET"])
    return room


def _answer(query_service: QueryService, sparql_query: SparqlQuery, words: Vocabulary) -> Answered | None:
    """Return the answer, or None where it is too long for a page."""
    with request_context.client_slot():
        answer = query_service.answer(
            sparql_query, Choice(JSON, JSON, TURTLE), cancellation=request_context.cancellation()
        )
        body = bytearray()
        try:
            for chunk in answer.chunks:
                body += chunk
                if len(body) > LONGEST_FORM:
                    return None
        finally:
            answer.close()
    if answer.form == "graph":
        return Answered(text=body.decode())
    return answered(bytes(body), words, language())
