"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol, reading (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.ask import negotiate
from coopgraph.ask.answer import Door
from coopgraph.assemble import House
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.model.iris import graph_iri
from coopgraph.rdf.sparql import bind
from coopgraph.rdf.terms import NamedNode
from coopgraph.store.protocol import Choice, Question
from coopgraph.web import asked
from coopgraph.web.origin import requested
from coopgraph.web.sparql import respond

_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_NAMED = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_PRESENT = "ASK { GRAPH ?graph { ?s ?p ?o } }"


def blueprint(house: House) -> Blueprint:
    """Return the addresses under ``/graphs``; writing methods get 405."""
    room = Blueprint("graphs", __name__)

    @room.get("/graphs")
    def named_in_query() -> Response:
        """Give the graph named by ``?graph=IRI``, or the default graph for ``?default``."""
        names = request.args.getlist("graph")
        default = "default" in request.args
        if len(names) + default != 1:
            raise WrongUsage("One graph must be named.", "Ask for /graphs?graph=IRI or /graphs?default.")
        return _give(house, None if default else names[0])

    @room.get("/graphs/<path:name>")
    def named_by_address(name: str) -> Response:
        """Give the graph whose IRI is this address, or that has this name in a release (``records``)."""
        return _give(house, requested(), graph_iri(name))

    return room


def _give(house: House, *names: str | None) -> Response:
    door = asked.door(house)
    choice = Choice(None, None, negotiate.graph_by_header(request.headers.get("Accept", "")))
    query = next((query for name in names if (query := _query(door, name)) is not None), None)
    if query is None:
        raise NotFound("There is no such graph here.", "GET /sparql describes the endpoint and lists its graphs.")
    return respond(house, door, Question(query), choice)


def _query(door: Door, name: str | None) -> str | None:
    if name is None:
        return _DEFAULT
    try:
        graph = {"graph": NamedNode(name)}
    except ValueError as error:
        raise WrongUsage(f"“{name}” is not a whole IRI.", "Write it in full.") from error
    answer = door.answer(Question(bind(_PRESENT, graph)), negotiate.ANYTHING)
    return bind(_NAMED, graph) if b"true" in b"".join(answer.chunks) else None
