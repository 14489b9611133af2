"""SPARQL 1.1 Protocol request, taken apart (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

import math
from binascii import a2b_qp
from typing import NamedTuple
from urllib.parse import parse_qsl

from coopgraph.errors import QueryRefused, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.terms import NamedNode
from coopgraph.sparql.query import SparqlQuery

FORM = "application/x-www-form-urlencoded"
QUERY_MEDIA_TYPE = "application/sparql-query"
UPDATE = "application/sparql-update"

MARK = "\ufeff"
"""The byte order mark that some editors begin a file with: no part of a query (RFC 3629, section 6)."""

_FIELDS = 10_000
_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")
_FIELDS_READ = frozenset(("query", "default-graph-uri", "named-graph-uri", "timeout", "format", "explain"))


class ProtocolRequest(NamedTuple):
    """What a request asks. ``format`` is a format's name or empty; ``timeout`` in seconds or None.

    ``explain``: it is to be said how the query will be answered, instead of its answer.
    """

    sparql_query: SparqlQuery
    format: str
    timeout: float | None
    explain: bool = False


def from_address(address: bytes) -> ProtocolRequest | None:
    """Read a GET request's query string; None where it asks nothing. Raises WrongUsage or QueryRefused."""
    name, _, value = address.partition(b"=")
    alone = name == b"query" and b"&" not in value and value.isascii()
    decoded = _decoded(value) if alone else None
    return _read(_pairs(address)) if decoded is None else ProtocolRequest(SparqlQuery(query_text(decoded)), "", None)


def from_form(body: bytes, address: bytes) -> ProtocolRequest:
    """Read a form-encoded POST request; what only its address says counts as well.

    The protocol is silent about fields in the address of a form. They are never ignored: a field that says one thing in
    the form and another in the address is WrongUsage. Raises WrongUsage or QueryRefused.
    """
    form, beside = _pairs(body), _pairs(address)
    asked = _read([*form, *_only(beside, form)])
    if asked is None:
        raise WrongUsage(Message("The form has no field “query”."), Message("Send the query in a field of that name."))
    return asked


def from_query(body: bytes, address: bytes) -> ProtocolRequest:
    """Read a POST request whose body is the query itself. Raises WrongUsage."""
    pairs = _pairs(address)
    if any(name == "query" for name, _ in pairs):
        raise WrongUsage(Message("There is a query in the body and another in the address."), Message("Send one."))
    asked = _read([*pairs, ("query", _utf8(body))])
    assert asked is not None
    return asked


def query_text(body: bytes) -> str:
    """Return the query that ``body`` is, without a byte order mark. Raises WrongUsage for what is not UTF-8."""
    return _utf8(body).removeprefix(MARK)


def update_refused() -> QueryRefused:
    """Return the answer to a SPARQL Update."""
    return QueryRefused(
        Message("This address only answers queries; it takes no SPARQL Update."),
        Message("Changes are made in the entity files, are checked there, and come with the next release."),
    )


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form, whose letters beyond ASCII may stand as they are (https://url.spec.whatwg.org/)."""
    try:
        return parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS
        )
    except UnicodeDecodeError as error:
        raise _not_utf8() from error
    except ValueError as error:
        raise WrongUsage(
            Message("The request has more than {limit:,} fields.", limit=_FIELDS), Message("Send fewer.")
        ) from error


def _decoded(value: bytes) -> bytes | None:
    """Return a form's ASCII value as it was before it was encoded; None where that is not plain to tell."""
    # The escapes are those of quoted-printable, with another sign, which are decoded outside the interpreter.
    decoded = a2b_qp(value.replace(b"=", b"=3D").replace(b"%", b"=").replace(b"+", b" "))
    return decoded if len(decoded) == len(value) - 2 * value.count(b"%") else None


def _only(pairs: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of ``pairs`` that ``others`` lack. Raises WrongUsage for one that says another thing there."""
    here, there = _by_name(pairs), _by_name(others)
    for name in here.keys() & there.keys() & _FIELDS_READ:
        if name == "query" or set(here[name]) != set(there[name]):
            raise WrongUsage(
                Message("There is a field “{name}” in the form and another in the address.", name=name),
                Message("Send it in one of the two."),
            )
    return [(name, value) for name, value in pairs if name not in there]


def _by_name(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def _not_utf8() -> WrongUsage:
    return WrongUsage(Message("The request is not UTF-8 text."), Message("Encode the query as UTF-8."))


def _read(pairs: list[tuple[str, str]]) -> ProtocolRequest | None:
    values = _by_name(pairs)
    if "update" in values:
        raise update_refused()
    if "query" not in values:
        return None
    for name in _OF_UPDATES:
        if name in values:
            raise WrongUsage(
                Message("“{name}” belongs to SPARQL Update.", name=name),
                Message("Name the graphs of a query in default-graph-uri, named-graph-uri."),
            )
    query, timeout = (_single(name, values.get(name, [""])) for name in ("query", "timeout"))
    # The protocol knows no “format”; some clients send several, hoping that one is understood.
    wanted = values.get("format", [""])[0]
    explain = values.get("explain", [""])[0] not in ("", "0", "false")
    default, named = (_graphs(name, values.get(name)) for name in ("default-graph-uri", "named-graph-uri"))
    return ProtocolRequest(SparqlQuery(query.removeprefix(MARK), default, named), wanted, _seconds(timeout), explain)


def _single(name: str, given: list[str]) -> str:
    if len(given) > 1:
        raise WrongUsage(
            Message("There are {number} values for “{name}”.", number=len(given), name=name), Message("Send one.")
        )
    return given[0]


def _graphs(name: str, given: list[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    for iri in given:
        try:
            NamedNode(iri)
        except ValueError as error:
            raise WrongUsage(
                Message("“{name}” must be a whole IRI, and “{iri}” is not.", name=name, iri=iri),
                Message("Write it in full."),
            ) from error
    return tuple(given)


def _seconds(given: str) -> float | None:
    if not given:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise WrongUsage(
            Message("“timeout” must be a number of seconds above zero, and “{given}” is not.", given=given),
            Message("Send a number."),
        )
    return seconds
