"""Statements that a form's fields make, and which control each of them comes from.

Whatever was typed is written: a text that names no concept or thing stands as a text in its place, so that the rules
say what is wrong with it in their words, and a draft keeps it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from coopgraph.curation.drafts import node as named
from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import FormEntry, Record, Row, links
from coopgraph.curation.forms.form_shapes import Field, Forms, iri_of, short_code
from coopgraph.messages.message import Message
from coopgraph.model.iris import CONCEPT, EntityName, entity_name, is_slug
from coopgraph.model.same_words import words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

NOT_FILLED = "fill-in"
"""What the address of a thing without a name ends with; a rule asks for a better one."""

_EDITORIAL = NamedNode(CONCEPT + "basis/editorial")
_LONGEST_SLUG = 60
_SPELLINGS = (
    (XSD.gYear, re.compile(r"[0-9]{4}")),
    (XSD.gYearMonth, re.compile(r"[0-9]{4}-[0-9]{2}")),
    (XSD.date, re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    (XSD.integer, re.compile(r"[+-]?[0-9]+")),
    (XSD.decimal, re.compile(r"[+-]?[0-9]*[.][0-9]+")),
    (XSD.boolean, re.compile(r"true|false")),
)
_PARTIAL_DATES = (XSD.gYear, XSD.gYearMonth, XSD.date)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement comes from: its subject, property and value (None stands for any), and its control's name."""

    subject: Term
    predicate: NamedNode | None
    value: Term | None
    control: str


@dataclass(frozen=True, slots=True)
class FormStatements:
    """What an entry states: all of the files of the entity and of new sources, and new passages of other sources.

    ``node`` is the IRI of the thing, ``path`` the file it belongs to. ``faults`` says, by control, what keeps the thing
    or a new source from having a name of its own, or a file to be in; it stands under :data:`NOT_FILLED` then.
    ``empty`` are the controls of fields that need something and have nothing.
    """

    node: NamedNode
    path: str
    triples: tuple[Triple, ...]
    places: tuple[Place, ...]
    faults: Mapping[str, Message]
    empty: frozenset[str]

    def control_of(self, focus: Term, path: NamedNode | None, value: Term | None) -> str | None:
        """Return the name of the control that a finding is about, the nearest there is; None where it is elsewhere."""
        wanted = ((focus, path, value), (focus, path, None), (focus, None, None))
        for key in wanted:
            for place in self.places:
                if (place.subject, place.predicate, place.value) == key:
                    return place.control
        return None


def statements_of(
    entry: FormEntry, forms: Forms, choices: Choices, stored: Mapping[str, Iterable[Triple]]
) -> FormStatements:
    """Return what an entry states. ``stored`` is what files of records state, by path: what of that a form does not
    ask for is kept."""
    record = entry.record
    writer = _Writer(entry, forms, choices)
    node = NamedNode(record.node) if record.node else None
    if record.form.own_file:
        node = node or writer.new_entity(record)
        owner: EntityName | None = entity_name(node.value)
    else:
        owner = _owner(entry, choices)
        if owner is None:
            writer.faults[_owner_control(entry)] = Message(
                "Choose what this belongs to: something that is in the graph."
            )
    path = f"data/{owner.segment}/{owner.slug}.ttl" if owner else f"data/{record.form.segment}/{NOT_FILLED}.ttl"
    base = Index(stored.get(path, ()))
    writer.begin(owner.slug if owner else NOT_FILLED, base)
    if node is None:
        node = writer.name_of(record, writer.owner)
    for source in entry.sources:
        if not source.is_blank:
            source.node = writer.new_entity(source).value
    for source in entry.sources:
        if source.node:
            writer.write(source, NamedNode(source.node))
    writer.write(record, node)
    before, nodes = _asked_for(forms, record, node, base)
    gone = nodes - writer.nodes
    if not base.instances(COOP.SourceDocument):
        # Words whose source was not known stood here while it was not.
        gone |= set(base.instances(COOP.Citation)) - writer.nodes
    kept = {
        triple
        for triple in stored.get(path, ())
        if triple not in before and triple.subject not in gone and not _is_about(triple.subject, gone, base)
    }
    return FormStatements(
        node,
        path,
        tuple({**dict.fromkeys(kept), **dict.fromkeys(writer.triples)}),
        tuple(writer.places),
        writer.faults,
        frozenset(writer.empty),
    )


