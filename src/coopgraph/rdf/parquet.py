"""Apache Parquet file with typed columns, from the rows of a SPARQL result.

A column has the type that all its values share:

====================================  ==================================================================
values of the column                  type
====================================  ==================================================================
``xsd:integer`` and its kin           int64
``xsd:double``, ``xsd:float``         float64
``xsd:decimal``, or several of these  float64 where that keeps every digit, otherwise decimal128(38, 18)
``xsd:boolean``                       bool
``xsd:date``                          date32
``xsd:dateTime``                      timestamp[us], in UTC where all values say their time zone
all else, and what does not fit       string: the lexical form, the IRI, or ``_:label``
====================================  ==================================================================

What a column ``x`` cannot say stands beside it: ``x.lang`` holds the language tags where a text has one, and ``x.type``
the datatype (or ``iri``, ``bnode``) of each value where that differs within the column; no variable of SPARQL has a dot
in its name. The datatype that all values share is in the column's metadata, under ``datatype``. An unbound variable is
null. Rows keep their order. Parquet has no rows without columns, so ``SELECT * {}`` gives an empty table.

A table of other things than rows of a result is written by :func:`write_table`.

Run as a program, it reads SPARQL Query Results JSON from standard input (a file) and writes Parquet to standard output;
the argument is the limit in processor seconds. A service runs it so, as a process that it may kill.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from coopgraph.process_limits import EXIT_FAILED, limit_process
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import RDF, XSD

PACKER_MEMORY = 2 * 1024**3
"""Most address space of the program, in bytes."""

ROW_GROUP = 20_000
"""Rows that are held in memory at once."""

_INTEGERS = frozenset(
    XSD.term(name).value
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_FLOATS = frozenset({XSD.double.value, XSD.float.value})
_NUMBERS = _INTEGERS | _FLOATS | {XSD.decimal.value}
_TEXTS = frozenset({XSD.string.value, RDF.langString.value})

_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_WHOLE = Decimal(10) ** 20

_Term = NamedNode | BlankNode | Literal


class _Type(NamedTuple):
    """A column's type, and how a lexical form becomes a value of it (ValueError or KeyError where it does not)."""

    arrow: pa.DataType
    convert: Callable[[str], Any]


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise ValueError(text)
    return int(text)


def _float(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _exact_float(text: str) -> float:
    value = _float(text)
    if value == value and abs(value) != float("inf") and Decimal(repr(value)) != Decimal(text):
        raise ValueError(text)
    return value


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
        exponent = value.as_tuple().exponent
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not isinstance(exponent, int) or exponent < -18 or abs(value) >= _WHOLE:
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    if not found or found[1]:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _moment_in_zone(text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    if not found or not found[1]:
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def _candidates(kinds: frozenset[str]) -> tuple[_Type, ...]:
    """Return the types that a column of values of these kinds may have, the best first; the last takes anything."""
    strings = _Type(pa.string(), str)
    if kinds and kinds <= _INTEGERS:
        return _Type(pa.int64(), _integer), strings
    if kinds and kinds <= _FLOATS:
        return _Type(pa.float64(), _float), strings
    if kinds and kinds <= _NUMBERS:
        return _Type(pa.float64(), _exact_float), _Type(pa.decimal128(38, 18), _decimal), strings
    if kinds == {XSD.boolean.value}:
        return _Type(pa.bool_(), _boolean), strings
    if kinds == {XSD.date.value}:
        return _Type(pa.date32(), _date), strings
    if kinds == {XSD.dateTime.value}:
        return _Type(pa.timestamp("us", "UTC"), _moment_in_zone), _Type(pa.timestamp("us"), _moment), strings
    return (strings,)


class _Column:
    """One variable: what its values are, and the best type that none of them has refused yet."""

    def __init__(self, name: str, kinds: frozenset[str], *, tagged: bool) -> None:
        self.name = name
        self._kinds = kinds
        self._tagged = tagged
        self._candidates = deque(_candidates(kinds))

    def fields(self) -> Iterator[pa.Field]:
        """Yield the fields that come of this variable."""
        shared = {"datatype": min(self._kinds)} if len(self._kinds) == 1 else None
        yield pa.field(self.name, self._candidates[0].arrow, metadata=shared)
        if self._tagged:
            yield pa.field(f"{self.name}.lang", pa.string())
        if self._mixed:
            yield pa.field(f"{self.name}.type", pa.string())

    def arrays(self, terms: Sequence[_Term | None]) -> Iterator[pa.Array]:
        """Yield the values of each field. Raises :class:`_Misfit`, and takes the next type, where one does not fit."""
        best = self._candidates[0]
        try:
            values = [None if term is None else best.convert(_text(term)) for term in terms]
        except (ValueError, KeyError, OverflowError) as error:
            self._candidates.popleft()
            raise _Misfit from error
        yield pa.array(values, best.arrow)
        if self._tagged:
            yield pa.array([None if term is None else _language(term) for term in terms], pa.string())
        if self._mixed:
            yield pa.array([None if term is None else _kind(term) for term in terms], pa.string())

    @property
    def _mixed(self) -> bool:
        return len(self._kinds) > 1 and not self._kinds <= _TEXTS


class _Misfit(Exception):
    """A value does not fit its column's type; the column has another one now."""


def write_parquet(source: IO[bytes], target: IO[bytes]) -> None:
    """Write the rows of ``source`` (SPARQL Query Results JSON, seekable) to ``target`` as Parquet.

    ``source`` is read at least twice: once to learn what each column holds. Raises SyntaxError where it is cut or
    holds no rows of a SELECT.
    """
    columns = _columns(_rows(source))
    while True:
        source.seek(0)
        target.seek(0)
        target.truncate()
        try:
            _write(columns, _rows(source), target)
        except _Misfit:
            continue
        return


Cell = str | int | bool | Decimal | list[str] | None
"""What a cell of a table holds; a list in each row of a column whose values are lists."""


def write_table(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], target: IO[bytes]) -> None:
    """Write a table to ``target`` as Parquet: a column has the type that all its cells share, and else is of texts."""
    arrays = [_table_column([row.get(name) for row in rows]) for name in columns]
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), target)


