"""Oxigraph engine: answers one query with a form, a format, and bytes as they come."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import accumulate, islice
from types import MappingProxyType
from typing import IO, Any, cast

from pyoxigraph import NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Store

from coopgraph.model.iris import BASE
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.rdf.result_sink import ResultSink
from coopgraph.rdf.results import write_rows
from coopgraph.sparql import regular_expressions
from coopgraph.sparql.lexer import declared, position, scan, text_position
from coopgraph.sparql.rewrite import projection_order
from coopgraph.sparql.rewrite.pipeline import FUNCTIONS, adapted, of_same_length
from coopgraph.sparql.rewrite.repeated_projection import named_once
from coopgraph.sparql.value_kinds import VALUE_KINDS, ValueKinds, uniform_predicates
from coopgraph.store.oxigraph.task import Task
from coopgraph.store.protocol import ResultForm

UNION = NamedNode("urn:x-coopgraph:union")
"""Graph of a worker's own in which several default graphs become one; no query can name it."""


Results = QueryBoolean | QuerySolutions | QueryTriples
"""What the engine gives for a query."""

_PLACE = re.compile(r"error at (\d+):(\d+)")
_GAP = " " * 32
_WORDS = 5_000


class Unsupported(Exception):
    """The query uses a function that the engine does not have; the argument says which."""


class NothingAcceptable(Exception):
    """The client takes no format of this result's form, which is the exception's argument."""


def value_kinds(store: Store) -> ValueKinds:
    """Return the kinds of values in the default graph of ``store`` by predicate; about a tenth of loading's work."""
    rows = cast(QuerySolutions, store.query(VALUE_KINDS))
    return uniform_predicates((row[0].value, row[1].value) for row in rows)


