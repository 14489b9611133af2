"""``/cite``: a short address for a query, the release it asked and the checksum of its result, to verify by anyone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from coopgraph.context import AppContext
from coopgraph.errors import NotAcceptable, NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.query import negotiation, protocol_request
from coopgraph.query.citations.citation import Citation, ResultDigest, choice_of, cite, public_query, replay
from coopgraph.query.citations.register import Register
from coopgraph.rdf import formats
from coopgraph.store.protocol import Choice
from coopgraph.web.common import request_context
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give
from coopgraph.web.endpoint.daily_limit import DailyLimit

_FIELDS = {"query", "release", "format"}
_BROADER = 4
"""How many times the length of a query a request may have, for what encoding it as a form takes."""

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "query": "https://schema.org/text",
    "contentUrl": {"@type": "@id"},
    "isBasedOn": {"@type": "@id"},
    **dict.fromkeys(("release", "format", "rows", "replay")),
}
"""schema.org's terms, so that a program that knows none of ours reads what was cited; the rest is plain JSON."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses under ``/cite``."""
    room = Blueprint("cite", __name__)
    register = Register(app_context.var, app_context.settings.citations)
    daily = DailyLimit(app_context.settings.client_citations)

    @room.post("/cite")
    def new() -> Response:
        """Run a query, keep its citation, and lead there."""
        request.max_content_length = _BROADER * app_context.settings.citation_length + 1024
        fields = _fields()
        caller = request_context.client_hash()
        daily.allow(caller)
        with request_context.client_slot():
            made = cite(
                app_context.query_service.at(
                    fields.get("release") or request_context.pinned() or app_context.query_service.release_name()
                ),
                fields["query"],
                _choice(fields.get("format", "")),
                datetime.now(UTC).date(),
                length=app_context.settings.citation_length,
                cancellation=request_context.cancellation(),
            )
        citation = register.add(made)
        if citation is made:
            daily.note(caller)
        address = _address(citation.id)
        if _wants_page():
            return redirect(address, 303)  # type: ignore[return-value]
        response = _uncached(_data(_as_data(citation)))
        response.status_code = 201
        response.headers["Location"] = address
        return response

    @room.get("/cite/<name>")
    def one(name: str) -> Response:
        """Show what was cited."""
        citation = _kept(app_context, register, name)
        register.visit(name, citation, datetime.now(UTC).date())
        if _wants_page():
            return _uncached(_page("citation.html", citation))
        return _uncached(_data(_as_data(citation)))

    @room.get("/cite/<name>/replay")
    def replayed(name: str) -> Response:
        """Ask the cited query again, of the same release, and compare the results."""
        citation = _kept(app_context, register, name)
        with request_context.client_slot():
            found = replay(
                app_context.query_service.at(citation.release),
                citation.query,
                choice_of(formats.BY_NAME[citation.result.format]),
                request_context.cancellation(),
            )
        if _wants_page():
            return _uncached(_page("replay.html", citation, found=found, remark=_remark(citation, found)))
        verdict = {
            "citation": _address(name),
            "release": citation.release,
            "identical": found == citation.result,
            "remark": _remark(citation, found),
            "cited": _measures(citation.result),
            "found": _measures(found),
        }
        return _uncached(_data(verdict))

    return room


def _fields() -> dict[str, str]:
    given: Any
    match request.mimetype:
        case "application/x-www-form-urlencoded":
            given = request.form.to_dict()
        case "application/json":
            try:
                given = request.get_json()
            except BadRequest as error:
                raise WrongUsage(Message("The body is no JSON."), Message('Send {"query": "…"} in UTF-8.')) from error
            except RecursionError as error:
                raise WrongUsage(Message("The JSON is nested too deep."), Message('Send {"query": "…"}.')) from error
        case _:
            raise UnsupportedMediaType("Send a form or JSON with query, and release and format if you like.")
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise WrongUsage(Message("The request is no set of texts."), Message('Send {"query": "…"}.'))
    if unknown := given.keys() - _FIELDS:
        raise WrongUsage(
            Message("A citation has no field “{name}”.", name=min(unknown)),
            Message("Its fields: query, release, format. Put a dataset into FROM."),
        )
    if not given.get("query", "").strip():
        raise WrongUsage(Message("There is no query to cite."), Message("Send it in the field “query”."))
    return {**given, "query": given["query"].removeprefix(protocol_request.MARK)}


def _choice(name: str) -> Choice:
    if name == formats.PARQUET.name:
        raise NotAcceptable(
            Message("The bytes of a Parquet file depend on the program that wrote it, so they cannot be verified."),
            Message("Cite the same result as csv or json."),
        )
    return negotiation.by_name(name) if name else negotiation.ANYTHING


def _kept(app_context: AppContext, register: Register, name: str) -> Citation:
    citation = register.find(name)
    if citation is None:
        raise NotFound(
            Message("There is no citation of this name."),
            Message("Check the address; it ends in 16 letters and digits."),
        )
    release_folder.manifest(app_context.var, citation.release)
    return citation


def _measures(result: ResultDigest) -> dict[str, Any]:
    return {"sha256": result.sha256, "bytes": result.size, "rows": result.rows}


def _remark(citation: Citation, found: ResultDigest) -> str:
    if found == citation.result:
        return "The result is the same, byte for byte."
    if (found.size, found.rows) == (citation.result.size, citation.result.rows):
        return (
            "The result is as long but its bytes differ. Without ORDER BY, another version of the engine may give the "
            "same rows in another order: compare them sorted."
        )
    return "The result differs."


def _as_data(citation: Citation) -> dict[str, Any]:
    result = citation.result
    return {
        "@context": _CONTEXT,
        "@id": _address(citation.id),
        "@type": "DataDownload",
        "identifier": citation.id,
        "dateCreated": citation.day.isoformat(),
        "query": public_query(citation),
        "release": citation.release,
        "isBasedOn": absolute_url(f"/releases/{citation.release}"),
        "format": result.format,
        "encodingFormat": formats.BY_NAME[result.format].media_type,
        "sha256": result.sha256,
        "contentSize": f"{result.size} B",
        "rows": result.rows,
        "contentUrl": _result_address(citation),
        "replay": _address(citation.id) + "/replay",
    }


def _address(name: str) -> str:
    return absolute_url(f"/cite/{name}")


def _result_address(citation: Citation) -> str:
    asked_again = urlencode({"query": public_query(citation), "format": citation.result.format})
    return absolute_url(f"/at/{citation.release}/sparql?{asked_again}")


def _wants_page() -> bool:
    accept = request.accept_mimetypes
    return accept["text/html"] > max(accept["application/json"], accept[formats.JSON_LD.media_type])


def _page(template: str, citation: Citation, **values: Any) -> Response:
    body = render_template(
        template,
        citation=citation,
        query=public_query(citation),
        address=_address(citation.id),
        result_address=_result_address(citation),
        **values,
    )
    return give(body.encode("utf-8"), "text/html; charset=utf-8", release=None, vary=("Accept",))


def _data(value: dict[str, Any]) -> Response:
    accept = request.accept_mimetypes
    linked = "@context" in value and accept[formats.JSON_LD.media_type] >= accept["application/json"]
    body = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    media_type = formats.JSON_LD.media_type if linked else "application/json"
    return give(body.encode("utf-8"), media_type, release=None, vary=("Accept",))


def _uncached(response: Response) -> Response:
    # Its release may be withdrawn at any time.
    response.headers["Cache-Control"] = "no-store"
    return response
