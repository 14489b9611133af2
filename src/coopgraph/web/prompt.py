"""Queries that a worker answers at once, answered on the event loop: no thread waits, and no framework is asked.

What is plain and quick is most of what an endpoint is asked, and costs a fifth of the time this way. Everything else
(a query that takes longer, a large result, a problem, any header that is not known here) goes on in a thread, where
the application says the same, byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from werkzeug.sansio.utils import get_host

from coopgraph.ask import negotiate, wire
from coopgraph.ask.answer import Begun as BegunQuery
from coopgraph.ask.answer import Door
from coopgraph.ask.whole import Whole
from coopgraph.errors import CoopgraphError
from coopgraph.store.protocol import Answer, Asking
from coopgraph.web import result
from coopgraph.web.cache import Asked, Cache, Kept
from coopgraph.web.encoding import Begun, Encoding, wanted, whole
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


class Prompt:
    """Answers queries of the current release through ``door``; counts them, and lets ``cache`` keep them."""

    def __init__(self, door: Door, cache: Cache, metrics: Metrics) -> None:
        self._door = door
        self._cache = cache
        self._metrics = metrics

    async def answer(self, asked: Asked) -> Kept | BegunQuery | None:
        """Return the whole answer; or what was begun and must go on in a thread; or None where nothing was begun."""
        plain = not asked.head and not asked.if_none_match and len(asked.query) <= LONGEST and asked.query.isascii()
        if not plain or not get_host(asked.scheme, asked.host):
            return None
        start = time.perf_counter()
        try:
            request = wire.from_address(asked.query.encode("ascii"))
            if request is None:
                return None
            choice = negotiate.by_header_or_name(asked.accept, request.format)
            inspected = self._door.inspect(request.question)
            begun = self._door.begin(request.question, choice, inspected, request.timeout)
        except CoopgraphError:
            # The application says what is wrong.
            return None
        if begun is None:
            return None
        answer = await _soon(begun.asking)
        body = b"" if answer is None else b"".join(answer.chunks)
        if answer is None or len(body) > self._most(asked):
            return begun
        tag = result.etag(begun.release, request.question, choice) if inspected.repeatable else None
        held = Whole(answer, body, len(body), hashlib.sha256(body).digest())
        given = _encoded(asked, held, begun.release, tag)
        seconds = time.perf_counter() - start
        self._metrics.count("GET", PATH, given.status, seconds, begun.release, ("answered", answer.lane))
        self._cache.keep(asked, given)
        return given

    def _most(self, asked: Asked) -> int:
        """Return the size of the largest result that is finished here, in bytes."""
        limit = self._door.limits.size
        return min(limit, MOST_TO_COMPRESS) if wanted(asked.accept_encoding).coding else limit


def _encoded(asked: Asked, held: Whole, release: str, tag: str | None) -> Kept:
    """Return the result as its client wants it."""
    content = held.content
    assert isinstance(content, bytes)
    if not wanted(asked.accept_encoding).coding:
        before, after = _said(release)
        described = [(name.lower(), value) for name, value in result.fields(held)]
        tagged = [("etag", f'"{tag}"')] if tag else []
        return Kept(200, [*described, *before, *tagged, *after], content, tagged[0][1] if tag else "")

    def plain(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read = result.fields_of_read(release, tag, pinned=False)
        start_response("200 OK", [*result.fields(held), *read, *PROTECTION.items()])
        return [content]

    begun = Begun()
    body = whole(Encoding(plain)({"HTTP_ACCEPT_ENCODING": asked.accept_encoding}, begun))
    headers = [(name.lower(), value) for name, value in begun.headers]
    return Kept(200, headers, body, dict(headers).get("etag", ""))


@lru_cache(maxsize=4)
def _said(release: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the headers before and after the ETag of a result of ``release`` that is not compressed."""
    read = result.fields_of_read(release, "", pinned=False)
    lowered = [(name.lower(), value) for name, value in (*read, *PROTECTION.items()) if name != "Vary"]
    here = next(place for place, (name, _) in enumerate(lowered) if name == "cache-control")
    return lowered[:here], [*lowered[here:], ("vary", f"{dict(read)['Vary']}, Accept-Encoding")]


async def _soon(asking: Asking) -> Answer | None:
    """Return the answer where all of it is there soon; None where a thread must go on."""
    loop = asyncio.get_running_loop()
    whole: asyncio.Future[Answer | None] = loop.create_future()
    descriptor: int | None = None

    def end(answer: Answer | None) -> None:
        if descriptor is not None:
            loop.remove_reader(descriptor)
        if not whole.done():
            whole.set_result(answer)

    def read() -> None:
        answer = asking.take()
        if answer is not None or asking.needs_thread:
            end(answer)

    def begin() -> None:
        nonlocal descriptor
        if whole.done():
            return
        descriptor = asking.send()
        if descriptor is None:
            end(None)
        else:
            loop.add_reader(descriptor, read)

    asking.watch(partial(loop.call_soon_threadsafe, begin))
    late = loop.call_later(PATIENCE, end, None)
    try:
        return await whole
    finally:
        late.cancel()