class OxigraphEngine:
    """One store and its way of answering. One that is not ``writable`` is shared with others and only read.

    ``kinds`` are those that :func:`value_kinds` has found in it; ``published`` is what JSON-LD is compacted with.
    """

    def __init__(
        self,
        store: Store,
        *,
        writable: bool,
        kinds: ValueKinds = MappingProxyType({}),
        published: PublishedJsonLd | None = None,
    ) -> None:
        self._store = store
        self._published = published
        self._kinds = kinds
        self._writable = writable
        self._empty = Store()
        self.spent = False
        """Whether answering has changed the store, so that it must take no further query."""

    def check(self, query: str, prefixes: Mapping[str, str]) -> None:
        """Parse ``query``, for which ``prefixes`` count as declared. Raises SyntaxError.

        There is no parsing alone, so it is also asked of an empty store. It must not ask another server. Raises what
        :func:`patterns.check` and :func:`adapted` raise as well.
        """
        with suppress(Unsupported):
            regular_expressions.check_patterns(query, self._matches_nothing)
            self._ask_adapted(self._empty, query, prefixes)

    def _parse(self, query: str, prefixes: Mapping[str, str]) -> None:
        self._ask(self._empty, of_same_length(query), prefixes=prefixes)

    def report(self, query: str, error: SyntaxError, prefixes: Mapping[str, str]) -> str:
        """Return what the engine said of a malformed ``query``, with the place where its reading stopped.

        The engine reports how far it has looked, which is as far ahead as its keywords are long. Where the words stand
        far apart it cannot look past one, so it is asked again in that way.
        """
        words = tuple(islice(scan(query), _WORDS + 1))
        if not words or len(words) > _WORDS:
            return str(error)
        texts = [word.text + _GAP for word in words]
        starts = [0, *accumulate(map(len, texts))]
        try:
            self._parse(apart := "".join(texts), prefixes)
        except SyntaxError as again:
            found = _PLACE.search(str(again))
            if found:
                stopped = position(apart, int(found[1]), int(found[2]))
                word = bisect_right(starts, stopped) - 1
                where = text_position(query, words[word].start if word < len(words) else len(query))
                return _PLACE.sub(f"error at {where.line}:{where.column}", str(again), count=1)
        return str(error)

    def answer(
        self,
        task: Task,
        head: Callable[[ResultForm, Format], None],
        data: Callable[[bytes], None],
    ) -> None:
        """Answer the task's query: call ``head`` once, then ``data``, a frame at a time.

        Relative IRIs are resolved against the base of the graph. Raises SyntaxError for a malformed query (in
        pyoxigraph's words), :class:`Unsupported`, :class:`NothingAcceptable`, :class:`NotExpressible`.
        """
        store, dataset = self._dataset(task.how.default_graphs, task.how.named_graphs)
        results = self._results(store, task.query, dict(task.how.prefixes), dataset)
        form = _form_of(results)
        name = task.how.format(form)
        if name is None:
            raise NothingAcceptable(form)
        chosen = formats.BY_NAME[name]
        head(form, chosen)
        sink = ResultSink(chosen, data)
        prefixes = {**declared(task.query), **dict(task.how.prefixes)} if form == "graph" else {}
        write_rows(results, chosen, cast(IO[bytes], sink), prefixes, self._published, task.how.document)
        sink.finish()

    def _results(self, store: Store, query: str, prefixes: Mapping[str, str], dataset: dict[str, Any]) -> Results:
        regular_expressions.check_patterns(query, self._matches_nothing)
        text, results = self._ask_adapted(store, query, prefixes, **dataset)
        if isinstance(results, QuerySolutions) and projection_order.selects_all(query):
            names = [variable.value for variable in results.variables]
            results = self._ask(store, projection_order.with_ordered_columns(text, names), prefixes=prefixes, **dataset)
        return results

    def _ask_adapted(
        self, store: Store, query: str, prefixes: Mapping[str, str], **dataset: Any
    ) -> tuple[str, Results]:
        """Return the text that was asked, and what came. Raises SyntaxError with places of ``query``."""
        # What is known of values holds for the default graph as it was loaded.
        text = adapted(query, prefixes, {} if dataset else self._kinds)
        try:
            return text, self._ask(store, text, prefixes=prefixes, **dataset)
        except SyntaxError:
            self._parse(query, prefixes)
            raise

    def _matches_nothing(self, pattern: str, flags: str) -> bool | None:
        """Whether a pattern with flags, as they stand in a query, matches the empty text; None: it cannot be read."""
        try:
            (row,) = self._ask(self._empty, f'SELECT (STR(REGEX("", {pattern}, {flags})) AS ?matches) {{}}')
        except SyntaxError:
            return False
        return None if row[0] is None else bool(row[0].value == "true")

    def _ask(self, store: Store, query: str, **dataset: Any) -> Any:
        try:
            return self._asked(store, query, **dataset)
        except SyntaxError:
            once = named_once(query)
            if once == query:
                raise
            return self._asked(store, once, **dataset)

    def _asked(self, store: Store, query: str, **dataset: Any) -> Any:
        try:
            return store.query(query, base_iri=BASE, custom_functions=FUNCTIONS, **dataset)
        except RuntimeError as error:
            if str(error).startswith("The custom function"):
                raise Unsupported(str(error)) from error
            raise

    def _dataset(
        self, default_graphs: tuple[str, ...] | None, named_graphs: tuple[str, ...] | None
    ) -> tuple[Store, dict[str, Any]]:
        if default_graphs is None and named_graphs is None:
            return self._store, {}
        named = [NamedNode(iri) for iri in named_graphs or ()]
        default = [NamedNode(iri) for iri in dict.fromkeys(default_graphs or ())]
        if len(default) > 1:
            # A list of default graphs gives a triple once for each graph that holds it; a graph is a set.
            if not self._writable:
                return self._copied(default, named), {}
            for graph in default:
                self._store.update(f"ADD SILENT {graph} TO {UNION}")
            self.spent = True
            default = [UNION]
        return self._store, {"default_graph": default, "named_graphs": named}

    def _copied(self, default: list[NamedNode], named: list[NamedNode]) -> Store:
        """Return a store in memory with the union of ``default`` as its default graph, and ``named``."""
        copy = Store()
        for graph in default:
            quads = self._store.quads_for_pattern(None, None, None, graph)
            copy.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        for graph in named:
            copy.bulk_extend(self._store.quads_for_pattern(None, None, None, graph))
        return copy


def _form_of(results: Results) -> ResultForm:
    if isinstance(results, QuerySolutions):
        return "bindings"
    return "graph" if isinstance(results, QueryTriples) else "boolean"
