"""Page views that are not about one thing: start, example questions, quality, about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.pages.examples import EXAMPLE, Example, as_graph, example, examples
from coopgraph.reading.pages.help import help_areas
from coopgraph.reading.pages.listing import areas_with_organizations
from coopgraph.reading.pages.quality import QUALITY_QUERY, quality
from coopgraph.reading.source import load_query
from coopgraph.web.common.data_formats import chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.pages.find_help import places
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

_DATA = (formats.TURTLE, formats.JSON_LD)
"""What the example questions can be had as, besides a page."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the addresses of these pages, with and without a language in front."""
    room = Blueprint("pages", __name__)
    pages = Pages(app_context)

    @room.app_context_processor
    def layout() -> dict[str, Any]:
        return dict(pages.context())

    def start(**_: str) -> Response:
        """Say what this is, count what is here, lead to help."""
        reading = pages.reading()
        words, chosen = pages.words(reading), language()
        return pages.give(
            "start.html",
            reading,
            kinds=[(kind, words.plural(kind, chosen).text) for kind in words.kinds if kind.count],
            based_in=areas_with_organizations(reading, words, chosen),
            **places(help_areas(reading, words, chosen), chosen),
        )

    def questions(**arguments: str) -> Response:
        """Give the example questions, as a page or as RDF."""
        reading = pages.reading()
        if fmt := _data_format(arguments):
            return _as_data(examples(), EXAMPLE, fmt, app_context, pages)
        return pages.give("examples.html", reading, groups=_by_topic(language()), topics=_topics(language()))

    def question(name: str, **arguments: str) -> Response:
        """Give one example question with its query, as a page or as RDF."""
        found = example(name)
        if fmt := _data_format(arguments):
            return _as_data((found,), EXAMPLE + name, fmt, app_context, pages)
        return pages.give("example.html", pages.reading(), example=found, question=found.question(language()))

    def measured(**_: str) -> Response:
        """Say how complete the release is, how close to its sources, how far checked."""
        reading = pages.reading()
        shown = quality(reading, pages.words(reading), language())
        return pages.give("quality.html", reading, quality=shown, query=load_query(QUALITY_QUERY))

    def about(**_: str) -> Response:
        """Say who made this, how far to trust it, what is not kept about readers."""
        return pages.give("about.html", pages.reading())

    for address, view in (
        ("/", start),
        ("/examples", questions),
        ("/examples/<name>", question),
        ("/quality", measured),
        ("/about", about),
    ):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
    for item in _DATA:
        room.add_url_rule(f"/examples{item.suffix}", view_func=questions, defaults={"suffix": item.suffix})
        room.add_url_rule(f"/examples/<name>{item.suffix}", view_func=question, defaults={"suffix": item.suffix})
    return room


def _by_topic(chosen: str) -> Mapping[str, list[tuple[str, str, str]]]:
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for item in examples():
        wording = item.question(chosen)
        groups.setdefault(item.topic, []).append((item.name, wording.text, "" if wording.exact else wording.tag))
    return groups


def _topics(chosen: str) -> Mapping[str, str]:
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
