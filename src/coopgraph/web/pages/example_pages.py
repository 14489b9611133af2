"""Example questions: the list of them, and each with its query, its answer and fields for its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.example_parameters import filled
from coopgraph.reading.pages.examples import EXAMPLE, Example, as_graph, example, examples
from coopgraph.reading.pages.parameter_fields import parameter_fields
from coopgraph.sparql.query import SparqlQuery
from coopgraph.web.common.data_formats import chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages
from coopgraph.web.pages.query_answer import query_answer

_DATA = (formats.TURTLE, formats.JSON_LD)
"""What the example questions can be had as, besides a page."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/examples``, with and without a language in front."""
    room = Blueprint("examples", __name__)
    pages = Pages(app_context)

    def questions(**arguments: str) -> Response:
        """Give the example questions, as a page or as RDF."""
        reading = pages.reading()
        if fmt := _data_format(arguments):
            return _as_data(examples(), EXAMPLE, fmt, app_context, pages)
        return pages.give("examples.html", reading, groups=by_topic(language()), topics=topics(language()))

    def question(name: str, **arguments: str) -> Response:
        """Give one example question with its query and its answer, as a page; or as RDF."""
        found = example(name)
        if fmt := _data_format(arguments):
            return _as_data((found,), EXAMPLE + name, fmt, app_context, pages)
        reading = pages.reading()
        words = pages.words(reading)
        query = filled(found.query, request.args)
        response = pages.give(
            "example.html",
            reading,
            question=found.question(language()),
            query=query,
            fields=parameter_fields(query, words, language()),
            answer=query_answer(app_context, reading, words, SparqlQuery(query)),
        )
        # The time that it took is not what it takes again.
        response.headers.pop("ETag", None)
        return response

    for address, view in (("/examples", questions), ("/examples/<name>", question)):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
        for suffix in (".html", *(item.suffix for item in _DATA)):
            room.add_url_rule(address + suffix, view_func=view, defaults={"suffix": suffix})
    return room


def by_topic(chosen: str) -> Mapping[str, list[tuple[str, str, str]]]:
    """Return name, words and language (empty: ``chosen``) of the example questions of each topic."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for item in examples():
        wording = item.question(chosen)
        groups.setdefault(item.topic, []).append((item.name, wording.text, "" if wording.exact else wording.tag))
    return groups


def topics(chosen: str) -> Mapping[str, str]:
    """Return the topics of example questions in words."""
    return {
        "organizations": Message("Organizations").in_language(chosen),
        "services": Message("Services").in_language(chosen),
        "figures": Message("Figures").in_language(chosen),
        "laws": Message("Laws and events").in_language(chosen),
        "provenance": Message("Sources and corrections").in_language(chosen),
    }


def _data_format(arguments: Mapping[str, str]) -> Format | None:
    """Return the data format that the address or the client asks for, or None for a page."""
    ending = arguments.get("suffix", "").removeprefix(".")
    return None if "language" in arguments and not ending else chosen_format(ending, _DATA)


def _as_data(items: Iterable[Example], iri: str, fmt: Format, app_context: AppContext, pages: Pages) -> Response:
    reading, graph = pages.reading(), as_graph(items)
    if fmt is formats.TURTLE:
        body = house_form_of_texts(graph.n_triples, pages.words(reading).prefixes)
    else:
        body = json_text(app_context.published.context(reading.release).flat(graph, NamedNode(iri)))
    vary = () if request.path.endswith(fmt.suffix) else ("Accept",)
    return give(body, fmt.content_type, release=reading.release, vary=vary)
