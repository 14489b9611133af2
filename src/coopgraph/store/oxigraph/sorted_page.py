"""Recognize a page of a sorted table, ``SELECT … ORDER BY … LIMIT n``, and give its rows one order and no other.

The engine's sort is not stable: rows that tie would come in another order on the next page, and a reader who turns
pages would see some twice and miss others. So every page's order ends with all that tells its rows apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.rdf.sparql import Token, keywords, prologue, tokens

_UNFIT = frozenset(("SELECT", "SERVICE", "MINUS", "RAND", "NOW", "BNODE", "UUID", "STRUUID"))
"""What the pattern must not hold: it is done as a whole before the first row, asks others, or differs each time."""
_RARE = frozenset(("CONTAINS", "REGEX", "STRSTARTS", "STRENDS"))
"""Searches in texts: they go over many rows and give few, so that looking at some of them costs as much as all."""


@dataclass(frozen=True)
class SortedPage:
    """A recognized query, in pieces of its own text."""

    declarations: str
    select: str
    """From SELECT to the pattern."""
    variables: tuple[str, ...]
    """Those of the result, with their question marks."""
    dataset: str
    """The FROM clauses."""
    pattern: str
    """What stands in curly brackets, with them."""
    order: str
    keys: tuple[str, ...]
    """The variables of ORDER BY."""
    descending: bool
    """Whether the first key goes downwards."""
    slice: str
    reach: int
    """OFFSET and LIMIT together."""

    def query(self, filters: str = "") -> str:
        """Return the query in its total order, with ``filters`` on the rows of its pattern."""
        # Texts first: the engine does not compare terms of different types transitively.
        ties = (f"STR({name}) DATATYPE({name}) {name}" for name in self.variables)
        pattern = f"{{ {self.pattern} {filters} }}" if filters else self.pattern
        return "\n".join((self.declarations, self.select, pattern, self.order, *ties, self.slice))

    def some(self, count: int) -> str:
        """Return a query for the first key in ``count`` rows, as they come."""
        return "\n".join((self.declarations, f"SELECT {self.keys[0]}", self.dataset, self.pattern, f"LIMIT {count}"))

    def last(self, count: int | None, condition: str) -> str:
        """Return a query for the keys of the row that the page would reach.

        It is asked of the first ``count`` rows, those that meet ``condition``, or of all.
        """
        rows = f"{{ {{ SELECT * {self.pattern} LIMIT {count} }} FILTER({condition}) }}" if count else self.pattern
        order = f"ORDER BY {'DESC' if self.descending else 'ASC'}({self.keys[0]}) OFFSET {self.reach - 1} LIMIT 1"
        return "\n".join((self.declarations, f"SELECT {' '.join(self.keys)}", self.dataset, rows, order))


def recognize(query: str) -> SortedPage | None:
    """Return ``query`` as a page; None for every other, and for one that is not surely a page.

    Its result is a list of variables or ``*``, its keys are variables. What is wrong within its pattern is not seen.
    """
    lowered = query.lower()
    if "order" not in lowered or "limit" not in lowered:
        return None
    try:
        return _read(query)
    except _Other:
        return None


class _Other(Exception):
    """The query is no page."""


class _Reader:
    """Goes over the tokens of a query from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self.position = len(prologue(self._tokens))

    @property
    def next(self) -> Token:
        """The token that comes. One of no kind at the end."""
        return self._tokens[self.position] if self.position < len(self._tokens) else Token("", "", len(self._query))

    def take(self) -> Token:
        """Go past the token that comes, and return it."""
        token = self.next
        self.position += 1
        return token

    def takes(self, *words: str) -> bool:
        """Go past ``words`` (keywords or signs) if they come; return whether they did."""
        coming = self._tokens[self.position : self.position + len(words)]
        found = tuple(token.upper for token in coming if token.kind in ("word", "sign")) == words
        self.position += len(words) if found else 0
        return found

    def need(self, *words: str) -> None:
        """Go past ``words``."""
        if not self.takes(*words):
            raise _Other

    def variable(self) -> str:
        """Go past a variable, and return it with a question mark."""
        token = self.take()
        if token.kind != "variable":
            raise _Other
        return f"?{token.text[1:]}"

    def group(self) -> tuple[Token, ...]:
        """Go past what stands in curly brackets, and return it with them."""
        start, depth = self.position, 0
        while True:
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if not depth:
                return self._tokens[start : self.position]
            if not token.kind:
                raise _Other

    def text(self, start: int, end: int) -> str:
        """Return what the tokens from position ``start`` to before ``end`` stand for in the query."""
        if start == end:
            return ""
        last = self._tokens[end - 1]
        return self._query[self._tokens[start].start : last.start + len(last.text)]


def _read(query: str) -> SortedPage:
    reader = _Reader(query)
    begin = reader.position
    reader.need("SELECT")
    named: list[str] = []
    if not reader.takes("*"):
        named.append(reader.variable())
        while reader.next.kind == "variable":
            named.append(reader.variable())
    start = reader.position
    while reader.takes("FROM"):
        reader.takes("NAMED")
        if reader.take().kind not in ("iri", "name"):
            raise _Other
    dataset = reader.text(start, reader.position)
    reader.takes("WHERE")
    opened = reader.position
    group = reader.group()
    if group[0].text != "{" or _is_unfit(group):
        raise _Other
    closed = reader.position
    reader.need("ORDER", "BY")
    conditions = [_condition(reader)]
    while reader.next.kind == "variable" or reader.next.upper in ("ASC", "DESC"):
        conditions.append(_condition(reader))
    ordered = reader.position
    bounds = _bounds(reader)
    return SortedPage(
        declarations=reader.text(0, begin),
        select=reader.text(begin, opened),
        variables=tuple(dict.fromkeys(named or (f"?{token.text[1:]}" for token in group if token.kind == "variable"))),
        dataset=dataset,
        pattern=reader.text(opened, closed),
        order=reader.text(closed, ordered),
        keys=tuple(dict.fromkeys(key for key, _ in conditions)),
        descending=conditions[0][1],
        slice=reader.text(ordered, reader.position),
        reach=bounds["OFFSET"] + bounds["LIMIT"],
    )


def _is_unfit(group: tuple[Token, ...]) -> bool:
    # The engine takes keywords that touch: FILTERRAND().
    return any(unfit in word.upper for word in keywords(group) for unfit in _UNFIT | _RARE)


def _condition(reader: _Reader) -> tuple[str, bool]:
    """Return the variable of an order condition, and whether it goes downwards."""
    if reader.next.kind == "variable":
        return reader.variable(), False
    descending = reader.takes("DESC")
    if not descending:
        reader.need("ASC")
    reader.need("(")
    key = reader.variable()
    reader.need(")")
    return key, descending


def _bounds(reader: _Reader) -> dict[str, int]:
    """Return LIMIT and OFFSET, which end the query."""
    found: dict[str, int] = {}
    while reader.next.kind:
        word = reader.take().upper
        number = reader.take()
        if word not in ("LIMIT", "OFFSET") or word in found or number.kind != "number" or not number.text.isdecimal():
            raise _Other
        found[word] = int(number.text)
    if "LIMIT" not in found:
        raise _Other
    return {"OFFSET": 0, **found}
