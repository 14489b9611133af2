"""``/releases``: published releases, with checksums; files in whole or in part."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError, NotFound
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.model.release import Manifest
from coopgraph.rdf import formats
from coopgraph.rdf.dcat import PREFIXES_OF_RELEASES, release_provenance
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.pages.release_difference import release_difference
from coopgraph.reading.release_changes import release_changes
from coopgraph.reading.source import ReleaseSource
from coopgraph.web.common.accept import required
from coopgraph.web.common.data_formats import PAGE
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import OF_A_RELEASE, give, only_if_it_is, only_one_part, read_headers

_JSON = "application/json"
_ENDINGS = {_JSON: "json", PAGE: "html", formats.TURTLE.media_type: "ttl", formats.JSON_LD.media_type: "jsonld"}


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/releases``."""
    room = Blueprint("releases", __name__)

    @room.get("/releases")
    @room.get("/releases.<ending>")
    def releases(ending: str = "") -> Response:
        """List all releases, newest first, and what remains of withdrawn ones."""
        chosen = _chosen(ending, (_JSON, PAGE))
        manifests = release_folder.manifests(app_context.var)
        stones = release_folder.tombstones(app_context.var)
        current = _current(app_context)
        if chosen == PAGE:
            page = render_template("releases.html", releases=manifests, tombstones=stones, current=current)
            return _page(page)
        listed = {
            "current": current,
            "releases": [_summary(item) for item in manifests],
            "withdrawn": [asdict(item) for item in stones],
        }
        return _json(listed, None)

    @room.get("/releases/current")
    @room.get("/releases/current.<ending>")
    @room.get("/releases/current/<path:path>")
    def current(path: str = "", ending: str = "") -> Response:
        """Lead to the current release, or to a file of it: an address that stays, for catalogues and scripts."""
        release = _current(app_context)
        if release is None:
            raise NotFound(Message("There is no release yet."), Message("`coopgraph build` makes one."))
        if path:
            release_folder.file(app_context.var, release, path)
        named = release + (ending and f".{ending}")
        target = url_for("releases.file" if path else "releases.release", release=named, path=path or None)
        response = read_headers(Response(status=307, headers={"Location": target}), release)
        response.headers["Cache-Control"] = "public, no-cache"
        return response

    @room.get("/releases/<release>")
    def release(release: str) -> Response:
        """Give a release's manifest, or how it was made as RDF; an ending chooses as ``Accept`` does."""
        release, _, ending = release.partition(".")
        manifest = release_folder.manifest(app_context.var, release)
        offered = {_JSON: None, PAGE: None, **{item.media_type: item for item in (formats.TURTLE, formats.JSON_LD)}}
        chosen = _chosen(ending, tuple(offered))
        fmt = offered[chosen]
        if chosen == PAGE:
            return _page(render_template("release.html", release=manifest, doi=app_context.settings.doi))
        if fmt is None:
            return _json(json.loads(manifest.to_json()), manifest.id)
        graph = Graph(release_provenance(manifest))
        if fmt is formats.TURTLE:
            body = house_form_of_texts(graph.n_triples, PREFIXES_OF_RELEASES)
        else:
            body = json_text(app_context.published.context(release).flat(graph, NamedNode(f"{BASE}releases/{release}")))
        return give(body, fmt.content_type, release=manifest.id, vary=("Accept",))

    @room.get("/releases/<release>/diff")
    def diff(release: str) -> Response:
        """Show in words what a release changed since the one before it, or since that of ``?from=``."""
        changes = release_changes(app_context.var, release, request.args.get("from", ""))
        reading = ReleaseSource.of(app_context.query_service)
        words = app_context.vocabularies.of(reading)
        known: list[str] = [item.id for item in release_folder.manifests(app_context.var)]
        earlier = known[known.index(release) + 1 :]
        return _page(
            render_template(
                "release_diff.html",
                difference=release_difference(changes, reading, words, language()),
                earlier=earlier,
            )
        )

    @room.get("/releases/<release>/<path:path>")
    def file(release: str, path: str) -> Response:
        """Give a file of a release, whole or the part that ``Range`` asks for."""
        place = release_folder.file(app_context.var, release, path)
        if path == release_folder.MANIFEST:
            return give(place.read_bytes(), _JSON, release=release)
        entry = release_folder.manifest(app_context.var, release).files[path]
        only_if_it_is(entry.sha256)
        only_one_part()
        response = send_file(place.resolve(), mimetype=entry.media_type, etag=entry.sha256)
        digest = base64.b64encode(bytes.fromhex(entry.sha256)).decode("ascii")
        response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
        # A release can be withdrawn, so no cache may keep its files for ever.
        response.headers["Cache-Control"] = OF_A_RELEASE
        return read_headers(response, release)

    return room


def _current(app_context: AppContext) -> str | None:
    try:
        return release_folder.current(app_context.var)
    except CoopgraphError:
        return None


def _summary(manifest: Manifest) -> dict[str, Any]:
    wanted = ("id", "created", "message", "previous", "triples", "claims", "citations", "added", "removed")
    address = url_for("releases.release", release=manifest.id)
    return {name: getattr(manifest, name) for name in wanted} | {"manifest": address}


def _chosen(ending: str, offered: Sequence[str]) -> str:
    """Return the media type of ``offered`` that an address ends in; without an ending, the one ``Accept`` chooses.

    Raises NotFound for another ending, NotAcceptable for another ``Accept``.
    """
    if not ending:
        return required(offered)
    for media_type in offered:
        if _ENDINGS[media_type] == ending:
            return media_type
    endings = ", ".join(f".{_ENDINGS[media_type]}" for media_type in offered)
    raise NotFound(
        Message("This document is not to be had in the format asked for."),
        Message("Ask for one of: {formats}.", formats=endings),
    )


def _page(text: str) -> Response:
    return give(
        text.encode("utf-8"),
        "text/html; charset=utf-8",
        release=None,
        language=language(),
        vary=("Accept", "Accept-Language"),
    )


def _json(value: dict[str, Any], release: str | None) -> Response:
    body = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return give(body.encode("utf-8"), _JSON, release=release, vary=("Accept",))
