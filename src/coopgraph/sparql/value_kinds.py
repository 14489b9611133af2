"""Kinds of values that the engine itself compares as ORDER BY must, and the kind that a variable's values surely have.

A store is asked which predicates have values of one kind (:data:`VALUE_KINDS`). Where patterns bind a variable to such
values alone, the engine's own order of it is that of :mod:`coopgraph.sparql.value_order`; only what is equal in value
may tie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise

from coopgraph.rdf.namespaces import RDF
from coopgraph.sparql.lexer import SparqlToken, prologue
from coopgraph.sparql.select_clauses import Select, Span
from coopgraph.sparql.variable_positions import variable_positions

ValueKinds = Mapping[str, str]
"""The kind of the values of each predicate, by its IRI, where they are all of one."""

PLAIN_TERM = "term"
"""The kind of IRIs, blank nodes and texts."""

VALUE_KINDS = f"""PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?predicate (IF(isIRI(?value) || isBlank(?value), "{PLAIN_TERM}", COALESCE(
  IF(STRLEN(CONCAT(?value)) >= 0, "{PLAIN_TERM}", ""),
  IF(isNumeric(?value) && DATATYPE(?value) IN (xsd:integer, xsd:decimal), "number",
  IF(DATATYPE(?value) IN (xsd:date, xsd:gYearMonth, xsd:gYear)
    && REGEX(STR(?value), "^[0-9]{{4}}(-[0-9]{{2}}){{0,2}}$"), "day",
  IF(DATATYPE(?value) = xsd:boolean && STR(?value) IN ("true", "false"), "truth value",
  IF(DATATYPE(?value) = xsd:anyURI, "address", "")))), "")) AS ?kind)
{{ ?subject ?predicate ?value }}"""
"""A query for the kinds of values of each predicate; the kind "" has no order of the engine's.

Its numbers are those that the engine compares exactly. Days have neither zones nor signs, so that years, months and
days, which it compares as texts, are in order.
"""

_ELSEWHERE = frozenset(("FROM", "GRAPH", "SERVICE"))
"""Words of a query that reads more than the default graph."""


def uniform_predicates(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Return the predicates whose values are of one kind; ``pairs`` are the results of :data:`VALUE_KINDS`."""
    kinds: dict[str, str] = {}
    for predicate, kind in pairs:
        kinds[predicate] = "" if predicate in kinds else kind
    return {predicate: kind for predicate, kind in kinds.items() if kind}


class VariableKinds:
    """The kinds of values that the variables of one query have, for which ``prefixes`` count as declared."""

    def __init__(
        self, query: str, found: tuple[SparqlToken, ...], prefixes: Mapping[str, str], predicates: ValueKinds
    ) -> None:
        self._query = query
        self._found = found
        self._declared = prefixes
        self._known = predicates

    def kind(self, name: str, select: Select) -> str | None:
        """Return the one kind of the values that the variable ``name`` has in a SELECT, None where that is not sure."""
        if not self._predicates:
            return None
        kinds = {self._bound(position) for position in self._bindings(select) if self._name(position) == name}
        return kinds.pop() if len(kinds) == 1 else None

    @cached_property
    def _predicates(self) -> ValueKinds:
        words = {token.upper for token in self._found if token.kind == "word"}
        return {} if "<<" in self._query or words & _ELSEWHERE else self._known

    @cached_property
    def _prefixes(self) -> Mapping[str, str]:
        known = dict(self._declared)
        for name, iri in pairwise(prologue(self._found)):
            if name.kind == "name":
                # One that is relative to a base would have to be resolved; then no predicate is known by it.
                known[name.text[:-1]] = iri.text[1:-1] if ":" in iri.text else ""
        return known

    def _bindings(self, select: Select) -> Iterator[int]:
        yield from variable_positions(self._found, select.group)
        yield from variable_positions(self._found, select.clauses.get("VALUES", Span(0, 0)))
        keys = select.clauses.get("GROUP", Span(0, 0))
        yield from (position for position in range(keys.start, keys.end) if self._text(position - 1).upper() == "AS")

    def _bound(self, position: int) -> str | None:
        """Return the kind of what is bound at a position: a subject, or the object of a predicate that is known."""
        if self._text(position - 1) in ("{", ".", "}"):
            return PLAIN_TERM
        verb = position - 1
        first = verb
        while self._text(first - 1) == "/" and self._iri(first - 2):
            first -= 2
        before = self._found[first - 1]
        if before.kind not in ("variable", "iri", "name", "blank") and before.text not in (";", "[", "]"):
            return None
        return self._predicates.get(self._iri(verb))

    def _iri(self, position: int) -> str:
        token = self._found[position]
        if token.text == "a":
            return RDF.type.value
        if token.kind == "iri":
            return token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        return self._prefixes.get(prefix, "") + local if token.kind == "name" else ""

    def _name(self, position: int) -> str:
        return self._found[position].text[1:]

    def _text(self, position: int) -> str:
        return self._found[position].text
