"""``/query``: a question asked and answered on a page, for people. Programs ask at ``/sparql``."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.ask import wire
from coopgraph.ask.answer import Door
from coopgraph.assemble import House
from coopgraph.errors import QueryProblem
from coopgraph.rdf.formats import JSON, TURTLE
from coopgraph.read.answered import Answered, answered
from coopgraph.read.examples import example
from coopgraph.read.vocabulary import Vocabulary
from coopgraph.store.protocol import Choice, Question
from coopgraph.web import asked
from coopgraph.web.errors import status_of
from coopgraph.web.page import IN_LANGUAGE, Pages, language

LONGEST = 4 * 1024 * 1024
"""Longest answer, in bytes, that is read for a page. A longer one comes as a file."""

FIRST = "17-best-figure-of-each-body"
"""The example question that stands in the form at first."""


def blueprint(house: House) -> Blueprint:
    """Return ``/query``, with and without a language in front."""
    room = Blueprint("query", __name__)
    pages = Pages(house)

    def query(**_: str) -> Response:
        """Show the form and, where there is a question, its answer or what is wrong with it."""
        reading = pages.reading()
        wanted = wire.from_address(request.query_string)
        question = wanted.question if wanted else Question("")
        written = question.query.replace("\r\n", "\n")
        door, answer, problem = asked.door(house), None, None
        try:
            if written.strip():
                answer = _answer(door, question._replace(query=written), pages.words(reading))
        except QueryProblem as error:
            problem = error
        response = pages.give(
            "ask.html",
            reading,
            question=written or example(FIRST).query,
            dataset=[
                *(("default-graph-uri", iri) for iri in question.default_graphs or ()),
                *(("named-graph-uri", iri) for iri in question.named_graphs or ()),
            ],
            answer=answer,
            too_long=bool(written.strip()) and not (answer or problem),
            problem=problem,
            limits=door.limits,
        )
        if problem:
            response.status_code = status_of(problem)
            response.headers["Cache-Control"] = "no-store"
            del response.headers["ETag"]
        return response

    for address in ("/query", IN_LANGUAGE + "/query"):
        room.add_url_rule(address, view_func=query, methods=["GET"])
    return room


def _answer(door: Door, question: Question, words: Vocabulary) -> Answered | None:
    """Return the answer, or None where it is too long for a page."""
    with asked.place():
        answer = door.answer(question, Choice(JSON, JSON, TURTLE), departed=request.environ.get("coopgraph.departure"))
        body = bytearray()
        try:
            for chunk in answer.chunks:
                body += chunk
                if len(body) > LONGEST:
                    return None
        finally:
            answer.close()
    if answer.form == "graph":
        return Answered(text=body.decode())
    return answered(bytes(body), words, language())