class _Writer:
    def __init__(self, entry: FormEntry, forms: Forms, choices: Choices) -> None:
        self._entry, self._forms, self._choices = entry, forms, choices
        self.triples: list[Triple] = []
        self.places: list[Place] = []
        self.nodes: set[Node] = set()
        self.faults: dict[str, Message] = {}
        self.empty: set[str] = set()
        self._identifiers: dict[Node, str] = {}
        self._passages: defaultdict[Node, dict[str, NamedNode]] = defaultdict(dict)

    def begin(self, owner: str, base: Index) -> None:
        """Write for the file of the entity ``owner``, which states ``base`` so far."""
        self.owner, self._base = owner, base
        self._taken = {triple.value for triple in base.instances(COOP.Claim) if isinstance(triple, NamedNode)}

    def new_entity(self, record: Record) -> NamedNode:
        """Return an IRI for a new entity, from the slug that was typed or from its name.

        One that cannot be, or that something else has, is a fault, and stays as it was typed.
        """
        slug, control = _slug(record)
        taken = self._choices.path_of(slug)
        if taken is not None:
            self.faults[control] = Message("The slug “{slug}” is taken by {path}.", slug=slug, path=taken)
        elif not is_slug(record.form.segment, slug) and slug != NOT_FILLED:
            self.faults[control] = Message(
                "“{value}” cannot be a slug: small letters, digits and single hyphens.", value=slug
            )
        names = chain([] if control in self.faults else [slug], _distinct(NOT_FILLED))
        node = next(node for name in names if (node := named(record.form.segment, name)) not in self._identifiers)
        self._identifiers[node] = slug
        return node

    def write(self, record: Record, node: NamedNode) -> None:
        """State what stands in the fields of a record."""
        self.nodes.add(node)
        self._state(node, RDF.type, record.form.of_class, record.control)
        name = entity_name(node.value)
        slug = name.slug if name else NOT_FILLED
        nameless = (
            row.control for row in record.all_rows() if row.field.path == DCTERMS.identifier and slug == NOT_FILLED
        )
        self.places.append(Place(node, None, None, next(nameless, record.control)))
        for item in record.fields:
            rows = record.rows.get(item.key, [])
            if rows and not (item.is_passage and all(row.is_blank for row in rows)):
                self.places.append(Place(node, item.path, None, rows[0].control))
            if item.at_least and rows and not item.is_passage and all(row.is_blank for row in rows):
                self.empty.add(rows[0].control)
            if item.path == DCTERMS.identifier:
                asked_in = rows[0].control if rows else record.control
                self._state(node, item.path, Literal(self._identifiers.get(node, slug)), asked_in)
            elif item.is_passage:
                self._passages_of(record, rows, node, item)
            else:
                for row in rows:
                    if not row.is_blank:
                        self._row(row, node)

    def name_of(self, record: Record, owner: str) -> NamedNode:
        """Return an IRI for a new record in the file of ``owner``: with the name that was typed, or from what its form
        says that names are made of."""
        typed = (row.text for row in record.all_rows() if row.field.path == DCTERMS.identifier)
        parts = [part for text in typed if (part := _slug_letters(text.rpartition(".")[2]))]
        made_from = [] if parts else record.form.name_from
        for item in made_from:
            if isinstance(item, Literal):
                parts.append(item.value)
                continue
            asked = next((field for field in record.fields if field.path == item), None)
            rows = record.rows.get(asked.key, ()) if asked else ()
            values = (self._term(row) for row in rows if not row.is_blank)
            parts += (part for value in values if value is not None and (part := _part_of_name(value)))
        numbered = any(isinstance(item, Literal) for item in made_from)
        stem = ".".join([owner, *(parts or [record.form.key])])
        names = (f"{stem}{number}" for number in range(1, 10_000)) if numbered else _distinct(stem)
        segment = record.form.segment
        return next(
            iri for name in names if (iri := named(segment, name)) not in self.nodes and not self._is_there(iri)
        )

    def _row(self, row: Row, node: NamedNode) -> None:
        item = row.field
        if item.nested is not None and row.record is not None:
            name = entity_name(node.value)
            child = (
                NamedNode(row.node)
                if self._is_own(row.node)
                else self.name_of(row.record, name.slug if name else self.owner)
            )
            link = (child, node) if item.inverse else (node, child)
            self._state(link[0], item.path, link[1], row.control)
            self.write(row.record, child)
            return
        value = self._original(row, node) or self._term(row)
        if value is None:
            return
        if isinstance(value, Literal) and value.datatype == XSD.string and (said := _asked(item, row.text)):
            self.faults.setdefault(row.control, said)
        if isinstance(value, Literal) and value.language == "und":
            self.faults.setdefault(row.control, Message("Choose the language of “{text}”.", text=row.text))
        if not item.is_claimed or row.record is None:
            self._state(node, item.path, value, row.control)
            return
        claim = NamedNode(row.node) if self._is_own(row.node) else self._new_claim(node, item)
        self.places.append(Place(node, item.path, value, row.control))
        self._state(claim, RDF.subject, node, row.control)
        self._state(claim, RDF.predicate, item.path, row.control)
        self._state(claim, RDF.object, value, row.control)
        self.places.append(Place(claim, RDF.object, None, row.control))
        self.write(row.record, claim)

    def _passages_of(self, record: Record, rows: list[Row], node: NamedNode, item: Field) -> None:
        """State what passages a field names; where it needs one and names none, the one for all."""
        found = [(row, citation) for row in rows if (citation := self._citation(row)) is not None]
        if (
            not found
            and item.at_least
            and not self._is_editorial(record)
            and (citation := self._citation(self._entry.common))
        ):
            found = [(self._entry.common, citation)]
        if not found:
            common = self._entry.common.control
            self.places.append(
                Place(node, item.path, None, common if item.at_least else rows[0].control if rows else common)
            )
            if item.at_least and not self._is_editorial(record):
                self.faults[common] = Message(
                    "Something below names no source: name one here for all of it, with the source's exact words, or "
                    "one of its own beside it."
                )
        for row, citation in found:
            self._state(node, item.path, citation, row.control)

    def _is_editorial(self, record: Record) -> bool:
        return any(row.field.path == COOP.hasBasis and self._term(row) == _EDITORIAL for row in record.all_rows())

    def _citation(self, row: Row) -> NamedNode | None:
        """Return the passage that a row names: one that its source has, or a new one; None for an empty row."""
        if not (row.source or row.quote or row.chosen):
            return None
        stored = iri_of(row.node)
        if stored is not None and self._choices.passage_words(stored, Index(())) == (row.source, row.quote):
            return stored
        typed = row.source or self._entry.common.source
        if not typed and len(self._entry.sources) == 1:
            typed = self._entry.sources[0].node
        source = self._source(typed) if typed else None
        held = self._held(source) if source is not None else self._passages[named("source", NOT_FILLED)]
        if row.chosen and not row.quote:
            chosen = next((citation for citation in held.values() if short_code(citation) == row.chosen), None)
            if chosen is not None:
                return chosen
        key = words_key(row.quote) or f"\n{row.key}"
        if key in held and row.quote:
            return held[key]
        owner = short_code(source) if source is not None else self.owner
        citation = self._next_passage(owner)
        held[key] = citation
        self.nodes.add(citation)
        language = self._choices.language_of(source) if source is not None else "en"
        if new := next((item for item in self._entry.sources if source and item.node == source.value), None):
            language = next((item.text for item in new.rows.get("language", ()) if item.text), language)
        self._state(citation, RDF.type, COOP.Citation, f"{row.key}.quote")
        self.places.append(Place(citation, COOP.quote, None, f"{row.key}.quote"))
        self.places.append(Place(citation, COOP.isQuotedFrom, None, f"{row.key}.source"))
        if typed:
            self._state(citation, COOP.isQuotedFrom, source or Literal(typed), f"{row.key}.source")
            if source is None:
                self.faults.setdefault(f"{row.key}.source", unknown_source(typed))
        if not row.quote:
            self.faults[f"{row.key}.quote"] = Message("Type the exact words of the source, or choose a passage of it.")
        if row.quote:
            self._state(citation, COOP.quote, _worded(row.quote, language), f"{row.key}.quote")
        return citation

    def _source(self, typed: str) -> NamedNode | None:
        """Return the source that a text names: one that the form adds, or one of the tree."""
        for item in self._entry.sources:
            titles = [row.text for row in item.all_rows() if row.field.path == DCTERMS.term("title")]
            if item.node and (typed in (item.node, short_code(NamedNode(item.node))) or typed in titles):
                return NamedNode(item.node)
        return self._choices.find_source(typed)

    def _held(self, source: NamedNode) -> dict[str, NamedNode]:
        if source not in self._passages:
            found = self._choices.passages_of(source)
            self._passages[source] = {words_key(quote): citation for citation, quote in reversed(found)}
        return self._passages[source]

    def _next_passage(self, owner: str) -> NamedNode:
        held = {short_code(item) for named_ in self._passages.values() for item in named_.values()}
        names = (f"{owner}.p{number}" for number in range(1, 10_000))
        return named(
            "citation", next(name for name in names if name not in held and not self._is_there(named("citation", name)))
        )

    def _new_claim(self, node: NamedNode, item: Field) -> NamedNode:
        local = re.split(r"[#/]", item.path.value)[-1]
        name = entity_name(node.value)
        claims = (
            named("claim", f"{name.slug if name else self.owner}.{local}.{number}") for number in range(1, 10_000)
        )
        found = next(claim for claim in claims if claim.value not in self._taken)
        self._taken.add(found.value)
        return found

    def _is_own(self, iri: str) -> bool:
        """Return whether an IRI that a form carried is that of a node of the file; others are not taken over."""
        node = iri_of(iri)
        return node is not None and self._is_there(node)

    def _is_there(self, node: NamedNode) -> bool:
        return bool(self._base.objects(node, RDF.type))

    def _state(self, subject: Node, predicate: NamedNode, value: Term, control: str) -> None:
        triple = Triple(subject, predicate, value)
        self.triples.append(triple)
        self.places.append(Place(subject, predicate, value, control))

    def _original(self, row: Row, node: NamedNode) -> Term | None:
        """Return the value that is stored, where what stands in the field is what stands there for it."""
        subject = NamedNode(row.node) if self._is_own(row.node) else node
        predicate = RDF.object if row.field.is_claimed else row.field.path
        for value in self._base.objects(subject, predicate):
            tag = value.language or "" if isinstance(value, Literal) else ""
            if self._choices.words_of(row.field, value) == row.text and tag.lower() == row.language.lower():
                return value
        return None

    def _term(self, row: Row) -> Term | None:
        """Return the value that a row's text stands for."""
        item, text = row.field, row.text
        if not text:
            return None
        if item.classes or item.listed:
            return self._choices.find(item, text) or Literal(text)
        if not item.datatypes:
            return iri_of(text) or Literal(text)
        if item.is_worded:
            return _worded(text, row.language or "und")
        return _typed(text, item.datatypes)


