"""Responses of a SPARQL server: whether one is whole, what a failure means, and its body rewritten while it comes."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from queue import Empty, Full, Queue
from typing import IO, cast
from urllib.error import HTTPError

from coopgraph.errors import (
    NotAcceptable,
    QueryCancelled,
    QueryMemory,
    QueryProblem,
    QueryRefused,
    QueryTimeout,
    QueryTooLong,
    QueueFull,
    ResultTooLarge,
    StoreDown,
)
from coopgraph.messages.message import Message
from coopgraph.rdf import results
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.rdf.result_sink import NotExpressible, ResultSink
from coopgraph.store.protocol import Answer, ResultForm
from coopgraph.store.sparql_http.queue import QueuedRequest

_AHEAD = 8  # chunks of an answer that are written before they are taken
_TAKE = 0.5  # seconds after which a writer looks whether its reader is still there
_TRUTH_SIZE = 64 * 1024
_MESSAGE_SIZE = 2048
_NODE = b'"type": "bnode", "value": "nodeID://'
_SCHEME = b"nodeID://"
_LATE = re.compile(r"time[sd]?[ -]?out|time limit|execution time|timed? out|cancel", re.IGNORECASE)
_FULL = re.compile(r"out ?of ?memory|memory (?:limit|exhausted)|heap space", re.IGNORECASE)


def passed_on(
    response: http.client.HTTPResponse,
    form: ResultForm,
    wanted: Format,
    prefixes: Mapping[str, str],
    published: PublishedJsonLd | None,
    document: DocumentForm | None,
    call: QueuedRequest,
) -> Answer:
    """Return the answer in the format ``wanted`` that ``response`` brings; ``prefixes`` and ``document`` are a graph's.

    Raises, like the answer's chunks, what cut ``call``, or a QueryProblem where the response is not all of a result.
    """
    carrier = results.TRIPLES_FORM if form == "graph" else results.ROWS_FORM
    try:
        _check_complete(response)
        _check_body(response, carrier)
    except BaseException:
        response.close()
        raise
    body = _Body(response, call)
    if form == "boolean":
        with response, _broken_off(call):
            whole = results.of_truth(results.truth(body.read(_TRUTH_SIZE)), wanted)
        call.end()
        return Answer(form, wanted, iter((whole,)), call.leave)
    of_graph = partial(results.write_triples, prefixes=prefixes, published=published, document=document)
    rewrite = of_graph if form == "graph" else results.rows
    return Answer(form, wanted, _rewritten(body, rewrite, wanted, call), call.leave)


def _check_complete(response: http.client.HTTPResponse) -> None:
    """Raise where a header says that this is not the whole answer."""
    headers = response.headers
    if limit := headers.get("X-SPARQL-MaxRows"):
        raise ResultTooLarge(
            Message(
                "The server behind this service gives at most {limit} rows, and cut this result there.", limit=limit
            ),
            Message("Ask in parts (LIMIT and OFFSET with ORDER BY). Its operator can raise ResultSetMaxRows."),
        )
    if headers.get("X-SQL-State") or response.status == 206:
        raise QueryTimeout(
            Message(
                "The server behind this service stopped the query and sent a part of its result, which "
                "is not passed on."
            ),
            Message("Narrow the query. Its operator can raise the server's time for a query."),
        )
    if response.status != 200:
        raise StoreDown(
            Message("The server behind this service answered with the status {status}.", status=response.status),
            Message("Its operator should look."),
        )


def _check_body(response: http.client.HTTPResponse, carrier: Format) -> None:
    headers = response.headers
    given, charset = headers.get_content_type(), (headers.get_content_charset() or "utf-8").lower()
    if given != carrier.media_type or charset not in ("utf-8", "us-ascii"):
        raise StoreDown(
            Message(
                "The server behind this service answered in {given} ({charset}), not in {wanted}.",
                given=given,
                charset=charset,
                wanted=carrier.media_type,
            ),
            Message("Its address may be another page of it; its operator should look."),
        )
    if headers.get("Content-Encoding", "identity") != "identity":
        raise StoreDown(
            Message("The server behind this service packed its answer unasked."), Message("Its operator should look.")
        )
    if carrier is results.TRIPLES_FORM and response.length is None and not response.chunked:
        raise StoreDown(
            Message(
                "The server behind this service does not say where its answer ends, so a part could pass for the whole."
            ),
            Message("Put it behind a proxy that speaks HTTP/1.1."),
        )


def refused(error: HTTPError) -> QueryProblem:
    """Return what a status that is no success means."""
    with error:
        words = error.read(_MESSAGE_SIZE).decode("utf-8", "replace")
    match error.code:
        case status if 300 <= status < 400:
            return StoreDown(
                Message("The server behind this service points to another address, which is not followed."),
                Message("Its operator should name the address it points to."),
            )
        case 401 | 403:
            return StoreDown(
                Message("The server behind this service refuses our name and password."),
                Message("Its operator sets COOPGRAPH_USER and COOPGRAPH_PASSWORD."),
            )
        case 404 | 405 | 406 | 415:
            return StoreDown(
                Message(
                    "There is no SPARQL 1.1 query service at the address behind this service (status {status}).",
                    status=error.code,
                ),
                Message("Its operator should check the address."),
            )
        case 413 | 414:
            return QueryTooLong(
                Message("The query is too long for the server behind this service."), Message("Send less at a time.")
            )
        case 429 | 503 if error.headers.get("Retry-After", "").isdecimal():
            return QueueFull(
                Message("The server behind this service has too much to do."),
                Message("Ask again later."),
                retry_after=int(error.headers["Retry-After"]),
            )
        case _ if _LATE.search(words):
            return QueryTimeout(
                Message("The server behind this service stopped the query at its own time limit."),
                Message("Narrow it: name a class or a value, or add a LIMIT."),
            )
        case _ if _FULL.search(words):
            return QueryMemory(
                Message("The query needed more memory than the server behind this service has for it."),
                Message("Narrow it: fewer patterns without a shared variable, a LIMIT, no ORDER BY over everything."),
            )
        case 400 | 500:
            # The query is well-formed, so this is something that this one server does not do.
            return QueryRefused(
                Message(
                    "The server behind this service does not run this query. It says: {words}", words=_first_line(words)
                ),
                Message("Write it another way."),
            )
        case status:
            return StoreDown(
                Message("The server behind this service answered with the status {status}.", status=status),
                Message("Ask again later, or ask less."),
            )


def _first_line(words: str) -> str:
    line = next((line for line in words.splitlines() if line.strip()), "nothing")
    return "".join(character for character in line if character.isprintable())[:200]


class _Body:
    """A response's body as a file: it ends only where the response really ends."""

    def __init__(self, response: http.client.HTTPResponse, call: QueuedRequest) -> None:
        self._response = response
        self._call = call
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; none at the end. Raises what cut the call, or StoreDown where it broke off."""
        while True:
            piece = self._next(size if size > 0 else _TRUTH_SIZE)
            # Virtuoso names blank nodes as RDF does not; the beginning of such a name waits for its end.
            known = (self._held + piece).replace(_NODE, _NODE.removesuffix(_SCHEME))
            cut = len(known) - (_beginning(known) if piece else 0)
            self._held = known[cut:]
            if cut or not piece:
                return known[:cut]

    def close(self) -> None:
        """Give the connection back."""
        self._response.close()

    def _next(self, size: int) -> bytes:
        try:
            piece = self._response.read(size)
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            raise self._call.problem or _cut_off() from error
        if not piece and (self._call.problem or self._response.length):
            raise self._call.problem or _cut_off()
        return piece


def _beginning(known: bytes) -> int:
    """Return how many bytes at the end of ``known`` may be the beginning of a blank node's name."""
    return next((size for size in range(len(_NODE) - 1, 0, -1) if known.endswith(_NODE[:size])), 0)


