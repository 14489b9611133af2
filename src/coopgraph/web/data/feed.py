"""``/feed``: the change feed as Linked Data Event Stream; and as Atom, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, render_template, request

from coopgraph.context import AppContext
from coopgraph.messages.message import Message, translator
from coopgraph.model.activity import ActivityType
from coopgraph.rdf import formats
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.terms import Triple
from coopgraph.rdf.write import written
from coopgraph.reading.data.feed import (
    FEED_PREFIXES,
    feed_json_ld,
    feed_page,
    feed_pages,
    latest_activities,
    member_shape,
    page_triples,
    root_triples,
)
from coopgraph.reading.naming import names_of
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.pages.services import overdue_services
from coopgraph.web.common.data_formats import accepted_data
from coopgraph.web.common.origin import absolute_url, requested
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

ATOM = "application/atom+xml"

MOST_ENTRIES = 100
"""Entries of an Atom feed: the newest; ``/feed`` has all."""

FEED_FORMATS = (formats.JSON_LD, formats.TURTLE, formats.N_TRIPLES, formats.RDF_XML)

_TITLES: dict[ActivityType, Callable[[str], Message]] = {
    "Create": lambda name: Message("New: {name}", name=name),
    "Update": lambda name: Message("Changed: {name}", name=name),
    "Delete": lambda name: Message("Withdrawn: {name}", name=name),
}


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/feed``, its pages, the shape of its members, and the Atom feeds."""
    room = Blueprint("feed", __name__)
    pages = Pages(app_context)

    @room.get("/feed")
    def root() -> Response:
        """Give the root of the view: the stream and where its pages are."""
        return _feed(root_triples(_root(), feed_pages(app_context.var)), f"{_root()}/feed")

    @room.get("/feed/shape")
    def shape() -> Response:
        """Give the shape of the stream's members."""
        fmt = accepted_data((formats.TURTLE, formats.N_TRIPLES, formats.RDF_XML))
        body = written(member_shape(_root()), fmt, FEED_PREFIXES)
        return give(body, fmt.content_type, release=None, vary=("Accept",))

    @room.get("/feed/<name>")
    def page(name: str) -> Response:
        """Give a page, which never changes."""
        found = feed_page(app_context.var, name)
        address = f"{_root()}/feed/{found.name}"
        return _feed(page_triples(_root(), found), address, release=found.release, immutable=True)

    @room.get(IN_LANGUAGE + "/feed.atom")
    def atom(language: str) -> Response:
        """Give the newest activities as Atom (RFC 4287), named in a language; services that are overdue are marked."""
        newest = tuple(latest_activities(app_context.var, MOST_ENTRIES))
        reading = pages.reading()
        names = names_of(reading, pages.words(reading), {item.object for _, item in newest}, language)
        overdue = overdue_services(reading, {item.object for _, item in newest if item.type != "Delete"})
        entries = [
            {
                "id": f"{_root()}/feed/{manifest.id}#{item.object.partition('/id/')[2]}",
                "title": _TITLES[item.type](names[item.object]).in_language(language),
                "updated": manifest.created,
                "overdue": item.object in overdue,
                "address": f"{_root()}/{language}{page_path(item.object)}",
            }
            for manifest, item in newest
        ]
        body = render_template(
            "feed.atom",
            root=_root(),
            language=language,
            entries=entries,
            t=translator(language),
            address=requested(),
        )
        return give(body.encode(), f"{ATOM}; charset=utf-8", release=reading.release, language=language)

    return room


def _feed(triples: Iterator[Triple], node: str, *, release: str | None = None, immutable: bool = False) -> Response:
    fmt = accepted_data(FEED_FORMATS)
    if fmt is formats.JSON_LD:
        body = json_text(feed_json_ld(triples, _root(), node))
    else:
        body = written(triples, fmt, FEED_PREFIXES)
    links = (f'<{_root()}/feed/shape>; rel="describedby"',)
    return give(body, fmt.content_type, release=release, links=links, vary=("Accept",), immutable=immutable)


def _root() -> str:
    return absolute_url(request.script_root)
