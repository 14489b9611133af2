"""A store behind any SPARQL 1.1 server (https://www.w3.org/TR/sparql11-protocol/), asked through SPARQLWrapper.

The server's answer is passed on while it comes, through one reader that finds out where it is cut, has a message in its
middle, or comes with a header that says it is not all: then the answer fails, visibly. What goes out has the same bytes
as an embedded store's. Every query is read by a worker of ours first, so a server never gets what is no SPARQL 1.1
query (an update, or an extension of its own language).
"""

from __future__ import annotations

import http.client
import re
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import IO, cast
from urllib.error import HTTPError

from SPARQLWrapper import POST, SELECT, SPARQLWrapper

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
from coopgraph.rdf import results
from coopgraph.rdf.formats import Format
from coopgraph.rdf.sparql import Token, prologue, resolve, tokens
from coopgraph.store import pushed
from coopgraph.store.client import Client, Line
from coopgraph.store.oxigraph.engine import NotExpressible, Sink
from coopgraph.store.protocol import Answer, Choice, Departure, Health, Question, ResultForm, Store
from coopgraph.store.pushed import Pushed

NOTHING = pushed.NAMESPACE + "nothing"
"""A graph that is never there: a dataset's part that is empty must be named as well, or some servers take their own."""

EXTENSIONS = (
    "bif:",
    "sql:",
    "java:",
    "http://jena.apache.org/",
    "http://jena.hpl.hp.com/ARQ/",
    "http://www.openlinksw.com/schemas/",
    "http://www.ontotext.com/",
    "tag:stardog:",
)
"""Beginnings of IRIs by which servers run functions of their own, some of which read files or call other servers."""

