"""Store protocol: what every engine answers: a query goes in, a media type and bytes come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.sparql.query import SparqlQuery

ResultForm = Literal["bindings", "boolean", "graph"]
"""What a query gives: rows (SELECT), yes or no (ASK), triples (CONSTRUCT, DESCRIBE)."""


Lane = Literal["ordinary", "quick"]
"""Where a query runs: with all its time, or beside the others for as long as a short one takes."""


class Choice(NamedTuple):
    """The format wanted for each result form; the form is known only once the query is parsed.

    None means that the client takes nothing of that form: the store then raises :class:`errors.NotAcceptable`.
    """

    bindings: Format | None
    boolean: Format | None
    graph: Format | None
    document: DocumentForm | None = None
    """How a graph is written as one document, in one of its formats; None: its triples as they come."""

    def of(self, form: ResultForm) -> Format | None:
        """Return the format for a result of the form ``form``."""
        return {"bindings": self.bindings, "boolean": self.boolean, "graph": self.graph}[form]


class Answer(NamedTuple):
    """A result on its way: its form, its format, and its bytes in chunks of at most 64 KiB.

    ``chunks`` raises a :class:`errors.QueryProblem` where the result cannot be completed; only when it ends by itself
    is the result whole. ``close`` ends the query at once from any thread, and is harmless at any time.
    """

    form: ResultForm
    format: Format
    chunks: Iterator[bytes]
    close: Callable[[], None]
    lane: Lane = "ordinary"
    """Where the query was answered in the end."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a store is: the quads it holds, and whether its workers are cut off from the network and from files."""

    quads: int
    confined: bool
    remark: str
    """Why not, where ``confined`` is false."""
    busy: int
    waiting: int
    workers: int = 0
    """How many queries may run at once."""
    killed: int = 0
    """How many workers were ended because of their query since the store was opened."""
    trouble: str = ""
    """What keeps it from going on as it should, in a sentence; empty where all is well."""


class Store(Protocol):
    """One immutable dataset that answers queries, several at a time."""

    def answer(
        self,
        sparql_query: SparqlQuery,
        choice: Choice,
        *,
        timeout: float,
        token: str | None = None,
        cancellation: CancellationToken | None = None,
    ) -> Answer:
        """Answer within ``timeout`` seconds of processing, or stop the query.

        Returns once the engine knows the result's form. Raises QuerySyntax (with the engine's own words), QueryRefused,
        QueryTimeout, QueryMemory, QueryCancelled, QueueFull, StoreDown. ``token`` names the query for :meth:`cancel`;
        ``cancellation`` says when nobody waits for the answer any more.
        """
        ...

    def check(self, query: str, *, timeout: float, prefixes: tuple[tuple[str, str], ...] = ()) -> None:
        """Parse ``query`` and return; raises QuerySyntax with the engine's own words where it is malformed.

        ``prefixes`` are those of :class:`SparqlQuery`.
        """
        ...

    def cancel(self, token: str) -> bool:
        """Stop the queries named ``token``, running or waiting; False where there is none."""
        ...

    def health(self) -> Health:
        """Return how the store is."""
        ...

    def close(self) -> None:
        """Let running queries end, then give everything back. Idempotent."""
        ...


class AsyncStore(Store, Protocol):
    """A store whose queries need no thread that waits for them."""

    def begin(self, sparql_query: SparqlQuery, choice: Choice, *, timeout: float) -> RunningQuery:
        """Begin to answer as :meth:`answer` does, without waiting. Raises QueueFull or StoreDown."""
        ...


class RunningQuery(Protocol):
    """A query on its way to its answer, for an event loop that attends to many such, and for a thread that waits.

    In the loop: :meth:`attend` once, then :meth:`take` each time it calls, then :meth:`unattend`. Where it takes too
    long, or ``needs_thread`` says so, :meth:`answer` in a thread goes on from there.
    """

    def attend(self, came: Callable[[], object]) -> None:
        """Send the query as soon as that may be, and have the running loop call ``came`` when there is more."""
        ...

    def take(self) -> Answer | None:
        """Take in what has come; return the answer if that is all of it."""
        ...

    def unattend(self) -> None:
        """Have nothing called any more."""
        ...

    @property
    def needs_thread(self) -> bool:
        """Whether something came that only :meth:`answer` can go on with, such as a problem or a large result."""
        ...

    def answer(self) -> Answer:
        """Wait for the answer: see :meth:`Store.answer`."""
        ...

    def leave(self) -> None:
        """Stop the query, from any thread: nobody waits for it any more."""
        ...

    def close(self) -> None:
        """End the query; not while another thread reads."""
        ...


class CancellationToken:
    """Tells those who work for a client that it has left. One a request; thread-safe."""

    __slots__ = ("_gone", "_watchers")

    def __init__(self) -> None:
        self._gone = False
        self._watchers: list[Callable[[], None]] = []

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._gone

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` when the client leaves; at once if it has left."""
        self._watchers.append(watcher)
        if self._gone:
            watcher()

    def announce(self) -> None:
        """Say that the client has left."""
        self._gone = True
        for watcher in tuple(self._watchers):
            watcher()
