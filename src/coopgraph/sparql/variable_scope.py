"""Variable scope: names in use and aggregates out of place, faults of a query that its grammar does not show.

The rules are those of SPARQL 1.1, sections 11 and 19.8 (notes 10 to 13). A query is read as far as they need: groups,
their variables, and what SELECT and its modifiers do with them. What is reported is certain; nothing else is sought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from coopgraph.messages.message import Message
from coopgraph.sparql.lexer import AGGREGATES, SparqlToken, prologue

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_AGGREGATES_STAND = Message("Aggregates stand in SELECT, HAVING and ORDER BY; conditions on them in HAVING.")
_END = SparqlToken("", "", -1)


class Misuse(NamedTuple):
    """A word that cannot stand where it does: the word, a sentence on it, and what to do."""

    token: SparqlToken
    sentence: Message
    hint: Message


def misuses(query: tuple[SparqlToken, ...]) -> tuple[Misuse, ...]:
    """Return the misuses in ``query``, in its order; those that may only follow from others come last."""
    reader = _read(query)
    found, ungrouped = (
        sorted(some, key=lambda misuse: misuse.token.start) for some in (reader.found, reader.ungrouped)
    )
    return (*found, *ungrouped)


def misplaced(query: tuple[SparqlToken, ...]) -> tuple[Misuse, ...]:
    """Return the aggregates in FILTER, BIND and other aggregates, which the engine takes, and gives nothing."""
    reader = _read(query)
    return tuple(reader.misplaced)


class _Item(NamedTuple):
    """What SELECT or GROUP BY names: a variable, or an expression with its name, if it has one.

    ``aggregates`` are those of the expression, ``variables`` those of its variables that stand outside of them.
    """

    name: SparqlToken | None
    is_expression: bool
    aggregates: tuple[SparqlToken, ...] = ()
    variables: tuple[SparqlToken, ...] = ()


class _Reader:
    """Goes over the tokens of a query from left to right; never fails, whatever they are."""

    def __init__(self, query: tuple[SparqlToken, ...]) -> None:
        self._query = query
        self.position = 0
        self.found: list[Misuse] = []
        self.ungrouped: list[Misuse] = []
        self.misplaced: list[Misuse] = []

    @property
    def _next(self) -> SparqlToken:
        return self._query[self.position] if self.position < len(self._query) else _END

    def _take(self) -> SparqlToken:
        token = self._next
        self.position += 1
        return token

    def _takes(self, *words: str) -> bool:
        if self._next.kind in ("word", "sign") and self._next.upper in words:
            self.position += 1
            return True
        return False

    def query(self) -> None:
        """Go past a query."""
        form = self._take().upper
        if form == "SELECT":
            self._select()
            return
        if form == "CONSTRUCT" and self._next.text == "{":
            self._skip_braces()
        while self._next.kind and self._next.text not in "{}" and self._next.upper not in _MODIFIERS:
            self.position += 1
        if self._next.text == "{":
            self._group()
        _, _, used = self._modifiers()
        self._refuse(used, form, Message("Compute it in a subquery: { SELECT … }."))

    def _skip_braces(self) -> None:
        depth = 0
        while self._next.kind:
            depth += {"{": 1, "}": -1}.get(self._take().text, 0)
            if not depth:
                return

    def _select(self) -> set[str]:
        """Go past the rest of a SELECT query; return the variables that it gives."""
        self._takes("DISTINCT", "REDUCED")
        star = self._next if self._next.text == "*" else None
        items: list[_Item] = []
        while self._next.kind and self._next.text != "{" and self._next.upper not in ("WHERE", "FROM"):
            item = self._selected()
            if item is not None:
                items.append(item)
        while self._next.kind and self._next.text not in "{}":
            self.position += 1
        inside = self._group() if self._next.text == "{" else set()
        keys, grouping, used = self._modifiers()
        used = [*(token for item in items for token in item.aggregates), *used]
        by = grouping or (used[0] if used else None)
        if star is not None and by is not None:
            sentence = (
                Message("SELECT * cannot stand beside GROUP BY, which leaves no variable but its groups.")
                if by.upper == "GROUP"
                else Message(
                    "SELECT * cannot stand beside the aggregate {aggregate}, which leaves no variable but its groups.",
                    aggregate=by.upper,
                )
            )
            hint = Message("Name after SELECT what is wanted: variables of GROUP BY, and aggregates.")
            self.ungrouped.append(Misuse(star, sentence, hint))
        self._check_names(items, set() if by is not None else inside, keys)
        if by is not None:
            self._check_grouped(items, keys, by)
        return inside if star is not None else {item.name.text[1:] for item in items if item.name}

    def _selected(self) -> _Item | None:
        token = self._take()
        if token.kind == "variable":
            return _Item(token, is_expression=False)
        if token.text == "(":
            item = self._expression_as()
            if item.name is None:
                self._report(token, Message("An expression in SELECT needs a name."), Message("Write ( … AS ?name )."))
            return item
        if token.kind == "word" and self._next.text == "(":
            self._report(
                token,
                Message("{aggregate}( … ) in SELECT stands without brackets and a name.", aggregate=token.upper),
                Message("Write ({aggregate}( … ) AS ?name).", aggregate=token.upper),
            )
            self.position += 1
            return self._expression_as()._replace(name=None)
        return None

    def _expression_as(self) -> _Item:
        """Go past the rest of a bracket; its last AS gives its name."""
        aggregates: list[SparqlToken] = []
        variables: list[SparqlToken] = []
        name = None
        depth = 1
        aggregated = 0
        outer = _END
        while depth and self._next.kind and self._next.text != "}":
            token = self._next
            if token.text == "{":
                self._group()
                continue
            self.position += 1
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth <= aggregated:
                aggregated = 0
            if token.kind == "word" and token.upper in AGGREGATES and self._next.text == "(":
                aggregates.append(token)
                if aggregated:
                    self._refuse_within(outer, token)
                else:
                    outer, aggregated = token, depth
            elif token.upper == "AS" and token.kind == "word" and depth == 1 and self._next.kind == "variable":
                name = self._take()
            elif token.kind == "variable" and not aggregated:
                variables.append(token)
        return _Item(name, True, tuple(aggregates), tuple(variables))

    def _modifiers(self) -> tuple[set[str], SparqlToken | None, list[SparqlToken]]:
        """Go past what follows a pattern; return its variables (keys, VALUES), GROUP, other aggregates."""
        keys: set[str] = set()
        grouping = None
        used: list[SparqlToken] = []
        while self._next.kind and self._next.text != "}":
            token = self._take()
            match token.upper if token.kind == "word" else "":
                case "GROUP":
                    grouping = token
                    self._takes("BY")
                    keys |= self._keys()
                case "HAVING" | "ORDER":
                    used += self._aggregates()
                case "VALUES":
                    # The engine joins them before it selects.
                    keys |= self._values()
        return keys, grouping, used

    def _keys(self) -> set[str]:
        keys = set()
        while self._next.kind and self._next.text != "}" and self._next.upper not in _MODIFIERS:
            token = self._take()
            if token.kind == "variable":
                keys.add(token.text[1:])
            elif token.text == "(":
                item = self._expression_as()
                self._refuse(item.aggregates, "GROUP BY")
                if item.name is not None:
                    keys.add(item.name.text[1:])
            elif token.kind == "word" and token.upper in AGGREGATES:
                self._refuse((token,), "GROUP BY")
        return keys

    def _aggregates(self) -> list[SparqlToken]:
        """Return the aggregates up to the next modifier."""
        found = []
        depth = 0
        outer, begun = _END, None
        while self._next.kind and self._next.text != "}" and self._next.upper not in _MODIFIERS:
            if self._next.text == "{":
                self._group()
                continue
            token = self._take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == begun and token.text == ")":
                begun = None
            if token.kind == "word" and token.upper in AGGREGATES and self._next.text == "(":
                found.append(token)
                if begun is None:
                    outer, begun = token, depth
                else:
                    self._refuse_within(outer, token)
        return found

    def _group(self) -> set[str]:
        """Go past what stands in curly brackets; return the variables that may have a value after it."""
        self.position += 1
        if self._takes("SELECT"):
            inside = self._select()
            self._takes("}")
            return inside
        inside = set()
        while self._next.kind:
            token = self._next
            if token.text == "{":
                inside |= self._group()
                continue
            self.position += 1
            if token.text == "}":
                return inside
            if token.kind == "variable":
                inside.add(token.text[1:])
            match token.upper if token.kind == "word" else "":
                case "MINUS" if self._next.text == "{":
                    self._group()
                case "SERVICE":
                    self._takes("SILENT")
                    if self._next.kind == "variable":
                        self.position += 1
                case "FILTER":
                    self._filter()
                case "BIND" if self._takes("("):
                    inside |= self._bind(token, inside)
                case "VALUES":
                    inside |= self._values()
        return inside

    def _filter(self) -> None:
        while self._next.kind == "word" and self._next.upper in ("NOT", "EXISTS"):
            self.position += 1
        if self._next.text == "{":
            self._group()
            return
        if self._next.kind in ("word", "name", "iri"):
            token = self._take()
            if token.upper in AGGREGATES and token.kind == "word":
                self._refuse((token,), "FILTER")
        if self._takes("("):
            self._refuse(self._expression_as().aggregates, "FILTER")

    def _bind(self, bind: SparqlToken, before: set[str]) -> set[str]:
        item = self._expression_as()
        self._refuse(item.aggregates, "BIND")
        if item.name is None:
            self._report(bind, Message("BIND gives its value no name."), Message("Write BIND( … AS ?name)."))
            return set()
        if item.name.text[1:] in before:
            self._report(
                item.name,
                Message("{name} is in use already: the group has it before this BIND.", name=item.name.text),
                Message("Choose a new name after AS; to compare with it, use FILTER."),
            )
        return {item.name.text[1:]}

    def _values(self) -> set[str]:
        names: list[SparqlToken] = []
        if self._next.kind == "variable":
            names.append(self._take())
        elif self._takes("("):
            while self._next.kind == "variable":
                names.append(self._take())
            self._takes(")")
            for token in _repeated(names):
                self._report(
                    token,
                    Message("{name} stands twice in VALUES.", name=token.text),
                    Message("Name each variable once."),
                )
            if self._next.text == "{":
                self._rows(len(names))
                return {token.text[1:] for token in names}
        if self._next.text == "{":
            self._skip_braces()
        return {token.text[1:] for token in names}

    def _rows(self, width: int) -> None:
        self.position += 1
        while self._next.kind and self._next.text != "}":
            opened = self._take()
            if opened.text != "(":
                continue
            count = 0
            while self._next.kind and self._next.text not in (")", "}"):
                token = self._take()
                # A tag, a datatype with its mark, and a sign belong to the value beside them.
                count += token.kind != "tag" and token.text not in ("^^", "+", "-")
                count -= token.text == "^^"
            self._takes(")")
            if count != width:
                self._report(
                    opened,
                    Message("Variables of VALUES: {width}; values in this row: {count}.", width=width, count=count),
                    Message("Write one value for each; UNDEF where there is none."),
                )
        self._takes("}")

    def _check_names(self, items: list[_Item], inside: set[str], keys: set[str]) -> None:
        taken = inside | keys
        seen: dict[str, bool] = {}
        for item in items:
            if item.name is None:
                continue
            name = item.name.text[1:]
            if name in seen and (item.is_expression or seen[name]):
                self._report(
                    item.name,
                    Message("{name} is named twice in SELECT.", name=item.name.text),
                    Message("Choose another name after AS."),
                )
            elif item.is_expression and name in taken:
                self._report(
                    item.name,
                    Message(
                        "{name} is in use already: it has a value before SELECT gives it one.", name=item.name.text
                    ),
                    Message("Choose a new name after AS."),
                )
            seen[name] = item.is_expression

    def _check_grouped(self, items: list[_Item], keys: set[str], by: SparqlToken) -> None:
        known = set(keys)
        for item in items:
            for token in item.variables if item.is_expression else (item.name,):
                if token is not None and token.text[1:] not in known:
                    sentence = _no_key(token, by)
                    hint = Message(
                        "Add it to GROUP BY, or put it into an aggregate such as SAMPLE({name}).", name=token.text
                    )
                    self.ungrouped.append(Misuse(token, sentence, hint))
            if item.name is not None:
                known.add(item.name.text[1:])

    def _refuse(self, aggregates: Iterable[SparqlToken], where: str, hint: Message = _AGGREGATES_STAND) -> None:
        for token in aggregates:
            self._report(
                token,
                Message("The aggregate {aggregate} cannot stand in {where}.", aggregate=token.upper, where=where),
                hint,
            )
            if where in ("FILTER", "BIND", *AGGREGATES):
                self.misplaced.append(self.found[-1])

    def _refuse_within(self, outer: SparqlToken, inner: SparqlToken) -> None:
        hint = Message("Group in a query within this one, { SELECT … }, and take its values here.")
        self._refuse((inner,), outer.upper, hint)

    def _report(self, token: SparqlToken, sentence: Message, hint: Message) -> None:
        self.found.append(Misuse(token, sentence, hint))


def _read(query: tuple[SparqlToken, ...]) -> _Reader:
    reader = _Reader(query)
    reader.position = len(prologue(query))
    reader.query()
    return reader


def _no_key(token: SparqlToken, by: SparqlToken) -> Message:
    if by.upper == "GROUP":
        return Message("SELECT names {name}, a variable that GROUP BY does not group.", name=token.text)
    return Message(
        "SELECT names {name}, a variable that is in no group ({aggregate} without GROUP BY makes one group of "
        "all rows).",
        name=token.text,
        aggregate=by.upper,
    )


def _repeated(names: Iterable[SparqlToken]) -> Iterator[SparqlToken]:
    seen: set[str] = set()
    for token in names:
        if token.text[1:] in seen:
            yield token
        seen.add(token.text[1:])
