"""A request is read for what it is, whatever its client sent before it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopgraph.web.http1.message import Exchange, Head, Refused
from coopgraph.web.http1.reader import ADDRESS, Reader

LINES = (
    *("GET /one?a=%20 HTTP/1.1", "GET /two#x HTTP/1.1", "GET /t%77o HTTP/1.1", "GET /<>{}|^` HTTP/1.1"),
    *("GET /\xe9 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /one?a=%20 HTTP/1.1\r"),
    *("POST /one HTTP/1.1", "HEAD / HTTP/1.1", "GET / HTTP/1.0", "GET * HTTP/1.1", "GET http://b/x HTTP/1.1"),
    *("GET /a b HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /", "GET  / HTTP/1.1", "get / HTTP/1.1"),
    f"GET /{'a' * ADDRESS} HTTP/1.1",
)
HEADERS = (
    "Host: a\r\n",
    "Host: a\r\nAccept: text/csv\r\n",
    "Host: a\r\nConnection: close\r\n",
    "Host: a\r\nContent-Length: 0\r\n",
    "Host: a\r\nContent-Length: 3\r\n",
    "Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n",
)


class Sender:
    """A client that waits for nothing."""

    def pause(self, wait: bool) -> None:
        """Do not wait."""

    def ask_for_body(self) -> None:
        """Do not wait."""


class Heard:
    """What a reader takes from the pieces that it is fed."""

    def __init__(self) -> None:
        self.taken: list[tuple[Head, bool]] = []
        self.reader = Reader(lambda: None, self.take, Sender(), peer=("127.0.0.1", 1), here=("127.0.0.1", 2))

    def take(self, exchange: Exchange) -> None:
        self.taken.append((exchange.head, exchange.keep_alive))

    def feed(self, piece: bytes) -> list[tuple[Head, bool]] | None:
        """Return the requests in ``piece``, None where it is refused."""
        self.taken = []
        try:
            self.reader.feed(piece)
        except Refused:
            return None
        return self.taken


def whole(line: str, headers: str) -> bytes:
    body = "abc" if "Length: 3" in headers else ""
    return f"{line}\r\n{headers}\r\n{body}".encode("latin-1")


REQUESTS = st.builds(whole, st.sampled_from(LINES), st.sampled_from(HEADERS))


@given(st.lists(st.lists(REQUESTS, min_size=1, max_size=2), min_size=2, max_size=5))
@example([[whole(LINES[0], HEADERS[0])], [whole(LINES[0], HEADERS[1])] * 2, [whole(LINES[2], HEADERS[0])]])
@example([[whole(LINES[0], HEADERS[0])], [whole(LINES[5], HEADERS[4])], [whole(LINES[2], HEADERS[0])]])
@settings(max_examples=300, deadline=None)
def test_a_request_is_read_as_if_no_other_had_come_before_it(pieces: list[list[bytes]]) -> None:
    """Where its headers are those of the one before, only its first line is read."""
    heard = Heard()
    for together in pieces:
        alone = [Heard().feed(request) for request in together]
        came = heard.feed(b"".join(together))
        if None in alone or any(not keep for taken in alone for _, keep in taken or ()):
            # Nothing is read after what is refused, or the last that is wanted.
            return
        assert came == [one for taken in alone for one in taken or ()]


def test_the_first_line_alone_is_read_where_all_else_is_the_same() -> None:
    heard = Heard()
    heard.feed(whole("GET /one HTTP/1.1", HEADERS[1]))
    first = heard.taken[0][0]
    heard.feed(whole("GET /two?b HTTP/1.1", HEADERS[1]))
    second = heard.taken[0][0]
    assert (second.path, second.query) == ("/two", "b")
    assert second.headers is first.headers
