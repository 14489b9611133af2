"""Rendering of the desk's pages: their templates, in the reader's language, with what the layout needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.resources import files as package_files
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from coopgraph.context import AppContext
from coopgraph.curation.sheets.table import FaultyCells
from coopgraph.desk.accounts import Person
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import LONGEST_TEXT, TYPED, Outcome
from coopgraph.desk.roles import ROLE_NAMES
from coopgraph.desk.submission import STATE_NAMES
from coopgraph.errors import CoopgraphError
from coopgraph.messages.message import translator
from coopgraph.model.characters import runs_right_to_left
from coopgraph.model.language import LANGUAGES, NAMES, in_language
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.values import number
from coopgraph.web.common.language import in_its_language, language
from coopgraph.web.common.text_markup import attributes, remark_markup, text_markup

IN_LANGUAGE_OR_NOT = ("", '/<any("' + '", "'.join(LANGUAGES) + '"):language>')
"""The beginnings of the address of a page of the desk."""

PageAnswer = Response | WerkzeugResponse
"""What a page of the desk is answered with."""

Route = tuple[str, Callable[..., PageAnswer], list[str]]
"""An address, its view, and its methods."""


class DeskRenderer:
    """Renders the desk's templates."""

    def __init__(self, app_context: AppContext, identity: Identity) -> None:
        self._app_context, self._identity = app_context, identity

    def page(self, template: str, **values: Any) -> Response:
        """Return a page in the reader's language."""
        return in_its_language(Response(render_template(template, **values), content_type="text/html; charset=utf-8"))

    def leads_to(self, path: str) -> WerkzeugResponse:
        """Return an answer that leads to another page of the desk, in the same language."""
        return redirect(_link(path), HTTPStatus.SEE_OTHER)

    def leads_out(self, address: str) -> WerkzeugResponse:
        """Return an answer that leads to another site."""
        return redirect(address, HTTPStatus.SEE_OTHER)

    def context(self) -> Mapping[str, Any]:
        """Return what the layout needs."""
        chosen = language()
        named = (request.view_args or {}).get("language")
        neutral = request.path.removeprefix(f"/{named}") if named else request.path
        asked = f"?{urlencode(list(request.args.items(multi=True)))}" if request.args else ""
        return {
            "language": chosen,
            "own_name": NAMES[chosen],
            "t": translator(chosen),
            "prefix": "",
            "link": _link,
            "shown": text_markup(_link("")),
            "attributes": attributes,
            "remark": remark_markup(chosen),
            "rtl": runs_right_to_left,
            "languages": [(tag, NAMES[tag], f"/{tag}{neutral}{asked}") for tag in LANGUAGES],
            "number": lambda value: number(str(value), chosen),
            "static": lambda name: f"/static/{name}",
            "built": _built,
            "exit_address": self._app_context.settings.exit_address,
            "person": self._person(),
            "token": self._identity.form_token(),
            "state_name": lambda state: STATE_NAMES[state].in_language(chosen),
            "role_name": lambda role: ROLE_NAMES[role].in_language(chosen),
            "most": LONGEST_TEXT,
            "has_provider": bool(self._app_context.settings.openid_issuer),
        }

    def words(self) -> Any:
        """Return the vocabulary of the current release."""
        return self._app_context.vocabularies.of(ReleaseSource.of(self._app_context.query_service))

    def said(self, outcome: Outcome) -> Mapping[str, Any]:
        """Return the report of a submission, or what keeps it from being read, in the reader's language."""
        chosen, report = language(), outcome.report
        findings = report.findings if report else ()
        return {
            "problem": None if isinstance(outcome.problem, FaultyCells) else outcome.problem,
            "table": outcome.problem if isinstance(outcome.problem, FaultyCells) else None,
            "checked": report is not None,
            "conforms": outcome.conforms,
            "typed": TYPED,
            "findings": [
                {
                    "severity": item.severity,
                    "message": in_language(item.messages, chosen),
                    "why": in_language(report.rules[item.rule].descriptions, chosen) if report else "",
                    "place": item.place,
                    "excerpt": item.place.near if item.place else "",
                }
                for item in findings
                if item.severity != "info"
            ],
        }

    def _person(self) -> Person | None:
        try:
            return self._identity.person()
        except CoopgraphError:
            return None


def _link(path: str) -> str:
    named = (request.view_args or {}).get("language")
    return f"/{named or language()}{path}"


def _built(name: str) -> str | None:
    place = package_files("coopgraph.web").joinpath("static", "dist", name)
    return f"/static/dist/{name}" if place.is_file() else None
