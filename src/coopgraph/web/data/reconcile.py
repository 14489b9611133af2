"""``/reconcile``: reconciliation of names for OpenRefine and other clients of its API 0.2. Names go by POST."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.data.reconciliation import Reconciler
from coopgraph.web.common import request_context
from coopgraph.web.common.language import language
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/reconcile`` and the services that its manifest names."""
    room = Blueprint("reconcile", __name__)
    pages = Pages(app_context)

    def reconciler() -> Reconciler:
        reading = pages.reading()
        return Reconciler(reading, pages.words(reading), app_context.var, language())

    def answer(body: Mapping[str, object]) -> Response:
        release, chosen = pages.reading().release, language()
        vary = ("Accept-Language",)
        response = give(json_text(body), "application/json", release=release, language=chosen, vary=vary)
        if request.values:
            # What somebody looks for stays in no cache.
            response.headers["Cache-Control"] = "no-store"
        return response

    @room.route("/reconcile", methods=["GET", "POST"])
    def service() -> Response:
        """Answer a batch of queries or an extension; without one, describe the service."""
        values = request.form if request.method == "POST" else request.args
        if "queries" in values:
            with request_context.client_slot():
                return answer(reconciler().batch(_parsed(values["queries"], "queries")))
        if "extend" in values:
            with request_context.client_slot():
                return answer(reconciler().extension(_parsed(values["extend"], "extend")))
        return answer(reconciler().manifest(absolute_url("")))

    @room.get("/reconcile/suggest/entity")
    def suggest_entity() -> Response:
        """Suggest things by the beginning of a name."""
        with request_context.client_slot():
            return answer(reconciler().entities(request.args.get("prefix", "")))

    @room.get("/reconcile/suggest/type")
    def suggest_type() -> Response:
        """Suggest kinds of things."""
        return answer(reconciler().types(request.args.get("prefix", "")))

    @room.get("/reconcile/suggest/property")
    def suggest_property() -> Response:
        """Suggest properties."""
        return answer(reconciler().properties(request.args.get("prefix", "")))

    @room.get("/reconcile/properties")
    def propose_properties() -> Response:
        """Propose properties of a kind whose values can be fetched."""
        return answer(reconciler().proposed(request.args.get("type", ""), request.args.get("limit", 50, type=int)))

    return room


def _parsed(text: str, name: str) -> object:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(
            Message("“{name}” is no JSON.", name=name), Message("Send it as the specification has it.")
        ) from error
    return parsed
