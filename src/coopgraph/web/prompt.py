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

from coopgraph.ask import negotiate, wire
from coopgraph.ask.answer import Begun as BegunQuery
from coopgraph.ask.answer import Door
from coopgraph.ask.whole import Whole
from coopgraph.errors import CoopgraphError
from coopgraph.store.protocol import Answer, Lane
from coopgraph.web import result
from coopgraph.web.cache import Asked, Cache, Kept, kept
from coopgraph.web.encoding import Begun, Encoding, wanted, whole
from coopgraph.web.http1.message import fields, start
from coopgraph.web.metrics import Metrics
from coopgraph.web.responses import PROTECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/sparql"

PATIENCE = 0.05
"""Seconds that an answer may take here, from the queue to its last byte."""

LONGEST = 16 * 1024
"""Bytes of an address beyond which reading the query, and sending it, is left to a thread."""

MOST_TO_COMPRESS = 16 * 1024
"""Bytes of a result beyond which compressing is left to a thread."""


Then = Callable[[Kept | BegunQuery | None], object]
"""Takes the whole answer; or what was begun and must go on in a thread; or None where nothing was begun."""

_log = logging.getLogger("coopgraph.web")


class Prompt:
    """Answers queries of the current release through ``door``; counts them, and lets ``cache`` keep them."""

    def __init__(self, door: Door, cache: Cache, metrics: Metrics) -> None:
        self._door = door
        self._cache = cache
        self._metrics = metrics
        # In the order in which their time is over; one look at a time is ahead.
        self._going: dict[_Answering, float] = {}
        self._looking: asyncio.AbstractEventLoop | None = None

    def begin(self, asked: Asked, then: Then) -> None:
        """Begin to answer in the running event loop; ``then`` is called once, maybe at once."""
        start = time.perf_counter()
        going = self._begun(asked, start, then)
        if going is None:
            then(None)
        else:
            self._attend(going)

    def _attend(self, going: _Answering) -> None:
        loop = asyncio.get_running_loop()
        self._going[going] = loop.time() + PATIENCE
        if self._looking is not loop:
            self._looking = loop
            loop.call_later(PATIENCE, self._look, loop)
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

    def _begun(self, asked: Asked, start: float, then: Then) -> _Answering | None:
        plain = not asked.head and not asked.if_none_match and len(asked.query) <= LONGEST and asked.query.isascii()
        if not plain or not _names_a_server(asked.scheme, asked.host):
            return None
        try:
            request = wire.from_address(asked.query.encode("ascii"))
            if request is None or negotiate.wants_page(asked.accept, request.format):
                return None
            choice = negotiate.by_header_or_name(asked.accept, request.format)
            inspected = self._door.inspect(request.question)
            begun = self._door.begin(request.question, choice, inspected, request.timeout)
        except CoopgraphError:
            # The application says what is wrong.
            return None
        if begun is None:
            return None
        tag = result.etag(begun.release, inspected.placed(request.question), choice) if inspected.repeatable else ""
        return _Answering(self, asked, begun, tag, start, then)

    def most(self, asked: Asked) -> int:
        """Return the size of the largest result that is finished here, in bytes."""
        limit = self._door.limits.size
        return min(limit, MOST_TO_COMPRESS) if wanted(asked.accept_encoding).coding else limit

    def answered(self, asked: Asked, release: str, given: Kept, lane: Lane, seconds: float) -> None:
        """Count an answer, and keep it."""
        self._metrics.count("GET", PATH, given.status, seconds, release, ("answered", lane))
        self._cache.keep(asked, release, given)


class _Answering:
    """A query from its beginning to its answer."""

    __slots__ = ("_asked", "_begun", "_prompt", "_start", "_tag", "_then")

    def __init__(self, prompt: Prompt, asked: Asked, begun: BegunQuery, tag: str, start: float, then: Then) -> None:
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

    def _given(self, answer: Answer, body: bytes) -> Kept:
        """Return the result as its client wants it."""
        digest = hashlib.sha256(body).digest()
        if not wanted(self._asked.accept_encoding).coding:
            before, after = _around(answer.format.content_type, self._begun.release)
            own = [("content-length", str(len(body))), ("repr-digest", result.repr_digest(digest))]
            own += [(name.lower(), value) for name, value in result.fields_of_version(self._tag)]
            return Kept(200, b"%b%b%b" % (before, fields(own), after), body, f'"{self._tag}"' if self._tag else "")
        held = Whole(answer, body, len(body), digest)
        return _encoded(self._asked, held, self._begun.release, self._tag)


@lru_cache(maxsize=64)
def _around(content_type: str, release: str) -> tuple[bytes, bytes]:
    """Return what all results in a format say, as it is sent: before and after what each says of itself."""
    said = (*result.fields_of_read(release, None, pinned=False), *PROTECTION.items())
    shared = [field for field in said if field not in result.fields_of_version(None)]
    varied = [(name.lower(), f"{value}, Accept-Encoding" if name == "Vary" else value) for name, value in shared]
    return start(200, [("content-type", content_type)]), fields(varied)


@lru_cache(maxsize=256)
def _names_a_server(scheme: str, host: str) -> bool:
    return bool(get_host(scheme, host))


def _encoded(asked: Asked, held: Whole, release: str, tag: str) -> Kept:
    """Return the result as its client wants it, compressed."""
    content = held.content
    assert isinstance(content, bytes)

    def plain(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read = result.fields_of_read(release, tag or None, pinned=False)
        start_response("200 OK", [*result.fields(held), *read, *PROTECTION.items()])
        return [content]

    begun = Begun()
    body = whole(Encoding(plain)({"HTTP_ACCEPT_ENCODING": asked.accept_encoding}, begun))
    return kept(200, [(name.lower(), value) for name, value in begun.headers], body)