def _rewritten(
    body: _Body, rewrite: Callable[[IO[bytes], Format, IO[bytes]], None], wanted: Format, call: QueuedRequest
) -> Iterator[bytes]:
    """Yield the body in the format ``wanted``: a thread writes while this is read, and never far ahead."""
    ready: Queue[bytes | BaseException | None] = Queue(_AHEAD)

    def put(item: bytes | BaseException | None) -> None:
        while not call.gone.is_set():
            try:
                return ready.put(item, timeout=_TAKE)
            except Full:
                continue
        raise _cancelled(call)

    def work() -> None:
        try:
            sink = ResultSink(wanted, put)
            with _broken_off(call):
                rewrite(cast(IO[bytes], body), wanted, cast(IO[bytes], sink))
                sink.finish()
            put(None)
        except BaseException as error:
            if not call.gone.is_set():
                put(_detached(error))
        finally:
            body.close()

    threading.Thread(target=work, name="coopgraph-rewrite", daemon=True).start()
    try:
        while True:
            try:
                item = ready.get(timeout=_TAKE)
            except Empty:
                if call.gone.is_set():
                    raise _cancelled(call) from None
                continue
            if item is None:
                break
            if isinstance(item, BaseException):
                raise item
            yield item
        if call.problem is not None:
            raise call.problem
    finally:
        call.leave()


def _detached(error: BaseException) -> BaseException:
    """Return ``error`` without the frames it went through: they hold objects that must stay in their own thread."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


@contextmanager
def _broken_off(call: QueuedRequest) -> Iterator[None]:
    try:
        yield
    except NotExpressible as error:
        raise NotAcceptable(
            Message("The result holds characters that this format cannot carry."),
            Message("Ask for JSON, Turtle or N-Triples."),
        ) from error
    except SyntaxError as error:
        raise call.problem or _cut_off() from error


def _cancelled(call: QueuedRequest) -> QueryProblem:
    return call.problem or QueryCancelled(Message("This query was cancelled."))


def _cut_off() -> StoreDown:
    return StoreDown(
        Message("The server behind this service broke its answer off or put something else into it."),
        Message("Ask again, or ask for less."),
    )
