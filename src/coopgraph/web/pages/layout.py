"""Page layout: what every HTML page is given: its language, its links, the menu, the way out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError
from coopgraph.messages.message import Message, translator
from coopgraph.model.characters import runs_right_to_left
from coopgraph.model.language import LANGUAGES, NAMES
from coopgraph.model.language_names import language_name
from coopgraph.model.release_note import note_in_words
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.values import number, site_name
from coopgraph.reading.vocabulary import EntityKind, Vocabulary
from coopgraph.web.common import request_context
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.common.text_markup import attributes, remark_markup, text_markup

HTML = "text/html; charset=utf-8"

IN_LANGUAGE = '/<any("' + '", "'.join(LANGUAGES) + '"):language>'
"""The start of the address of a page in one language."""

_IN_EVERY_LANGUAGE = (
    "about",
    "check",
    "entity",
    "examples",
    "figures",
    "help",
    "laws",
    "lists",
    "map",
    "pages",
    "query",
    "search",
)
"""Blueprints whose addresses have a twin in each language."""

_MENU = ("org", "law", "event")


class Pages:
    """Renders the templates of one application."""

    def __init__(self, app_context: AppContext) -> None:
        self._app_context = app_context

    def reading(self) -> ReleaseSource:
        """Return the look at the release that this request asks."""
        return ReleaseSource.of(request_context.query_service(self._app_context))

    def words(self, reading: ReleaseSource) -> Vocabulary:
        """Return the words of the release looked at."""
        return self._app_context.vocabularies.of(reading)

    def give(
        self,
        template: str,
        reading: ReleaseSource,
        *,
        links: tuple[str, ...] = (),
        vary: tuple[str, ...] = (),
        **values: Any,
    ) -> Response:
        """Return the page ``template`` as a read answer in the reader's language.

        ``vary`` are the headers that chose it where its address names a language.
        """
        body = render_template(template, **values)
        return give(
            body.encode(),
            HTML,
            release=reading.release,
            language=language(),
            links=links,
            vary=vary if "language" in (request.view_args or {}) else ("Accept", "Accept-Language"),
        )

    def context(self) -> Mapping[str, Any]:
        """Return what the layout needs, for any template of any room."""
        chosen, neutral = language(), _neutral_path()
        root = request.script_root
        return {
            "language": chosen,
            "own_name": NAMES[chosen],
            "t": translator(chosen),
            "prefix": root,
            "path": neutral,
            "languages": [(tag, NAMES[tag], _twin(root, tag, neutral)) for tag in LANGUAGES],
            "link": lambda path: f"{root}/{chosen}{path}",
            "shown": text_markup(f"{root}/{chosen}"),
            "attributes": attributes,
            "remark": remark_markup(chosen),
            "rtl": runs_right_to_left,
            "static": _static,
            "built": _built,
            "number": lambda value: number(str(value), chosen),
            "site_name": site_name,
            "release_note": lambda note: note_in_words(note, chosen),
            "exit_address": self._app_context.settings.exit_address,
            "menu": self._menu(chosen),
            "current_release": self._release(),
        }

    def _menu(self, chosen: str) -> list[tuple[EntityKind, str]]:
        try:
            words = self.words(self.reading())
        except CoopgraphError:
            return []
        kinds = (words.kind(segment) for segment in _MENU)
        return [(kind, words.plural(kind, chosen).text) for kind in kinds if kind and kind.count]

    def _release(self) -> str:
        try:
            return request_context.query_service(self._app_context).release_name()
        except CoopgraphError:
            return ""


def title_language(tag: str, chosen: str) -> str:
    """Return how a page says in which language a name is shown."""
    return language_name(tag, chosen) if tag else Message("another language").in_language(chosen)


def _neutral_path() -> str:
    """Return the path of this page without its language; the start page's where it has no twin in other languages."""
    named = (request.view_args or {}).get("language")
    if named:
        return request.path.removeprefix(f"/{named}") or "/"
    if request.blueprint == "sparql":
        return "/query"
    return request.path if request.blueprint in _IN_EVERY_LANGUAGE else "/"


def _twin(root: str, tag: str, neutral: str) -> str:
    """Return the address of this page in another language."""
    if request.blueprint in ("releases", "cite"):
        return f"{root}{request.path}{_query(('lang', tag))}"
    return f"{root}/{tag}{neutral}{_query()}"


def _query(*more: tuple[str, str]) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, *more]) if kept or more else ""


def _static(name: str) -> str:
    return url_for("static", filename=name, v=_fingerprint(name))


def _built(name: str) -> str | None:
    """Return the address of a script of the front-end bundle; None where it was not built, as pages work without it."""
    try:
        return _static(f"dist/{name}")
    except FileNotFoundError:
        return None


@lru_cache(maxsize=32)
def _fingerprint(name: str) -> str:
    return hashlib.sha256(files("coopgraph.web").joinpath("static", name).read_bytes()).hexdigest()[:12]
