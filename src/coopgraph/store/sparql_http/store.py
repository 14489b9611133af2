"""SPARQL 1.1 Protocol store (https://www.w3.org/TR/sparql11-protocol/): any server, asked through SPARQLWrapper.

The server's answer is passed on while it comes, through one reader that finds out where it is cut, has a message in its
middle, or comes with a header that says it is not all: then the answer fails, visibly. What goes out has the same bytes
as an embedded store's. Every query is read by a worker of ours first, so a server never gets what is no SPARQL 1.1
query (an update, or an extension of its own language).
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.error import HTTPError

from coopgraph.errors import NotAcceptable, QueryCancelled, QueryRefused, StoreDown
from coopgraph.messages.message import Message
from coopgraph.rdf import results
from coopgraph.rdf.formats import Format, media_types
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.sparql.lexer import SparqlToken, declare, declared, prologue, resolve, sparql_tokens
from coopgraph.sparql.query import SparqlQuery
from coopgraph.sparql.rewrite import language_tags
from coopgraph.store.protocol import Answer, CancellationToken, Choice, Health, ResultForm, Store
from coopgraph.store.sparql_http import push_marker, responses
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.push_marker import PushMarker
from coopgraph.store.sparql_http.queue import QueuedRequest, RequestQueue

NOTHING = push_marker.NAMESPACE + "nothing"
"""A graph that is never there: a dataset's part that is empty must be named as well, or some servers take their own."""

EXTENSIONS = (
    "bif:",
    "sql:",
    "java:",
    "tag:stardog:",
    "http://jena.apache.org/",
    "http://jena.hpl.hp.com/ARQ/",
    "http://www.openlinksw.com/schemas/",
    "http://www.ontotext.com/",
)
"""Beginnings of IRIs by which servers run functions of their own, some of which read files or call other servers."""

QUEUE_WAIT = 10.0
"""Seconds that the server has for our own small queries."""

_FORMS: Mapping[str, ResultForm] = {
    "SELECT": "bindings",
    "ASK": "boolean",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}


