"""Explanation of a query before it runs: its patterns in a likely order, rows estimated by statistics, and advice.

The engine plans for itself; the order here is the one that the numbers suggest, from few rows to many. What is advised
against is certain: parts that share no variable, a property or class that the graph has not, a pattern of nothing but
variables, many rows without LIMIT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coopgraph.messages.message import Message, verbatim
from coopgraph.model.nearest_names import did_you_mean, nearest_names
from coopgraph.rdf.namespaces import RDF
from coopgraph.sparql.graph_patterns import (
    GroupPattern,
    PathPattern,
    all_patterns,
    components,
    graph_pattern,
    is_bound,
)
from coopgraph.sparql.graph_statistics import GraphStatistics
from coopgraph.sparql.lexer import declared, prologue, sparql_tokens
from coopgraph.sparql.select_clauses import Select, selects
from coopgraph.sparql.text_edits import Edit, edited, end_of

MANY_ROWS = 10_000
"""Rows beyond which a query should say how many it wants."""

_TYPE = str(RDF.type.value)
_REPEATED = 3.0
"""How many times the rows of one step a path of any length is taken to give."""
_PASSED = 0.2
"""Which part of the rows a FILTER is taken to let pass: most choose one language of five."""

_ADVISED_LIMIT = 1000

_INTRODUCTIONS = {
    "optional": Message("For each row, where there is any (OPTIONAL):"),
    "union": Message("One of the alternatives (UNION):"),
    "minus": Message("Rows that fit this are left out (MINUS):"),
    "exists": Message("For each row it is looked whether this is there (EXISTS):"),
    "graph": Message("In a named graph (GRAPH):"),
    "service": Message("Another server is asked (SERVICE):"),
    "select": Message("On its own, first (a subquery):"),
    "group": Message("As a group of its own:"),
}


class Step(NamedTuple):
    """One step of answering: how deep it is nested, what is done, the pattern as written, rows after it if known."""

    depth: int
    sentence: Message
    pattern: str = ""
    rows: int | None = None


class Advice(NamedTuple):
    """What may cost much or give nothing, what to do about it, and the query rewritten so, where that can be done."""

    sentence: Message
    hint: Message
    rewrite: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query will be answered: steps in their order, about how many rows it gives if that is known, advice."""

    steps: tuple[Step, ...]
    rows: int | None
    advice: tuple[Advice, ...]


def explain(query: str, statistics: GraphStatistics, presets: Mapping[str, str]) -> Explanation:
    """Return how ``query`` will be answered; ``presets`` are prefixes that it need not declare. Asks nothing."""
    return _Explainer(query, statistics, presets).explanation()


def explanation_json(explanation: Explanation, language: str) -> dict[str, object]:
    """Return an explanation as JSON has it, its sentences in the page language ``language``."""

    def told(message: Message) -> str:
        return message.in_language(language)

    steps = [
        {"depth": step.depth, "text": told(step.sentence), "pattern": step.pattern, "rows": step.rows}
        for step in explanation.steps
    ]
    advice = [
        {"text": told(item.sentence), "hint": told(item.hint), "rewrite": item.rewrite} for item in explanation.advice
    ]
    return {"steps": steps, "rows": explanation.rows, "advice": advice}


