"""``/embed``: what partner sites show on their pages, for an iframe and for a web component; and oEmbed.

oEmbed: https://oembed.com/. An embed sets no cookie, runs no script of its own and asks nobody else for anything.
"""

from __future__ import annotations

from importlib.resources import files
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.description import Moved, describe_resource
from coopgraph.reading.pages.embed import Embed, directory_embed, entity_embed
from coopgraph.reading.pages.help import help_page
from coopgraph.reading.source import ReleaseSource
from coopgraph.web.common.area_code import area_key, asked_area
from coopgraph.web.common.language import language
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import HTML, Pages

EMBED_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""Content Security Policy of an embed: any page may frame it, and it loads one stylesheet of ours."""

_FRAME = Markup(
    '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" referrerpolicy="no-referrer" '
    'sandbox="allow-popups allow-popups-to-escape-sandbox" style="border:0"></iframe>'
)

WIDTH, HEIGHT = 480, 640
"""Size of the iframe that oEmbed offers, in CSS pixels, unless the consumer's limits are less."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/embed``, and ``/oembed``."""
    room = Blueprint("embed", __name__)
    pages = Pages(app_context)

    @room.get("/embed/v1.js")
    def component() -> Response:
        """Give the web component."""
        try:
            body = files("coopgraph.web").joinpath("static", "dist", "embed.js").read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                Message("The web component was not built here."), Message("An iframe of /embed/list works without it.")
            ) from error
        response = give(body, "text/javascript; charset=utf-8", release=None)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        # Its address never changes, so a new version of it has to come through.
        response.headers["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
        return response

    @room.get("/embed/list")
    def directory() -> Response:
        """Give whom to call in an area, as a page to frame."""
        reading = pages.reading()
        return _page(_directory(reading, pages), reading)

    @room.get("/embed/list.json")
    def directory_json() -> Response:
        """Give the same as JSON."""
        reading = pages.reading()
        return _json(_directory(reading, pages), reading)

    @room.get("/embed/<kind>/<slug>")
    def entity(kind: str, slug: str) -> Response:
        """Give one entity, as a page to frame, or as JSON where the address ends in ``.json``."""
        reading = pages.reading()
        as_json = slug.endswith(".json")
        iri = f"{BASE}id/{kind}/{slug.removesuffix('.json')}"
        try:
            description = describe_resource(reading, iri)
        except Moved as moved:
            description = describe_resource(reading, moved.successor)
        found = entity_embed(description, pages.words(reading), language())
        return _json(found, reading) if as_json else _page(found, reading)

    @room.get("/oembed")
    def oembed() -> Response:
        """Tell how to embed the page of an entity, or that of an area's help."""
        fmt = request.args.get("format", "json")
        if fmt not in ("json", "xml"):
            raise WrongUsage(Message("oEmbed is given as json or xml."), Message("Ask for one of these."))
        reading = pages.reading()
        title, source = _embedded(request.args.get("url", ""), reading, pages)
        size = [min(_limit(f"max{name}", most), most) for name, most in (("width", WIDTH), ("height", HEIGHT))]
        frame = _FRAME.format(source, title, *size)
        told: dict[str, object] = {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "coopgraph",
            "provider_url": _root(),
            "cache_age": 3600,
            "width": size[0],
            "height": size[1],
            "html": str(frame),
        }
        if fmt == "json":
            return give(json_text(told), "application/json", release=reading.release)
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
        body = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{inner}</oembed>\n'
        return give(body.encode(), "text/xml; charset=utf-8", release=reading.release)

    return room


def _directory(reading: ReleaseSource, pages: Pages) -> Embed:
    area, need = asked_area(request.args), request.args.get("service", "")
    if not area:
        raise WrongUsage(Message("Help is for an area."), Message("Name one: /embed/list?area=kr"))
    chosen = language()
    found = help_page(reading, pages.words(reading), area, need, chosen)
    path = f"/{chosen}/help?" + urlencode({"area": area, **({"need": need} if need else {})})
    return directory_embed(found, path, chosen)


def _embedded(address: str, reading: ReleaseSource, pages: Pages) -> tuple[str, str]:
    """Return title and address of the embed of one of our pages. Raises NotFound for any other address."""
    told = urlsplit(address)
    ours = address.startswith(_root() + "/")
    path = told.path.removeprefix(request.script_root) if ours else "/" + address.removeprefix(BASE)
    first, _, rest = path.removeprefix("/").partition("/")
    chosen, place = (first, rest) if first in LANGUAGES else (language(), path.removeprefix("/"))
    asked = parse_qs(told.query)
    if ours and place == "help" and "area" in asked:
        area, need = area_key(asked["area"][0]), asked.get("need", [""])[0]
        found = help_page(reading, pages.words(reading), area, need, chosen)
        query = {"area": area, **({"service": need} if need else {}), "lang": chosen}
        return directory_embed(found, "", chosen).heading, f"{_root()}/embed/list?{urlencode(query)}"
    parts = place.removesuffix(".html").split("/")
    if (ours or address.startswith(BASE)) and len(parts) == 3 and parts[0] in ("id", "doc"):
        description = describe_resource(reading, f"{BASE}id/{parts[1]}/{parts[2]}")
        heading = entity_embed(description, pages.words(reading), chosen).heading
        return heading, f"{_root()}/embed/{parts[1]}/{parts[2]}?{urlencode({'lang': chosen})}"
    raise NotFound(
        Message("There is no embed of this address."),
        Message("Give the address of a page about an entity, or of help for an area, as url."),
    )


def _limit(name: str, otherwise: int) -> int:
    written = request.args.get(name, "")
    return max(1, int(written)) if written.isdecimal() and len(written) < 6 else otherwise


def _page(found: Embed, reading: ReleaseSource) -> Response:
    body = render_template("embed.html", embed=found, root=_root())
    response = give(body.encode(), HTML, release=reading.release, language=found.language, vary=("Accept-Language",))
    response.headers["Content-Security-Policy"] = EMBED_POLICY
    return response


def _json(found: Embed, reading: ReleaseSource) -> Response:
    body = json_text(found.to_json(_root()))
    vary = ("Accept-Language",)
    return give(body, "application/json", release=reading.release, language=found.language, vary=vary)


def _root() -> str:
    return absolute_url(request.script_root)
