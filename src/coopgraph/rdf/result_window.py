"""Window on a result: the rows or triples from one place on, from a stream that is read no further than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results

from coopgraph.rdf.terms import Term, Triple


@dataclass(frozen=True, slots=True)
class ResultWindow:
    """``rows`` of a result under ``columns``, None where nothing is bound; ``first`` rows stand before them.

    ``count`` is the number of all rows where they are ``counted``; otherwise there are more than that. ``truth`` is the
    answer to ASK.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    first: int = 0
    count: int = 0
    counted: bool = True
    truth: bool | None = None


def window_of_rows(chunks: Iterable[bytes], first: int, size: int, most: int) -> ResultWindow:
    """Return up to ``size`` rows of SPARQL Query Results JSON after the ``first`` ones.

    What follows them is counted until ``most`` bytes were read. Raises what ``chunks`` raise, and SyntaxError.
    """
    stream = _Stream(chunks)
    found = stream.reading(lambda: parse_query_results(cast("IO[bytes]", stream), QueryResultsFormat.JSON))
    if isinstance(found, QueryBoolean):
        return ResultWindow(truth=bool(found))
    columns = tuple(variable.value for variable in found.variables)
    rows = (tuple(cast("Iterable[Term | None]", solution)) for solution in stream.items(found))
    return _window(stream, columns, rows, first, size, most)


def window_of_triples(chunks: Iterable[bytes], first: int, size: int, most: int) -> ResultWindow:
    """Return up to ``size`` triples of N-Triples after the ``first`` ones, as :func:`window_of_rows` does."""
    stream = _Stream(chunks)
    found = parse(cast("IO[bytes]", stream), RdfFormat.N_TRIPLES)
    rows = (cast("tuple[Term, ...]", tuple(quad.triple)) for quad in stream.items(found))
    return _window(stream, ("subject", "property", "value"), rows, first, size, most)


def triples_in(window: ResultWindow) -> tuple[Triple, ...]:
    """Return the rows of a window on triples as triples."""
    return tuple(Triple(*cast("Any", row)) for row in window.rows)


def _window(
    stream: _Stream,
    columns: tuple[str, ...],
    rows: Iterator[tuple[Term | None, ...]],
    first: int,
    size: int,
    most: int,
) -> ResultWindow:
    before = sum(1 for _ in islice(rows, first))
    shown = tuple(islice(rows, size))
    count = before + len(shown)
    while (more := next(rows, None)) is not None:
        if stream.size > most:
            return ResultWindow(columns, shown, first, count, counted=False)
        del more
        count += 1
    return ResultWindow(columns, shown, first, count)


class _Stream:
    """A binary file of chunks, which remembers what went wrong while they came."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""
        self._failure: Exception | None = None
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        try:
            while not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    return b""
                self._rest = chunk
        except Exception as error:
            self._failure = error
            raise
        piece, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        self.size += len(piece)
        return piece

    def reading(self, parse_more: Callable[[], Any]) -> Any:
        """Return what ``parse_more`` reads. Raises what the chunks raised where it is they that failed."""
        try:
            return parse_more()
        except Exception:
            if self._failure:
                raise self._failure from None
            raise

    def items(self, found: Iterator[Any]) -> Iterator[Any]:
        """Yield what a parser of this stream finds."""
        while (item := self.reading(lambda: next(found, None))) is not None:
            yield item
