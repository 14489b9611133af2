"""Response cache (RFC 9111): whole responses are kept until the next release, and given without asking the application.

A release never changes, so a response that names its release (``X-Coopgraph-Release``) is right for as long as that
release is served. Kept are reads that came whole, never problems, never what varies by a header that is not known
here; the key holds the release, the address and every negotiated header. The application says which release an address
shows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple, Protocol

from coopgraph.errors import CoopgraphError
from coopgraph.http.asgi import ASGIApplication, ASGIEvent, Receive, Scope, Send, encoded
from coopgraph.http.content_coding import coding_preference, matching
from coopgraph.http.request_fields import NEGOTIATED, SPECIAL
from coopgraph.server.http1.message import start

LARGEST_SHARE = 4
"""No answer larger than this part of the whole memory is kept."""

LARGE = 1024 * 1024
"""Bytes from which an answer is kept only when asked for again: one download drives no thousand others out."""

ASKED_ONCE = 1024
"""How many large answers are remembered as asked for once."""

OVERHEAD = 1024
"""Bytes that keeping any answer costs beyond its texts."""

_NOT_IN_304 = {
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "repr-digest",
    "last-modified",
    "etag",
}
"""Headers that describe a body (RFC 9110, section 15.4.5), and the ETag, which is the one that the client knows."""

_OF_PARTS_OR_PERSONS = ("set-cookie", "content-range")
"""Headers of an answer that is for one, or of a part."""


class CacheKey(NamedTuple):
    """A read: all of a request on which its answer may depend.

    ``if_modified_since`` is empty where there is an ``If-None-Match``, which counts instead (RFC 9110, section 13.1.3).
    """

    head: bool
    path: str
    accept_encoding: str
    if_none_match: str
    if_modified_since: str
    kept_as: tuple[str, ...]
    """What tells its answer from others of the same release.

    Two ways of asking for the same coding share an answer; any other difference in a header keeps them apart.
    """

    @property
    def unchanged_as(self) -> tuple[str, ...] | None:
        """What tells a 304 to it from others of the same release; None for a read without a condition."""
        if not (self.if_none_match or self.if_modified_since):
            return None
        return (*self.kept_as, self.accept_encoding, self.if_none_match, self.if_modified_since)


def read_of(method: str, scheme: str, path: str, query: str, headers: Mapping[str, str]) -> CacheKey | None:
    """Return what a request reads; None for one that only the application understands.

    ``headers`` by name in lower case, those sent several times joined by commas.
    """
    if method not in ("GET", "HEAD") or not headers.keys().isdisjoint(SPECIAL):
        return None
    of = headers.get
    encoding = of("accept-encoding", "")
    coding = coding_preference(encoding)
    negotiated = (of("accept", ""), of("accept-language", ""), of("accept-profile", ""))
    alone = "alone" if coding.refuses_plain else ""
    since = "" if "if-none-match" in headers else of("if-modified-since", "")
    kept_as = (scheme, of("host", ""), path, query, *negotiated, coding.coding, alone)
    return CacheKey(method == "HEAD", path, encoding, of("if-none-match", ""), since, kept_as)


class CachedResponse(NamedTuple):
    """An answer: its status, its status line and headers as they are sent (names in lower case), its body.

    Of one that a client may have already also its ETag, its Last-Modified where it has one, and ``unchanged``: the 304
    for who has it.
    """

    status: int
    start: bytes
    body: bytes
    etag: str = ""
    last_modified: str = ""
    unchanged: CachedResponse | None = None

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers one by one."""
        lines = self.start.decode("latin-1").split("\r\n")[1:-1]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    @property
    def weight(self) -> int:
        """Bytes that it takes."""
        return len(self.start) + len(self.body) + (self.unchanged.weight if self.unchanged else 0)


def kept(status: int, headers: list[tuple[str, str]], body: bytes) -> CachedResponse:
    """Return an answer as it is kept; ``headers`` with names in lower case."""
    said = dict(headers)
    if status != HTTPStatus.OK or "etag" not in said:
        return CachedResponse(status, start(status, headers), body)
    head = start(304, [(name, value) for name, value in headers if name not in _NOT_IN_304])
    unchanged = CachedResponse(304, head + _etag_line(said["etag"]), b"")
    return CachedResponse(status, start(status, headers), body, said["etag"], said.get("last-modified", ""), unchanged)


def _etag_line(etag: str) -> bytes:
    return f"etag: {etag}\r\n".encode("latin-1")


