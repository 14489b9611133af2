"""``/query``: query form for people, answered on a page. Programs ask at ``/sparql``."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import QueryProblem, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.query import protocol_request
from coopgraph.query.snippets import NOTEBOOK_MEDIA_TYPE, notebook
from coopgraph.query.void_statistics import void_statistics
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.builder_kinds import BUILDER_KINDS, BuilderFilter, BuilderKind
from coopgraph.reading.completion import completion_terms
from coopgraph.reading.list_order import key_of
from coopgraph.reading.pages.examples import example
from coopgraph.reading.pages.parameter_fields import ParameterField, concept_options
from coopgraph.reading.query_builder import built_query, column_headings
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.sparql.explanation import explain
from coopgraph.sparql.query import SparqlQuery, gives_graph, without_prologue
from coopgraph.web.common import request_context
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of
from coopgraph.web.common.responses import give
from coopgraph.web.pages.example_pages import by_topic, topics
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages
from coopgraph.web.pages.query_answer import endpoint, query_answer

FIRST = "17-best-figure-of-each-body"
"""The example question that stands in the form at first."""

ROWS_WHILE_BUILDING = 25
"""Rows that a question shows while it is built: enough to see whether it is the right one. The others are a page on."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/query``, with and without a language in front, and a query as a notebook."""
    room = Blueprint("query", __name__)
    pages = Pages(app_context)

    def query(**_: str) -> Response:
        """Show the form and, where there is a question, its answer or what is wrong with it."""
        reading = pages.reading()
        wanted = _asked(app_context)
        sparql_query = wanted.sparql_query
        written = sparql_query.query
        answer, problem, explanation = None, None, None
        try:
            if written.strip() and wanted.explain:
                reading.query_service.check(written)
                explanation = explain(written, void_statistics(reading.query_service), reading.query_service.presets)
            elif written.strip():
                first = max(0, request.values.get("offset", 0, type=int))
                answer = query_answer(app_context, reading, pages.words(reading), sparql_query, first)
        except QueryProblem as error:
            problem = error
        response = pages.give(
            "ask.html",
            reading,
            question=written or without_prologue(example(FIRST).query),
            dataset=_dataset(sparql_query),
            answer=answer,
            problem=problem,
            explanation=explanation,
            limits=reading.query_service.limits,
            groups=by_topic(language()),
            topics=topics(language()),
        )
        if problem:
            response.status_code = status_of(problem)
        if written.strip():
            # The time that it took is not what it takes again.
            response.headers.pop("ETag", None)
        return response

    def as_notebook() -> Response:
        """Give the query as a Jupyter notebook."""
        sparql_query = _asked(app_context).sparql_query
        if not sparql_query.query.strip():
            raise WrongUsage(Message("There is no query."), Message("Send one as to /sparql."))
        release = request_context.query_service(app_context).release_name()
        body = notebook(sparql_query.query, endpoint(), release, triples=gives_graph(sparql_query.query))
        response = Response(body, content_type=NOTEBOOK_MEDIA_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="query.ipynb"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def terms() -> Response:
        """Give what an editor of queries can complete, as JSON."""
        reading = pages.reading()
        found = completion_terms(pages.words(reading), void_statistics(reading.query_service), language())
        vary = ("Accept-Language",)
        return give(json_text(found), "application/json", release=reading.release, language=language(), vary=vary)

    def builder(**_: str) -> Response:
        """Build a query from what is chosen, and show it with its answer."""
        reading = pages.reading()
        words = pages.words(reading)
        kind = BUILDER_KINDS.get(request.args.get("kind", ""), BUILDER_KINDS["service"])
        wanted = request.args.getlist("column")
        built = built_query(kind, request.args, wanted, language())
        response = pages.give(
            "builder.html",
            reading,
            kinds=BUILDER_KINDS.values(),
            kind=kind,
            fields=_fields(app_context, reading, words, kind),
            columns=kind.shown(wanted),
            headings={name: label.in_language(language()) for name, label in column_headings(kind, wanted).items()},
            query=built,
            answer=query_answer(app_context, reading, words, SparqlQuery(built), most=ROWS_WHILE_BUILDING),
        )
        # The time that it took is not what it takes again.
        response.headers.pop("ETag", None)
        return response

    room.add_url_rule("/query/terms.json", view_func=terms, methods=["GET"])
    for address in ("/query", IN_LANGUAGE + "/query"):
        room.add_url_rule(address, view_func=query, methods=["GET", "POST"])
    for address in ("/query/build", IN_LANGUAGE + "/query/build"):
        room.add_url_rule(address, view_func=builder, methods=["GET"])
    room.add_url_rule("/query.ipynb", view_func=as_notebook, methods=["GET", "POST"])
    return room


def _asked(app_context: AppContext) -> protocol_request.ProtocolRequest:
    """Return what the request asks, the query with line feeds as the graph's own; an empty one where there is none."""
    if request.method == "POST":
        request.max_content_length = 3 * app_context.settings.query_length
        body = request.get_data()
        wanted = protocol_request.from_form(body, request.query_string) if body else None
    else:
        wanted = protocol_request.from_address(request.query_string)
    if wanted is None:
        return protocol_request.ProtocolRequest(SparqlQuery(""), "", None)
    sparql_query = wanted.sparql_query
    return wanted._replace(sparql_query=sparql_query._replace(query=sparql_query.query.replace("\r\n", "\n")))


def _fields(
    app_context: AppContext, reading: ReleaseSource, words: Vocabulary, kind: BuilderKind
) -> list[ParameterField]:
    """Return the fields of a kind's filters; of concepts those that its things have are offered, and broader ones."""
    entity_kind = words.kind(kind.segment)
    had = app_context.facets.of(reading, entity_kind).values if entity_kind else {}

    def field(item: BuilderFilter) -> ParameterField:
        value = request.args.get(item.name, "")
        options = concept_options(item.prefix, words, language()) if item.prefix else ()
        if item.facet:
            iris = had.get(item.facet, {}).values()
            offered = {value, *(key_of(iri) for own in iris for iri in (own, *words.broader_of(own)))}
            options = tuple(option for option in options if option.value in offered)
        return ParameterField(item.name, item.label.in_language(language()), value, options)

    return [field(item) for item in kind.filters]


def _dataset(sparql_query: SparqlQuery) -> list[tuple[str, str]]:
    return [
        *(("default-graph-uri", iri) for iri in sparql_query.default_graphs or ()),
        *(("named-graph-uri", iri) for iri in sparql_query.named_graphs or ()),
    ]
