"""Answer to a reader's query on a page: one window on its rows, the time it took, and the query as code."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from coopgraph.context import AppContext
from coopgraph.query.snippets import Snippet, snippets
from coopgraph.rdf.formats import JSON, N_TRIPLES
from coopgraph.rdf.result_window import window_of_rows, window_of_triples
from coopgraph.reading.pages.result_table import MOST_SHOWN_ROWS, Answered, answered
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.web.common import request_context
from coopgraph.web.common.language import language
from coopgraph.web.common.origin import absolute_url

MOST_READ = 4 * 1024 * 1024
"""Bytes of a result after which no more rows are counted."""


class QueryAnswer(NamedTuple):
    """What a page shows of a query that was answered: in ``seconds``, and at most ``most`` rows."""

    query: SparqlQuery
    shown: Answered
    seconds: float
    snippets: tuple[Snippet, ...]
    most: int = MOST_SHOWN_ROWS

    @property
    def is_taste(self) -> bool:
        """Whether it shows fewer rows than a page of results does, and there are more."""
        return self.most < MOST_SHOWN_ROWS and self.shown.has_more


def query_answer(
    app_context: AppContext,
    reading: ReleaseSource,
    words: Vocabulary,
    sparql_query: SparqlQuery,
    first: int = 0,
    most: int = MOST_SHOWN_ROWS,
) -> QueryAnswer:
    """Answer ``sparql_query`` for a page that begins after the ``first`` rows and shows at most ``most``.

    Raises what :meth:`coopgraph.query.service.QueryService.answer` raises.
    """
    start = perf_counter()
    with request_context.client_slot():
        answer = reading.query_service.answer(
            sparql_query,
            Choice(JSON, JSON, N_TRIPLES),
            token=request_context.query_token(),
            cancellation=request_context.cancellation(),
        )
        graph = answer.form == "graph"
        try:
            window = (window_of_triples if graph else window_of_rows)(answer.chunks, first, most, MOST_READ)
        finally:
            answer.close()
    seconds = perf_counter() - start
    shown = answered(window, reading, words, language(), graph=graph)
    return QueryAnswer(sparql_query, shown, seconds, snippets(sparql_query.query, endpoint(), triples=graph), most)


def endpoint() -> str:
    """Return the absolute address of the SPARQL endpoint beside this page."""
    return absolute_url(request_context.root() + "/sparql")