_Key = tuple[str, tuple[str, ...]]
"""A release, and what tells an answer from others of it."""


class Releases(Protocol):
    """Which release an address shows: by it a kept response is fresh or not."""

    def current(self) -> str | None:
        """Return the release that is served, or None where the data may change beneath its name."""
        ...

    def pinned(self, path: str) -> str | None:
        """Return the release that the address names itself, or None."""
        ...

    def stands(self, release: str) -> bool:
        """Return whether another release than the current one may be read."""
        ...

    def is_of_one(self, path: str) -> bool:
        """Return whether what is at an address follows from one release alone."""
        ...


class ResponseCache:
    """Keeps responses of an ASGI ``application`` within ``size`` bytes, those longest unused going first.

    ``releases`` says which release an address shows. Thread-safe.
    """

    def __init__(self, application: ASGIApplication, *, size: int, releases: Releases) -> None:
        self._application = application
        self._limit = size
        self._releases = releases
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[CachedResponse, int]] = OrderedDict()
        self._release = ""
        self._asked_once: OrderedDict[_Key, None] = OrderedDict()
        self.size = 0
        """Bytes that are taken now."""
        self.hits = 0
        """Answers given from what was kept."""
        self.misses = 0
        """Reads for which the application was asked."""

    def find(self, asked: CacheKey) -> CachedResponse | None:
        """Return the answer to ``asked`` where it is kept, whole or as a 304. Quick: the application is not asked."""
        if not self._kept:
            return None
        release = self._standing(asked.path)
        if release is None:
            return None
        key = (release, asked.kept_as)
        with self._lock:
            held = self._kept.get(key)
            if held is None and (unchanged_as := asked.unchanged_as):
                key = (release, unchanged_as)
                held = self._kept.get(key)
            if held is None:
                return None
            self._kept.move_to_end(key)
            self.hits += 1
        return _as_asked(held[0], asked)

    async def answer(self, asked: CacheKey | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from what is kept; otherwise ask the application, and keep what may be kept.

        ``asked`` is what :func:`read_of` gives for it.
        """
        if asked is None:
            await self._application(scope, receive, send)
            return
        found = self.find(asked)
        if found is not None:
            await send({"type": "http.response.start", "status": found.status, "headers": encoded(found.headers)})
            await send({"type": "http.response.body", "body": found.body})
            return
        with self._lock:
            self.misses += 1
        # Whoever asks for the head alone is given that of what is kept.
        scope = {**scope, "method": "GET"} if asked.head else scope
        await self._application(scope, receive, _Watch(self, asked, send).send)

    def may_keep(self, asked: CacheKey, status: int, headers: list[tuple[str, str]]) -> bool:
        """Return whether a response may be kept, by what it says of itself, and is worth it.

        ``headers`` by names in lower case.
        """
        return (
            self._releases.is_of_one(asked.path)
            and self._is_lasting(status, headers)
            and self._is_worth_it(asked, int(_length(status, dict(headers))))
        )

    def keep(self, asked: CacheKey, release: str, given: CachedResponse) -> None:
        """Keep a response of ``release``, unless another one is served by now."""
        # The release may have been switched, or withdrawn, while the application worked.
        if self._standing(asked.path) != release:
            return
        kept_as = asked.unchanged_as if given.status == HTTPStatus.NOT_MODIFIED else asked.kept_as
        if kept_as is None:
            return
        key = (release, kept_as)
        weight = OVERHEAD + given.weight + len("".join(kept_as))
        with self._lock:
            self._drop(key)
            while self._kept and self.size + weight > self._limit:
                self._drop(next(iter(self._kept)))
            self._kept[key] = (given, weight)
            self.size += weight

    def _standing(self, path: str) -> str | None:
        """Return the release that ``path`` asks, where its answers may be given; forget those that no longer may."""
        pinned = self._releases.pinned(path)
        if pinned is not None and not self._releases.stands(pinned):
            with self._lock:
                self._forget()
            return None
        try:
            served = self._releases.current()
        except CoopgraphError:
            return None
        if served is None:
            return None
        if served != self._release:
            with self._lock:
                self._forget()
                self._release = served
        return pinned or served

    def _forget(self) -> None:
        self._kept.clear()
        self._asked_once.clear()
        self.size = 0

    def _is_lasting(self, status: int, headers: list[tuple[str, str]]) -> bool:
        """Whether a response stays the same for as long as its release is served, by what it says of itself."""
        said = dict(headers)
        length = _length(status, said)
        return (
            status in (200, 301, 303, 304)
            and "x-coopgraph-release" in said
            # What is computed anew each time, like NOW(), has no ETag.
            and (status not in (200, 304) or said.get("etag", "").startswith('"'))
            and _may_be_stored_here(said)
            and said.keys().isdisjoint(_OF_PARTS_OR_PERSONS)
            and _varies_by_what_is_known(said.get("vary", ""))
            and length.isdecimal()
            and int(length) <= self._limit // LARGEST_SHARE
        )

    def _is_worth_it(self, asked: CacheKey, length: int) -> bool:
        """Whether an answer of ``length`` bytes is small, or was asked for before."""
        if length < LARGE:
            return True
        key = (self._release, asked.kept_as)
        with self._lock:
            if key in self._asked_once:
                return True
            self._asked_once[key] = None
            if len(self._asked_once) > ASKED_ONCE:
                self._asked_once.popitem(last=False)
        return False

    def _drop(self, key: _Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.size -= dropped[1]


class _Watch:
    """Watches a response pass to its client, and keeps it once it is whole."""

    __slots__ = ("_asked", "_cache", "_headers", "_parts", "_rest", "_send", "_status")

    def __init__(self, cache: ResponseCache, asked: CacheKey, send: Send) -> None:
        self._cache = cache
        self._asked = asked
        self._send = send
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        # None where it is not kept.
        self._parts: list[bytes] | None = None
        self._rest = 0

    async def send(self, message: ASGIEvent) -> None:
        """Pass a message on, without the body where the client asks for the head alone."""
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body":
            body, more = message.get("body", b""), message.get("more_body", False)
            if self._parts is not None:
                self._take(self._parts, body, more=more)
            if self._asked.head:
                if more:
                    return
                message = {"type": "http.response.body"}
        await self._send(message)

    def _begin(self, message: ASGIEvent) -> None:
        self._status = message["status"]
        # The date is the server's to say, each time.
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        self._headers = [field for field in fields if field[0] != "date"]
        if self._cache.may_keep(self._asked, self._status, self._headers):
            self._parts, self._rest = [], int(_length(self._status, dict(self._headers)))

    def _take(self, parts: list[bytes], body: bytes, *, more: bool) -> None:
        self._rest -= len(body)
        if self._rest < 0 or (self._rest and not more):
            self._parts = None
            return
        parts.append(body)
        if not more:
            self._parts = None
            given = kept(self._status, self._headers, b"".join(parts))
            self._cache.keep(self._asked, dict(self._headers)["x-coopgraph-release"], given)


def _as_asked(found: CachedResponse, asked: CacheKey) -> CachedResponse:
    """Return what is kept, whole or without its body, or as a 304, as a client asks for it."""
    unchanged = found.unchanged
    if unchanged is None or not (asked.if_none_match or asked.if_modified_since):
        return found._replace(body=b"") if asked.head else found
    known = _known(found, asked)
    if known is None:
        return found._replace(body=b"") if asked.head else found
    if known == found.etag:
        return unchanged
    head = unchanged.start.removesuffix(_etag_line(found.etag))
    return CachedResponse(304, head + _etag_line(known), b"")


def _known(found: CachedResponse, asked: CacheKey) -> str | None:
    """Return the ETag by which a client has what is kept; None where it has something else."""
    if asked.if_none_match == found.etag:
        return found.etag
    if asked.if_none_match:
        return matching(asked.if_none_match, found.etag, coding_preference(asked.accept_encoding))
    dates = (_moment(asked.if_modified_since), _moment(found.last_modified))
    return found.etag if dates[0] and dates[1] and dates[1] <= dates[0] else None


@lru_cache(maxsize=64)
def _moment(date: str) -> datetime | None:
    """Return the moment that a date of HTTP (RFC 9110, section 5.6.7) names, or None for none."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _length(status: int, said: Mapping[str, str]) -> str:
    """Return how many bytes of a body follow, as the response says; empty where it does not."""
    return "0" if status == HTTPStatus.NOT_MODIFIED else said.get("content-length", "")


def _may_be_stored_here(said: Mapping[str, str]) -> bool:
    # A page is not to be stored with its reader; this cache stands in the place of the service itself, for all readers.
    is_page = said.get("content-type", "").startswith("text/html")
    cache_control = said.get("cache-control", "")
    return "private" not in cache_control and (is_page or "no-store" not in cache_control)


@lru_cache(maxsize=64)
def _varies_by_what_is_known(vary: str) -> bool:
    return {name.strip().lower() for name in vary.split(",") if name.strip()} <= NEGOTIATED | SPECIAL
