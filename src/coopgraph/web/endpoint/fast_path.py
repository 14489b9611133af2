"""Fast path: queries that a worker answers at once, answered on the event loop, without a thread or a framework.

What is plain and quick is most of what an endpoint is asked, and costs a fifth of the time this way. Everything else
(a query that takes longer, a large result, a problem, any header that is not known here) goes on in a thread, where
the application says the same, byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.sansio.utils import get_host

from coopgraph.errors import CoopgraphError
from coopgraph.http.content_coding import coding_preference
from coopgraph.http.request_fields import CONDITIONS, SPECIAL
from coopgraph.query import negotiation, protocol_request
from coopgraph.query.buffered_result import BufferedResult
from coopgraph.query.service import QueryService, StartedQuery
from coopgraph.store.protocol import Answer, Lane
from coopgraph.web.common import result_headers
from coopgraph.web.common.compression import CapturedStart, ContentCoding, collected
from coopgraph.web.common.responses import PROTECTION
from coopgraph.web.endpoint.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/sparql"

FAST_WAIT = 0.05
"""Seconds that an answer may take here, from the queue to its last byte."""

LONGEST_FAST_QUERY = 16 * 1024
"""Bytes of an address beyond which reading the query, and sending it, is left to a thread."""

MOST_TO_COMPRESS = 16 * 1024
"""Bytes of a result beyond which compressing is left to a thread."""
_NOT_PLAIN = SPECIAL | CONDITIONS | {"accept-profile"}


class PlainQuery(NamedTuple):
    """What a plain read of ``/sparql`` asks: the query string, and its negotiated header fields."""

    query: str
    accept: str
    accept_encoding: str


class FastAnswer(NamedTuple):
    """A whole answer: status 200, its headers with names in lower case, its body."""

    headers: list[tuple[str, str]]
    body: bytes


Then = Callable[[FastAnswer | StartedQuery | None], object]
"""Takes the whole answer; or what was begun and must go on in a thread; or None where nothing was begun."""


def plain_query(method: str, scheme: str, path: str, query: str, headers: Mapping[str, str]) -> PlainQuery | None:
    """Return what a request asks that may be answered here; None for one that only the application understands.

    ``headers`` by name in lower case, those sent several times joined by commas.
    """
    plain = method == "GET" and path == PATH and len(query) <= LONGEST_FAST_QUERY and query.isascii()
    if not plain or not headers.keys().isdisjoint(_NOT_PLAIN) or not _names_a_server(scheme, headers.get("host", "")):
        return None
    return PlainQuery(query, headers.get("accept", ""), headers.get("accept-encoding", ""))


_log = logging.getLogger("coopgraph.web")


class FastPath:
    """Answers queries of the current release through ``query_service``, and counts them."""

    def __init__(self, query_service: QueryService, metrics: Metrics) -> None:
        self._query_service = query_service
        self._metrics = metrics
        # In the order in which their time is over; one look at a time is ahead.
        self._going: dict[_Answering, float] = {}
        self._looking: asyncio.AbstractEventLoop | None = None

    def begin(self, asked: PlainQuery, then: Then) -> None:
        """Begin to answer in the running event loop; ``then`` is called once, maybe at once."""
        start = time.perf_counter()
        going = self._started(asked, start, then)
        if going is None:
            then(None)
        else:
            self._attend(going)

    def _attend(self, going: _Answering) -> None:
        loop = asyncio.get_running_loop()
        self._going[going] = loop.time() + FAST_WAIT
        if self._looking is not loop:
            self._looking = loop
            loop.call_later(FAST_WAIT, self._look, loop)
        going.attend()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let those whose time is over go on in a thread."""
        self._looking = None
        for going, until in tuple(self._going.items()):
            if until > loop.time():
                self._looking = loop
                loop.call_at(until, self._look, loop)
                return
            going.hand_over()

    def ended(self, going: _Answering) -> None:
        """Forget one that has its answer, or goes on elsewhere."""
        del self._going[going]

    def _started(self, asked: PlainQuery, start: float, then: Then) -> _Answering | None:
        try:
            request = protocol_request.from_address(asked.query.encode("ascii"))
            if request is None or request.explain or negotiation.wants_page(asked.accept, request.format):
                return None
            choice = negotiation.by_header_or_name(asked.accept, request.format)
            inspected = self._query_service.inspect(request.sparql_query)
            started = self._query_service.begin(request.sparql_query, choice, inspected, request.timeout)
        except CoopgraphError:
            # The application says what is wrong.
            return None
        if started is None:
            return None
        tag = (
            result_headers.etag(started.release, inspected.placed(request.sparql_query), choice)
            if inspected.repeatable
            else ""
        )
        return _Answering(self, asked, started, tag, start, then)

    def most(self, asked: PlainQuery) -> int:
        """Return the size of the largest result that is finished here, in bytes."""
        limit = self._query_service.limits.size
        return min(limit, MOST_TO_COMPRESS) if coding_preference(asked.accept_encoding).coding else limit

    def count(self, release: str, lane: Lane, seconds: float) -> None:
        """Count an answer to a query about ``release`` in the metrics, and the ``seconds`` it took."""
        self._metrics.count("GET", PATH, 200, seconds, release, ("answered", lane))