class HttpStore:
    """The server at ``endpoint``: a :class:`coopgraph.store.protocol.Store`.

    ``parser`` reads queries and is closed with this store. ``workers`` queries run at once, ``waiting`` more may
    wait. ``served`` is the pushed release that is asked; None: whatever the server's own dataset is.
    """

    def __init__(
        self,
        endpoint: str,
        client: SparqlHttpClient,
        parser: Store,
        *,
        workers: int,
        waiting: int,
        served: PushMarker | None = None,
        published: PublishedJsonLd | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._parser = parser
        self._places = RequestQueue(workers, waiting)
        self._served = served
        self._published = published
        self._merging: bool | None = None
        self._lowering: bool | None = None

    def answer(
        self,
        sparql_query: SparqlQuery,
        choice: Choice,
        *,
        timeout: float,
        token: str | None = None,
        cancellation: CancellationToken | None = None,
    ) -> Answer:
        """See :meth:`coopgraph.store.protocol.Store.answer`. The server may go on with a query that is stopped here."""
        call = QueuedRequest(token)
        if cancellation is not None:
            cancellation.watch(call.leave)
        self._places.take(call, timeout)
        try:
            call.limit(timeout)
            self._parser.check(sparql_query.query, timeout=timeout, prefixes=sparql_query.prefixes)
            sparql_query = _declared(sparql_query)
            found = sparql_tokens(sparql_query.query)
            _refuse_extensions(found)
            form = _form(found)
            wanted = choice.of(form)
            if wanted is None:
                raise NotAcceptable(
                    Message("None of the formats asked for can carry this result."),
                    Message("Choose one of: {formats}.", formats=media_types("triples" if form == "graph" else form)),
                )
            return self._ask(self._placed(sparql_query, found), form, wanted, call, choice.document)
        except BaseException:
            call.end()
            raise

    def check(self, query: str, *, timeout: float, prefixes: tuple[tuple[str, str], ...] = ()) -> None:
        """See :meth:`coopgraph.store.protocol.Store.check`."""
        self._parser.check(query, timeout=timeout, prefixes=prefixes)

    def cancel(self, token: str) -> bool:
        """See :meth:`coopgraph.store.protocol.Store.cancel`."""
        return self._places.stop(token, QueryCancelled(Message("This query was cancelled.")))

    def health(self) -> Health:
        """See :meth:`coopgraph.store.protocol.Store.health`. Asks the server; raises StoreDown where it is down."""
        self.probe()
        busy, waiting = self._places.load()
        quads = self._served.triples + sum(self._served.graphs.values()) if self._served else 0
        # Queries run in a server whose walls are its own; ours only reads them.
        walls = self._parser.health()
        return Health(quads, walls.confined, walls.remark, busy, waiting)

    def probe(self) -> None:
        """Ask the server the least there is. Raises StoreDown."""
        self._ask_ourselves(SparqlQuery("ASK { }"), "boolean")

    def pushed(self) -> PushMarker | None:
        """Return the release that was pushed to the server; None where there is none.

        Raises StoreDown, also for a server that has a part of a release only.
        """
        sparql_query = SparqlQuery(push_marker.MARKER_QUERY, (push_marker.SERVED,), (NOTHING,))
        found = push_marker.read_marker(results.pairs(self._ask_ourselves(sparql_query, "bindings")))
        if found is not None and not found.whole:
            raise StoreDown(
                Message(
                    "The server at {address} does not show all shards of the release {release}.",
                    address=self._client.origin,
                    release=found.release,
                ),
                Message("Name the address of the federation over all members; if it is that, push the release again."),
            )
        return found

    def close(self) -> None:
        """See :meth:`coopgraph.store.protocol.Store.close`."""
        self._places.close()
        self._parser.close()

    def _ask(
        self,
        sparql_query: SparqlQuery,
        form: ResultForm,
        wanted: Format,
        call: QueuedRequest,
        document: DocumentForm | None = None,
    ) -> Answer:
        carrier = results.TRIPLES_FORM if form == "graph" else results.ROWS_FORM
        try:
            response: http.client.HTTPResponse = self._client.ask(
                self._endpoint,
                sparql_query.query,
                carrier.media_type,
                call,
                default_graphs=sparql_query.default_graphs or (),
                named_graphs=sparql_query.named_graphs or (),
            )
        except HTTPError as error:
            raise call.problem or responses.refused(error) from error
        prefixes = declared(sparql_query.query) if form == "graph" else {}
        return responses.passed_on(response, form, wanted, prefixes, self._published, document, call)

    def _ask_ourselves(self, sparql_query: SparqlQuery, form: ResultForm) -> bytes:
        call = QueuedRequest(None)
        try:
            call.limit(QUEUE_WAIT)
            return b"".join(self._ask(sparql_query, form, results.ROWS_FORM, call).chunks)
        finally:
            call.end()

    def _placed(self, sparql_query: SparqlQuery, found: tuple[SparqlToken, ...]) -> SparqlQuery:
        """Return ``sparql_query`` with the dataset that the server is told, and none in its text."""
        default, named = sparql_query.default_graphs, sparql_query.named_graphs
        if default is None and named is None:
            if self._served is None:
                return sparql_query
            default, named = (self._served.default_graph,), tuple(self._served.graphs)
        elif self._served is not None:
            default, named = (
                tuple(name for name in graphs or () if name in self._served.graphs) for graphs in (default, named)
            )
        default, named = tuple(dict.fromkeys(default or ())), tuple(dict.fromkeys(named or ()))
        if len(default) > 1 and not self._merges():
            raise QueryRefused(
                Message(
                    "The server behind this service gives a statement once for each default graph that holds "
                    "it, so it cannot ask several of them as one."
                ),
                Message("Name one default graph, or none for all of the release; or use GRAPH."),
            )
        text = _without_dataset(sparql_query.query, found)
        if self._served is not None and "lang" in text.lower() and self._lowers():
            text = language_tags.with_lower_constants(text)
        return SparqlQuery(text, default or (NOTHING,), named or (NOTHING,))

    def _merges(self) -> bool:
        """Whether several default graphs are one set for the server: what two graphs hold is there once."""
        if self._merging is None:
            asked = SparqlQuery(push_marker.MARKER_QUERY, (push_marker.SERVED, push_marker.LOADED), (NOTHING,))
            rows = results.pairs(self._ask_ourselves(asked, "bindings"))
            self._merging = [subject for subject, _ in rows].count(push_marker.RELEASE) == 1
        return self._merging

    def _lowers(self) -> bool:
        """Whether the server keeps language tags in lower case, so that LANG equals no tag as it is written."""
        if self._lowering is None:
            asked = SparqlQuery(push_marker.TAG_QUERY, (push_marker.SERVED,), (NOTHING,))
            ((_, tag),) = results.pairs(self._ask_ourselves(asked, "bindings"))
            self._lowering = tag != push_marker.TAG
        return self._lowering


def _declared(sparql_query: SparqlQuery) -> SparqlQuery:
    """Return ``sparql_query`` with its prefixes declared in its text, since a server presets others or none."""
    if not sparql_query.prefixes:
        return sparql_query
    return sparql_query._replace(query=f"{declare(sparql_query.prefixes)}\n{sparql_query.query}", prefixes=())


def _form(found: tuple[SparqlToken, ...]) -> ResultForm:
    """Return the form of a query that is known to be well-formed."""
    return _FORMS[found[len(prologue(found))].upper]


def _without_dataset(query: str, found: tuple[SparqlToken, ...]) -> str:
    """Return ``query`` with spaces for its FROM clauses: some servers add them to the dataset of the request."""
    text = list(query)
    for token, one, two in zip(found, found[1:], found[2:], strict=False):
        if token.kind == "word" and token.upper == "FROM":
            for part in (token, one, two) if one.kind == "word" else (token, one):
                text[part.start : part.start + len(part.text)] = " " * len(part.text)
    return "".join(text)


def _refuse_extensions(found: tuple[SparqlToken, ...]) -> None:
    """Raise QueryRefused for a query that names a function of one server's own."""
    declarations = prologue(found)
    names = tuple(token for token in found[len(declarations) :] if token.kind in ("iri", "name"))
    try:
        iris = resolve(declarations, names)
    except ValueError:
        # A text that only SPARQL can resolve names no function by its beginning.
        iris = tuple(token.text.strip("<>") for token in names)
    for iri in iris:
        if iri.startswith(EXTENSIONS):
            raise QueryRefused(
                Message("The query uses <{iri}>, an extension of one server.", iri=iri),
                Message("Use what SPARQL 1.1 has, and nothing else."),
            )
