"""``/openapi.json``: every address of the service as OpenAPI 3.1, made from the routes that the application has.

https://spec.openapis.org/oas/v3.1.1.html. Path, methods, path parameters and summary come from the route itself; what a
route cannot say (its parameters in the query, its media types) stands in two tables here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.routing import Rule

from coopgraph import __version__
from coopgraph.context import AppContext
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf import formats
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.description import PROFILES
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import LICENCE, give

_HTML, _JSON, _XML = "text/html", "application/json", "application/xml"
_RDF = tuple(item.media_type for item in (formats.TURTLE, formats.JSON_LD, formats.N_TRIPLES, formats.RDF_XML))
_CSV, _ND_JSON = formats.CSV.media_type, formats.ND_JSON.media_type
_RESULTS = tuple(
    item.media_type
    for item in (formats.JSON, formats.XML, formats.CSV, formats.TSV, formats.PARQUET, formats.TRIG, formats.N_QUADS)
)

ANSWER_TYPES: Mapping[str, tuple[str, ...]] = {
    "check.check": (_HTML, _JSON, *_RDF, _CSV, "application/sarif+json"),
    "check.form": (_HTML,),
    "cite.new": (),
    "cite.one": (_HTML, *_RDF, _JSON),
    "cite.replayed": (_HTML, _JSON),
    "collections.collection": (*_RDF, _CSV, _ND_JSON),
    "describe_problem_type": (_JSON, "application/problem+json", _HTML),
    "embed.component": ("text/javascript",),
    "embed.directory_json": (_JSON,),
    "embed.entity": (_HTML, _JSON),
    "embed.oembed": (_JSON, "text/xml"),
    "entity.answer": (_HTML, *_RDF, _CSV),
    "entity.context": (formats.JSON_LD.media_type,),
    "entity.frame": (formats.JSON_LD.media_type,),
    "entity.schema": ("application/schema+json", _JSON),
    "entity.linkset": ("application/linkset+json", "application/linkset"),
    "entity.profile": (formats.TURTLE.media_type, formats.JSON_LD.media_type),
    "entity.thing": (),
    "entity.void": (),
    "examples.question": (_HTML, *_RDF),
    "examples.questions": (_HTML, *_RDF),
    "exports.export": ("*/*",),
    "feed.atom": ("application/atom+xml",),
    "feed.page": _RDF,
    "feed.root": _RDF,
    "feed.shape": _RDF,
    "figures.table": (_CSV,),
    "graphs.named_by_address": (*_RDF, formats.TRIG.media_type),
    "graphs.named_in_query": (*_RDF, formats.TRIG.media_type),
    "health.live": (_JSON,),
    "health.ready": (_JSON,),
    "help.find": (_HTML, *_RDF, _CSV, _ND_JSON),
    "lists.entries": (_HTML, *_RDF, _CSV, _ND_JSON),
    "memento.timemap": ("application/link-format", _JSON),
    "metrics.metrics": ("application/openmetrics-text", "text/plain"),
    "openapi.document": (_JSON,),
    "query.as_notebook": ("application/x-ipynb+json",),
    "query.terms": (_JSON,),
    "reconcile.propose_properties": (_JSON,),
    "reconcile.service": (_JSON,),
    "reconcile.suggest_entity": (_JSON,),
    "reconcile.suggest_property": (_JSON,),
    "reconcile.suggest_type": (_JSON,),
    "releases.current": (),
    "releases.file": ("*/*",),
    "releases.release": (_HTML, _JSON, *_RDF),
    "releases.releases": (_HTML, _JSON),
    "sandbox.document": (_JSON, formats.JSON_LD.media_type),
    "sandbox.index": (_JSON,),
    "search.search": (_HTML, _JSON, formats.JSON_LD.media_type),
    "sitemap.index": (_XML,),
    "sitemap.part": (_XML,),
    "sitemap.robots": ("text/plain",),
    "sparql.cancel": (),
    "sparql.check": (_JSON,),
    "sparql.sparql": (*_RESULTS, *_RDF, _HTML),
}
"""What an endpoint answers with; none: it leads elsewhere or has no body. One that is not here gives a page."""


def _text(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


def _number(description: str, least: int = 1) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "integer", "minimum": least}}


_LANGUAGE = {"lang": _text("Language of the words, instead of Accept-Language.", enum=list(LANGUAGES))}
_AREA = {"area": _text("Key of an area, such as kr or kr-11.")}
_CHOICE = {
    "indicator": _text("Key of an indicator."),
    "about": _text("Slug of an organization; may stand several times."),
    **_AREA,
    "part": _text("Key of a breakdown."),
    "as": _text("Form of the picture."),
    "from": _text("First year."),
    "to": _text("Last year."),
}

QUERY_PARAMETERS: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "collections.collection": {
        **_AREA,
        "service": _text("Key of a service type."),
        "language": _text("Key of a language."),
        "conduct": _text("Key of a conduct."),
        "kind": _text("Key of a type of the kind."),
        "after": _text("Token of the page before, from its Link header."),
        "facets": _text("The facets with their counts, instead of the things."),
        **_LANGUAGE,
    },
    "embed.directory": {**_AREA, "service": _text("A need, or the key of a service type."), **_LANGUAGE},
    "embed.directory_json": {**_AREA, "service": _text("A need, or the key of a service type."), **_LANGUAGE},
    "embed.entity": _LANGUAGE,
    "embed.oembed": {
        "url": _text("Address of a page about an entity, or of help for an area."),
        "format": _text("Format of the answer.", enum=["json", "xml"]),
        "maxwidth": _number("Most pixels across."),
        "maxheight": _number("Most pixels down."),
    },
    "entity.answer": {"profile": _text("How much is told; also Accept-Profile.", enum=list(PROFILES)), **_LANGUAGE},
    "figures.figures": _CHOICE,
    "figures.table": _CHOICE,
    "graphs.named_in_query": {"graph": _text("IRI of a graph."), "default": _text("The default graph, without value.")},
    "help.card": {**_AREA, "need": _text("A need, or the key of a service type.")},
    "help.find": {**_AREA, "need": _text("A need, or the key of a service type."), **_LANGUAGE},
    "laws.laws": {"conduct": _text("Key of a conduct."), "year": _number("Only what was in force by then.")},
    "lists.entries": {
        **_AREA,
        "type": _text("Key of a type of the kind."),
        "page": _number("Page for people."),
        "after": _text("Token of the page before, from its Link header."),
        **_LANGUAGE,
    },
    "releases.diff": {"from": _text("An earlier release; without it, the one before."), **_LANGUAGE},
    "search.search": {
        "q": _text("Words to find."),
        "kind": _text("Path segment of a kind, such as org."),
        **_AREA,
        "page": _number("Page of results."),
        "limit": _number("Results of a page."),
        **_LANGUAGE,
    },
    "sparql.sparql": {
        "query": _text("A SPARQL 1.1 query; without one the endpoint is described."),
        "default-graph-uri": _text("Default graph of the query."),
        "named-graph-uri": _text("Named graph of the query."),
        "timeout": {"description": "Seconds, less than the limit.", "schema": {"type": "number", "minimum": 0}},
    },
}
"""Parameters in the query of an address, by endpoint."""

_LEADS_ELSEWHERE = {
    "cite.new": "303",
    "entity.thing": "303",
    "entity.void": "303",
    "releases.current": "307",
}

_PLACEHOLDER = re.compile(r"<(?:[^<>]*:)?([a-z_]+)>")


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/openapi.json``, the OpenAPI description of the service."""
    room = Blueprint("openapi", __name__)

    @room.get("/openapi.json")
    def document() -> Response:
        """Describe every address of the service as OpenAPI."""
        body = json_text(openapi(current_app, absolute_url(request.script_root) or "/"))
        return give(body, _JSON, release=None)

    return room


