"""Whole answers kept ready until the next release: what was read once is read again without asking the application.

A release never changes, so an answer that names its release (``X-Coopgraph-Release``) is right for as long as that
release is served. Kept are reads that came whole, never problems, never what varies by a header that is not known here;
the key holds the release, the address and every negotiated header.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from coopgraph.errors import CoopgraphError
from coopgraph.http.content_coding import coding_preference, matching
from coopgraph.server.http1.message import start
from coopgraph.web.common.compression import CapturedStart, close, collected
from coopgraph.web.common.request_context import PREFIX, release_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NEGOTIATED = frozenset({"accept", "accept-language", "accept-encoding"})
"""Request headers by which a kept answer may vary."""

PASSED_BY = frozenset(
    {
        *("authorization", "cookie", "range", "if-match", "if-modified-since", "if-unmodified-since"),
        *("accept-datetime", "prefer", "te", "x-query-token"),
    }
)
"""Request headers that only the application understands: a request with one of them is neither answered nor kept here.

So what varies by one of them is kept for those who do not send it.
"""

LARGEST_SHARE = 4
"""No answer larger than this part of the whole memory is kept."""

LARGE = 1024 * 1024
"""Bytes from which an answer is kept only when asked for again: one download drives no thousand others out."""

ASKED_ONCE = 1024
"""How many large answers are remembered as asked for once."""

OVERHEAD = 1024
"""Bytes that keeping any answer costs beyond its texts."""

_NOT_IN_304 = {"content-type", "content-length", "content-encoding", "content-language", "repr-digest", "etag"}
"""Headers that describe a body (RFC 9110, section 15.4.5), and the ETag, which is the one that the client knows."""

_HEADERS = {
    "HTTP_" + name.upper().replace("-", "_"): name for name in ("host", "if-none-match", *NEGOTIATED, *PASSED_BY)
}
"""How WSGI names the headers that count here."""

_OF_PARTS_OR_PERSONS = ("set-cookie", "content-range")
"""Headers of an answer that is for one, or of a part."""

_OF_ALL_RELEASES = re.compile(r"(?:/at/[^/]+)?/releases(?:/|$)")
"""Addresses whose answers change when any release comes or is withdrawn."""

_NEVER = re.compile(r"no-store|private")


class CacheKey(NamedTuple):
    """A read: all of a request on which its answer may depend."""

    head: bool
    scheme: str
    host: str
    path: str
    query: str
    accept: str
    accept_language: str
    accept_encoding: str
    if_none_match: str
    kept_as: tuple[str, ...]
    """What tells its answer from others of the same release.

    Two ways of asking for the same coding share an answer; any other difference in a header keeps them apart.
    """


def read_of(method: str, scheme: str, path: str, query: str, headers: Mapping[str, str]) -> CacheKey | None:
    """Return what a request reads; None for one that only the application understands.

    ``headers`` by name in lower case, those sent several times joined by commas.
    """
    if method not in ("GET", "HEAD") or not headers.keys().isdisjoint(PASSED_BY):
        return None
    of = headers.get
    host, accept, language, encoding = (
        of("host", ""),
        of("accept", ""),
        of("accept-language", ""),
        of("accept-encoding", ""),
    )
    coding = coding_preference(encoding)
    kept_as = (scheme, host, path, query, accept, language, coding.coding, "alone" if coding.refuses_plain else "")
    return CacheKey(
        method == "HEAD", scheme, host, path, query, accept, language, encoding, of("if-none-match", ""), kept_as
    )


class CachedResponse(NamedTuple):
    """An answer: its status, its status line and headers as they are sent (names in lower case), its body, its ETag."""

    status: int
    start: bytes
    body: bytes
    etag: str

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers one by one."""
        lines = self.start.decode("latin-1").split("\r\n")[1:-1]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]


def kept(status: int, headers: list[tuple[str, str]], body: bytes) -> CachedResponse:
    """Return an answer as it is kept; ``headers`` with names in lower case."""
    return CachedResponse(status, start(status, headers), body, dict(headers).get("etag", ""))


_Key = tuple[str, tuple[str, ...]]
"""A release, and what tells an answer from others of it."""


