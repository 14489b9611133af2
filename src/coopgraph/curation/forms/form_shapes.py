"""Form shapes: the SHACL node shapes of ``shapes/forms``, which say what a form asks for, in which order and words.

A field is a property shape. Whether its values stand on claims, and from which concept scheme they come, is known from
the vocabulary. Beside SHACL and DASH (``dash:editor``) there are four terms of our own:

- ``form:nameFrom``: a list of properties whose codes or texts make the name of a record (``lantern.removal-support``),
  or of a text that a number follows (``"p"`` gives ``p1``);
- ``form:ownedThrough``: properties that lead from a record to the entity whose file it is in;
- ``form:PassageEditor`` and ``form:LanguageTagEditor``: editors for a source with its words, and for a language tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from coopgraph.model.iris import entity_name
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DASH, FORM_SHAPES, RDF, RDFS, SCHEMA, SH
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A group of fields (``sh:PropertyGroup``): its labels by language tag."""

    iri: str
    labels: Mapping[str, str]
    order: float


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form (``sh:PropertyShape``).

    ``key`` names its controls. ``inverse`` says that the value is the subject of the property. ``nested`` is the form
    of the record that is the value. ``schemes`` and ``is_claimed`` are the vocabulary's.
    """

    iri: str
    key: str
    path: NamedNode
    inverse: bool
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    group: FieldGroup | None
    order: float
    editor: NamedNode
    at_least: int
    at_most: int | None
    classes: tuple[NamedNode, ...]
    datatypes: tuple[NamedNode, ...]
    listed: tuple[Term, ...]
    nested: NamedNode | None
    schemes: tuple[NamedNode, ...]
    is_claimed: bool

    @property
    def is_worded(self) -> bool:
        """Whether its values are texts in a language."""
        return RDF.langString in self.datatypes

    @property
    def is_passage(self) -> bool:
        """Whether its values are passages of sources."""
        return self.editor == FORM_SHAPES.PassageEditor


@dataclass(frozen=True, slots=True)
class Form:
    """A form (``sh:NodeShape``): the class and path segment of what it is about, and its fields in order."""

    iri: str
    key: str
    of_class: NamedNode
    segment: str
    own_file: bool
    order: float
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    fields: tuple[Field, ...]
    name_from: tuple[Term, ...]
    owned_through: tuple[NamedNode, ...]

    @property
    def stands_alone(self) -> bool:
        """Whether it is a form of its own, and not only one inside others."""
        return self.own_file or bool(self.owned_through)


class Forms:
    """The forms by key (``org``) and by IRI."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._all = tuple(sorted(forms, key=lambda form: (form.order, form.key)))

    def __iter__(self) -> Iterator[Form]:
        return (form for form in self._all if form.stands_alone)

    @property
    def all(self) -> tuple[Form, ...]:
        """All forms, those inside others too."""
        return self._all

    def get(self, key: str) -> Form | None:
        """Return the form of that key that stands alone, or None."""
        return next((form for form in self if form.key == key), None)

    def nested(self, field: Field) -> Form | None:
        """Return the form of the records that are a field's values; None for other fields."""
        if field.nested is None:
            return None
        return next((form for form in self._all if form.iri == field.nested.value), None)

    def of_segment(self, segment: str) -> Form | None:
        """Return the form for things of a path segment."""
        return next((form for form in self if form.segment == segment), None)

    @property
    def of_claims(self) -> Form | None:
        """The form of what is asked beside each value that stands on a claim."""
        return next((form for form in self._all if form.of_class == COOP.Claim), None)


def read_forms(documents: Iterable[bytes], vocabulary: Index) -> Forms:
    """Return the forms that Turtle documents hold. Raises :class:`SyntaxProblem` for bad Turtle."""
    shapes = Index(quad.triple for document in documents for quad in read_rdf(document, TURTLE))
    return Forms(
        _form(node, shapes, vocabulary) for node in shapes.instances(SH.NodeShape) if isinstance(node, NamedNode)
    )


def stands_on_claims(vocabulary: Index, predicate: NamedNode, of_class: NamedNode) -> bool:
    """Return whether what ``predicate`` says of a thing of ``of_class`` is written as claims.

    A record that cites passages itself states what it has in common with entities, such as its name, on its own.
    """
    if not vocabulary.objects(predicate, COOP.isClaimBacked):
        return False
    sourced = vocabulary.objects(COOP.hasEvidence, SCHEMA.domainIncludes)
    return of_class not in sourced or all(
        kind in sourced for kind in vocabulary.objects(predicate, SCHEMA.domainIncludes)
    )


