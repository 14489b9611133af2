"""Sort only what can be on a sorted page: rows beyond a threshold are dropped before the sort.

A sample of the rows, sorted by the engine, gives the threshold; as many of them as the page needs do not pass it. Where
a sample says too little, all rows are sorted for it, by the first key and no other, which is most of the cost. A row is
dropped only where the engine's ``<=`` and ``>=``, which compare two literals as its sort does, put it strictly
beyond. The sort knows no order of mixed types, so one row of another type than the threshold's undoes it all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions, Triple

from coopgraph.store.oxigraph.sorted_page import SortedPage

SAMPLE = 5_000
"""Most rows in a sample."""

_PART = 20
"""A sample has this many times the rows that the page needs, if that is not too many."""
_LEAST = 5
"""A sample with less than this many times those rows would drop too little."""
_FAR = 10_000
"""A page that reaches further is mostly a whole table."""
_PROBE = 200
_SLOW = 0.002
"""Processor time in seconds: where :data:`_PROBE` rows take longer, going over them twice would cost too much."""

_ODD = NamedNode("urn:x-coopgraph:odd")
"""The function that is told of rows that cannot be held against the threshold."""

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_EXACT = frozenset((f"{_XSD}integer", f"{_XSD}decimal"))
_NUMERIC = f"(isNUMERIC(?_) && DATATYPE(?_) IN ({', '.join(f'<{name}>' for name in sorted(_EXACT))}))"
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
_TEMPORAL = frozenset(_XSD + name for name in ("dateTime", "date", "gYear", "gYearMonth"))
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)?$")

Functions = Mapping[NamedNode, Callable[[], Literal]]
"""Functions for one query only, by their names."""

Ask = Callable[[str, Functions], QuerySolutions]
"""Asks the engine."""


def rows(page: SortedPage, ask: Ask, sample: int = SAMPLE) -> QuerySolutions | None:
    """Return the rows of ``page`` in its total order, most of the others unsorted where that is exact.

    None where the first key of the first row is none that this is for. That is so for every page of a table or for
    none, so pages fit together; and those of the query as it stands do, for the same rows are sorted for each.
    Raises what ``ask`` raises.
    """
    probe = ask(page.some(_PROBE), {})
    begin = next(probe, None)
    if begin is None:
        return ask(page.query("FILTER(false)"), {})
    condition = _fellows(begin[0])
    if condition is None:
        return None
    keys = _alike(chain((begin,), probe), condition) if 0 < page.reach <= _FAR else None
    filters = _filters(page, ask, condition, _size(page, keys, condition, sample)) if keys else None
    found = _unless_odd(ask, page.query(filters)) if filters else None
    return ask(page.query(), {}) if found is None else found


def _unless_odd(ask: Ask, query: str) -> QuerySolutions | None:
    odd = []

    def note() -> Literal:
        odd.append(True)
        return Literal(False)

    # The engine has sorted, and so seen every row, before it gives its results out.
    results = ask(query, {_ODD: note})
    return None if odd else results


def _alike(probe: Iterator[QuerySolution], condition: str) -> list[str] | None:
    """Return the texts of the first keys; None where rows come slowly, or not all of these are of one order."""
    end = time.thread_time() + _SLOW
    texts = []
    for row in probe:
        if _fellows(row[0]) != condition or time.thread_time() > end:
            return None
        texts.append(row[0].value)
    return texts


def _size(page: SortedPage, keys: list[str], condition: str, sample: int) -> int | None:
    """Return how many rows to look at for a threshold; None for all, where the first that come are not like the rest.

    A store on disk gives numbers by their size, so that the last come first.
    """
    ordered = sorted(keys, key=float if condition == _NUMERIC else None, reverse=not page.descending)
    if page.reach * _LEAST > sample or keys == ordered:
        return None
    return min(sample, max(_PROBE, page.reach * _PART))


def _filters(page: SortedPage, ask: Ask, condition: str, count: int | None) -> str | None:
    """Return filters that keep every row that may be on the page; None where there are fewer rows than it needs."""
    first, *further = page.keys
    row = next(ask(page.last(count, condition.replace("?_", first)), {}), None)
    if row is None:
        return None
    within = f"{first} {'>=' if page.descending else '<='} {row[0]}"
    # The first key has a filter of its own, which the engine may apply before it joins. IF keeps what it calls in
    # order; the engine turns AND and OR around.
    parts = (condition.replace("?_", first), " && ".join(_settled(key, row[key[1:]]) for key in further))
    return " ".join(
        f"FILTER(COALESCE(IF({within}, IF({part}, true, {_ODD}()), false), {_ODD}()))" for part in parts if part
    )


def _fellows(term: NamedNode | BlankNode | Literal | Triple | None) -> str | None:
    """Return a condition that ``?_`` meets only if it and ``term`` belong to one order; None where there is none.

    Doubles are left out: NaN has no place among them. So are booleans, which the engine does not compare.
    """
    if not isinstance(term, Literal):
        return None
    datatype = term.datatype.value
    if datatype in _EXACT:
        return _NUMERIC if _NUMBER.fullmatch(term.value) else None
    if datatype == _LANG_STRING:
        return f'(DATATYPE(?_) = <{datatype}> && LANG(?_) = "{term.language}")'
    if datatype in _TEMPORAL:
        zone = _ZONE.search(term.value)
        return f'(DATATYPE(?_) = <{datatype}> && TZ(?_) = "{zone.group() if zone else ""}")'
    return f"(DATATYPE(?_) = <{datatype}>)" if datatype == _STRING else None


def _settled(key: str, term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """Return a condition that ``key`` meets only if the engine has one order for it, ``term`` and the others.

    Texts in all languages, with IRIs, blank nodes and nothing, are in one order; numbers or dates in place of texts.
    """
    texts = f"DATATYPE(?_) IN (<{_STRING}>, <{_LANG_STRING}>)"
    value = isinstance(term, Literal) and term.datatype.value in _EXACT | _TEMPORAL
    condition = (_fellows(term) if value else None) or texts
    return f"(!BOUND(?_) || isIRI(?_) || isBLANK(?_) || {condition})".replace("?_", key)
