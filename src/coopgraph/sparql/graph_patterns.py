"""Graph patterns of a query (SPARQL 1.1, section 5), read from its tokens: triple patterns by group.

For explaining a query, not for judging it: of one that is malformed some patterns may be missing, and none is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken, prologue, sparql_tokens
from coopgraph.sparql.text_edits import end_of

DEEPEST = 64
"""How deep groups are read; those within are left out."""

_MODIFIERS = ("?", "*", "+")
_ENDS = (".", ";", ",", "]", "}", ")")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A triple or path pattern; ``predicates`` are the parts of a path that is a sequence, each as it is written.

    A variable begins with ``?``, what has no name with ``_:``; ``repeats`` where a part of the path is any number long.
    """

    subject: str
    predicates: tuple[str, ...]
    object: str
    repeats: bool
    start: int
    end: int

    @property
    def variables(self) -> frozenset[str]:
        """The variables and unnamed nodes that its solutions bind."""
        return frozenset(term for term in (self.subject, *self.predicates, self.object) if is_bound(term))


@dataclass(slots=True)
class GroupPattern:
    """A group graph pattern: its triple patterns, the variables that BIND and VALUES bind, its FILTERs, its groups.

    ``kind`` is the word before it in lower case (``optional``, ``union``, ``minus``, ``graph``, ``service``,
    ``exists``), ``select`` for a subquery, ``group`` otherwise.
    """

    kind: str
    patterns: list[PathPattern] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    filters: list[Filter] = field(default_factory=list)
    groups: list[GroupPattern] = field(default_factory=list)

    def variables(self) -> frozenset[str]:
        """All variables of the group and of the groups in it."""
        own = frozenset().union(*(pattern.variables for pattern in self.patterns))
        return own.union(self.bound, *(group.variables() for group in self.groups))


@dataclass(frozen=True, slots=True)
class Filter:
    """A FILTER: its variables, where it stands, and the two that it says are equal, if that is all it says."""

    variables: frozenset[str]
    start: int
    end: int
    equal: tuple[str, str] | None


def is_bound(term: str) -> bool:
    """Whether a term of a pattern is bound by its solutions."""
    return term.startswith(("?", "_:"))


def graph_pattern(query: str) -> GroupPattern | None:
    """Return the outermost group of ``query``; None where it has none."""
    found = sparql_tokens(query)
    start = len(prologue(found))
    if found[start : start + 1] and found[start].upper == "CONSTRUCT" and _text(found, start + 1) == "{":
        # The template is no pattern.
        start = (closing(found, start + 1) or start) + 1
    while start < len(found) and found[start].text != "{":
        start += 1
    return _Reader(found).group(start, "group", 0) if start < len(found) else None


def _text(found: Sequence[SparqlToken], position: int) -> str:
    return found[position].text if 0 <= position < len(found) else ""