def _form(node: NamedNode, shapes: Index, vocabulary: Index) -> Form:
    of_class = _one(shapes, node, SH.targetClass)
    assert isinstance(of_class, NamedNode), f"{node} has no sh:targetClass"
    kind = next(iter(vocabulary.subjects(COOP.kindOfClass, of_class)), None)
    fields = (_field(item, node, of_class, shapes, vocabulary) for item in shapes.objects(node, SH.property))
    key = node.value.rpartition("/")[2]
    return Form(
        node.value,
        key,
        of_class,
        _text(vocabulary, kind, COOP.pathSegment) or key,
        _text(vocabulary, kind, COOP.hasOwnFile) == "true",
        float(_text(vocabulary, kind, COOP.displayOrder) or 99),
        _worded(shapes, node, SH.name),
        _worded(shapes, node, SH.description),
        tuple(sorted(fields, key=lambda field: (field.order, field.key))),
        tuple(_listed(shapes, _one(shapes, node, FORM_SHAPES.nameFrom))),
        tuple(item for item in shapes.objects(node, FORM_SHAPES.ownedThrough) if isinstance(item, NamedNode)),
    )


def _field(node: Term, form: NamedNode, subject: NamedNode, shapes: Index, vocabulary: Index) -> Field:
    path = _one(shapes, node, SH.path)
    inverse = isinstance(path, BlankNode)
    path = _one(shapes, path, SH.inversePath) if isinstance(path, BlankNode) else path
    assert isinstance(path, NamedNode), f"{node} has no sh:path that a form can ask for"
    iri = cast(NamedNode, node).value
    most = _text(shapes, node, SH.maxCount)
    alternatives = (*_listed(shapes, _one(shapes, node, SH.term("or"))),)
    datatypes = (*shapes.objects(node, SH.datatype), *(_one(shapes, item, SH.datatype) for item in alternatives))
    of_class = SH.term("class")
    classes = (*shapes.objects(node, of_class), *(_one(shapes, item, of_class) for item in alternatives))
    nested, editor = _one(shapes, node, SH.node), _one(shapes, node, DASH.editor)
    return Field(
        iri,
        iri.removeprefix(form.value + "."),
        path,
        inverse,
        _worded(shapes, node, SH.name),
        _worded(shapes, node, SH.description),
        _group(_one(shapes, node, SH.group), shapes),
        float(_text(shapes, node, SH.order) or 0),
        editor if isinstance(editor, NamedNode) else DASH.TextFieldEditor,
        int(_text(shapes, node, SH.minCount) or 0),
        int(most) if most else None,
        tuple(item for item in classes if isinstance(item, NamedNode)),
        tuple(item for item in datatypes if isinstance(item, NamedNode)),
        tuple(_listed(shapes, _one(shapes, node, SH.term("in")))),
        nested if isinstance(nested, NamedNode) else None,
        tuple(item for item in vocabulary.objects(path, COOP.hasValueScheme) if isinstance(item, NamedNode)),
        not inverse and stands_on_claims(vocabulary, path, subject),
    )


def _group(node: Term | None, shapes: Index) -> FieldGroup | None:
    if not isinstance(node, NamedNode):
        return None
    return FieldGroup(node.value, _worded(shapes, node, RDFS.label), float(_text(shapes, node, SH.order) or 0))


def _one(index: Index, node: Term | None, predicate: NamedNode) -> Term | None:
    return next(iter(index.objects(node, predicate)), None) if node is not None else None


def _text(index: Index, node: Term | None, predicate: NamedNode) -> str:
    found = _one(index, node, predicate)
    return found.value if isinstance(found, Literal) else ""


def _worded(index: Index, node: Term, predicate: NamedNode) -> Mapping[str, str]:
    from_tags = (
        (item.language or "", item.value) for item in index.objects(node, predicate) if isinstance(item, Literal)
    )
    return {conventional(tag): text for tag, text in from_tags}


def _listed(index: Index, node: Term | None) -> Iterator[Term]:
    """Yield the members of an RDF list; one that runs in a circle ends where it does."""
    seen: set[Term] = set()
    while node is not None and node != RDF.nil and node not in seen:
        seen.add(node)
        yield from index.objects(node, RDF.first)
        node = _one(index, node, RDF.rest)


def short_code(term: Term) -> str:
    """Return the last part of an IRI, by which people name a concept or a thing; the text of a literal."""
    if isinstance(term, Literal):
        return term.value
    name = entity_name(term.value)
    return name.slug if name else term.value.rstrip("/#").replace("#", "/").rpartition("/")[2]


def iri_of(text: str) -> NamedNode | None:
    """Return the absolute IRI that a text is, or None."""
    try:
        return NamedNode(text) if _IRI.fullmatch(text) else None
    except ValueError:
        return None
