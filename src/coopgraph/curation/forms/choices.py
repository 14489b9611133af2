"""Choices: the concepts and the things that a field's value is chosen from, by the words that people know them by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from coopgraph.curation.forms.form_shapes import Field, short_code
from coopgraph.curation.workspace import Workspace
from coopgraph.model.language import choose
from coopgraph.model.same_words import words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term

MOST_NEAR = 20
"""Choices that are offered for words that several fit."""

_WITH_CODE = re.compile(r".*\(([^()]+)\)\s*", re.DOTALL)
_SOURCES = (COOP.SourceDocument,)
_NAMES = (SKOS.prefLabel, DCTERMS.term("title"), SKOS.notation)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Something to choose: its label in the reader's language, its code, how deep it stands below broader ones."""

    term: Term
    code: str
    label: str
    depth: int = 0

    @property
    def words(self) -> str:
        """What stands in a text field for it."""
        return f"{self.label} ({self.code})" if self.label != self.code else self.code


@dataclass(frozen=True, slots=True)
class _Found:
    """The choices of one list, and those that each name or code means."""

    choices: tuple[FieldChoice, ...]
    by_code: Mapping[str, FieldChoice]
    by_name: Mapping[str, tuple[FieldChoice, ...]]

    def named(self, text: str) -> Term | None:
        text = text.strip()
        match = _WITH_CODE.fullmatch(text)
        for code in (text, match[1] if match else ""):
            if code in self.by_code:
                return self.by_code[code].term
        named = {choice.term for choice in self.by_name.get(_key(text), ())}
        if len(named) == 1:
            return named.pop()
        return next(
            (item.term for item in self.choices if isinstance(item.term, NamedNode) and item.term.value == text), None
        )

    def near(self, text: str) -> tuple[FieldChoice, ...]:
        key = _key(text)
        if not key:
            return ()
        fitting = {choice for name, named in self.by_name.items() if key in name for choice in named}
        fitting |= {choice for code, choice in self.by_code.items() if key in code}
        return tuple(choice for choice in self.choices if choice in fitting)[:MOST_NEAR]


