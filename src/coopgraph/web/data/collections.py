"""``/doc/{kind}``: all things of a kind as data, narrowed by facets, page by page."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.rdf import formats
from coopgraph.reading.data.collection import FACETS, collection_page
from coopgraph.reading.data.document import FORMATS
from coopgraph.reading.data.entity_list import entity_list_document, facets_document
from coopgraph.reading.data.item_list import LIST_FORMATS
from coopgraph.reading.filters import kind_named
from coopgraph.web.common.data_formats import chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give, read_headers
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

_OF_LIST = (("area", "area"), ("type", "kind"))
"""By which parameters a list for people is narrowed, and the facets of the same values."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of collections, with and without a language in front."""
    room = Blueprint("collections", __name__)
    pages = Pages(app_context)

    def collection(name: str, **_: str) -> Response:
        """Give a page of the things of a kind; people are sent to the list of it."""
        segment, _dot, ending = name.partition(".")
        reading = pages.reading()
        words = pages.words(reading)
        kind = kind_named(words, segment)
        counted = "facets" in request.args
        fmt = chosen_format(ending, FORMATS if counted else LIST_FORMATS)
        after = "" if counted else request.args.get("after", "")
        chosen = {facet: value for facet in FACETS if (value := request.args.get(facet, ""))}
        if fmt is None:
            kept = urlencode([(name, chosen[facet]) for name, facet in _OF_LIST if facet in chosen])
            target = f"{request.script_root}/{language()}/list/{segment}" + (f"?{kept}" if kept else "")
            response = read_headers(Response(status=303, headers={"Location": target}), reading.release)
            response.vary.update(("Accept", "Accept-Language"))
            return response
        rows = fmt is formats.CSV
        page = collection_page(reading, words, app_context.facets, kind, chosen, after, counted=counted)
        if counted:
            context = app_context.published.context(reading.release)
            body = facets_document(page, fmt, words, language(), context)
        else:
            body = entity_list_document(page, fmt, words, language(), reading, app_context.published)
        rels = {"first": chosen, **({"next": chosen | {"after": page.next}} if page.next else {})}
        stem = f"{request.script_root}/doc/{segment}"
        counts = urlencode({**chosen, "facets": ""})
        query = f"?{urlencode(chosen)}" if chosen else ""
        return give(
            body,
            fmt.content_type,
            release=reading.release,
            language=language() if rows else None,
            links=(
                *(f'<{_address(parameters)}>; rel="{rel}"' for rel, parameters in rels.items()),
                *(
                    f'<{stem}{item.suffix}?{counts}>; rel="index"; type="{item.media_type}"'
                    for item in (formats.JSON_LD, formats.CSV)
                ),
                *(f'<{stem}{item.suffix}{query}>; rel="alternate"; type="{item.media_type}"' for item in LIST_FORMATS),
            ),
            vary=("Accept", "Accept-Language") if rows else ("Accept",),
        )

    for address in ("/doc/<name>", IN_LANGUAGE + "/doc/<name>"):
        room.add_url_rule(address, view_func=collection, methods=["GET"])
    return room


def _address(parameters: dict[str, str]) -> str:
    """Return the present address with other parameters."""
    kept = {**parameters, **({"lang": tag} if (tag := request.args.get("lang")) else {})}
    return request.script_root + request.path + (f"?{urlencode(kept)}" if kept else "")
