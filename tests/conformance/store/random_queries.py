"""Random SPARQL 1.1 queries over the words of a graph, connected so that most have rows, and none has very many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from random import Random

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_XSD = "http://www.w3.org/2001/XMLSchema#"
_FANNED = 15
"""Most statements with a term in one place over which a pattern goes on to others."""


class Maker:
    """Makes queries over ``triples``; the same ``random`` and triples make the same queries."""

    def __init__(self, random: Random, triples: Iterable[ox.Triple]) -> None:
        self._random = random
        known = tuple(triples)
        fans = Counter((t.subject, t.predicate) for t in known)
        usable = (
            t for t in known if not isinstance(t.subject, ox.BlankNode) and fans[t.subject, t.predicate] <= _FANNED
        )
        self._triples = sorted(usable, key=str)
        self._from: dict[Term, list[ox.Triple]] = defaultdict(list)
        self._to: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in self._triples:
            self._from[triple.subject].append(triple)
            self._to[triple.object].append(triple)

    def query(self) -> str:
        """Return a query."""
        return _Query(self._random, self._triples, self._from, self._to).text()


class _Query:
    """One query on its way; ``_names`` are the variables of terms, ``_made`` those of computed values."""

    def __init__(
        self,
        random: Random,
        triples: list[ox.Triple],
        outgoing: dict[Term, list[ox.Triple]],
        incoming: dict[Term, list[ox.Triple]],
    ) -> None:
        self._random = random
        self._triples = triples
        self._from = outgoing
        self._to = incoming
        self._names: dict[Term, str] = {}
        self._made: list[str] = []
        self._fixed: set[Term] = set()

    def text(self) -> str:
        pattern = self._pattern()
        kind = self._random.random()
        if kind < 0.08:
            return f"ASK {{ {pattern} }}"
        if kind < 0.3:
            return self._grouped(pattern)
        variables = self._variables()
        chosen = self._random.sample(variables, self._random.randint(1, min(4, len(variables))))
        order = self._random.choice(["", "", f"ORDER BY {' '.join(map(self._key, chosen[:2]))}"])
        select = self._random.choice(["SELECT", "SELECT", "SELECT DISTINCT"])
        names = "*" if self._random.random() < 0.15 else " ".join(chosen)
        return f"{select} {names} {{ {pattern} }} {order}".strip()

    def _key(self, name: str) -> str:
        return self._random.choice([name, f"DESC({name})", f"ASC({name})"])

    def _grouped(self, pattern: str) -> str:
        variables = self._variables()
        key, value = self._random.choice(variables), self._random.choice(variables)
        aggregate = self._random.choice(
            [
                f"COUNT({value})", f"COUNT(DISTINCT {value})", "COUNT(*)", f"MIN(STR({value}))",
                f"MAX(STRLEN(STR({value})))",
                f"SUM(STRLEN(STR({value})))", f"AVG(STRLEN(STR({value})))", f"SUM({value})",
                f'GROUP_CONCAT(DISTINCT STR({value}); SEPARATOR="|")', f"MIN(DATATYPE({value}))",
            ]
        )  # fmt: skip
        if self._random.random() < 0.25:
            return f"SELECT ({aggregate} AS ?total) {{ {pattern} }}"
        having = self._random.choice(["", "", f"HAVING (COUNT({value}) > 1)"])
        return f"SELECT {key} ({aggregate} AS ?total) {{ {pattern} }} GROUP BY {key} {having}".strip()

    def _variables(self) -> list[str]:
        return [*self._names.values(), *self._made] or ["?none"]

    def _pattern(self) -> str:
        parts = [self._basic(self._random.choice(self._triples), self._random.randint(1, 3))]
        pieces: list[Callable[[], str]] = [
            self._optional, self._union, self._minus, self._exists, self._bind, self._values, self._filter, self._path,
            self._subselect, self._graph,
        ]  # fmt: skip
        for piece in self._random.choices(pieces, weights=[4, 2, 2, 2, 3, 3, 4, 3, 2, 1], k=self._random.randint(0, 3)):
            # A name that BIND gives must not stand before it.
            first = not self._made and self._random.random() < 0.15
            parts.insert(0 if first else len(parts), piece())
        return " ".join(parts)

    def _basic(self, start: ox.Triple, length: int) -> str:
        """Return a basic graph pattern about ``start`` and statements beside it."""
        chosen = [start]
        for _ in range(length - 1):
            here = self._random.choice(chosen)
            beside = [some for some in (self._from[here.subject], self._from.get(here.object, [])) if some]
            if 0 < len(self._to[here.subject]) <= _FANNED:
                beside.append(self._to[here.subject])
            found = self._random.choice(self._random.choice(beside))
            # A property twice gives the square of its values.
            if all((found.subject, found.predicate) != (t.subject, t.predicate) for t in chosen):
                chosen.append(found)
        self._fixed.add(self._random.choice([start.subject, self._anchor(start)]))
        return " ".join(f"{self._node(t.subject)} {t.predicate} {self._node(t.object)} ." for t in chosen)

    def _anchor(self, triple: ox.Triple) -> Term:
        """The object, where few statements have it."""
        rare = len(self._to[triple.object]) <= _FANNED and not isinstance(triple.object, ox.BlankNode)
        return triple.object if rare else triple.subject

    def _node(self, term: Term) -> str:
        if term in self._fixed and term not in self._names:
            return str(term)
        if term not in self._names:
            self._names[term] = f"?v{len(self._names)}"
        return self._names[term]

    def _known(self) -> Term | None:
        """A term that has a variable and statements of its own."""
        known = [term for term in self._names if self._from.get(term)]
        return self._random.choice(known) if known else None

    def _beside(self, length: int = 1) -> str:
        """A pattern that shares a variable with what is there."""
        known = self._known()
        if known is None:
            return self._basic(self._random.choice(self._triples), 1)
        first = self._random.choice(self._from[known])
        return self._basic(first, length) if length > 1 else self._single(first)

    def _apart(self) -> str:
        """As beside, but new variables are of no use outside."""
        names = dict(self._names)
        pattern = self._beside()
        self._names = names
        return pattern

    def _single(self, triple: ox.Triple) -> str:
        object_ = str(triple.object) if self._random.random() < 0.3 else ""
        if isinstance(triple.object, ox.BlankNode) or not object_:
            object_ = self._node(triple.object)
        return f"{self._node(triple.subject)} {triple.predicate} {object_} ."

    def _optional(self) -> str:
        inner = self._beside(self._random.randint(1, 2))
        if self._random.random() < 0.4:
            inner += " " + self._filter()
        return f"OPTIONAL {{ {inner} }}"

    def _union(self) -> str:
        return f"{{ {self._beside()} }} UNION {{ {self._beside()} }}"

    def _minus(self) -> str:
        return f"MINUS {{ {self._apart()} }}"

    def _exists(self) -> str:
        return f"FILTER {self._random.choice(['', 'NOT '])}EXISTS {{ {self._apart()} }}"

    def _graph(self) -> str:
        return f"GRAPH ?graph {{ {self._beside()} }}"

    def _bind(self) -> str:
        expression = self._expression()
        name = f"?b{len(self._made)}"
        self._made.append(name)
        return f"BIND({expression} AS {name})"

    def _values(self) -> str:
        names = self._random.sample(self._variables(), min(len(self._variables()), self._random.randint(1, 2)))
        terms = {name: term for term, name in self._names.items()}

        def cell(name: str) -> str:
            own = terms.get(name)
            others = [own, own, self._random.choice(self._triples).object, None]
            found = self._random.choice(others)
            return "UNDEF" if found is None or isinstance(found, ox.BlankNode) else str(found)

        rows = " ".join(f"({' '.join(cell(name) for name in names)})" for _ in range(self._random.randint(1, 3)))
        return f"VALUES ({' '.join(names)}) {{ {rows} }}"

    def _filter(self) -> str:
        return f"FILTER({self._condition()})"

    def _condition(self) -> str:
        one, other = self._random.choice(self._variables()), self._random.choice(self._variables())
        return self._random.choice(
            [
                f"BOUND({one})", f"!BOUND({one})", f"ISIRI({one})", f"ISLITERAL({one})", f"ISNUMERIC({one})",
                f"{one} = {other}", f"{one} != {other}", f"SAMETERM({one}, {other})", f"{one} > 100", f"{one} <= 2020",
                f"STR({one}) < STR({other})", f'CONTAINS(STR({one}), "a")', f'REGEX(STR({one}), "^h.*[0-9]", "i")',
                f'LANG({one}) = "ko"', f'LANGMATCHES(LANG({one}), "zh")', f"{one} IN ({other}, 1)",
                f"STRLEN(STR({one})) > 20 || BOUND({other})", f"ISIRI({one}) && !({one} = {other})",
                f"COALESCE({one}, {other}) = {other}",
            ]
        )  # fmt: skip

    def _expression(self) -> str:
        one, other = self._random.choice(self._variables()), self._random.choice(self._variables())
        return self._random.choice(
            [
                one, f"STR({one})", f"LANG({one})", f"DATATYPE({one})", f"STRLEN(STR({one}))", f"UCASE(STR({one}))",
                f"COALESCE({one}, 'none')", f"IF(BOUND({one}), {one}, {other})", f"{one} = {other}", f"{one} + 1",
                f"{one} * 2 - 0.5", f"CONCAT(STR({one}), '-', STR({other}))", f"SUBSTR(STR({one}), 3, 5)",
                f"STRAFTER(STR({one}), '/')", f"YEAR({one})", f"ABS(STRLEN(STR({one})) - 30)", f"ISIRI({one})",
                f"STRDT(STR({one}), <{_XSD}string>)", f"STRLANG(LANG({one}), 'en')", f"ENCODE_FOR_URI(STR({one}))",
                f"REPLACE(STR({one}), '[aeiou]+', '_')", f"MD5(STR({one}))", f"BOUND({other})",
            ]
        )  # fmt: skip

    def _path(self) -> str:
        known = self._known()
        start = known if known is not None else self._random.choice(self._triples).subject
        first = self._random.choice(self._from[start])
        second = self._random.choice(self._from.get(first.object) or self._from[start])
        one, two = first.predicate, second.predicate
        path = self._random.choice(
            [f"{one}/{two}", f"{one}|{two}", f"{one}+", f"{one}*", f"{one}?", f"({one}|{two})+", f"{one}/{two}?",
             f"!({one}|{two})", f"({one}/{two})*", f"{one}/^{one}", f"!(^{one}|{two})"]
        )  # fmt: skip
        # From a term, since a path from anywhere is a walk over the whole graph.
        name = f"?p{len(self._made)}"
        self._made.append(name)
        return f"{start} {path} {name} ."

    def _subselect(self) -> str:
        known = self._known()
        if known is None:
            return self._bind()
        first = self._random.choice(self._from[known])
        name = f"?n{len(self._made)}"
        self._made.append(name)
        here = self._node(known)
        inner = f"{here} {first.predicate} ?inner ."
        return self._random.choice(
            [
                f"{{ SELECT {here} (COUNT(?inner) AS {name}) {{ {inner} }} GROUP BY {here} }}",
                f"{{ SELECT DISTINCT {here} {{ {inner} }} }}",
                f"{{ SELECT {here} (MAX(STR(?inner)) AS {name}) {{ {inner} }} GROUP BY {here} HAVING (COUNT(*) > 1) }}",
                f"{{ SELECT DISTINCT {here} {{ {inner} FILTER(ISIRI({here})) }} ORDER BY {here} LIMIT 20 }}",
            ]
        )  # fmt: skip
