"""Flask application (WSGI): its blueprints, and what every response carries."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from coopgraph.context import AppContext
from coopgraph.http.origin import Origin
from coopgraph.web.common import problems
from coopgraph.web.common.accept import BoundedRequest
from coopgraph.web.common.compression import ContentCoding
from coopgraph.web.common.origin import StatedOrigin
from coopgraph.web.common.request_context import ReleaseInAddress
from coopgraph.web.common.responses import protect
from coopgraph.web.data import (
    collections,
    embed,
    exports,
    feed,
    memento,
    openapi,
    reconcile,
    releases,
    resources,
    sandbox,
    sitemap,
)
from coopgraph.web.endpoint import citations, graph_store, health, metrics, sparql
from coopgraph.web.pages import (
    about,
    check,
    example_pages,
    figures,
    find_help,
    laws,
    lists,
    map,
    query_form,
    search,
    views,
)

ALWAYS = (sparql, graph_store, health, metrics, openapi, search)
"""Rooms that any dataset has."""

OF_RELEASES = (
    *(check, reconcile),
    *(releases, collections, exports, feed, embed, memento, citations, resources, sandbox),
    *(views, about, example_pages, figures, find_help, laws, lists, map, query_form, sitemap),
)
"""Rooms that only releases have."""


_ALLOWED = ", ".join(
    (
        *("*", "Authorization"),
        *(
            "Accept",
            "Accept-Datetime",
            "Accept-Language",
            "Accept-Profile",
            "Cache-Control",
            "Content-Type",
            "If-Match",
        ),
        *("If-Modified-Since", "If-None-Match", "If-Range", "Prefer", "Range", "User-Agent", "X-Query-Token"),
        *("X-Requested-With", "queryid"),
    )
)
"""Headers that a page of another origin may send: any, as nothing here depends on who asks.

Authorization is not among those that ``*`` means; the rest stands here for browsers that do not know ``*``.
"""


def create_app(app_context: AppContext, counts: metrics.Metrics | None = None) -> Flask:
    """Return the application. For plain files it has the query service alone, without pages and history.

    ``counts`` are its metrics where others have them too.
    """
    app = Flask("coopgraph.web", static_folder="static", static_url_path="/static")
    app.request_class = BoundedRequest
    app.config["MAX_CONTENT_LENGTH"] = app_context.settings.upload_size
    app.url_map.strict_slashes = False
    metrics.install_metrics(app, counts or metrics.Metrics(app_context))
    for room in (*ALWAYS, *(OF_RELEASES if app_context.releases else ())):
        app.register_blueprint(room.blueprint(app_context))
    problems.install_problems(app)
    app.before_request(_refuse_nameless)
    app.after_request(protect)
    app.after_request(_preflight)
    layers = StatedOrigin(ReleaseInAddress(app.wsgi_app), Origin(app_context.settings))
    app.wsgi_app = ContentCoding(layers)  # type: ignore[method-assign]
    return app


def _refuse_nameless() -> None:
    """Refuse a request whose Host is none (RFC 9112, section 3.2): addresses in the answer could not be right."""
    if not request.host:
        raise BadRequest("The Host of the request is no name of a server.")


def _preflight(response: Response) -> Response:
    """Answer a browser that asks whether another origin's page may read here (https://fetch.spec.whatwg.org/#cors)."""
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow)) or "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
