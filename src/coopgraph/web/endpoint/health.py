"""``/health``: whether the process lives, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/health``."""
    room = Blueprint("health", __name__)

    @room.get("/health/live")
    def live() -> Response:
        """Say that the process answers."""
        return uncached(jsonify(status="ok"))

    @room.get("/health/ready")
    def ready() -> Response:
        """Say whether a release is served, and the newest one."""
        try:
            release = app_context.store_registry.current()
            health = app_context.store_registry.store(release).health()
            trouble = app_context.store_registry.trouble or health.trouble
        except CoopgraphError as error:
            response = jsonify(status="down", trouble=str(error))
            response.status_code = 503
            return uncached(response)
        return uncached(
            jsonify(
                status="degraded" if trouble else "ok",
                trouble=trouble,
                release=release,
                quads=health.quads,
                confined=health.confined,
                busy=health.busy,
                waiting=health.waiting,
            )
        )

    return room


def uncached(response: Response) -> Response:
    """Return ``response`` as one of this moment only."""
    response.headers["Cache-Control"] = "no-store"
    return response
