"""Vocabulary pages: classes with their properties, one term, one concept scheme as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coopgraph.model.collation import sort_key
from coopgraph.model.iris import BASE, DEFINITION, local_name
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, OWL, RDF, RDFS, SCHEMA, SH, SKOS, VOID
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, page_path
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

CONCEPT_SCHEME = BASE + "id/scheme/"

_CLASSES = (OWL.Class, RDFS.Class)
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A class or property: its label, its compact name (``coop:hasRank``), how many statements or things use it.

    ``anchor`` is its place on the page of the vocabulary; ``question`` a query for what uses it. ``ranges`` are the
    classes and datatypes of a property's values, ``scheme`` the concepts that these are chosen from.
    """

    anchor: str
    label: DisplayText
    compact: str
    definition: Wording | None
    uses: int
    ranges: tuple[DisplayText, ...]
    scheme: DisplayText | None
    question: str


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """A class with the properties that its things have, and one of these things; None where there is none."""

    term: TermEntry
    properties: tuple[TermEntry, ...]
    example: DisplayText | None


@dataclass(frozen=True, slots=True)
class VocabularyPage:
    """All classes with their properties, properties of no class of ours, terms of others, schemes, rules."""

    classes: tuple[ClassEntry, ...]
    loose: tuple[TermEntry, ...]
    foreign: tuple[TermEntry, ...]
    schemes: tuple[DisplayText, ...]
    rules: tuple[DisplayText, ...]


@dataclass(frozen=True, slots=True)
class ExampleStatement:
    """One statement of the release in which a term stands."""

    subject: DisplayText
    property: DisplayText
    value: DisplayText


@dataclass(frozen=True, slots=True)
class TermPage:
    """One term: what it is, where it belongs, what has it, an example."""

    term: TermEntry
    domains: tuple[DisplayText, ...]
    broader: tuple[DisplayText, ...]
    narrower: tuple[DisplayText, ...]
    properties: tuple[TermEntry, ...]
    example: ExampleStatement | None


@dataclass(frozen=True, slots=True)
class ConceptBranch:
    """A concept, how many statements use it, and the narrower ones beneath it."""

    key: str
    label: DisplayText
    definition: Wording | None
    uses: int
    narrower: tuple[ConceptBranch, ...]


def vocabulary_page(reading: Source, words: Vocabulary, language: str) -> VocabularyPage:
    """Return the page of the whole vocabulary."""
    terms = _Terms(reading, words, language)
    examples = View(Graph.of_n_triples(reading.n_triples("class-examples")), words, language)
    ours = [node for node in terms.classes if node.value.startswith(DEFINITION)]
    properties = [node for node in terms.properties if node.value.startswith(DEFINITION)]
    domained = {node for node in properties if any(domain in ours for domain in terms.domains(node))}
    foreign = [node for node in (*terms.classes, *terms.properties) if not node.value.startswith(DEFINITION)]
    rules = Graph.of_n_triples(reading.n_triples("rules"))
    schemes = [
        DisplayText(words.label(iri, language).text, path=page_path(iri))
        for iri in words.labels
        if iri.startswith(CONCEPT_SCHEME)
    ]
    return VocabularyPage(
        classes=tuple(
            sorted(
                (
                    ClassEntry(
                        terms.entry(node),
                        terms.entries(terms.properties_of(node)),
                        next((examples.name(thing) for thing in examples.graph.subjects(RDF.type, node)), None),
                    )
                    for node in ours
                ),
                key=lambda item: terms.place(item.term),
            )
        ),
        loose=terms.entries(node for node in properties if node not in domained),
        foreign=tuple(entry for entry in terms.entries(foreign) if entry.uses),
        schemes=_by_name(schemes, language),
        rules=_by_name(
            [
                DisplayText(name.text, path=page_path(node.value))
                for node in rules.described()
                if isinstance(node, NamedNode) and (name := choose(rules.literals(node, SH.term("name")), language))
            ],
            language,
        ),
    )


def term_page(reading: Source, words: Vocabulary, language: str, iri: str) -> TermPage | None:
    """Return the page of one class or property; None where ``iri`` is neither."""
    terms, node = _Terms(reading, words, language), NamedNode(iri)
    if node not in terms.classes and node not in terms.properties:
        return None
    graph, label = terms.graph, terms.view.label
    wider = (*graph.links(node, RDFS.subClassOf), *graph.links(node, RDFS.subPropertyOf))
    below = (*graph.subjects(RDFS.subClassOf, node), *graph.subjects(RDFS.subPropertyOf, node))
    return TermPage(
        term=terms.entry(node),
        domains=tuple(map(label, terms.domains(node))),
        broader=tuple(map(label, wider)),
        narrower=tuple(map(label, below)),
        properties=terms.entries(terms.properties_of(node)),
        example=_example(reading, words, language, node),
    )