class _Reader:
    """Goes over the tokens of groups from left to right; never fails, whatever they are."""

    def __init__(self, found: Sequence[SparqlToken]) -> None:
        self._found = found
        self._position = 0
        self._end = 0
        self._unnamed = 0
        self._pending: list[PathPattern] = []

    def group(self, start: int, kind: str, depth: int) -> GroupPattern:
        """Return the group whose bracket is at ``start``, and go on after it."""
        group = GroupPattern(kind)
        end = closing(self._found, start)
        end = len(self._found) if end is None else end
        self._position = start + 1
        if depth < DEEPEST:
            while self._position < end:
                before, outer = self._position, self._end
                self._end = end
                self._element(group, depth)
                self._end = outer
                self._position = max(self._position, before + 1)
        self._position = end + 1
        return group

    @property
    def _word(self) -> str:
        token = self._found[self._position] if self._position < len(self._found) else None
        return token.upper if token and token.kind == "word" else ""

    def _element(self, group: GroupPattern, depth: int) -> None:
        match self._word:
            case "OPTIONAL" | "MINUS" | "GRAPH" | "SERVICE" | "UNION" as word:
                self._child(group, word.lower(), depth)
                if word == "UNION" and len(group.groups) > 1 and group.groups[-2].kind == "group":
                    group.groups[-2].kind = "union"
            case "FILTER":
                self._filter(group, depth)
            case "BIND":
                end = closing(self._found, self._position + 1)
                if end is not None:
                    group.bound.add(_text(self._found, end - 1))
                    self._position = end + 1
            case "VALUES":
                self._values(group)
            case "SELECT":
                self._subquery(group, depth)
            case _ if _text(self._found, self._position) == "{":
                group.groups.append(self.group(self._position, "group", depth + 1))
            case _:
                self._triples(group)

    def _child(self, group: GroupPattern, kind: str, depth: int) -> None:
        while self._position < self._end and _text(self._found, self._position) != "{":
            self._position += 1
        if self._position < self._end:
            group.groups.append(self.group(self._position, kind, depth + 1))

    def _filter(self, group: GroupPattern, depth: int) -> None:
        start = self._position
        self._position += 1
        if self._word in ("NOT", "EXISTS"):
            self._child(group, "exists", depth)
            return
        while self._position < self._end and _text(self._found, self._position) not in ("(", "{", "}"):
            self._position += 1
        end = closing(self._found, self._position)
        if end is None:
            return
        inside = self._found[self._position + 1 : end]
        names = [token.text for token in inside if token.kind == "variable"]
        equal = (names[0], names[1]) if len(inside) == 3 and len(names) == 2 and inside[1].text == "=" else None
        group.filters.append(Filter(frozenset(names), self._found[start].start, end_of(self._found[end]), equal))
        self._position = end + 1

    def _values(self, group: GroupPattern) -> None:
        while self._position < self._end and _text(self._found, self._position) != "{":
            if self._found[self._position].kind == "variable":
                group.bound.add(self._found[self._position].text)
            self._position += 1
        self._position = (closing(self._found, self._position) or self._position) + 1

    def _subquery(self, group: GroupPattern, depth: int) -> None:
        self._child(group, "select", depth)
        # What stands after its group ends with the group that it is in.
        self._position = self._end

    def _triples(self, group: GroupPattern) -> None:
        subject, start = self._position, self._position
        named = self._node()
        if named is None:
            return
        self._properties(named, start)
        group.patterns += self._pending
        self._pending = []
        if self._position == subject:
            self._position += 1

    def _properties(self, subject: str, start: int) -> None:
        """Read verbs and objects, up to what ends them."""
        while self._position < self._end and _text(self._found, self._position) not in (".", "]", "}"):
            before = self._position
            path = self._path()
            while path and self._position < self._end:
                value = self._node()
                if value is None:
                    break
                predicates, repeats = path
                last = end_of(self._found[min(self._position, len(self._found)) - 1])
                self._pending.append(PathPattern(subject, predicates, value, repeats, self._found[start].start, last))
                if _text(self._found, self._position) != ",":
                    break
                self._position += 1
            if _text(self._found, self._position) == ";":
                self._position += 1
            elif self._position == before or _text(self._found, self._position) not in (".", "]", "}"):
                return

    def _path(self) -> tuple[tuple[str, ...], bool] | None:
        """Read a verb; return its sequence of predicates, and whether a part of it is any number long."""
        parts: list[str] = []
        repeats = False
        while self._position < self._end:
            begun = self._position
            while _text(self._found, self._position) in ("^", "!"):
                self._position += 1
            token = self._found[self._position] if self._position < self._end else None
            if token is None or (token.kind not in ("iri", "name", "variable") and token.text not in ("a", "(")):
                return None
            end = closing(self._found, self._position) if token.text == "(" else self._position
            if end is None:
                return None
            self._position = end + 1
            parts.append("".join(item.text for item in self._found[begun : self._position]))
            while _text(self._found, self._position) in _MODIFIERS:
                repeats = repeats or _text(self._found, self._position) != "?"
                self._position += 1
            match _text(self._found, self._position):
                case "/":
                    self._position += 1
                case "|":
                    # One of several: no one predicate is known.
                    parts[-1] += "|"
                    self._position += 1
                    while self._position < self._end and self._found[self._position].kind in ("iri", "name"):
                        self._position += 1
                        if _text(self._found, self._position) != "|":
                            break
                        self._position += 1
                    return tuple(parts), repeats
                case _:
                    return tuple(parts), repeats
        return None

    def _node(self) -> str | None:
        """Read a term; one in brackets is unnamed, and what they say of it is read too."""
        if self._position >= self._end:
            return None
        token = self._found[self._position]
        self._position += 1
        if token.text == "[":
            self._unnamed += 1
            name = f"_:unnamed{self._unnamed}"
            self._properties(name, self._position - 1)
            self._position += _text(self._found, self._position) == "]"
            return name
        if token.text == "(":
            self._unnamed += 1
            self._position = (closing(self._found, self._position - 1) or self._position - 1) + 1
            return f"_:unnamed{self._unnamed}"
        if token.text in ("+", "-") and self._position < self._end:
            self._position += 1
            return token.text + self._found[self._position - 1].text
        if token.kind == "string":
            return token.text + self._after_text()
        if token.kind in ("variable", "iri", "name", "blank", "number"):
            return "?" + token.text[1:] if token.kind == "variable" else token.text
        return token.text if token.upper in ("TRUE", "FALSE") else None

    def _after_text(self) -> str:
        """Read the language tag or the datatype of a text."""
        token = self._found[self._position] if self._position < self._end else None
        if token is not None and token.kind == "tag":
            self._position += 1
            return token.text
        if token is not None and token.text == "^^":
            self._position += 2
            return "^^" + _text(self._found, self._position - 1)
        return ""


def all_patterns(group: GroupPattern) -> Iterator[PathPattern]:
    """Yield the triple patterns of ``group`` and of the groups in it."""
    yield from group.patterns
    for inner in group.groups:
        yield from all_patterns(inner)


def components(patterns: Sequence[PathPattern], joined: Iterable[str]) -> list[list[PathPattern]]:
    """Return ``patterns`` in parts that share no variable; those that ``joined`` variables come to are one."""
    parts: list[tuple[set[str], list[PathPattern]]] = [(set(joined), [])]
    for pattern in patterns:
        variables, members = set(pattern.variables), [pattern]
        for part in [part for part in parts if part[0] & variables]:
            parts.remove(part)
            variables |= part[0]
            members = [*part[1], *members]
        parts.append((variables, members))
    return [members for _, members in parts if members]
