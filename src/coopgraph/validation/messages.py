"""Messages of findings: rules as the shapes graph states them, their placeholders filled with readable values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.model.iris import SHAPE
from coopgraph.model.language import choose
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import SH
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from coopgraph.validation.report import Rule, Severity

_SEVERITIES: Mapping[Term, Severity] = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


def read_rules(shapes: Iterable[Triple]) -> Mapping[str, Rule]:
    """Return every shape and file rule with a name of its own under ``/shape/``, by IRI, in order.

    A rule is whatever carries ``sh:message``. Its severity is a violation unless the shapes say otherwise (SHACL,
    section 2.1.4).
    """
    texts: defaultdict[str, dict[NamedNode, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    severities: dict[str, Severity] = {}
    for subject, predicate, value in shapes:
        if not isinstance(subject, NamedNode) or not subject.value.startswith(SHAPE):
            continue
        if predicate == SH.severity and value in _SEVERITIES:
            severities[subject.value] = _SEVERITIES[value]
        elif isinstance(value, Literal) and value.language:
            texts[subject.value][predicate][conventional(value.language)] = value.value
    return {
        iri: Rule(iri, severities.get(iri, "violation"), held[SH.name], held[SH.description], held[SH.message])
        for iri, held in sorted(texts.items())
        if SH.message in held
    }


def rule_named(rules: Mapping[str, Rule], name: str) -> Rule:
    """Return the rule ``name`` (the last part of its IRI). Raises :class:`OurFault` where the shapes lack it."""
    try:
        return rules[SHAPE + name]
    except KeyError as error:
        raise OurFault(
            Message("The shapes have no rule named {name}, which the check needs.", name=name),
            Message("Restore it in shapes/files.ttl."),
        ) from error


def fill_message(messages: Mapping[str, str], show: Callable[[str, str], str]) -> Mapping[str, str]:
    """Return ``messages`` with each placeholder replaced by ``show(name, language tag)``."""

    def filled(message: str, tag: str) -> str:
        return _PLACEHOLDER.sub(lambda match: show(match.group(1), tag), message)

    return {tag: filled(message, tag) for tag, message in messages.items()}


@dataclass(frozen=True, slots=True)
class ReadableNames:
    """What things are called: labels by IRI, prefixes by name."""

    labels: Mapping[str, tuple[Literal, ...]]
    prefixes: Mapping[str, str]

    def short(self, iri: str) -> str:
        """Return ``prefix:local`` by the longest namespace that fits, else ``<iri>``."""
        fitting = [(len(space), name, space) for name, space in self.prefixes.items() if iri.startswith(space)]
        for _, name, space in sorted(fitting, reverse=True):
            if re.fullmatch(r"[\w-]+(\.[\w-]+)*", local := iri.removeprefix(space)):
                return f"{name}:{local}"
        return f"<{iri}>"

    def readable(self, term: Term, lang: str) -> str:
        """Return a term for people: a literal's text; a thing's label in ``lang`` (or the nearest) and short name."""
        if isinstance(term, Literal):
            return term.value
        if isinstance(term, BlankNode):
            return str(term)
        label = choose(self.labels.get(term.value, ()), lang)
        return f"{label.text} ({self.short(term.value)})" if label else self.short(term.value)


def read_names(
    labels: Callable[[NamedNode], Iterable[Literal]], prefixes: Mapping[str, str], wanted: Iterable[Term]
) -> ReadableNames:
    """Return the names of the ``wanted`` things by the labels that each has."""
    iris = {term for term in wanted if isinstance(term, NamedNode)}
    return ReadableNames({iri.value: tuple(sorted(labels(iri), key=str)) for iri in iris}, prefixes)