_FORMS: Mapping[str, ResultForm] = {
    "SELECT": "bindings",
    "ASK": "boolean",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
PATIENCE = 10.0
"""Seconds that the server has for our own small questions."""

_AHEAD = 8  # chunks of an answer that are written before they are taken
_TAKE = 0.5  # seconds after which a writer looks whether its reader is still there

_TRUTH_SIZE = 64 * 1024
_MESSAGE_SIZE = 2048
_NODE = b"<bnode>nodeID://"
_LATE = re.compile(r"time[sd]?[ -]?out|time limit|execution time|timed? out|cancel", re.IGNORECASE)
_FULL = re.compile(r"out ?of ?memory|memory (?:limit|exhausted)|heap space", re.IGNORECASE)


class HttpStore:
    """The server at ``endpoint``: a :class:`coopgraph.store.protocol.Store`.

    ``parser`` reads queries and is closed with this store. ``workers`` questions run at once, ``waiting`` more may
    wait. ``served`` is the pushed release that is asked; None: whatever the server's own dataset is.
    """

    def __init__(
        self,
        endpoint: str,
        client: Client,
        parser: Store,
        *,
        workers: int,
        waiting: int,
        served: Pushed | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._parser = parser
        self._places = _Places(workers, waiting)
        self._served = served
        self._merging: bool | None = None

    def answer(
        self,
        question: Question,
        choice: Choice,
        *,
        timeout: float,
        token: str | None = None,
        departed: Departure | None = None,
    ) -> Answer:
        """See :meth:`coopgraph.store.protocol.Store.answer`. The server may go on with a query that is stopped here."""
        call = _Call(token)
        if departed is not None:
            departed.watch(call.leave)
        self._places.take(call, timeout)
        try:
            call.limit(timeout)
            self._parser.check(question.query, timeout=timeout)
            found = tokens(question.query)
            _refuse_extensions(found)
            form = _FORMS[_form(found)]
            wanted = choice.of(form)
            if wanted is None:
                raise NotAcceptable(
                    "None of the formats asked for can carry this result.",
                    "Rows and truth values have formats of their own; graphs have others.",
                )
            response = self._send(self._placed(question, found), form, call)
            return self._passed_on(response, form, wanted, call)
        except BaseException:
            call.end()
            raise

    def check(self, query: str, *, timeout: float) -> None:
        """See :meth:`coopgraph.store.protocol.Store.check`."""
        self._parser.check(query, timeout=timeout)

    def cancel(self, token: str) -> bool:
        """See :meth:`coopgraph.store.protocol.Store.cancel`."""
        return self._places.stop(token, QueryCancelled("This query was cancelled."))

    def health(self) -> Health:
        """See :meth:`coopgraph.store.protocol.Store.health`. Asks the server, and raises StoreDown where it is down."""
        self.probe()
        busy, waiting = self._places.load()
        served = self._served
        quads = served.triples + sum(served.graphs.values()) if served else 0
        return Health(quads, False, "queries run in another server, whose walls are its own", busy, waiting)

    def probe(self) -> None:
        """Ask the server the least there is. Raises StoreDown."""
        self._ask_itself(Question("ASK { }"), "boolean").close()

    def pushed(self) -> Pushed | None:
        """Return the release that was pushed to the server; None where there is none. Raises StoreDown."""
        answer = self._ask_itself(Question(pushed.QUERY, (pushed.SERVED,), (NOTHING,)), "bindings")
        body = b"".join(answer.chunks)
        return pushed.read(results.pairs(body))

    def close(self) -> None:
        """See :meth:`coopgraph.store.protocol.Store.close`."""
        self._places.close()
        self._parser.close()

    # Asking

    def _ask_itself(self, question: Question, form: ResultForm) -> Answer:
        call = _Call(None)
        try:
            call.limit(PATIENCE)
            return self._passed_on(self._send(question, form, call), form, results.ROWS, call)
        except BaseException:
            call.end()
            raise

    def _placed(self, question: Question, found: tuple[Token, ...]) -> Question:
        """Return ``question`` with the dataset that the server is told, and none in its text."""
        text = _without_dataset(question.query, found)
        default, named = question.default_graphs, question.named_graphs
        if default is None and named is None:
            if self._served is None:
                return question
            return Question(text, (self._served.default_graph,), tuple(self._served.graphs) or (NOTHING,))
        if self._served is not None:
            default = tuple(name for name in dict.fromkeys(default or ()) if name in self._served.graphs)
            named = tuple(name for name in dict.fromkeys(named or ()) if name in self._served.graphs)
        default = tuple(dict.fromkeys(default or ()))
        if len(default) > 1 and not self._merges():
            raise QueryRefused(
                "The server behind this service gives a statement once for each default graph that holds it, "
                "so it cannot ask several of them as one.",
                "Name one default graph, or none for all of the release; or use GRAPH.",
            )
        return Question(text, default or (NOTHING,), tuple(named or ()) or (NOTHING,))

    def _merges(self) -> bool:
        """Whether several default graphs are one set for the server: what two graphs hold is there once."""
        if self._merging is None:
            asked = Question(pushed.QUERY, (pushed.SERVED, pushed.LOADED), (NOTHING,))
            rows = results.pairs(b"".join(self._ask_itself(asked, "bindings").chunks))
            self._merging = [subject for subject, _ in rows].count(pushed.RELEASE) == 1
        return self._merging

    def _send(self, question: Question, form: ResultForm, call: _Call) -> http.client.HTTPResponse:
        carrier = results.TRIPLES if form == "graph" else results.ROWS
        wrapper = _Wrapper(self._endpoint, self._client, call)
        wrapper.ask(question, carrier.media_type)
        try:
            response: http.client.HTTPResponse = wrapper.query().response
        except HTTPError as error:
            raise call.problem or _refused(error) from error
        try:
            _check_complete(response)
            _check_body(response, carrier)
        except BaseException:
            response.close()
            raise
        return response

    def _passed_on(self, response: http.client.HTTPResponse, form: ResultForm, wanted: Format, call: _Call) -> Answer:
        body = _Body(response, call)
        if form == "boolean":
            with _broken_off(call):
                whole = results.of_truth(results.truth(body.read(_TRUTH_SIZE)), wanted)
            call.end()
            return Answer(form, wanted, iter((whole,)), call.leave)
        rewrite = results.triples if form == "graph" else results.rows
        return Answer(form, wanted, _rewritten(body, rewrite, wanted, call), call.leave)


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper that sends through our client: it would follow redirects, and it warns with the query's text."""

    def __init__(self, endpoint: str, client: Client, line: Line) -> None:
        super().__init__(endpoint, agent="coopgraph")
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self._client = client
        self._line = line

    def ask(self, question: Question, media_type: str) -> None:
        """Have ``question``, answered in ``media_type``."""
        self.queryString = question.query
        self.queryType = SELECT  # a query of any form: the header says in what it is answered
        for name in question.default_graphs or ():
            self.addParameter("default-graph-uri", name)
        for name in question.named_graphs or ():
            self.addParameter("named-graph-uri", name)
        self.addCustomHttpHeader("Accept", media_type)
        self.addCustomHttpHeader("Accept-Charset", "utf-8")

    def _query(self) -> tuple[http.client.HTTPResponse, str]:
        request: urllib.request.Request = self._createRequest()
        return self._client.open(request, self._line), self.returnFormat


class _Call(Line):
    """One question on its way: its place in the queue, its deadline, its connection. Ends once, from any thread."""

    def __init__(self, token: str | None) -> None:
        super().__init__()
        self.token = token
        self.gone = threading.Event()
        """Set when nobody takes the answer any more, or all of it is taken."""
        self._timer: threading.Timer | None = None
        self._give_back: Callable[[], None] = lambda: None

    def begin(self, give_back: Callable[[], None]) -> None:
        """Have a place, given back by ``give_back``."""
        self._give_back = give_back

    def limit(self, seconds: float) -> None:
        """End the question after ``seconds``."""
        self._timer = threading.Timer(seconds, self.cut, (_late(seconds),))
        self._timer.daemon = True
        self._timer.start()

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self.cut(QueryCancelled("The client left before the answer was complete."))
        self.end()

    def end(self) -> None:
        """Give the place back; only the first call counts."""
        if self.gone.is_set():
            return
        self.gone.set()
        if self._timer is not None:
            self._timer.cancel()
        self._give_back()


class _Places:
    """How many questions run at once and how many wait, first come first served."""

    def __init__(self, running: int, waiting: int) -> None:
        self._limits = (running, waiting)
        self._change = threading.Condition()
        self._running: set[_Call] = set()
        self._waiting: deque[_Call] = deque()
        self._closed = False

    def take(self, call: _Call, patience: float) -> None:
        """Wait at most ``patience`` seconds for a place. Raises QueueFull, StoreDown, or what cut the call."""
        running, waiting = self._limits
        with self._change:
            if self._closed:
                raise _stopping()
            if len(self._running) >= running and len(self._waiting) >= waiting:
                raise _queue_full()
            self._waiting.append(call)
            free = self._change.wait_for(lambda: call.problem or self._closed or self._is_next(call), patience)
            self._waiting.remove(call)
            self._change.notify_all()
            if call.problem is not None:
                raise call.problem
            if self._closed:
                raise _stopping()
            if not free:
                raise _queue_full()
            self._running.add(call)
        call.begin(lambda: self._give_back(call))

    def stop(self, token: str, problem: QueryProblem) -> bool:
        """End the questions named ``token``; False where there is none."""
        with self._change:
            found = [call for call in (*self._running, *self._waiting) if call.token == token]
        for call in found:
            call.cut(problem)
        with self._change:
            self._change.notify_all()
        return bool(found)

    def load(self) -> tuple[int, int]:
        """Return how many questions run and how many wait."""
        with self._change:
            return len(self._running), len(self._waiting)

    def close(self) -> None:
        """Let nobody in any more, and end what runs."""
        with self._change:
            self._closed = True
            running = tuple(self._running)
            self._change.notify_all()
        for call in running:
            call.cut(_stopping())

    def _is_next(self, call: _Call) -> bool:
        return self._waiting[0] is call and len(self._running) < self._limits[0]

    def _give_back(self, call: _Call) -> None:
        with self._change:
            self._running.discard(call)
            self._change.notify_all()


class _Body:
    """A response's body as a file: it ends only where the response really ends."""

    def __init__(self, response: http.client.HTTPResponse, call: _Call) -> None:
        self._response = response
        self._call = call
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; none at the end. Raises what cut the call, or StoreDown where it broke off."""
        size = size if size > 0 else _TRUTH_SIZE
        try:
            piece = self._response.read(max(size - len(self._held), 1))
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            raise self._call.problem or _cut_off() from error
        if not piece and (self._call.problem or self._response.length):
            raise self._call.problem or _cut_off()
        return self._settled(piece)

    def _settled(self, piece: bytes) -> bytes:
        """Return ``piece`` with blank nodes named as RDF knows them (Virtuoso writes ``nodeID://b1``)."""
        known = (self._held + piece).replace(_NODE, b"<bnode>")
        start = known.rfind(b"<") if piece else -1
        # What may be the beginning of such a name waits for the next piece.
        cut = start if start >= 0 and _NODE.startswith(known[start:]) and start > 0 else len(known)
        self._held = known[cut:]
        return known[:cut]


def _rewritten(
    body: _Body, rewrite: Callable[[IO[bytes], Format, IO[bytes]], None], wanted: Format, call: _Call
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
            sink = Sink(wanted, put)
            with _broken_off(call):
                rewrite(cast(IO[bytes], body), wanted, cast(IO[bytes], sink))
                sink.finish()
            put(None)
        except BaseException as error:
            if not call.gone.is_set():
                put(error)

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


@contextmanager
def _broken_off(call: _Call) -> Iterator[None]:
    try:
        yield
    except NotExpressible as error:
        raise NotAcceptable(
            "The result holds characters that this format cannot carry.", "Ask for JSON, Turtle or N-Triples."
        ) from error
    except SyntaxError as error:
        raise call.problem or _cut_off() from error


def _form(found: tuple[Token, ...]) -> str:
    """Return the keyword of a query that is known to be well-formed."""
    return found[len(prologue(found))].upper


def _without_dataset(query: str, found: tuple[Token, ...]) -> str:
    """Return ``query`` with spaces for its FROM clauses: some servers add them to the dataset of the request."""
    text = list(query)
    for token, one, two in zip(found, found[1:], found[2:], strict=False):
        if token.kind == "word" and token.upper == "FROM":
            for part in (token, one, two) if one.kind == "word" else (token, one):
                text[part.start : part.start + len(part.text)] = " " * len(part.text)
    return "".join(text)


def _refuse_extensions(found: tuple[Token, ...]) -> None:
    declared = prologue(found)
    names = tuple(token for token in found if token.kind in ("iri", "name"))
    try:
        iris = resolve(declared, tuple(token for token in names if token not in declared)) + tuple(
            token.text[1:-1] for token in declared if token.kind == "iri"
        )
    except ValueError:
        iris = tuple(token.text for token in names)
    for iri in iris:
        if iri.startswith(EXTENSIONS):
            raise QueryRefused(
                f"The query uses <{iri}>, an extension of one server.", "Use what SPARQL 1.1 has, and nothing else."
            )


def _check_complete(response: http.client.HTTPResponse) -> None:
    """Raise where a header says that this is not the whole answer."""
    headers = response.headers
    if limit := headers.get("X-SPARQL-MaxRows"):
        raise ResultTooLarge(
            f"The server behind this service gives at most {limit} rows, and cut this result there.",
            "Ask in parts (LIMIT and OFFSET with ORDER BY). Its operator can raise ResultSetMaxRows.",
        )
    if headers.get("X-SQL-State") or response.status == 206:
        raise QueryTimeout(
            "The server behind this service stopped the query and sent a part of its result, which is not passed on.",
            "Narrow the query. Its operator can raise the server's time for a query.",
        )
    if response.status != 200:
        raise StoreDown(
            f"The server behind this service answered with the status {response.status}.", "Its operator should look."
        )


def _check_body(response: http.client.HTTPResponse, carrier: Format) -> None:
    headers = response.headers
    given, charset = headers.get_content_type(), (headers.get_content_charset() or "utf-8").lower()
    if given != carrier.media_type or charset not in ("utf-8", "us-ascii"):
        raise StoreDown(
            f"The server behind this service answered in {given} ({charset}), not in {carrier.media_type}.",
            "Its address may be another page of it; its operator should look.",
        )
    if headers.get("Content-Encoding", "identity") != "identity":
        raise StoreDown("The server behind this service packed its answer unasked.", "Its operator should look.")
    if carrier is results.TRIPLES and response.length is None and not response.chunked:
        raise StoreDown(
            "The server behind this service does not say where its answer ends, so a part could pass for the whole.",
            "Put it behind a proxy that speaks HTTP/1.1.",
        )


def _refused(error: HTTPError) -> QueryProblem:
    """Return what a status that is no success means."""
    with error:
        words = error.read(_MESSAGE_SIZE).decode("utf-8", "replace")
    match error.code:
        case status if 300 <= status < 400:
            return StoreDown(
                "The server behind this service points to another address, which is not followed.",
                "Its operator should name the address it points to.",
            )
        case 401 | 403:
            return StoreDown(
                "The server behind this service refuses our name and password.",
                "Its operator sets COOPGRAPH_USER and COOPGRAPH_PASSWORD.",
            )
        case 404 | 405 | 406 | 415:
            return StoreDown(
                f"There is no SPARQL 1.1 query service at the address behind this service (status {error.code}).",
                "Its operator should check the address.",
            )
        case 413 | 414:
            return QueryTooLong("The query is too long for the server behind this service.", "Send less at a time.")
        case 429 | 503 if error.headers.get("Retry-After", "").isdecimal():
            return QueueFull(
                "The server behind this service has too much to do.",
                "Ask again later.",
                retry_after=int(error.headers["Retry-After"]),
            )
        case _ if _LATE.search(words):
            return QueryTimeout(
                "The server behind this service stopped the query at its own time limit.",
                "Narrow it: name a class or a value, or add a LIMIT.",
            )
        case _ if _FULL.search(words):
            return QueryMemory(
                "The query needed more memory than the server behind this service has for it.",
                "Narrow it: fewer patterns without a shared variable, a LIMIT, no ORDER BY over everything.",
            )
        case 400 | 500:
            # The query is well-formed, so this is something that this one server does not do.
            return QueryRefused(
                f"The server behind this service does not run this query. It says: {_first_line(words)}",
                "Write it another way.",
            )
        case status:
            return StoreDown(
                f"The server behind this service answered with the status {status}.", "Ask again later, or ask less."
            )


def _first_line(words: str) -> str:
    line = next((line for line in words.splitlines() if line.strip()), "nothing")
    return "".join(character for character in line if character.isprintable())[:200]


def _late(seconds: float) -> QueryTimeout:
    return QueryTimeout(
        f"The query was stopped after {seconds:g} seconds, the limit for one query.",
        "Narrow it: name a class or a value, add a LIMIT, or avoid ORDER BY over everything.",
    )


def _cancelled(call: _Call) -> QueryProblem:
    return call.problem or QueryCancelled("This query was cancelled.")


def _cut_off() -> StoreDown:
    return StoreDown(
        "The server behind this service broke its answer off or put something else into it.",
        "Ask again, or ask for less.",
    )


def _queue_full() -> QueueFull:
    return QueueFull("Too many queries wait already.", "Ask again in a moment.")


def _stopping() -> StoreDown:
    return StoreDown("The service is stopping.", "Ask again in a moment.")