class ResponseCache:
    """WSGI layer that keeps answers of ``application`` within ``size`` bytes, those longest unused going first.

    ``current`` gives the release that is served, or None where the data may change beneath its name; ``stands`` says
    whether another release may still be read. Thread-safe.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        size: int,
        current: Callable[[], str | None],
        stands: Callable[[str], bool],
    ) -> None:
        self._application = application
        self._limit = size
        self._current = current
        self._stands = stands
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
            if held is None:
                return None
            self._kept.move_to_end(key)
            self.hits += 1
        return _as_asked(held[0], asked)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept; otherwise ask the application, and keep what may be kept."""
        asked = read_of(
            environ["REQUEST_METHOD"],
            environ["wsgi.url_scheme"],
            environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            {name: environ[key] for key, name in _HEADERS.items() if key in environ},
        )
        if asked is None:
            return self._application(environ, start_response)
        found = self.find(asked)
        if found is not None:
            start_response(f"{found.status} {HTTPStatus(found.status).phrase}", found.headers)
            return [found.body]
        with self._lock:
            self.misses += 1
        begun = CapturedStart()
        content = self._application(environ | {"REQUEST_METHOD": "GET"}, begun)
        # The date is the server's to say, each time.
        headers = [(name.lower(), value) for name, value in begun.headers if name.lower() != "date"]
        status = int(begun.status[:3])
        if (
            not _OF_ALL_RELEASES.match(asked.path)
            and self._may_keep(status, headers)
            and self._worth_it(asked, headers)
        ):
            body = collected(content)
            said = dict(headers)
            if len(body) == int(said["content-length"]):
                self._keep(asked, said["x-coopgraph-release"], kept(status, headers, body))
            content = [body]
        start_response(begun.status, begun.headers)
        if asked.head:
            close(content)
            return []
        return content

    def keep(self, asked: CacheKey, release: str, given: CachedResponse) -> None:
        """Take a whole result of ``release`` that was made without the application; one with an ETag is kept."""
        with self._lock:
            self.misses += 1
        if given.etag and len(given.body) <= min(self._limit // LARGEST_SHARE, LARGE):
            self._keep(asked, release, given)

    def _standing(self, path: str) -> str | None:
        """Return the release that ``path`` asks, where its answers may be given; forget those that no longer may."""
        pinned = release_in(path) if path.startswith(PREFIX) else None
        if pinned is not None and not self._stands(pinned):
            with self._lock:
                self._forget()
            return None
        try:
            served = self._current()
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

    def _may_keep(self, status: int, headers: list[tuple[str, str]]) -> bool:
        """Whether an answer may be kept, by what it says of itself. ``headers`` by names in lower case."""
        said = dict(headers)
        length = said.get("content-length", "")
        return (
            status in (200, 301, 303)
            and "x-coopgraph-release" in said
            # What is computed anew each time, like NOW(), has no ETag.
            and (status != 200 or said.get("etag", "").startswith('"'))
            and not _NEVER.search(said.get("cache-control", ""))
            and said.keys().isdisjoint(_OF_PARTS_OR_PERSONS)
            and _varies_by_what_is_known(said.get("vary", ""))
            and length.isdecimal()
            and int(length) <= self._limit // LARGEST_SHARE
        )

    def _worth_it(self, asked: CacheKey, headers: list[tuple[str, str]]) -> bool:
        """Whether an answer is small, or was asked for before."""
        if int(dict(headers)["content-length"]) < LARGE:
            return True
        key = (self._release, asked.kept_as)
        with self._lock:
            if key in self._asked_once:
                return True
            self._asked_once[key] = None
            if len(self._asked_once) > ASKED_ONCE:
                self._asked_once.popitem(last=False)
        return False

    def _keep(self, asked: CacheKey, release: str, given: CachedResponse) -> None:
        # The release may have been switched, or withdrawn, while the application worked.
        if self._standing(asked.path) != release:
            return
        key = (release, asked.kept_as)
        weight = _weight(key, given)
        with self._lock:
            self._drop(key)
            while self._kept and self.size + weight > self._limit:
                self._drop(next(iter(self._kept)))
            self._kept[key] = (given, weight)
            self.size += weight

    def _drop(self, key: _Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.size -= dropped[1]


def _as_asked(found: CachedResponse, asked: CacheKey) -> CachedResponse:
    """Return what is kept, whole or without its body, or as a 304, as a client asks for it."""
    if asked.if_none_match and found.etag:
        known = matching(asked.if_none_match, found.etag, coding_preference(asked.accept_encoding))
        if known is not None:
            rest = [(name, value) for name, value in found.headers if name not in _NOT_IN_304]
            return kept(304, [*rest, ("etag", known)], b"")
    return found._replace(body=b"") if asked.head else found


@lru_cache(maxsize=64)
def _varies_by_what_is_known(vary: str) -> bool:
    return {name.strip().lower() for name in vary.split(",") if name.strip()} <= NEGOTIATED | PASSED_BY


def _weight(key: _Key, answer: CachedResponse) -> int:
    _, kept_as = key
    return OVERHEAD + len(answer.body) + len(answer.start) + len("".join(kept_as))