def _typed(text: str, datatypes: Iterable[NamedNode]) -> Literal:
    wanted = [*datatypes]
    if COOP.PartialDate in wanted:
        wanted = [*_PARTIAL_DATES]
    for datatype, spelling in _SPELLINGS:
        if datatype in wanted and spelling.fullmatch(text):
            return Literal(text, datatype=datatype)
    return Literal(text, datatype=XSD.anyURI) if XSD.anyURI in wanted else Literal(text)


def unknown_source(text: str) -> Message:
    """Return what is said of words that name no source."""
    return Message(
        "No source here is called “{text}”: type part of its title or its address, or describe it below.", text=text
    )


def _asked(item: Field, text: str) -> Message | None:
    """Return how a date or a number is typed, or that something is chosen, where ``text`` is none of these; the rules
    say it in terms of RDF."""
    if item.classes:
        return Message(
            "“{text}” is none of those to choose from: take what is offered, or type other words.", text=text
        )
    if COOP.PartialDate in item.datatypes:
        return Message("Write “{text}” as a year, a month or a day: 2021, 2021-10 or 2021-10-08.", text=text)
    if item.datatypes and {XSD.integer, XSD.decimal}.issuperset(item.datatypes):
        return Message("Write “{text}” in digits, such as 1200.", text=text)
    return None


