"""A request is read for what it is, whatever its client sent before it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopgraph.server.http1.message import Exchange, Head, Refused
from coopgraph.server.http1.request_parser import ADDRESS, RequestParser
from tests.conftest import example_count

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

    def abort(self) -> None:
        """Stay."""

    def pause(self, wait: bool) -> None:
        """Do not wait."""

    def ask_for_body(self) -> None:
        """Do not wait."""


class Heard:
    """What a reader takes from the pieces that it is fed."""

    def __init__(self) -> None:
        self.taken: list[tuple[Head, bool]] = []
        self.reader = RequestParser(lambda: None, self.take, Sender(), peer=("127.0.0.1", 1), here=("127.0.0.1", 2))

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
@settings(max_examples=example_count(300), deadline=None)
def test_a_request_is_read_as_if_no_other_had_come_before_it(pieces: list[list[bytes]]) -> None:
    heard = Heard()
    for together in pieces:
        alone = [Heard().feed(request) for request in together]
        came = heard.feed(b"".join(together))
        if None in alone or any(not keep for taken in alone for _, keep in taken or ()):
            # Nothing is read after what is refused, or the last that is wanted.
            return
        assert came == [one for taken in alone for one in taken or ()]


FRAMING = (
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: -5\r\n",
    "Content-Length: 0x5\r\n",
    "Content-Length: 5_0\r\n",
    "Content-Length: \r\n",
    "Content-Length: 5 5\r\n",
    "Content-Length: 99999999999999999999999\r\n",
    "Content-Length : 5\r\n",
    " Content-Length: 5\r\n",
    "X: a\r\n Content-Length: 5\r\n",
    "Content-Length:\x0b5\r\n",
    "Content-Length: 5\x00\r\n",
    "Content-Length: 5\rX: y\r\n",
    "Content\x00-Length: 5\r\n",
    "Content-Length\x85: 5\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding: \x0bchunked\r\n",
    "Transfer-Encoding: chunked\x00\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    'Transfer-Encoding: "chunked"\r\n',
    "Transfer-Encoding:\r\n chunked\r\n",
    "\r\nContent-Length: 5\r\n",
)
"""Headers by which one server and another would find different ends of a body."""

CHUNKS = (
    "0x5\r\nabcde\r\n0\r\n\r\n",
    "+5\r\nabcde\r\n0\r\n\r\n",
    "-5\r\nabcde\r\n0\r\n\r\n",
    " 5\r\nabcde\r\n0\r\n\r\n",
    "5_\r\nabcde\r\n0\r\n\r\n",
    "5\nabcde\n0\n\n",
    "5\rabcde\r0\r\r",
    "5\r\nabcde0\r\n\r\n",
    "5\r\nabcdef\r\n0\r\n\r\n",
    "5\r\nabc\r\n0\r\n\r\n",
    "ffffffffffffffff1\r\nabcde\r\n0\r\n\r\n",
    "5;\na=b\r\nabcde\r\n0\r\n\r\n",
    "\r\n5\r\nabcde\r\n0\r\n\r\n",
    "\u0665\r\nabcde\r\n0\r\n\r\n",
)
"""Bodies that are no chunks, though some read them so."""

OFFER = "Connection: Upgrade\r\nUpgrade: h2c\r\n"
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("offer", ["", OFFER])
@pytest.mark.parametrize("framing", FRAMING)
def test_a_body_whose_end_is_in_doubt_hides_no_request(framing: str, offer: str) -> None:
    heard = Heard()
    sent = f"POST /one HTTP/1.1\r\nHost: a\r\n{offer}{framing}\r\nabcde{HIDDEN}".encode("latin-1")
    taken = heard.feed(sent)
    # Either it is no request, or it is one without a body, and then what follows is no request.
    assert taken is None
    assert not any(head.path == "/hidden" for head, _ in heard.taken)


@pytest.mark.parametrize("offer", ["", OFFER])
@pytest.mark.parametrize("chunks", CHUNKS)
def test_what_is_no_chunk_ends_the_reading(chunks: str, offer: str) -> None:
    heard = Heard()
    head = f"POST /one HTTP/1.1\r\nHost: a\r\n{offer}Transfer-Encoding: chunked\r\n\r\n"
    assert heard.feed((head + chunks + HIDDEN).encode()) is None
    assert not any(head.path == "/hidden" for head, _ in heard.taken)


@pytest.mark.parametrize(("letters", "words"), [("한국", "percent-encode"), ("a b", "no request")])
def test_why_an_address_is_none_is_told(letters: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        Heard().reader.feed(f"GET /search?q={letters} HTTP/1.1\r\nHost: a\r\n\r\n".encode())


def posted(size: int, address: int) -> bytes:
    return f"POST /{'a' * address} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{'b' * size}".encode()


@given(
    st.lists(st.tuples(st.sampled_from([1, 300, 40_000]), st.sampled_from([1, 30_000])), min_size=1, max_size=4),
    st.lists(st.integers(0, 150_000), max_size=8),
)
@example([(40_000, 1), (5, 1)], [40_100])
@example([(5, 30_000)], [30_050])
@example([(40_000, 30_000), (1, 30_000)], [81_921])
@settings(max_examples=example_count(50), deadline=None)
def test_requests_with_bodies_are_taken_wherever_their_pieces_end(
    requests: list[tuple[int, int]], ends: list[int]
) -> None:
    sent = b"".join(posted(size, address) for size, address in requests)
    places = [0, *sorted(end for end in ends if end < len(sent)), len(sent)]
    heard, taken = Heard(), 0
    for start, end in pairwise(places):
        found = heard.feed(sent[start:end])
        assert found is not None
        taken += len(found)
    assert (taken, heard.reader.whole) == (len(requests), len(requests))