class _Answering:
    """A query from its beginning to its answer."""

    __slots__ = ("_asked", "_fast_path", "_start", "_started", "_tag", "_then")

    def __init__(
        self, fast_path: FastPath, asked: PlainQuery, started: StartedQuery, tag: str, start: float, then: Then
    ) -> None:
        self._fast_path = fast_path
        self._asked = asked
        self._started = started
        self._tag = tag
        self._start = start
        self._then = then

    def attend(self) -> None:
        """Go on as its worker says more."""
        self._started.running.attend(self._came)

    def _came(self) -> None:
        running = self._started.running
        answer = running.take()
        if answer is not None:
            self._end(answer)
        elif running.needs_thread:
            self.hand_over()

    def hand_over(self) -> None:
        """Go on in a thread."""
        self._fast_path.ended(self)
        self._started.running.unattend()
        self._then(self._started)

    def _end(self, answer: Answer) -> None:
        try:
            body = b"".join(answer.chunks)
            given = self._given(answer, body) if len(body) <= self._fast_path.most(self._asked) else None
        except Exception as error:
            _log.error("unforeseen %s while a query was answered at once", type(error).__name__)
            given = None
        if given is None:
            self.hand_over()
            return
        self._fast_path.ended(self)
        self._started.running.unattend()
        self._then(given)
        self._fast_path.count(self._started.release, answer.lane, time.perf_counter() - self._start)

    def _given(self, answer: Answer, body: bytes) -> FastAnswer:
        """Return the result as its client wants it."""
        digest = hashlib.sha256(body).digest()
        if not coding_preference(self._asked.accept_encoding).coding:
            before, after = _around(answer.format.content_type, self._started.release)
            own = [("content-length", str(len(body))), ("repr-digest", result_headers.repr_digest(digest))]
            own += [(name.lower(), value) for name, value in result_headers.fields_of_version(self._tag)]
            return FastAnswer([*before, *own, *after], body)
        held = BufferedResult(answer, body, len(body), digest)
        return _encoded(self._asked, held, self._started.release, self._tag)


@lru_cache(maxsize=64)
def _around(content_type: str, release: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what all results in a format say, before and after what each says of itself."""
    said = (*result_headers.fields_of_read(release, None, pinned=False), *PROTECTION.items())
    shared = [field for field in said if field not in result_headers.fields_of_version(None)]
    varied = [(name.lower(), f"{value}, Accept-Encoding" if name == "Vary" else value) for name, value in shared]
    return [("content-type", content_type)], varied


@lru_cache(maxsize=256)
def _names_a_server(scheme: str, host: str) -> bool:
    return bool(get_host(scheme, host))


def _encoded(asked: PlainQuery, held: BufferedResult, release: str, tag: str) -> FastAnswer:
    """Return the result as its client wants it, compressed."""
    content = held.content
    assert isinstance(content, bytes)

    def plain(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read = result_headers.fields_of_read(release, tag or None, pinned=False)
        start_response("200 OK", [*result_headers.result_headers(held), *read, *PROTECTION.items()])
        return [content]

    begun = CapturedStart()
    body = collected(ContentCoding(plain)({"HTTP_ACCEPT_ENCODING": asked.accept_encoding}, begun))
    return FastAnswer([(name.lower(), value) for name, value in begun.headers], body)
