"""``/search``: search in names, for people by a form whose words stand in no address, for programs by GET as well."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError, NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import AREA
from coopgraph.model.language import nearest
from coopgraph.rdf import formats
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.data.search_document import kind_label, kinds_label, search_json, search_json_ld
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.search import (
    LONGEST_SEARCH,
    RESULTS_PER_PAGE,
    MatchKind,
    SearchRequest,
    SearchResults,
    search_names,
)
from coopgraph.reading.source import ReleaseSource
from coopgraph.web.common import request_context
from coopgraph.web.common.accept import required
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages, title_language

_PAGE = "text/html"
_JSON = "application/json"
_JSON_LD = formats.JSON_LD.media_type
_SUFFIXES = {".json": _JSON, ".jsonld": _JSON_LD}


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/search``, with and without a language in front."""
    room = Blueprint("search", __name__)
    pages = Pages(app_context)

    def search(language: str | None = None, suffix: str = "") -> Response:
        """Show the form and what was found, or give that as data."""
        if not app_context.releases:
            raise NotFound(
                Message("These data have no search: it belongs to the releases of a graph."),
                Message("Ask them in SPARQL at /sparql."),
            )
        wanted = _SUFFIXES.get(suffix) or required((_PAGE, _JSON, _JSON_LD) if language else (_JSON, _JSON_LD, _PAGE))
        values = request.values if request.method == "POST" else request.args
        response = _page(app_context, pages, values) if wanted == _PAGE else _data(app_context, pages, values, wanted)
        if request.method == "POST" or wanted == _PAGE:
            # What somebody looked for stays in no cache.
            response.headers["Cache-Control"] = "no-store"
            del response.headers["ETag"]
        return response

    for address in ("/search", IN_LANGUAGE + "/search"):
        room.add_url_rule(address, view_func=search, methods=["GET", "POST"])
    for suffix in _SUFFIXES:
        room.add_url_rule(f"/search{suffix}", view_func=search, methods=["GET", "POST"], defaults={"suffix": suffix})
    return room


def _page(app_context: AppContext, pages: Pages, values: Mapping[str, str]) -> Response:
    reading, chosen = pages.reading(), language()
    words, found, problem = pages.words(reading), None, None
    try:
        if values.get("q", "").strip():
            found = _found(app_context, reading, values, chosen)
    except CoopgraphError as error:
        problem = error
    response = pages.give(
        "search.html",
        reading,
        words=values.get("q", "")[:LONGEST_SEARCH],
        chosen_kind=values.get("kind", ""),
        chosen_area=values.get("area", ""),
        area_label=lambda key: words.label(AREA + key, chosen).text,
        found=found,
        problem=problem,
        kind_label=lambda segment: kind_label(words, segment, chosen),
        kinds_label=lambda segment: kinds_label(words, segment, chosen),
        path_of=page_path,
        why={how: reason.in_language(chosen) for how, reason in _REASONS.items()},
        title_language=lambda tag: title_language(tag, chosen),
        most=LONGEST_SEARCH,
    )
    if problem:
        response.status_code = status_of(problem)
    return response


def _data(app_context: AppContext, pages: Pages, values: Mapping[str, str], wanted: str) -> Response:
    if "q" not in values:
        raise WrongUsage(Message("A search needs words."), Message("Give them as q: /search?q=WORDS"))
    reading, chosen = pages.reading(), nearest(values.get("lang", "")) or language()
    found = _found(app_context, reading, values, chosen)
    if wanted == _JSON_LD:
        body, content_type = search_json_ld(found), formats.JSON_LD.content_type
    else:
        body, content_type = search_json(found, pages.words(reading), chosen, request.script_root), _JSON
    vary = ("Accept", "Accept-Language")
    return give(json_text(body), content_type, release=reading.release, language=chosen, vary=vary)


def _found(app_context: AppContext, reading: ReleaseSource, values: Mapping[str, str], language: str) -> SearchResults:
    search_request = SearchRequest(
        values.get("q", ""),
        language,
        values.get("kind", ""),
        _number(values, "page", 1),
        _number(values, "limit", RESULTS_PER_PAGE),
        values.get("area", ""),
    )
    with request_context.client_slot():
        return search_names(app_context.var, reading.release, search_request)


def _number(values: Mapping[str, str], name: str, otherwise: int) -> int:
    written = values.get(name, "")
    if not written:
        return otherwise
    # What is no number is none that a page can have.
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0


_REASONS: Mapping[MatchKind, Message] = {
    "exact": Message("has this name"),
    "prefix": Message("has a name that begins so"),
    "word": Message("has these words in a name"),
    "inside": Message("has it within a word of a name"),
    "script": Message("has this name in other Chinese characters"),
    "spelling": Message("has a similar spelling"),
}
