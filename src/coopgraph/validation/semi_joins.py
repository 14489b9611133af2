"""Semi-joins over triple patterns: what the variables of a conjunction may be, and which triples its solutions use.

Variables are narrowed from pattern to pattern, each by itself. So some triples and terms may come that no solution
uses; they are true, and so change no result. Triples come with their terms, since asking a triple makes a term anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from coopgraph.rdf.index import TripleLookup
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.validation.engines.constraint_patterns import THIS, Conjunction, TriplePattern

TripleTerms = tuple[Triple, Term, NamedNode, Term]
"""A triple with its subject, property and value."""

TermLookup = Callable[[Term | None, NamedNode | None, Term | None], Sequence[TripleTerms]]
"""Looks triples up with their terms by subject, property and value; None stands for any."""


class UnboundFocus(Exception):
    """A conjunction has solutions, but none of its patterns leads to the focus node: it may be any."""


def with_terms(triples: Iterable[Triple]) -> list[TripleTerms]:
    """Return triples, each with its terms."""
    # What was read is RDF 1.1, so no triple stands inside a triple.
    return cast(list[TripleTerms], [(item, item.subject, item.predicate, item.object) for item in triples])


def remembered_term_lookup(match: TripleLookup) -> TermLookup:
    """Return ``match`` with terms and a memory, to be used as long as the triples stay the same."""
    asked = cache(lambda subject, predicate, value: with_terms(match(subject, predicate, value)))
    described: dict[Term, defaultdict[NamedNode, list[TripleTerms]]] = {}

    def lookup(subject: Term | None, predicate: NamedNode | None, value: Term | None) -> Sequence[TripleTerms]:
        if subject is None or value is not None:
            return asked(subject, predicate, value)
        if predicate is not None:
            return described[subject][predicate] if subject in described else asked(subject, predicate, value)
        found = asked(subject, None, None)
        if subject not in described:
            described[subject] = defaultdict(list)
            for item in found:
                described[subject][item[2]].append(item)
        return found

    return lookup


def focus_nodes(patterns: Conjunction, known: Mapping[str, Collection[Term]], match: TermLookup) -> set[Term]:
    """Return the focus nodes of all solutions of a conjunction in which variables have one of the ``known`` terms.

    Raises :class:`UnboundFocus` where that may be any node.
    """
    domains, held = _narrowed(patterns, known, match)
    if len(held) < len(patterns):
        return set()
    if THIS not in domains:
        raise UnboundFocus
    return set(domains[THIS])


def used_triples(patterns: Conjunction, known: Mapping[str, Collection[Term]], match: TermLookup) -> Iterator[Triple]:
    """Yield all triples that solutions of a conjunction use, but for the own ones of focus nodes, which are at hand.

    ``known`` are the terms that variables may have.
    """
    domains, held = _narrowed(patterns, known, match)
    if len(held) == len(patterns):
        for pattern, triples in held:
            if pattern.subject != THIS:
                yield from (item[0] for item in fitting(pattern, domains, triples))


def fitting(
    pattern: TriplePattern, domains: Mapping[str, Collection[Term]], triples: Iterable[TripleTerms]
) -> list[TripleTerms]:
    """Return those of ``triples`` whose terms may stand where they stand in the pattern."""
    subjects, predicates, values = (
        _domain(term, domains) for term in (pattern.subject, pattern.variable, pattern.value)
    )
    return [
        item
        for item in triples
        if (values is None or item[3] in values)
        and (predicates is None or item[2] in predicates)
        and (subjects is None or item[1] in subjects)
    ]


def bound(pattern: TriplePattern, triples: Sequence[TripleTerms]) -> Iterator[tuple[str, Collection[Term]]]:
    """Yield what the variables of a pattern have in ``triples``."""
    for term, place in ((pattern.subject, 1), (pattern.variable, 2), (pattern.value, 3)):
        if isinstance(term, str) and term:
            yield term, cast(Collection[Term], {item[place] for item in triples})


def _narrowed(
    patterns: Conjunction, known: Mapping[str, Collection[Term]], match: TermLookup
) -> tuple[Mapping[str, Collection[Term]], list[tuple[TriplePattern, list[TripleTerms]]]]:
    """Return the terms that variables may have, and the triples for each pattern, up to one that has none."""
    domains: dict[str, Collection[Term]] = dict(known)
    left, held = list(patterns), list[tuple[TriplePattern, list[TripleTerms]]]()
    while left:
        pattern = min(left, key=lambda item: _cost(item, domains)) if len(left) > 1 else left[0]
        left.remove(pattern)
        triples = _looked_up(pattern, domains, match)
        if not triples:
            break
        domains.update(bound(pattern, triples))
        held.append((pattern, triples))
    return domains, held


def _cost(pattern: TriplePattern, domains: Mapping[str, Collection[Term]]) -> tuple[bool, bool, bool]:
    joined = not pattern.variables or any(variable in domains for variable in pattern.variables)
    return not joined, _domain(pattern.subject, domains) is None, _domain(pattern.value, domains) is None


def _looked_up(pattern: TriplePattern, domains: Mapping[str, Collection[Term]], match: TermLookup) -> list[TripleTerms]:
    """Return the triples that fit the pattern, looked up from its subjects or else from its values.

    A subject has few values of a property, but a value, such as a class, may have any number of subjects.
    """
    subjects, predicates, values = (
        _domain(term, domains) for term in (pattern.subject, pattern.variable, pattern.value)
    )
    asked = pattern.predicates or (None,)
    if subjects is not None:
        found = [
            item
            for subject in subjects
            if not isinstance(subject, Literal)
            for predicate in asked
            for item in match(subject, predicate, None)
        ]
        if values is not None:
            found = [item for item in found if item[3] in values]
    elif values is not None:
        found = [item for value in values for predicate in asked for item in match(None, predicate, value)]
    else:
        found = [item for predicate in asked for item in match(None, predicate, None)]
    return found if predicates is None else [item for item in found if item[2] in predicates]


def _domain(term: NamedNode | str, domains: Mapping[str, Collection[Term]]) -> Collection[Term] | None:
    """Return the terms that a term of a pattern may be; None where it may be any."""
    return (term,) if isinstance(term, NamedNode) else domains.get(term)
