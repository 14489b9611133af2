"""HTTP message on a connection: a request's head, its body as it comes, and the response."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple, Protocol

from coopgraph.http.problem_document import problem_document
from coopgraph.messages.message import Message

AHEAD = 256 * 1024
"""Bytes of a body that wait to be read; beyond them the client has to wait as well."""

Headers = list[tuple[str, str]]
Address = tuple[str, int]
"""Host and port of one end of a connection."""

WITHOUT_BODY = (204, 304)
"""Statuses of responses that have no body (RFC 9110, section 6.4.1)."""


class Head(NamedTuple):
    """A request without its body.

    ``path`` decoded, ``query`` as it was sent, both with a character for each byte (PEP 3333). ``headers`` by name in
    lower case, those sent several times joined by commas. ``peer`` and ``here``: the addresses and ports of both ends.
    ``raw_path`` is the path as it was sent.
    """

    method: str
    path: str
    query: str
    version: str
    headers: Mapping[str, str]
    peer: Address
    here: Address
    raw_path: bytes = b""

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"


class Refused(Exception):
    """A request that reaches no application, and why."""

    def __init__(self, status: HTTPStatus, detail: Message, *headers: tuple[str, str]) -> None:
        super().__init__(str(detail))
        self.status = status
        self.detail = detail
        self.headers = headers

    def reply(self, head: Head) -> Reply:
        """Return what is sent (RFC 9457) to the request whose ``head`` has come, in its language."""
        fields, body = problem_document(self.status, self.detail, head.headers.get("accept-language"))
        return Reply(self.status, [*fields, *self.headers], body, last=True)


def broke_off() -> Refused:
    """Return what is said of a body whose client sends no more of it."""
    return Refused(HTTPStatus.BAD_REQUEST, Message("The body broke off before its end."))


class Reply:
    """A whole response in memory: its status, its headers with names in lower case, and its body.

    ``bodiless``: the body is not sent, and its length is what the headers say. ``last``: nothing more is answered on
    this connection.
    """

    __slots__ = ("body", "last", "start")

    def __init__(
        self, status: int, headers: Headers, body: bytes = b"", *, bodiless: bool = False, last: bool = False
    ) -> None:
        framed = headers
        if not bodiless and status not in WITHOUT_BODY:
            framed = [*without_length(headers), ("content-length", str(len(body)))]
        self.start = start(status, framed)
        self.body = body
        self.last = last


class Ready(Protocol):
    """A reply that is kept: it is sent many times."""

    @property
    def start(self) -> bytes:
        """The status line and the headers."""
        ...

    @property
    def body(self) -> bytes:
        """The bytes of the message body."""
        ...


def start(status: int, headers: Headers) -> bytes:
    """Return the status line and the headers as they are sent. Raises ValueError for a header of several lines."""
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in headers)]
    written = "\r\n".join(lines)
    if written.count("\n") >= len(lines) or written.count("\r") >= len(lines) or "\0" in written:
        raise ValueError("A header of a reply holds the end of a line.")
    return written.encode("latin-1") + b"\r\n"


def chunked_start(status: int, headers: Headers) -> bytes:
    """Return the status line and the headers of a response whose body comes in chunks (RFC 9112, section 7.1)."""
    return start(status, [("transfer-encoding", "chunked"), *without_length(headers)])


def header_lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Return header or trailer lines as they are sent."""
    return b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)


def without_length(headers: Headers) -> Headers:
    """Return all headers but the length of the body."""
    return [field for field in headers if field[0] != "content-length"]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class Sender(Protocol):
    """Who sends a body: a connection, or nobody in particular where requests are read without one."""

    def pause(self, wait: bool) -> None:
        """Send no more for now, or go on."""
        ...

    def ask_for_body(self) -> None:
        """Send the body: it is wanted (RFC 9110, section 10.1.1)."""
        ...

    def abort(self) -> None:
        """Break the connection off."""
        ...


class Exchange:
    """A request whose body is read as it comes, and whose client may leave.

    ``keep_alive``: the client would send another request.
    """

    __slots__ = (
        "_arrived",
        "_broken",
        "_ended",
        "_leaving",
        "_parts",
        "_sender",
        "_size",
        "head",
        "keep_alive",
        "left",
    )

    def __init__(self, head: Head, sender: Sender, *, keep_alive: bool) -> None:
        self.head = head
        self.keep_alive = keep_alive
        self.left = False
        self._sender = sender
        self._ended = False
        self._broken: Refused | None = None
        # Few at a time: what comes beyond them is paused.
        self._parts: list[bytes] = []
        self._size = 0
        self._arrived: asyncio.Future[None] | None = None
        self._leaving: Callable[[], object] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the reply needs nothing but itself: a GET without a body, after which others may follow."""
        head = self.head
        return self.keep_alive and head.version == "1.1" and head.method == "GET" and not head.has_body

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes. Raises Refused where it breaks off, or is none.

        A client that waits to be asked for it (``Expect: 100-continue``) is asked.
        """
        expected = "expect" in self.head.headers and self.head.version != "1.0"
        if expected and not self._parts and not self._ended:
            self._sender.ask_for_body()
        while True:
            while self._parts:
                part = self._parts.pop(0)
                self._size -= len(part)
                yield part
            if self._broken is not None:
                raise self._broken
            if self._ended:
                return
            if self.left:
                raise broke_off()
            self._sender.pause(False)
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived

    def abort(self) -> None:
        """Break the connection off, so that its client sees that the answer is not whole."""
        self._sender.abort()

    def on_leaving(self, call: Callable[[], object] | None) -> None:
        """Call ``call`` when the client leaves; at once where it has."""
        self._leaving = call
        if self.left and call is not None:
            call()

    # What the connection tells

    def feed(self, part: bytes) -> None:
        """Take the next part of the body."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > AHEAD:
            self._sender.pause(True)
        self._wake()

    def end(self) -> None:
        """The body is whole."""
        self._ended = True
        self._wake()

    def break_off(self, why: Refused) -> None:
        """What should be the rest of the body is none."""
        self._broken = why
        self._wake()

    def leave(self) -> None:
        """The client has left."""
        if not self.left:
            self.left = True
            self._wake()
            if self._leaving is not None:
                self._leaving()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)
