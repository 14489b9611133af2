"""Sort only what can be on a sorted page: rows beyond a threshold are dropped before the sort.

A sample of the rows, sorted by the engine, gives the threshold; as many of them as the page needs do not pass it. A row
is dropped only where the engine's ``<`` and ``>``, which compare two literals as its sort does, put it strictly beyond.
The sort is no order where types are mixed, so a row of another type than the threshold's undoes it all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

from coopgraph.store.oxigraph.sorted_page import SortedPage

SAMPLE = 5_000
"""Rows in the sample."""

_SHARE = 5
"""A page may reach into one of so many parts of the sample; further, too few rows would be dropped."""
_PROBE = 500
_SLOW = 0.003
"""Processor time in seconds: where this many rows take longer, a sample would cost too much."""

_ODD = NamedNode("urn:x-coopgraph:odd")
"""The function that is told of rows that cannot be held against the threshold."""

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_EXACT = frozenset((f"{_XSD}integer", f"{_XSD}decimal"))
_TEMPORAL = frozenset(_XSD + name for name in ("dateTime", "date", "gYear", "gYearMonth"))
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)?$")

Functions = Mapping[NamedNode, Callable[[], Literal]]
"""Functions for one query only, by their names."""


def pruned(
    page: SortedPage, ask: Callable[[str, Functions], QuerySolutions], sample: int = SAMPLE
) -> QuerySolutions | None:
    """Return the rows of ``page``, exactly; None where nothing is gained, or rows cannot be put in one order.

    ``ask`` asks the engine. Raises what it raises.
    """
    filters = _filters(page, ask, sample)
    if filters is None:
        return None
    odd: list[Literal] = []

    def note() -> Literal:
        odd.append(Literal(False))
        return odd[-1]

    # The engine has sorted, and so seen every row, before it gives its results out.
    results = ask(page.query(filters), {_ODD: note})
    return None if odd else results


def _filters(page: SortedPage, ask: Callable[[str, Functions], QuerySolutions], sample: int) -> str | None:
    """Return filters that keep every row that may be on the page."""
    if not 0 < page.reach * _SHARE <= sample:
        return None
    keys = _probe(page, ask)
    if keys is None:
        return None
    if not keys:
        return "FILTER(false)"
    fellows = {_fellows(key) for key in keys}
    condition = fellows.pop()
    if fellows or condition is None:
        return None
    first, *further = page.keys
    row = next(ask(page.last(sample, condition.replace("?_", first)), {}), None)
    if row is None:
        return None
    within = f"{first} {'>=' if page.descending else '<='} {row[0]}"
    kept = f"COALESCE(IF({within}, {condition.replace('?_', first)} || {_ODD}(), false), {_ODD}())"
    return " ".join((f"FILTER({kept})", *(_settled(key, row[key[1:]]) for key in further)))


def _probe(
    page: SortedPage, ask: Callable[[str, Functions], QuerySolutions]
) -> list[NamedNode | BlankNode | Literal | Triple | None] | None:
    """Return the first key of some rows, of all if they are few; None where rows come slowly."""
    end = time.thread_time() + _SLOW
    keys = []
    for row in ask(page.some(_PROBE), {}):
        keys.append(row[0])
        if time.thread_time() > end:
            return None
    return keys


def _fellows(term: NamedNode | BlankNode | Literal | Triple | None) -> str | None:
    """Return a condition that ``?_`` meets only if it and ``term`` belong to one order; None where there is none.

    Doubles are left out: NaN has no place among them. So are booleans, which the engine does not compare.
    """
    if not isinstance(term, Literal):
        return None
    datatype = term.datatype.value
    if datatype in _EXACT:
        listed = ", ".join(f"<{name}>" for name in sorted(_EXACT))
        return f"(isNUMERIC(?_) && DATATYPE(?_) IN ({listed}))"
    if datatype == _LANG_STRING:
        return f'(DATATYPE(?_) = <{datatype}> && LANG(?_) = "{term.language}")'
    if datatype in _TEMPORAL:
        zone = _ZONE.search(term.value)
        return f'(DATATYPE(?_) = <{datatype}> && TZ(?_) = "{zone.group() if zone else ""}")'
    return f"(DATATYPE(?_) = <{datatype}>)" if datatype == _STRING else None


def _settled(key: str, term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """Return a filter that is told of values of ``key`` which may not be in one order with the others.

    Texts in all languages, with IRIs, blank nodes and nothing, are in one order; numbers or dates in place of texts.
    """
    texts = f"(DATATYPE(?_) IN (<{_STRING}>, <{_LANG_STRING}>))"
    value = isinstance(term, Literal) and term.datatype.value in _EXACT | _TEMPORAL
    condition = (_fellows(term) if value else None) or texts
    return f"FILTER(!BOUND({key}) || isIRI({key}) || isBLANK({key}) || {condition.replace('?_', key)} || {_ODD}())"
