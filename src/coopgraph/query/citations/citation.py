"""Citation of a result: what it holds, and how it is replayed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date

from coopgraph.errors import QueryRefused, QueryTooLong
from coopgraph.messages.message import Message
from coopgraph.query.service import QueryService
from coopgraph.rdf.formats import Format
from coopgraph.rdf.row_count import RowCounter
from coopgraph.sparql.lexer import without_comments
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Answer, CancellationToken, Choice

_LETTERS = 16
"""Length of a citation's name: 80 bits of a SHA-256 in base 32."""


@dataclass(frozen=True, slots=True)
class ResultDigest:
    """A whole result as it was sent: its format's name, SHA-256 in hexadecimal, size in bytes.

    ``rows`` counts the rows of a SELECT; None for other results.
    """

    format: str
    sha256: str
    size: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A query, the release that it asked, and its result. ``day`` is when it was cited, in UTC; who did is not kept."""

    query: str
    release: str
    result: ResultDigest
    day: date

    @property
    def id(self) -> str:
        """The citation's name; whoever cites the same gets the same."""
        parts = (self.query, self.release, self.result.format, self.result.sha256)
        digest = hashlib.sha256("\0".join(parts).encode("utf-8")).digest()
        return base64.b32encode(digest).decode("ascii").lower()[:_LETTERS]


def public_query(citation: Citation) -> str:
    """Return the query of ``citation`` as strangers may read it: without comments, which were kept once."""
    return without_comments(citation.query)


def cite(
    query_service: QueryService,
    query: str,
    choice: Choice,
    day: date,
    *,
    length: int,
    cancellation: CancellationToken | None = None,
) -> Citation:
    """Run ``query`` on the release of ``query_service``; return its citation. ``length`` is the longest text, in bytes.

    Comments are no part of what is cited: they say what their writer likes, and nothing about the result.

    Raises what the query service raises, QueryTooLong, and QueryRefused for a query whose result is another each time.
    """
    if len(query.encode("utf-8", "surrogatepass")) > length:
        raise QueryTooLong(
            Message("The query is longer than {limit:,} bytes, the most that is kept for a citation.", limit=length),
            Message("Shorten it, or publish it elsewhere beside the name of the release."),
            limit=length,
        )
    if not query_service.inspect(SparqlQuery(query)).repeatable:
        raise QueryRefused(
            Message(
                "The result of this query is another each time (NOW, RAND, UUID, STRUUID, BNODE or a new blank node)."
            ),
            Message("Take that out; what is cited must come out the same when it is asked again."),
        )
    release, query = query_service.release_name(), without_comments(query)
    return Citation(query, release, replay(query_service.at(release), query, choice, cancellation), day)


def replay(
    query_service: QueryService, query: str, choice: Choice, cancellation: CancellationToken | None = None
) -> ResultDigest:
    """Run ``query`` and return what its result was; its bytes are not kept. Raises what the service raises."""
    return _measured(query_service.answer(SparqlQuery(query), choice, cancellation=cancellation))


def choice_of(chosen: Format) -> Choice:
    """Return the choice by which a result in the format ``chosen`` comes in that format again."""
    rows, truth, graph = (chosen if kind in chosen.carries else None for kind in ("bindings", "boolean", "triples"))
    return Choice(rows, truth, graph)


def _measured(answer: Answer) -> ResultDigest:
    counter = RowCounter(answer.format) if answer.form == "bindings" else None
    digest, size = hashlib.sha256(), 0
    for chunk in counter.watch(answer.chunks) if counter else answer.chunks:
        digest.update(chunk)
        size += len(chunk)
    return ResultDigest(answer.format.name, digest.hexdigest(), size, counter.rows if counter else None)
