"""Request parser, within limits. What is no request of HTTP/1.1 is refused, and told why."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserUpgrade,
    HttpRequestParser,
    parse_url,
)

from coopgraph.messages.message import Message
from coopgraph.server.http1.message import Address, Exchange, Head, Refused, Sender

ADDRESS = 64 * 1024
"""Bytes of a request's address."""

HEADERS = 16 * 1024
"""Bytes of all headers of a request; some of them are remembered."""

MOST_HEADERS = 100
"""How many headers a request may have."""

BESIDE_BODY = 16 * 1024
"""Bytes that a body in chunks may cost beyond eight times itself: sizes, extensions, trailers."""

_METHOD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ ")


class RequestParser:
    """Reads what a client sends, and hands on each request: one without a body once it is whole, others at their head.

    ``begun`` is told of the first byte of a request, ``took`` of a request. ``here`` and ``peer``: see :class:`Head`.
    """

    def __init__(
        self,
        begun: Callable[[], object],
        took: Callable[[Exchange], object],
        sender: Sender,
        *,
        peer: Address,
        here: Address,
    ) -> None:
        self._begun = begun
        self._took = took
        self._sender = sender
        self._peer = peer
        self._here = here
        self._parser = HttpRequestParser(self)
        self._head_size = 0
        self._target = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._body_size = self._beside_body = 0
        # The parser stops after a head that offers an upgrade; a body that follows it is read by another.
        self._upgrade_offered = False
        self._repeating_head = False
        self.in_head = False
        """Whether the head of a request has come in part."""
        self.receiving: Exchange | None = None
        """The request whose body is coming."""
        self.whole = 0
        """How many requests have come whole."""

    @property
    def between(self) -> bool:
        """Whether no request has come in part."""
        return not self.in_head and self.receiving is None

    def feed(self, data: bytes) -> None:
        """Read on. Raises Refused for what is no request; nothing can be read after that."""
        between, whole, before, receiving = self.between, self.whole, self._body_size, self.receiving
        rest = None
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
        except HttpParserCallbackError as error:
            if isinstance(error.__context__, Refused):
                raise error.__context__ from None
            raise
        except HttpParserInvalidMethodError as error:
            if between and whole == self.whole and _METHOD.match(data):
                raise Refused(HTTPStatus.NOT_IMPLEMENTED, Message("This method is not known here.")) from error
            raise _no_request() from error
        except HttpParserError as error:
            if between and whole == self.whole and not data.partition(b"\r\n")[0].isascii():
                raise Refused(
                    HTTPStatus.BAD_REQUEST,
                    Message("The address of a request has letters of ASCII only; percent-encode any others."),
                ) from error
            raise _no_request() from error
        if rest is not None:
            self.feed(self._decline_upgrade() + rest)
        elif self.in_head:
            # Of a head that began behind another request in the same piece, only what comes later counts.
            if whole == self.whole:
                self._head_size += len(data)
            if len(self._target) > ADDRESS:
                raise _long_address()
            if self._head_size > ADDRESS + HEADERS:
                raise _large_headers()
        elif self.receiving is not None and self.receiving is receiving:
            self._beside_body += len(data) - (self._body_size - before)
            if self._beside_body > BESIDE_BODY + 8 * self._body_size:
                raise Refused(HTTPStatus.BAD_REQUEST, Message("Too much comes beside the body's chunks."))

    def _decline_upgrade(self) -> bytes:
        """Go on with HTTP/1.1 after a head that offered another protocol (RFC 9110, section 7.8).

        llhttp takes what follows such a head for the other protocol, so another parser reads on. Returns what it is to
        be fed first: a head that says how the body is framed, and of which nobody else hears.
        """
        self._parser = HttpRequestParser(self)
        self._upgrade_offered = False
        if self.receiving is None:
            return b""
        self._repeating_head = True
        return b"POST / HTTP/1.1\r\n%b\r\n\r\n" % _framing(self.receiving.head)

    def stop(self) -> Exchange | None:
        """Return the request whose body has come in part, and read no more of it."""
        receiving, self.receiving = self.receiving, None
        self.in_head = False
        return receiving

    # What the parser calls: see httptools

    def on_message_begin(self) -> None:
        """Begin the head of a request."""
        if self._repeating_head:
            return
        self.in_head = True
        self._head_size = 0
        self._target = b""
        self._fields = []
        self._begun()

    def on_url(self, part: bytes) -> None:
        """Take in a part of the address."""
        if not self._repeating_head:
            self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header; what follows a body is not kept. Raises Refused."""
        if self.in_head:
            self._fields.append((name, value))
            if len(self._fields) > MOST_HEADERS:
                raise _large_headers()

    def on_headers_complete(self) -> None:
        """End the head. Raises Refused."""
        if self._repeating_head:
            self._repeating_head = False
            return
        head = self._head()
        self._upgrade_offered = self._parser.should_upgrade()
        self.in_head = False
        self._body_size = self._beside_body = 0
        self.receiving = Exchange(head, self._sender, keep_alive=self._parser.should_keep_alive())
        if head.has_body:
            self._took(self.receiving)

    def on_body(self, part: bytes) -> None:
        """Take in a part of the body."""
        self._body_size += len(part)
        if self.receiving is not None:
            self.receiving.feed(part)

    def on_message_complete(self) -> None:
        """End the request, whose body is whole."""
        if self._upgrade_offered and self.receiving is not None and self.receiving.head.has_body:
            # The parser's end, not the request's: see _decline_upgrade.
            return
        self.whole += 1
        exchange, self.receiving = self.receiving, None
        if exchange is not None:
            exchange.end()
            if not exchange.head.has_body:
                self._took(exchange)

    def _head(self) -> Head:
        """Return the head that has come. Raises Refused."""
        if len(self._target) > ADDRESS:
            raise _long_address()
        headers: dict[str, str] = {}
        size = 0
        for raw_name, raw_value in self._fields:
            size += len(raw_name) + len(raw_value)
            if b"_" in raw_name:
                # A gateway would take it for the one with hyphens.
                continue
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").rstrip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if size > HEADERS:
            raise _large_headers()
        version = self._parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise Refused(HTTPStatus.BAD_REQUEST, Message("Only HTTP/1.1 and HTTP/1.0 are spoken here."))
        if headers.get("expect", "100-continue").lower() != "100-continue":
            raise Refused(
                HTTPStatus.EXPECTATION_FAILED, Message("The only expectation that is met here is 100-continue.")
            )
        method = self._parser.get_method().decode("ascii")
        if method == "CONNECT":
            raise Refused(
                HTTPStatus.METHOD_NOT_ALLOWED, Message("No tunnel begins here."), ("allow", "GET, HEAD, POST, OPTIONS")
            )
        target = self._target
        if not target.startswith(b"/") and target != b"*":
            target, headers["host"] = _without_server(target)
        raw_path, path, query = _parted(target)
        return Head(method, path, query, version, headers, self._peer, self._here, raw_path)


def _parted(target: bytes) -> tuple[bytes, str, str]:
    """Return the path, as it is and decoded, and the query, as it is."""
    address, _, query = target.partition(b"#")[0].partition(b"?")
    path = (unquote_to_bytes(address) if b"%" in address else address).decode("latin-1")
    return address, path, query.decode("latin-1")


def _without_server(target: bytes) -> tuple[bytes, str]:
    """Return path and query of an address that names the server too, and that server.

    It counts instead of what the header Host says (RFC 9112, section 3.2.2). Raises Refused.
    """
    try:
        parsed = parse_url(target)
    except HttpParserError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, Message("The address of the request cannot be read.")) from error
    if parsed.schema.lower() not in (b"http", b"https"):
        raise Refused(HTTPStatus.BAD_REQUEST, Message("The address of the request is not one of this service."))
    server = target.partition(b"//")[2]
    for end in (b"/", b"?", b"#"):
        server = server.partition(end)[0]
    return (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b""), server.decode("latin-1")


def _framing(head: Head) -> bytes:
    """Return the header that says where the body of a request ends."""
    if "transfer-encoding" in head.headers:
        return b"Transfer-Encoding: chunked"
    return f"Content-Length: {head.headers['content-length']}".encode("latin-1")


def _no_request() -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, Message("This is no request of HTTP/1.1."))


def _long_address() -> Refused:
    return Refused(
        HTTPStatus.REQUEST_URI_TOO_LONG,
        Message("An address may have {most:,} bytes. A long query goes into the body (POST).", most=ADDRESS),
    )


def _large_headers() -> Refused:
    return Refused(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        Message(
            "{count} headers of {most:,} bytes together are read. A long query goes into the body (POST).",
            count=MOST_HEADERS,
            most=HEADERS,
        ),
    )
