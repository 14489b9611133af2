"""Triple patterns of SPARQL constraints: which triples a constraint can look at, seen from its focus node.

A constraint is taken apart into conjunctions of triple patterns: each alternative of its groups, and each group of an
EXISTS or OPTIONAL together with all that surrounds it. Conditions are left out, so a conjunction has at least the
solutions that evaluation would find. What stays the same in all of its solutions gives the constraint the same result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import NamedNode
from coopgraph.validation.engines.constraint_queries import query_tokens

THIS = "?this"
"""The variable of the focus node."""

PatternTerm = NamedNode | str
"""A term of a pattern: an IRI, or a variable with its question mark. A literal counts as a variable of its own."""


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """Subject, property, value; where the property is one of several IRIs, ``predicates`` holds these."""

    subject: PatternTerm
    predicates: frozenset[NamedNode]
    value: PatternTerm
    variable: str = ""
    """The variable of the property; it always has one where there is not exactly one IRI."""

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the pattern."""
        return frozenset(term for term in (self.subject, self.value, self.variable) if isinstance(term, str) and term)


Conjunction = tuple[TriplePattern, ...]


class UnknownSyntax(ValueError):
    """A query uses what is not taken apart here."""


def conjunctions(select: str, prefixes: Mapping[str, str]) -> tuple[Conjunction, ...]:
    """Return the conjunctions of a SELECT query. Raises :class:`UnknownSyntax` where it cannot be taken apart."""
    words = query_tokens(select)
    opening = next((index for index, (word, _) in enumerate(words) if word == "{"), None)
    if opening is None:
        raise UnknownSyntax("no group")
    group, _ = _Parser(words, prefixes).group(opening)
    return tuple(dict.fromkeys(_expanded(group, ())))


@dataclass
class _Group:
    patterns: list[TriplePattern] = field(default_factory=list)
    unions: list[list[_Group]] = field(default_factory=list)
    inner: list[_Group] = field(default_factory=list)
    """Groups of EXISTS and OPTIONAL."""


def _expanded(group: _Group, around: Conjunction) -> Iterator[Conjunction]:
    plain = around + tuple(group.patterns)
    alternatives: list[Conjunction] = [plain]
    for union in group.unions:
        for branch in union:
            yield from _expanded_inner(branch, plain)
        alternatives = [held + more for held in alternatives for branch in union for more in _positive(branch)]
    yield from alternatives
    for inner in group.inner:
        for held in alternatives:
            yield from _expanded(inner, held)


def _expanded_inner(branch: _Group, around: Conjunction) -> Iterator[Conjunction]:
    for held in _positive(branch):
        for inner in branch.inner:
            yield from _expanded(inner, around + held)
    for union in branch.unions:
        for part in union:
            yield from _expanded_inner(part, around + tuple(branch.patterns))


def _positive(group: _Group) -> list[Conjunction]:
    alternatives: list[Conjunction] = [tuple(group.patterns)]
    for union in group.unions:
        alternatives = [held + more for held in alternatives for branch in union for more in _positive(branch)]
    return alternatives


_UNSUPPORTED = frozenset(("SELECT", "MINUS", "VALUES", "SERVICE", "GRAPH"))


class _Parser:
    def __init__(self, words: list[tuple[str, str]], prefixes: Mapping[str, str]) -> None:
        self._words, self._prefixes = words, prefixes
        self._fresh = count()

    def group(self, start: int) -> tuple[_Group, int]:
        """Return the group that opens at ``start``, and the place after its end."""
        group, at = _Group(), start + 1
        while (word := self._word(at)) != "}":
            if word == "{":
                at = self._union(group, at)
            elif word == "OPTIONAL":
                inner, at = self.group(at + 1)
                group.inner.append(inner)
            elif word in ("FILTER", "BIND"):
                at = self._condition(group, at + 1)
            elif word in _UNSUPPORTED:
                raise UnknownSyntax(word)
            elif word == ".":
                at += 1
            else:
                at = self._triples(group, at)
        return group, at + 1

    def _union(self, group: _Group, at: int) -> int:
        branch, at = self.group(at)
        branches = [branch]
        while self._word(at) == "UNION":
            branch, at = self.group(at + 1)
            branches.append(branch)
        group.unions.append(branches)
        return at

    def _condition(self, group: _Group, at: int) -> int:
        """Pass over an expression; the groups of EXISTS in it are kept."""
        depth, begun = 0, False
        while not begun or depth:
            word = self._word(at)
            if word == "{":
                inner, at = self.group(at)
                group.inner.append(inner)
                begun = True
                continue
            if word in _UNSUPPORTED:
                raise UnknownSyntax(word)
            depth += (word == "(") - (word == ")")
            begun = begun or word == "("
            at += 1
        return at

    def _triples(self, group: _Group, at: int) -> int:
        subject, at = self._term(at)
        while True:
            predicates, variable, at = self._property(at)
            while True:
                value, at = self._term(at)
                group.patterns.append(TriplePattern(subject, predicates, value, variable))
                if self._word(at) != ",":
                    break
                at += 1
            if self._word(at) != ";":
                return at
            at += 1

    def _property(self, at: int) -> tuple[frozenset[NamedNode], str, int]:
        if self._word(at).startswith("?"):
            return frozenset(), self._word(at), at + 1
        found = set()
        while True:
            term, at = self._term(at)
            if not isinstance(term, NamedNode):
                raise UnknownSyntax("a property path")
            found.add(term)
            if self._word(at) != "|":
                break
            at += 1
        if self._word(at) in ("/", "*", "+", "?", "^"):
            raise UnknownSyntax("a property path")
        return frozenset(found), "" if len(found) == 1 else self._new(), at

    def _term(self, at: int) -> tuple[PatternTerm, int]:
        word, text = self._word(at), self._words[at][1]
        if word.startswith("?"):
            return word, at + 1
        if text.startswith("<"):
            return NamedNode(text[1:-1]), at + 1
        if word == "A":
            return RDF.type, at + 1
        if word == "[" and self._word(at + 1) == "]":
            return self._new(), at + 2
        if word in ("TRUE", "FALSE"):
            return self._new(), at + 1
        prefix, colon, local = text.partition(":")
        if colon and prefix in self._prefixes and not local.endswith("."):
            return NamedNode(self._prefixes[prefix] + local), at + 1
        raise UnknownSyntax(text)

    def _new(self) -> str:
        return f"?.{next(self._fresh)}"

    def _word(self, at: int) -> str:
        if at >= len(self._words):
            raise UnknownSyntax("an end before its time")
        return self._words[at][0]
