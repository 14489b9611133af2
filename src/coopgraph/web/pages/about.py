"""``/about`` and the pages beneath it: method, privacy, accessibility, conformance, releases, guides."""

from __future__ import annotations

from flask import Blueprint, Response

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.conformance import REASONS, SUITE_NAMES, conformance
from coopgraph.reading.pages.release_history import release_history
from coopgraph.web.common.language import language
from coopgraph.web.pages.guides import GUIDES, guide
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/about``, with and without a language in front."""
    room = Blueprint("about", __name__)
    pages = Pages(app_context)

    def overview(**_: str) -> Response:
        """Say who made this, how far to trust it, where the rest is told."""
        return pages.give("about.html", pages.reading())

    def method(**_: str) -> Response:
        """Say how claims, ranks, evidence and computed values come about."""
        return pages.give("about_method.html", pages.reading())

    def privacy(**_: str) -> Response:
        """Say what is kept about readers, and what their own browsers keep."""
        return pages.give("about_privacy.html", pages.reading())

    def accessibility(**_: str) -> Response:
        """State how accessible the pages are (https://www.w3.org/WAI/planning/statements/)."""
        return pages.give("about_accessibility.html", pages.reading())

    def conforming(**_: str) -> Response:
        """Say which of the W3C's tests pass, and why the others do not."""
        reading = pages.reading()
        held = release_folder.manifest(app_context.var, reading.release).files
        return pages.give(
            "about_conformance.html",
            reading,
            suites=conformance(),
            names=SUITE_NAMES,
            reasons=REASONS,
            report=release_folder.CONFORMANCE if release_folder.CONFORMANCE in held else None,
        )

    def releases(**_: str) -> Response:
        """Tell in words what each release changed."""
        reading = pages.reading()
        history = release_history(app_context.var, reading, pages.words(reading), language())
        return pages.give("about_releases.html", reading, history=history)

    def guides(name: str, **_: str) -> Response:
        """Give one of the guides for those who use the data."""
        return pages.give(
            "about_guide.html", pages.reading(), guides=GUIDES, name=name, body=guide(name, f"/{language()}")
        )

    for address, view in (
        ("/about", overview),
        ("/about/method", method),
        ("/about/privacy", privacy),
        ("/about/accessibility", accessibility),
        ("/about/conformance", conforming),
        ("/about/releases", releases),
        ('/about/guides/<any("' + '", "'.join(GUIDES) + '"):name>', guides),
    ):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
    return room