def _worded(text: str, tag: str) -> Literal:
    try:
        return Literal(text, language=tag)
    except ValueError:
        return Literal(text, language="und")


def _distinct(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}.{number}" for number in range(2, 10_000))


def _part_of_name(value: Term) -> str:
    """Return what a value gives to the name of a record: the code of a concept or thing, else its text as a slug."""
    return short_code(value) if isinstance(value, NamedNode) else _slug_letters(value.value)


def _owner(entry: FormEntry, choices: Choices) -> EntityName | None:
    """Return the entity of the tree whose file a record is in: that of its own IRI, or one that a field leads to."""
    record = entry.record
    name = entity_name(record.node)
    slugs = [name.owner_slug] if name else []
    for row in _owning_rows(record):
        if row.field.is_passage:
            found: Term | None = choices.find_source(row.source or entry.common.source)
        else:
            found = choices.find(row.field, row.text)
        if isinstance(found, NamedNode) and (own := entity_name(found.value)):
            slugs.append(own.slug)
    paths = (choices.path_of(slug) for slug in slugs)
    return next((EntityName(*path.removesuffix(".ttl").split("/")[1:]) for path in paths if path), None)


def _owner_control(entry: FormEntry) -> str:
    """Return the control that says what a record belongs to; a passage that is not named is the one for all."""
    row = next(iter(_owning_rows(entry.record)), None)
    if row is None:
        return entry.record.control
    return entry.common.control if row.field.is_passage and row.is_blank else row.control


