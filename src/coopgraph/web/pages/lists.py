"""``/list/{kind}``: all entities of a kind, narrowed by area and type, for people by name, for programs in pages."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.reading.data.entity_list import entity_list_document, entity_page
from coopgraph.reading.data.item_list import LIST_FORMATS
from coopgraph.reading.filters import kind_named
from coopgraph.reading.pages.listing import listing
from coopgraph.reading.source import ReleaseSource
from coopgraph.web.common.area_code import asked_area
from coopgraph.web.common.data_formats import PAGE, TITLES, chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of lists, with and without a language in front."""
    room = Blueprint("lists", __name__)
    pages = Pages(app_context)

    def entries(name: str, **_: str) -> Response:
        """List the entities of a kind, as a page or as data."""
        segment, _dot, ending = name.partition(".")
        reading = pages.reading()
        kind_named(pages.words(reading), segment)
        fmt = chosen_format(ending, LIST_FORMATS)
        return _data(app_context, pages, reading, segment, fmt) if fmt else _page(app_context, pages, reading, segment)

    for address in ("/list/<name>", IN_LANGUAGE + "/list/<name>"):
        room.add_url_rule(address, view_func=entries, methods=["GET"])
    return room


def _page(app_context: AppContext, pages: Pages, reading: ReleaseSource, segment: str) -> Response:
    kept = _filters()
    shown = listing(
        reading,
        pages.words(reading),
        app_context.list_orders,
        segment,
        language(),
        area=kept.get("area", ""),
        kind_of_thing=kept.get("type", ""),
        page=request.args.get("page", 1, type=int),
    )
    more = [("next", shown.page + 1)] if shown.page < shown.pages else []
    less = [("prev", shown.page - 1)] if shown.page > 1 else []
    return pages.give(
        "list.html",
        reading,
        links=(
            *(f'<{_address(kept | {"page": str(number)})}>; rel="{rel}"' for rel, number in (*more, *less)),
            *_alternates(segment, kept),
        ),
        vary=("Accept",),
        listing=shown,
        page_address=lambda number: f"?{urlencode(kept | {'page': number})}",
        downloads=[(TITLES[item], _data_address(segment, item, kept)) for item in LIST_FORMATS],
    )


def _data(app_context: AppContext, pages: Pages, reading: ReleaseSource, segment: str, fmt: Format) -> Response:
    words, kept, chosen = pages.words(reading), _filters(), language()
    kind = kind_named(words, segment)
    page = entity_page(
        words,
        kind,
        app_context.list_orders.of(reading, words, kind, chosen),
        area=kept.get("area", ""),
        kind_of_thing=kept.get("type", ""),
        after=request.args.get("after", ""),
    )
    following = [f'<{_address(kept | {"after": page.next})}>; rel="next"'] if page.next else []
    of_people = fmt is formats.CSV
    return give(
        entity_list_document(page, fmt, words, chosen, reading, app_context.published),
        fmt.content_type,
        release=reading.release,
        language=chosen if of_people else None,
        links=(*following, f'<{_address(kept)}>; rel="first"', *_alternates(segment, kept)),
        vary=("Accept", "Accept-Language") if of_people else ("Accept",),
    )


def _filters() -> dict[str, str]:
    given = {"area": asked_area(request.args), **{name: request.args.get(name, "") for name in ("type", "lang")}}
    return {name: value for name, value in given.items() if value}


def _address(parameters: dict[str, str]) -> str:
    """Return the present address with other parameters."""
    return request.script_root + request.path + (f"?{urlencode(parameters)}" if parameters else "")


def _data_address(segment: str, fmt: Format | None, kept: dict[str, str]) -> str:
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{request.script_root}/list/{segment}{fmt.suffix if fmt else ''}{query}"


def _alternates(segment: str, kept: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f'<{_data_address(segment, fmt, kept)}>; rel="alternate"; type="{fmt.media_type if fmt else PAGE}"'
        for fmt in (None, *LIST_FORMATS)
    )
