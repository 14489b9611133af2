"""``/sandbox``: documents of an invented graph that never change, at the same paths as the real ones.

For developers of partner sites: what reads ``{server}/doc/org/lantern.jsonld`` or ``{server}/embed/list.json`` is tried
with ``{server}/sandbox`` in its place, without real bodies and numbers in tests. Parameters make no difference.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from flask import Blueprint, Response

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.rdf.json_text import json_text
from coopgraph.web.common.responses import give

_JSON = "application/json"
_MEDIA_TYPES = {".json": _JSON, ".jsonld": formats.JSON_LD.media_type}


def blueprint(_: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/sandbox``."""
    room = Blueprint("sandbox", __name__)

    @room.get("/sandbox")
    def index() -> Response:
        """List the sandbox's documents."""
        return give(json_text({"documents": [f"/sandbox/{path}" for path in _documents()]}), _JSON, release=None)

    @room.get("/sandbox/<path:path>")
    def document(path: str) -> Response:
        """Give a document of the sandbox."""
        if path not in _documents():
            raise NotFound(Message("The sandbox has no such document."), Message("/sandbox lists those it has."))
        return give(_documents()[path], _MEDIA_TYPES[Path(path).suffix], release=None, immutable=True)

    return room


@cache
def _documents() -> dict[str, bytes]:
    """Return the documents by their paths."""
    with resources.as_file(resources.files("coopgraph.web").joinpath("sandbox")) as folder:
        places = sorted(place for place in folder.rglob("*.*") if place.suffix in _MEDIA_TYPES)
        return {place.relative_to(folder).as_posix(): place.read_bytes() for place in places}