def _table_column(cells: Sequence[Cell]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell is not None}
    if list in kinds:
        lists = [cell if cell is None or isinstance(cell, list) else [str(cell)] for cell in cells]
        return pa.array(lists, pa.list_(pa.string()))
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds == {int} and all(cell is None or -(2**63) <= cell < 2**63 for cell in cells if isinstance(cell, int)):
        return pa.array(cells, pa.int64())
    if kinds and kinds <= {int, Decimal}:
        numbers = [None if cell is None else str(cell) for cell in cells]
        for candidate in _candidates(frozenset({XSD.decimal.value})):
            with suppress(ValueError):
                return pa.array(
                    [None if text is None else candidate.convert(text) for text in numbers], candidate.arrow
                )
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _rows(source: IO[bytes]) -> QuerySolutions:
    found = parse_query_results(source, QueryResultsFormat.JSON)
    if not isinstance(found, QuerySolutions):
        raise SyntaxError("a truth value where rows were expected")
    return found


def _columns(rows: QuerySolutions) -> tuple[_Column, ...]:
    names = [variable.value for variable in rows.variables]
    kinds: list[set[str]] = [set() for _ in names]
    tagged = [False] * len(names)
    for row in rows:
        for number, term in enumerate(row):
            if term is not None:
                kinds[number].add(_kind(term))
                tagged[number] = tagged[number] or _language(term) is not None
    return tuple(
        _Column(name, frozenset(kind), tagged=with_tags)
        for name, kind, with_tags in zip(names, kinds, tagged, strict=True)
    )


def _write(columns: tuple[_Column, ...], rows: QuerySolutions, target: IO[bytes]) -> None:
    schema = pa.schema([item for column in columns for item in column.fields()])
    with pq.ParquetWriter(target, schema) as writer:
        while batch := [tuple(row) for row in islice(rows, ROW_GROUP)]:
            terms = zip(*batch, strict=True) if columns else ()
            arrays = [array for column, part in zip(columns, terms, strict=True) for array in column.arrays(part)]
            writer.write_batch(pa.record_batch(arrays, schema))


def _text(term: _Term) -> str:
    return str(term) if isinstance(term, BlankNode) else term.value


def _kind(term: _Term) -> str:
    if isinstance(term, Literal):
        return term.datatype.value
    return "bnode" if isinstance(term, BlankNode) else "iri"


def _language(term: _Term) -> str | None:
    return conventional(term.language) if isinstance(term, Literal) and term.language else None


def main() -> None:
    """Convert standard input to standard output within the limits, or leave with :data:`EXIT_FAILED`."""
    limit_process(PACKER_MEMORY, int(sys.argv[1]))
    pa.set_cpu_count(1)
    try:
        write_parquet(sys.stdin.buffer, sys.stdout.buffer)
    except Exception:
        # What a fault says may quote the data; who called tells its client what matters.
        sys.exit(EXIT_FAILED)


if __name__ == "__main__":
    main()
