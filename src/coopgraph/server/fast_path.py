"""Queries that a worker answers at once, answered on the event loop: no thread waits, and no framework is asked.

What is plain and quick is most of what an endpoint is asked, and costs a fifth of the time this way. Everything else
(a query that takes longer, a large result, a problem, any header that is not known here) goes on in a thread, where
the application says the same, byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.sansio.utils import get_host

from coopgraph.errors import CoopgraphError
from coopgraph.http.content_coding import coding_preference
from coopgraph.query import negotiation, protocol_request
from coopgraph.query.buffered_result import BufferedResult
from coopgraph.query.service import QueryService
from coopgraph.query.service import StartedQuery as BegunQuery
from coopgraph.server.http1.message import header_lines, start
from coopgraph.server.metrics import Metrics
from coopgraph.server.response_cache import CachedResponse, CacheKey, ResponseCache, kept
from coopgraph.store.protocol import Answer, Lane
from coopgraph.web.common import result_headers
from coopgraph.web.common.compression import CapturedStart, ContentCoding, collected
from coopgraph.web.common.responses import PROTECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/sparql"

FAST_WAIT = 0.05
"""Seconds that an answer may take here, from the queue to its last byte."""

LONGEST_FAST_QUERY = 16 * 1024
"""Bytes of an address beyond which reading the query, and sending it, is left to a thread."""

MOST_TO_COMPRESS = 16 * 1024
"""Bytes of a result beyond which compressing is left to a thread."""


Then = Callable[[CachedResponse | BegunQuery | None], object]
"""Takes the whole answer; or what was begun and must go on in a thread; or None where nothing was begun."""

_log = logging.getLogger("coopgraph.web")


class FastPath:
    """Answers queries of the current release through ``query_service``; counts them, and lets ``cache`` keep them."""

    def __init__(self, query_service: QueryService, cache: ResponseCache, metrics: Metrics) -> None:
        self._query_service = query_service
        self._cache = cache
        self._metrics = metrics
        # In the order in which their time is over; one look at a time is ahead.
        self._going: dict[_Answering, float] = {}
        self._looking: asyncio.AbstractEventLoop | None = None

    def begin(self, asked: CacheKey, then: Then) -> None:
        """Begin to answer in the running event loop; ``then`` is called once, maybe at once."""
        start = time.perf_counter()
        going = self._begun(asked, start, then)
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

    def _begun(self, asked: CacheKey, start: float, then: Then) -> _Answering | None:
        plain = (
            not asked.head
            and not asked.if_none_match
            and len(asked.query) <= LONGEST_FAST_QUERY
            and asked.query.isascii()
        )
        if not plain or not _names_a_server(asked.scheme, asked.host):
            return None
        try:
            request = protocol_request.from_address(asked.query.encode("ascii"))
            if request is None or negotiation.wants_page(asked.accept, request.format):
                return None
            choice = negotiation.by_header_or_name(asked.accept, request.format)
            inspected = self._query_service.inspect(request.question)
            begun = self._query_service.begin(request.question, choice, inspected, request.timeout)
        except CoopgraphError:
            # The application says what is wrong.
            return None
        if begun is None:
            return None
        tag = (
            result_headers.etag(begun.release, inspected.placed(request.question), choice)
            if inspected.repeatable
            else ""
        )
        return _Answering(self, asked, begun, tag, start, then)

    def most(self, asked: CacheKey) -> int:
        """Return the size of the largest result that is finished here, in bytes."""
        limit = self._query_service.limits.size
        return min(limit, MOST_TO_COMPRESS) if coding_preference(asked.accept_encoding).coding else limit

    def answered(self, asked: CacheKey, release: str, given: CachedResponse, lane: Lane, seconds: float) -> None:
        """Count an answer, and keep it."""
        self._metrics.count("GET", PATH, given.status, seconds, release, ("answered", lane))
        self._cache.keep(asked, release, given)


class _Answering:
    """A query from its beginning to its answer."""

    __slots__ = ("_asked", "_begun", "_prompt", "_start", "_tag", "_then")

    def __init__(
        self, prompt: FastPath, asked: CacheKey, begun: BegunQuery, tag: str, start: float, then: Then
    ) -> None:
        self._prompt = prompt
        self._asked = asked
        self._begun = begun
        self._tag = tag
        self._start = start
        self._then = then

    def attend(self) -> None:
        """Go on as its worker says more."""
        self._begun.asking.attend(self._came)

    def _came(self) -> None:
        asking = self._begun.asking
        answer = asking.take()
        if answer is not None:
            self._end(answer)
        elif asking.needs_thread:
            self.hand_over()

    def hand_over(self) -> None:
        """Go on in a thread."""
        self._prompt.ended(self)
        self._begun.asking.unattend()
        self._then(self._begun)

    def _end(self, answer: Answer) -> None:
        try:
            body = b"".join(answer.chunks)
            given = self._given(answer, body) if len(body) <= self._prompt.most(self._asked) else None
        except Exception as error:
            _log.error("unforeseen %s while a query was answered at once", type(error).__name__)
            given = None
        if given is None:
            self.hand_over()
            return
        self._prompt.ended(self)
        self._begun.asking.unattend()
        self._then(given)
        seconds = time.perf_counter() - self._start
        self._prompt.answered(self._asked, self._begun.release, given, answer.lane, seconds)

    def _given(self, answer: Answer, body: bytes) -> CachedResponse:
        """Return the result as its client wants it."""
        digest = hashlib.sha256(body).digest()
        if not coding_preference(self._asked.accept_encoding).coding:
            before, after = _around(answer.format.content_type, self._begun.release)
            own = [("content-length", str(len(body))), ("repr-digest", result_headers.repr_digest(digest))]
            own += [(name.lower(), value) for name, value in result_headers.fields_of_version(self._tag)]
            return CachedResponse(
                200, b"%b%b%b" % (before, header_lines(own), after), body, f'"{self._tag}"' if self._tag else ""
            )
        held = BufferedResult(answer, body, len(body), digest)
        return _encoded(self._asked, held, self._begun.release, self._tag)


@lru_cache(maxsize=64)
def _around(content_type: str, release: str) -> tuple[bytes, bytes]:
    """Return what all results in a format say, as it is sent: before and after what each says of itself."""
    said = (*result_headers.fields_of_read(release, None, pinned=False), *PROTECTION.items())
    shared = [field for field in said if field not in result_headers.fields_of_version(None)]
    varied = [(name.lower(), f"{value}, Accept-Encoding" if name == "Vary" else value) for name, value in shared]
    return start(200, [("content-type", content_type)]), header_lines(varied)


@lru_cache(maxsize=256)
def _names_a_server(scheme: str, host: str) -> bool:
    return bool(get_host(scheme, host))


def _encoded(asked: CacheKey, held: BufferedResult, release: str, tag: str) -> CachedResponse:
    """Return the result as its client wants it, compressed."""
    content = held.content
    assert isinstance(content, bytes)

    def plain(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read = result_headers.fields_of_read(release, tag or None, pinned=False)
        start_response("200 OK", [*result_headers.result_headers(held), *read, *PROTECTION.items()])
        return [content]

    begun = CapturedStart()
    body = collected(ContentCoding(plain)({"HTTP_ACCEPT_ENCODING": asked.accept_encoding}, begun))
    return kept(200, [(name.lower(), value) for name, value in begun.headers], body)
