"""Resources: every IRI under the base answers here, as a page or a data document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from markupsafe import Markup

from coopgraph.context import AppContext
from coopgraph.errors import Gone, NotFound
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE, DATASET, DEFINITION, entity_name
from coopgraph.model.language import Wording
from coopgraph.model.release import RELEASE_ID
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.data import schema_org
from coopgraph.reading.data.document import FORMATS, resource_document
from coopgraph.reading.data.entry_reference import EntryReference
from coopgraph.reading.data.profiles import PROFILE, profile_description
from coopgraph.reading.description import Description, Moved, describe_resource, page_description, present
from coopgraph.reading.description import description as described
from coopgraph.reading.lookup import nothing_at
from coopgraph.reading.pages.concept_use import CONCEPT_KINDS, concept_use
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.pages.resource_page import Page, page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.web.common.accept import required
from coopgraph.web.common.data_formats import accepted_data, chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.links import LINK_SET, LINK_SET_JSON, link_header, link_set_json, link_set_text
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give, read_headers
from coopgraph.web.data.profile import asked_profile
from coopgraph.web.data.signposting import data_set_links, document_link_set, signposts
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages, title_language
from coopgraph.web.pages.vocabulary import page_of_vocabulary

_BY_SUFFIX = {item.suffix: item for item in FORMATS}
_ADDRESSES = (
    "/doc/<path:name>",
    "/def",
    "/def.<suffix>",
    "/def/<path:name>",
    "/shape/<name>",
    "/dataset/<path:name>",
    "/graph/<name>",
    "/catalog",
    "/catalog.<suffix>",
)


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of things and terms."""
    room = Blueprint("entity", __name__)
    pages = Pages(app_context)

    @room.get("/id/<path:name>")
    def thing(name: str) -> Response:
        """Send whoever asks for a thing to the document about it (303)."""
        iri = f"{BASE}id/{name}"
        reading = pages.reading()
        if name.endswith("/"):
            return _redirect(request.path.rstrip("/") + _query(), 301, reading)
        try:
            present(reading, iri)
        except Moved as moved:
            return _redirect(_path_of(moved.successor), 301, reading)
        except Gone:
            raise
        except NotFound as error:
            raise nothing_at(reading, pages.words(reading), iri) from error
        return _redirect(page_path(iri) + _query(), 303, reading, _links(iri, pages.words(reading)))

    def answer(language: str | None = None, **_: str) -> Response:
        """Give the document about a thing or term, as a page or as data."""
        if request.path.endswith("/") and not request.path.endswith("/def/"):
            return _redirect(request.path.rstrip("/") + _query(), 301, pages.reading())
        path, fmt = _asked_format(request.path.removeprefix(f"/{language}") if language else request.path)
        iri = _iri_of(path)
        reading = pages.reading()
        if fmt is None and language is None:
            fmt = _negotiated()
        try:
            if fmt is None:
                return _page(_described_for_page(reading, iri), reading, pages, app_context)
            profile, words = asked_profile(fmt), pages.words(reading)
            body = resource_document(reading, iri, fmt, profile, words, app_context.published)
        except Moved as moved:
            return _redirect(page_path(moved.successor), 301, reading)
        except Gone:
            raise
        except NotFound as error:
            raise nothing_at(reading, pages.words(reading), iri) from error
        links = (*_links(iri, words), f'<{PROFILE}{profile}>; rel="profile"')
        by_media_type = path == request.path or fmt is formats.JSON_LD
        vary = ("Accept", "Accept-Profile") if by_media_type else ("Accept-Profile",)
        return give(body, fmt.content_type, release=reading.release, links=links, vary=vary)

    for address in _ADDRESSES:
        room.add_url_rule(address, view_func=answer, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=answer, methods=["GET"])

    @room.get("/void")
    @room.get("/void.<ending>")
    @room.get("/.well-known/void")
    def void(ending: str = "") -> Response:
        """Send whoever looks for the VoID description to it (https://www.w3.org/TR/void/#well-known)."""
        return _redirect("/dataset/coopgraph" + (ending and f".{ending}"), 303, pages.reading())

    @room.get("/context/<name>.jsonld", endpoint="context")
    @room.get("/frame/<name>.jsonld", endpoint="frame")
    @room.get("/frame/<name>.schema.json", endpoint="schema")
    def published(name: str) -> Response:
        """Give the JSON-LD context, a frame or the JSON Schema of its documents, as the release publishes it."""
        reading = pages.reading()
        path = request.path.removeprefix("/")
        body = release_folder.file(app_context.var, reading.release, path).read_bytes()
        media_type = release_folder.manifest(app_context.var, reading.release).files[path].media_type
        return give(body, media_type, release=reading.release, immutable=True)

    @room.get("/linkset", defaults={"path": ""})
    @room.get("/linkset/<path:path>")
    def linkset(path: str) -> Response:
        """Give the links of a document, or of the whole data set, as a link set (RFC 9264)."""
        reading, root = pages.reading(), request.script_root
        words = pages.words(reading)
        if path:
            iri = thing_at(f"/{path}")
            present(reading, iri)
            sets = document_link_set(iri, words.kind_of(iri), root)
        else:
            manifest = release_folder.manifest(app_context.var, reading.release)
            sets = {f"{root}/dataset/coopgraph": data_set_links(manifest, words.kinds, root)}
        base = absolute_url("/")
        chosen = required((LINK_SET_JSON, LINK_SET, "application/json"))
        body = link_set_text(sets, base).encode() if chosen == LINK_SET else json_text(link_set_json(sets, base))
        return give(body, chosen, release=reading.release, vary=("Accept",))

    @room.get("/profile/<name>")
    def profile(name: str) -> Response:
        """Say what a profile of documents is, which its IRI names."""
        reading = pages.reading()
        graph = profile_description(name)
        fmt = accepted_data((formats.TURTLE, formats.JSON_LD))
        if fmt is formats.TURTLE:
            body = house_form_of_texts(graph.n_triples, pages.words(reading).prefixes)
        else:
            body = json_text(app_context.published.context(reading.release).flat(graph, NamedNode(PROFILE + name)))
        return give(body, fmt.content_type, release=reading.release, vary=("Accept",))

    return room