class Choices:
    """What can be chosen in a tree, ``files``, with labels for a reader of ``language``."""

    def __init__(self, files: Workspace, language: str) -> None:
        self._files, self._language = files, language
        self._found: dict[object, _Found] = {}

    def of(self, field: Field) -> tuple[FieldChoice, ...]:
        """Return what a field's value is chosen from, in order; nothing where it is typed."""
        return self._list(field).choices

    def find(self, field: Field, text: str) -> Term | None:
        """Return what a text names: by its code or IRI, by a name in any language, or as ``name (code)``; else None."""
        return self._list(field).named(text)

    def near(self, field: Field, text: str) -> tuple[FieldChoice, ...]:
        """Return choices whose name in some language, or whose code, holds the words of a text; the first few."""
        return self._list(field).near(text)

    @property
    def sources(self) -> tuple[FieldChoice, ...]:
        """All sources of the tree, in the order of their titles."""
        return self._things(_SOURCES).choices

    def find_source(self, text: str) -> NamedNode | None:
        """Return the source that a text names; else None."""
        found = self._things(_SOURCES).named(text)
        return found if isinstance(found, NamedNode) else None

    def near_sources(self, text: str) -> tuple[FieldChoice, ...]:
        """Return sources whose title, or whose code, holds the words of a text; the first few."""
        return self._things(_SOURCES).near(text)

    def words_of(self, field: Field, term: Term) -> str:
        """Return what stands in a field for a value."""
        choice = self._list(field).by_code.get(short_code(term))
        if choice is not None and choice.term == term:
            return choice.words
        return term.value if isinstance(term, Literal) or not field.classes else short_code(term)

    def source_words(self, source: Term) -> str:
        """Return what stands in a field for a source."""
        if isinstance(source, Literal):
            return source.value
        return self._choice(source, self._names(source)).words

    def passage_words(self, citation: Term, stated: Index) -> tuple[str, str]:
        """Return what stands in the fields for a passage: its source, and its words."""
        source = self._value(citation, COOP.isQuotedFrom, stated)
        quote = self._value(citation, COOP.quote, stated)
        return self.source_words(source) if source is not None else "", quote.value if quote is not None else ""

    def passages_of(self, source: Node) -> tuple[tuple[NamedNode, str], ...]:
        """Return the passages that the tree has of a source, with their words, in the order of their numbers."""
        found = [
            (triple.subject, quote.object.value)
            for triple in self._files.triples(None, COOP.isQuotedFrom, source)
            if isinstance(triple.subject, NamedNode)
            for quote in self._files.triples(triple.subject, COOP.quote, None)
            if isinstance(quote.object, Literal)
        ]
        return tuple(sorted(found, key=lambda item: (len(item[0].value), item[0].value)))

    def language_of(self, source: Node) -> str:
        """Return the language of a source; English where nothing says it."""
        found = self._value(source, DCTERMS.language, Index(()))
        return found.value if isinstance(found, Literal) and found.value else "en"

    def path_of(self, slug: str) -> str | None:
        """Return the file of the entity of the tree that has that slug; None where none has."""
        paths = (path for path in self._files.paths if path.startswith("data/"))
        return next((path for path in sorted(paths) if path.endswith(f"/{slug}.ttl")), None)

    def _value(self, subject: Term, predicate: NamedNode, stated: Index) -> Term | None:
        found = stated.objects(subject, predicate)
        if not found and not isinstance(subject, Literal):
            return next((cast(Term, item.object) for item in self._files.triples(subject, predicate, None)), None)
        return next(iter(found), None)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The language tags that a text can have: those of the pages and of the areas."""
        known = {
            conventional(tag.value)
            for _, tag in self._files.schemes.pairs(DCTERMS.language)
            if isinstance(tag, Literal)
        }
        return tuple(sorted(known))

    def _list(self, field: Field) -> _Found:
        key = field.schemes or field.listed or field.classes or field.datatypes
        if key not in self._found:
            self._found[key] = self._made(field)
        return self._found[key]

    def _made(self, field: Field) -> _Found:
        if field.schemes:
            return _indexed((choice, names) for scheme in field.schemes for choice, names in self._concepts(scheme))
        if field.listed:
            return _indexed((FieldChoice(term, short_code(term), short_code(term)), ()) for term in field.listed)
        if XSD.boolean in field.datatypes:
            return _indexed(
                (FieldChoice(Literal(word, datatype=XSD.boolean), word, word), ()) for word in ("true", "false")
            )
        if not field.classes or field.is_passage:
            return _Found((), {}, {})
        return self._things(field.classes)

    def _things(self, classes: tuple[NamedNode, ...]) -> _Found:
        if classes not in self._found:
            things = (
                triple.subject for of_class in classes for triple in self._files.triples(None, RDF.type, of_class)
            )
            found = [
                (self._choice(thing, names := self._names(thing)), names)
                for thing in things
                if isinstance(thing, NamedNode)
            ]
            self._found[classes] = _indexed(sorted(found, key=lambda item: (item[0].label.casefold(), item[0].code)))
        return self._found[classes]

    def _concepts(self, scheme: NamedNode) -> Iterator[tuple[FieldChoice, tuple[Literal, ...]]]:
        """Yield the concepts of a scheme, each after its broader one, in the order of their labels."""
        schemes = self._files.schemes
        members = schemes.subjects(SKOS.inScheme, scheme)
        names = {member: _literals(schemes.objects(member, SKOS.prefLabel)) for member in members}
        below: defaultdict[Term | None, list[Node]] = defaultdict(list)
        for member in members:
            broader = [item for item in schemes.objects(member, SKOS.broader) if item in names]
            below[broader[0] if broader else None].append(member)
        waiting: list[tuple[Node, int]] = [(member, 0) for member in self._in_order(below[None], names)]
        while waiting:
            member, depth = waiting.pop()
            yield self._choice(member, names[member], depth), names[member]
            waiting += ((item, depth + 1) for item in self._in_order(below.pop(member, []), names))

    def _in_order(self, members: list[Node], names: Mapping[Node, tuple[Literal, ...]]) -> list[Node]:
        """Return members, the last in the order of their labels first."""
        return sorted(members, key=lambda item: self._choice(item, names[item]).label.casefold(), reverse=True)

    def _choice(self, term: Node, names: Iterable[Literal], depth: int = 0) -> FieldChoice:
        chosen = choose(names, self._language)
        code = short_code(term)
        return FieldChoice(term, code, chosen.text if chosen else code, depth)

    def _names(self, thing: Node) -> tuple[Literal, ...]:
        return _literals(triple.object for name in _NAMES for triple in self._files.triples(thing, name, None))


def _indexed(items: Iterable[tuple[FieldChoice, tuple[Literal, ...]]]) -> _Found:
    choices: list[FieldChoice] = []
    by_name: defaultdict[str, list[FieldChoice]] = defaultdict(list)
    for choice, names in items:
        choices.append(choice)
        for name in dict.fromkeys((choice.label, *(item.value for item in names))):
            by_name[_key(name)].append(choice)
    return _Found(
        tuple(choices),
        {choice.code: choice for choice in choices},
        {name: tuple(named) for name, named in by_name.items()},
    )


def _literals(terms: Iterable[object]) -> tuple[Literal, ...]:
    return tuple(term for term in terms if isinstance(term, Literal))


def _key(text: str) -> str:
    """Return a name without what people vary: upper case, and spaces between Korean words."""
    return words_key(text, any_case=True).replace(" ", "")