class _Explainer:
    def __init__(self, query: str, statistics: GraphStatistics, presets: Mapping[str, str]) -> None:
        self._query = query
        self._statistics = statistics
        self._prefixes = {**presets, **declared(query)}
        self._steps: list[Step] = []
        self._advice: dict[Advice, None] = {}
        self._apart = False

    def explanation(self) -> Explanation:
        group = graph_pattern(self._query)
        if group is None:
            return Explanation((), None, ())
        rows = self._group(group, 0, frozenset(), 1.0)
        self._unknown_terms(group)
        outer = next(selects(sparql_tokens(self._query)), None) if self._form() == "SELECT" else None
        rows = self._after(outer, rows)
        known = self._statistics.known
        return Explanation(tuple(self._steps), _whole(rows) if known else None, tuple(self._advice))

    def _form(self) -> str:
        found = sparql_tokens(self._query)
        start = len(prologue(found))
        return found[start].upper if start < len(found) else ""

    def _group(self, group: GroupPattern, depth: int, before: frozenset[str], rows: float) -> float:
        """Add the steps of a group whose variables ``before`` are bound in ``rows`` rows; return the rows after it."""
        if depth == 0 or group.patterns:
            self._cartesian(group, before)
        bound = set(before) | group.bound
        for inner in (item for item in group.groups if item.kind == "select"):
            self._steps.append(Step(depth, _INTRODUCTIONS[inner.kind]))
            inner_rows = self._group(inner, depth + 1, frozenset(), 1.0)
            rows = max(rows, inner_rows) if inner.variables() & bound else max(1.0, rows) * inner_rows
            bound |= inner.variables()
        for pattern in self._in_order(group.patterns, bound):
            own = self._rows(pattern, bound)
            fresh = not pattern.variables & bound
            rows *= own
            first = not bound and not self._steps
            self._steps.append(self._step(depth, pattern, first=first, fresh=fresh and bool(bound), rows=rows))
            bound |= pattern.variables
        rows *= _PASSED ** len(group.filters)
        for inner in group.groups:
            if inner.kind == "select":
                continue
            self._steps.append(Step(depth, _INTRODUCTIONS[inner.kind]))
            inner_rows = self._group(inner, depth + 1, frozenset(bound), rows)
            if inner.kind in ("optional", "union"):
                rows = max(rows, inner_rows)
            elif inner.kind in ("group", "graph"):
                rows = inner_rows
            if inner.kind not in ("minus", "exists"):
                bound |= inner.variables()
        return rows

    def _step(self, depth: int, pattern: PathPattern, *, first: bool, fresh: bool, rows: float) -> Step:
        if first:
            sentence = Message("First, all that fits:")
        elif fresh:
            sentence = Message("Then, with every row so far, all that fits:")
        else:
            sentence = Message("Then, for each row so far:")
        known = _whole(rows) if self._statistics.known else None
        return Step(depth, sentence, self._written(pattern), known)

    def _written(self, pattern: PathPattern) -> str:
        path = "/".join(pattern.predicates) + ("*" if pattern.repeats else "")
        terms = (pattern.subject, path, pattern.object)
        return " ".join("[]" if term.startswith("_:unnamed") else term for term in terms)

    def _in_order(self, patterns: Sequence[PathPattern], before: set[str]) -> Iterator[PathPattern]:
        """Yield patterns from few rows to many, those first that share a variable with what came before."""
        left, bound = list(patterns), set(before)
        while left:
            joined = [pattern for pattern in left if pattern.variables & bound or not pattern.variables]
            best = min(joined or left, key=lambda pattern: (self._rows(pattern, bound), pattern.start))
            left.remove(best)
            bound |= best.variables
            yield best

    def _rows(self, pattern: PathPattern, bound: set[str]) -> float:
        """Return about how many rows a pattern gives for one row in which ``bound`` are bound."""
        known_subject, known_object = (
            not is_bound(term) or term in bound for term in (pattern.subject, pattern.object)
        )
        rows = 1.0
        last = len(pattern.predicates) - 1
        for place, predicate in enumerate(pattern.predicates):
            iri = self._iri(predicate)
            constant = not is_bound(pattern.object)
            if iri == _TYPE and place == last and constant and (kind := self._iri(pattern.object)) is not None:
                of_class = self._statistics.of_class(kind)
                share = of_class / max(1.0, self._statistics.of_property(None, subject_bound=False, object_bound=False))
                rows *= min(1.0, share * 10) if known_subject or place else of_class
            else:
                rows *= self._statistics.of_property(
                    iri,
                    subject_bound=known_subject if place == 0 else True,
                    object_bound=known_object if place == last else False,
                )
        return rows * (_REPEATED if pattern.repeats else 1.0)

    def _iri(self, term: str) -> str | None:
        """Return the IRI that a term stands for; None for a variable, a path, a text."""
        if term == "a":
            return _TYPE
        if term.startswith("<") and term.endswith(">"):
            return term[1:-1]
        prefix, colon, local = term.partition(":")
        if not colon or term.startswith(("?", "_:", "^", "!", "(", '"', "'")) or term.endswith("|"):
            return None
        return self._prefixes[prefix] + local if prefix in self._prefixes else None

    def _cartesian(self, group: GroupPattern, before: frozenset[str]) -> None:
        """Advise against parts of a group that share no variable: every row of one goes with every row of the other."""
        joined = before | group.bound | frozenset().union(*(inner.variables() for inner in group.groups))
        parts = components([pattern for pattern in group.patterns if pattern.variables], joined)
        if len(parts) < 2:
            return
        self._apart = True
        one, other = (self._written(part[0]) for part in parts[:2])
        sentence = Message(
            "“{one}” and “{other}” share no variable: each row of one goes with each row of the other.",
            one=one,
            other=other,
        )
        for condition in group.filters:
            if condition.equal:
                first, second = condition.equal
                hint = Message("Use one variable in both places instead of the filter.")
                self._advise(sentence, hint, self._unified(first, second, condition.start, condition.end))
                return
        self._advise(sentence, Message("Join them by a variable that both use, or ask two queries."))

    def _unified(self, kept: str, replaced: str, start: int, end: int) -> str:
        """Return the query with one variable for two and without the filter between ``start`` and ``end``."""
        edits = [Edit(start, end, "")]
        for token in sparql_tokens(self._query):
            if token.kind == "variable" and token.text == replaced and not start <= token.start < end:
                edits.append(Edit(token.start, end_of(token), kept))
        return edited(self._query, edits)

    def _unknown_terms(self, group: GroupPattern) -> None:
        """Advise on classes and properties that the graph has not, and on patterns of nothing but variables."""
        if self._statistics.known:
            for pattern in all_patterns(group):
                kinds = [pattern.object] if "a" in pattern.predicates[-1:] else []
                for term, known in (
                    *((predicate, self._statistics.properties) for predicate in pattern.predicates),
                    *((kind, self._statistics.classes) for kind in kinds),
                ):
                    iri = self._iri(term)
                    if iri is not None and iri not in known:
                        self._not_here(term, iri, list(known))
        free = [pattern for pattern in group.patterns if len(pattern.variables) == 3 and not pattern.repeats]
        if free and len(group.patterns) == len(free):
            self._advise(
                Message("“{pattern}” fits every triple of the graph.", pattern=self._written(free[0])),
                Message("Name the property, or the class of the subject, to have less read."),
            )

    def _not_here(self, term: str, iri: str, known: Sequence[str]) -> None:
        namespace = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
        alike = [name.removeprefix(namespace) for name in known if name.startswith(namespace)]
        near = nearest_names(iri.removeprefix(namespace), alike, likeness=0.7)
        names = [self._short(namespace + name) for name in near]
        self._advise(
            Message("Nothing in the graph has “{term}”: that pattern fits nothing.", term=term),
            did_you_mean(names) if names else Message("Check its spelling and its prefix."),
        )

    def _short(self, iri: str) -> str:
        fitting = [(namespace, prefix) for prefix, namespace in self._prefixes.items() if iri.startswith(namespace)]
        namespace, prefix = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
        return f"{prefix}:{iri.removeprefix(namespace)}" if namespace else f"<{iri}>"

    def _after(self, select: Select | None, rows: float) -> float:
        """Add what is done with the rows of the outermost group."""
        form = self._form()
        if form == "ASK":
            self._steps.append(Step(0, Message("It ends at the first row: the answer is yes.")))
            return 1.0
        if select is None:
            if form == "CONSTRUCT":
                self._steps.append(Step(0, Message("Of each row the triples of the template are made.")))
            return rows
        aggregates = _aggregates(self._query, select)
        if "GROUP" in select.clauses:
            self._steps.append(Step(0, Message("The rows are grouped (GROUP BY).")))
        if "ORDER" in select.clauses:
            self._steps.append(Step(0, Message("All rows are sorted before the first is given (ORDER BY).")))
        if "LIMIT" in select.clauses:
            number = sparql_tokens(self._query)[select.clauses["LIMIT"].start + 1 : select.clauses["LIMIT"].end]
            if number and number[0].text.isdigit():
                limit = number[0].text
                self._steps.append(Step(0, Message("At most {limit} rows are given.", limit=verbatim(limit))))
                return min(rows, float(limit[:18]))
        elif (
            rows > MANY_ROWS and not self._advice and not {"GROUP", "VALUES"} & select.clauses.keys() and not aggregates
        ):
            self._advise(
                Message("About {rows:,} rows are expected.", rows=_whole(rows)),
                Message("Say how many you want with LIMIT."),
                f"{self._query.rstrip()}\nLIMIT {_ADVISED_LIMIT}\n",
            )
        return 1.0 if aggregates and "GROUP" not in select.clauses else rows

    def _advise(self, sentence: Message, hint: Message, rewrite: str = "") -> None:
        self._advice[Advice(sentence, hint, rewrite)] = None


def _aggregates(query: str, select: Select) -> bool:
    """Whether SELECT makes one row of many."""
    found = sparql_tokens(query)
    head = (token for span in select.projected for token in found[span.start : span.end])
    return any(
        token.kind == "word" and token.upper in ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE") for token in head
    )


def _whole(rows: float) -> int:
    """Return a number of rows to two digits, as an estimate is no more exact: none only where nothing fits."""
    number = max(int(min(rows, 1e15) + 0.5), int(rows > 0))
    return round(number, min(0, 2 - len(str(number))))
