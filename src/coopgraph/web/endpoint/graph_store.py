"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol, reading (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import graph_iri
from coopgraph.query import negotiation
from coopgraph.query.service import QueryService
from coopgraph.rdf.terms import NamedNode
from coopgraph.sparql.lexer import bind
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.web.common import request_context
from coopgraph.web.common.origin import requested
from coopgraph.web.endpoint.sparql import respond

_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_NAMED = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_PRESENT = "ASK { GRAPH ?graph { ?s ?p ?o } }"


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/graphs``; writing methods get 405."""
    room = Blueprint("graphs", __name__)

    @room.get("/graphs")
    def named_in_query() -> Response:
        """Give the graph named by ``?graph=IRI``, or the default graph for ``?default`` (or ``?graph=default``)."""
        names = [name for name in request.args.getlist("graph") if name != "default"]
        default = "default" in (*request.args, *request.args.getlist("graph"))
        if len(names) + default != 1:
            raise WrongUsage(
                Message("One graph must be named."), Message("Ask for /graphs?graph=IRI or /graphs?default.")
            )
        return _give(app_context, None if default else names[0])

    @room.get("/graphs/<path:name>")
    def named_by_address(name: str) -> Response:
        """Give the graph whose IRI is this address, or that has this name in a release (``records``)."""
        return _give(app_context, requested(), graph_iri(name))

    return room


def _give(app_context: AppContext, *names: str | None) -> Response:
    query_service = request_context.query_service(app_context)
    choice = Choice(None, None, negotiation.graph_by_header(request.headers.get("Accept", "")))
    query = next((query for name in names if (query := _query(query_service, name)) is not None), None)
    if query is None:
        raise NotFound(
            Message("There is no such graph here."), Message("GET /sparql describes the endpoint and lists its graphs.")
        )
    return respond(app_context, query_service, SparqlQuery(query), choice)


def _query(query_service: QueryService, name: str | None) -> str | None:
    if name is None:
        return _DEFAULT
    try:
        graph = {"graph": NamedNode(name)}
    except ValueError as error:
        raise WrongUsage(Message("“{name}” is not a whole IRI.", name=name), Message("Write it in full.")) from error
    answer = query_service.answer(SparqlQuery(bind(_PRESENT, graph)), negotiation.ANYTHING)
    return bind(_NAMED, graph) if b"true" in b"".join(answer.chunks) else None
