"""Profile of a document, asked for by a name in the address, by ``Accept-Profile``, or by JSON-LD's media type.

Content Negotiation by Profile: https://www.w3.org/TR/dx-prof-conneg/. The media type's ``profile`` parameter:
https://www.w3.org/TR/json-ld11/#iana-considerations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import request

from coopgraph.errors import NotAcceptable, WrongUsage
from coopgraph.http.quality_values import LONGEST_LIST, MOST_ITEMS, weighted
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import JSON_LD, Format
from coopgraph.reading.data.profiles import PROFILE
from coopgraph.reading.description import PROFILES, Profile

_JSON_LD_KEYWORDS = "http://www.w3.org/ns/json-ld#"
_BY_IRI: Mapping[str, Profile] = {
    **{PROFILE + name: name for name in PROFILES},
    **dict.fromkeys(("https://schema.org/", "https://schema.org", "http://schema.org/", "http://schema.org"), "schema"),
    _JSON_LD_KEYWORDS + "framed": "full",
    _JSON_LD_KEYWORDS + "flattened": "flat",
}
_PROFILE_RANGE = re.compile(r"<([^<>]*)>[^<,]*?(?:;\s*q\s*=\s*([01](?:\.\d*)?))?\s*(?:,|$)", re.IGNORECASE)
_PARAMETER = re.compile(r';\s*profile\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


def asked_profile(fmt: Format) -> Profile:
    """Return the profile that the request for a document as ``fmt`` asks for; the first of all where it asks for none.

    ``?profile=`` goes before ``Accept-Profile``, that before JSON-LD's media type. Raises :class:`WrongUsage` for a
    name and :class:`NotAcceptable` for a header that names no profile there is.
    """
    named = request.args.get("profile")
    if named is not None:
        return _named(named)
    wanted = request.headers.get("Accept-Profile", "").strip()
    if wanted:
        return _best(wanted)
    return _of_media_type(request.headers.get("Accept", "")) if fmt is JSON_LD else PROFILES[0]


def _named(name: str) -> Profile:
    for known in PROFILES:
        if name == known:
            return known
    if name in _BY_IRI:
        return _BY_IRI[name]
    raise WrongUsage(
        Message("There is no profile “{asked}”.", asked=name),
        Message("Choose one of: {profiles}.", profiles=", ".join(PROFILES)),
    )


def _best(field: str) -> Profile:
    ranges = list(_PROFILE_RANGE.finditer(field[:LONGEST_LIST]))[:MOST_ITEMS]
    known = [(float(found[2] or 1), _BY_IRI[found[1]]) for found in ranges if found[1] in _BY_IRI]
    best = max(known, key=lambda item: item[0], default=(0.0, PROFILES[0]))
    if not best[0]:
        raise _unknown()
    return best[1]


def _of_media_type(field: str) -> Profile:
    named = [(quoted or plain).split() for quoted, plain in _PARAMETER.findall(field[:LONGEST_LIST])[:MOST_ITEMS]]
    asked = [iri for iris in named for iri in iris]
    for iri in asked:
        if iri in _BY_IRI:
            return _BY_IRI[iri]
    # Whoever takes something else as well, or means another of the forms of JSON-LD, is not sent away.
    alone = weighted(field).keys() == {JSON_LD.media_type}
    if asked and alone and not any(iri.startswith(_JSON_LD_KEYWORDS) for iri in asked):
        raise _unknown()
    return PROFILES[0]


def _unknown() -> NotAcceptable:
    return NotAcceptable(
        Message("This document is not to be had in the profile asked for."),
        Message("Ask for one of: {profiles}.", profiles=", ".join(f"<{PROFILE}{name}>" for name in PROFILES)),
    )