def _described_for_page(reading: ReleaseSource, iri: str) -> Description:
    """Return what a page is made of: of a term of the vocabulary its own statements, as its uses are too many."""
    if iri.startswith(DEFINITION) and iri.count("/") == DEFINITION.count("/"):
        return describe_resource(reading, iri, "flat")
    return page_description(reading, iri)


def _page(description: Description, reading: ReleaseSource, pages: Pages, app_context: AppContext) -> Response:
    chosen, iri = language(), description.iri
    told = entity_name(iri) or iri.startswith(DATASET)
    embedded = schema_org.tree(described(reading, iri, "schema")) if told else None
    stem = request.script_root + page_path(iri)
    shared: dict[str, Any] = {
        "iri": iri,
        "embedded": _in_script(schema_org.for_page_in(embedded, chosen)) if embedded and "@type" in embedded else "",
        "downloads": [(item.media_type, stem + item.suffix) for item in FORMATS],
        "formats": [
            ("Turtle", f"{stem}.ttl"),
            ("JSON-LD", f"{stem}.jsonld"),
            ("JSON-LD (schema.org)", f"{stem}.jsonld?profile=schema"),
            ("N-Triples", f"{stem}.nt"),
            ("RDF/XML", f"{stem}.rdf"),
            ("CSV", f"{stem}.csv"),
        ],
    }
    if of_vocabulary := page_of_vocabulary(description, reading, pages, _links(iri, pages.words(reading)), **shared):
        return of_vocabulary
    make = app_context.page_process.page if app_context.page_process else page
    shown = make(description, pages.words(reading), chosen)
    of_concepts = shown.kind is not None and shown.kind.segment in CONCEPT_KINDS
    reference = EntryReference(
        title=shown.title.text,
        iri=iri,
        release=reading.release,
        day=reading.release[:10] if RELEASE_ID.fullmatch(reading.release) else "",
        address=absolute_url(f"/at/{reading.release}{shown.path}"),
        doi=app_context.settings.doi,
    )
    return pages.give(
        "entity.html",
        reading,
        links=_links(iri, pages.words(reading)),
        page=shown,
        concept=concept_use(reading, pages.words(reading), iri) if of_concepts else None,
        title_language=title_language(conventional(shown.title.tag), chosen),
        definition_language=_other_language(shown.definition, chosen),
        reference=reference,
        file=_file(shown),
        **shared,
    )


def _file(shown: Page) -> str:
    """Return the path of the file that holds the entry, in the tree of the data; empty where it has none of its own."""
    name = entity_name(shown.iri)
    return f"data/{name.segment}/{name.slug}.ttl" if name and shown.kind and shown.kind.own_file else ""


def _other_language(wording: Wording | None, chosen: str) -> str:
    """Return how a page says that ``wording`` is not in the reader's language; the empty text where it is."""
    return "" if wording is None or wording.exact else title_language(conventional(wording.tag), chosen)


def _in_script(value: object) -> Markup:
    """Return JSON that can stand inside a script element, whatever texts it holds."""
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))


def _asked_format(path: str) -> tuple[str, Format | None]:
    stem, dot, suffix = path.rpartition(".")
    if dot and f".{suffix}" in _BY_SUFFIX:
        return stem, _BY_SUFFIX[f".{suffix}"]
    return (stem, None) if dot and suffix == "html" else (path, None)


def _negotiated() -> Format | None:
    """Return the data format that the client prefers, or None for a page."""
    return chosen_format("html" if request.path.endswith(".html") else "", FORMATS)


def thing_at(path: str) -> str:
    """Return the IRI of the thing that the address ``path``, without a language in front, is one of."""
    if path.startswith("/id/"):
        return BASE + path.removeprefix("/").rstrip("/")
    return _iri_of(_asked_format(path if path == "/def/" else path.rstrip("/"))[0])


def _iri_of(path: str) -> str:
    if path.startswith("/doc/"):
        return f"{BASE}id/{path.removeprefix('/doc/')}"
    return f"{BASE}def/" if path.rstrip("/") == "/def" else BASE + path.removeprefix("/")


def _path_of(iri: str) -> str:
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def _query() -> str:
    return "?" + quote(request.query_string, "/:@!$&'()*+,;=~?%") if request.query_string else ""


def _links(iri: str, words: Vocabulary) -> tuple[str, ...]:
    return link_header(signposts(iri, words.kind_of(iri), request.script_root))


def _redirect(path: str, status: int, reading: ReleaseSource, links: Iterable[str] = ()) -> Response:
    target = path if "://" in path else request.script_root + path
    response = read_headers(Response(status=status, headers={"Location": target}), reading.release)
    for link in links:
        response.headers.add("Link", link)
    response.vary.add("Accept")
    return response