def concept_tree(reading: Source, words: Vocabulary, language: str, scheme: str) -> tuple[ConceptBranch, ...]:
    """Return the concepts of a scheme as trees, in the order of the reader's language."""
    view = View(Graph.of_n_triples(reading.n_triples("scheme", this=NamedNode(scheme))), words, language)
    graph = view.graph
    concepts = graph.subjects(SKOS.inScheme, NamedNode(scheme))
    below: dict[NamedNode | None, list[NamedNode]] = defaultdict(list)
    for concept in concepts:
        below[next((wider for wider in graph.links(concept, SKOS.broader) if wider in concepts), None)].append(concept)

    def branches(wider: NamedNode | None) -> tuple[ConceptBranch, ...]:
        made = [
            ConceptBranch(
                key=local_name(concept.value),
                label=view.label(concept),
                definition=choose(graph.literals(concept, SKOS.definition), language),
                uses=int(graph.plain(concept, VOID.triples) or 0),
                narrower=branches(concept),
            )
            for concept in below.get(wider, ())
        ]
        return tuple(sorted(made, key=lambda branch: sort_key(branch.label.text, language)))

    return branches(None)


def compact_name(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the prefixed name of ``iri`` by the longest namespace that it begins with, else the IRI itself."""
    fitting = [(space, prefix) for prefix, space in prefixes.items() if iri.startswith(space) and iri != space]
    if not fitting:
        return iri
    space, prefix = max(fitting, key=lambda item: len(item[0]))
    return f"{prefix}:{iri.removeprefix(space)}"


class _Terms:
    """The classes and properties of a release."""

    def __init__(self, reading: Source, words: Vocabulary, language: str) -> None:
        self.view = View(Graph.of_n_triples(reading.n_triples("terms")), words, language)
        self.graph = self.view.graph
        self.classes = self._of(_CLASSES)
        self.properties = self._of(_PROPERTIES)

    def domains(self, node: NamedNode) -> list[NamedNode]:
        return self.graph.links(node, SCHEMA.domainIncludes)

    def properties_of(self, node: NamedNode) -> list[NamedNode]:
        return self.graph.subjects(SCHEMA.domainIncludes, node)

    def entries(self, nodes: Iterable[NamedNode]) -> tuple[TermEntry, ...]:
        return tuple(sorted(map(self.entry, nodes), key=self.place))

    def place(self, entry: TermEntry) -> bytes:
        return sort_key(entry.label.text, self.view.language)

    def entry(self, node: NamedNode) -> TermEntry:
        graph, view = self.graph, self.view
        compact = compact_name(node.value, view.words.prefixes)
        ranges = dict.fromkeys((*graph.links(node, RDFS.range), *graph.links(node, SCHEMA.rangeIncludes)))
        scheme = graph.link(node, COOP.hasValueScheme)
        return TermEntry(
            anchor=local_name(node.value),
            label=view.label(node),
            compact=compact,
            definition=choose(graph.literals(node, SKOS.definition), view.language),
            uses=int(graph.plain(node, VOID.triples) or 0),
            ranges=tuple(view.label(item) for item in ranges),
            scheme=view.label(scheme) if scheme else None,
            question=self._question(node, compact if ":" in compact and "://" not in compact else f"<{compact}>"),
        )

    def _question(self, node: NamedNode, name: str) -> str:
        prefix = name.partition(":")[0]
        declared = {prefix: self.view.words.prefixes[prefix]} if prefix in self.view.words.prefixes else {}
        if node in self.classes:
            declared["rdfs"] = str(RDFS)
            spoken = f'LANGMATCHES(LANG(?name), "{self.view.language}")'
            pattern = f"  ?thing a {name} .\n  OPTIONAL {{ ?thing rdfs:label ?name FILTER({spoken}) }}\n"
            asked = "?thing ?name"
        else:
            pattern, asked = f"  ?thing {name} ?value .\n", "?thing ?value"
        head = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted(declared.items()))
        return f"{head}\nSELECT {asked} WHERE {{\n{pattern}}}\nORDER BY ?thing\nLIMIT 100\n"

    def _of(self, kinds: tuple[NamedNode, ...]) -> list[NamedNode]:
        return list(dict.fromkeys(node for kind in kinds for node in self.graph.subjects(RDF.type, kind)))


def _example(reading: Source, words: Vocabulary, language: str, term: NamedNode) -> ExampleStatement | None:
    view = View(Graph.of_n_triples(reading.n_triples("term-example", this=term)), words, language)
    for subject, predicate, value in view.graph.statements():
        if isinstance(subject, NamedNode) and (predicate == term or (predicate == RDF.type and value == term)):
            return ExampleStatement(view.name(subject), view.label(predicate), view.value(predicate, value))
    return None


def _by_name(items: Iterable[DisplayText], language: str) -> tuple[DisplayText, ...]:
    return tuple(sorted(items, key=lambda item: sort_key(item.text, language)))