def openapi(app: Flask, server: str) -> dict[str, Any]:
    """Return the OpenAPI document of an application at the address ``server``."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint != "static":
            paths.setdefault(_PLACEHOLDER.sub(r"{\1}", rule.rule), {}).update(_operations(app, rule))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "coopgraph",
            "version": __version__,
            "description": "Organizations that help victims of digital sexual violence: all reads of the service. "
            "Each path also works under /at/{release}. docs/partners.md and docs/stability.md tell the rest.",
            "license": {"name": "CC BY 4.0 (data)", "url": LICENCE},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


_PROBLEM = {
    "description": "Problem details (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
}


def _operations(app: Flask, rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    summary = (app.view_functions[rule.endpoint].__doc__ or rule.endpoint).partition("\n")[0].replace("``", "")
    path = rule.rule.replace("/", "_").replace("<", "").replace(">", "")
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        operation: dict[str, Any] = {
            "operationId": re.sub(r"\W+", "_", f"{method.lower()}_{path}").strip("_"),
            "summary": summary,
            "tags": [rule.endpoint.partition(".")[0]],
            "parameters": [*_path_parameters(rule), *_query_parameters(rule.endpoint)],
            "responses": _responses(rule.endpoint),
        }
        if method == "POST":
            operation["requestBody"] = {"content": {kind: {} for kind in _bodies(rule.endpoint)}}
        yield method.lower(), operation


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in _PLACEHOLDER.findall(rule.rule):
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if name == "language":
            schema = {"type": "string", "enum": list(LANGUAGES)}
        elif f"<int:{name}>" in rule.rule:
            schema = {"type": "integer", "minimum": 0}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(endpoint: str) -> Iterator[dict[str, Any]]:
    for name, told in QUERY_PARAMETERS.get(endpoint, {}).items():
        yield {"name": name, "in": "query", "required": False, **told}


def _responses(endpoint: str) -> dict[str, Any]:
    kinds = ANSWER_TYPES.get(endpoint, (_HTML,))
    told: dict[str, Any] = {}
    if status := _LEADS_ELSEWHERE.get(endpoint):
        told[status] = {"description": "What is asked for is at the address in Location."}
    elif kinds:
        told["200"] = {"description": "The answer.", "content": {kind: {} for kind in kinds}}
        told["304"] = {"description": "The client has it already (If-None-Match)."}
    else:
        told["204"] = {"description": "Done."}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    told["default"] = {
        "description": "A problem (RFC 9457), or an address to go on to.",
        "content": {"application/problem+json": problem, _HTML: {}},
    }
    return told


def _bodies(endpoint: str) -> tuple[str, ...]:
    form = "application/x-www-form-urlencoded"
    return (form, "application/sparql-query") if endpoint.startswith("sparql.") else (form,)