def _owning_rows(record: Record) -> list[Row]:
    """Return the rows of the fields that lead to the entity whose file a record is in."""
    return [row for row in record.all_rows() if row.field.path in record.form.owned_through]


def _slug(record: Record) -> tuple[str, str]:
    """Return the slug of a new entity, as typed or from its name, and the control that it comes from."""
    asked = next((item for item in record.fields if item.path == DCTERMS.identifier), None)
    rows = record.rows.get(asked.key, []) if asked else []
    control = rows[0].control if rows else record.control
    if typed := next((row.text for row in rows if row.text), ""):
        return typed, control
    named_by = [
        row for row in record.all_rows() if row.field.path in (SKOS.prefLabel, DCTERMS.term("title")) and row.text
    ]
    for row in sorted(named_by, key=lambda row: row.language != "en"):
        if slug := slug_of(row.text):
            return slug, control
    return NOT_FILLED, control


def slug_of(text: str) -> str:
    """Return a slug made of the Latin letters and digits of a text; empty where it has too few."""
    slug = _slug_letters(text)
    return slug if len(slug) > 1 else ""


def _slug_letters(text: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(slug) > _LONGEST_SLUG:
        slug = slug[:_LONGEST_SLUG].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    return slug


def _asked_for(forms: Forms, record: Record, node: NamedNode, base: Index) -> tuple[set[Triple], set[Node]]:
    """Return what of ``base`` the fields of a record hold, and which nodes."""
    triples: set[Triple] = set()
    nodes: set[Node] = set()
    waiting: list[tuple[tuple[Field, ...], NamedNode]] = [(record.fields, node)]
    while waiting:
        fields, subject = waiting.pop()
        if subject in nodes or not base.objects(subject, RDF.type):
            continue
        nodes.add(subject)
        for item in fields:
            for owner, _, triple in links(forms, item, subject, base):
                triples.add(triple)
                nested = forms.nested(item) or (forms.of_claims if item.is_claimed else None)
                if nested is not None and owner is not None:
                    waiting.append((nested.fields, owner))
                if item.is_claimed and owner is not None:
                    triples |= {Triple(owner, RDF.subject, subject), Triple(owner, RDF.predicate, item.path)}
    return triples, nodes


def _is_about(claim: object, nodes: set[Node], base: Index) -> bool:
    """Return whether something is a claim about one of ``nodes``."""
    return isinstance(claim, NamedNode) and any(item in nodes for item in base.objects(claim, RDF.subject))
