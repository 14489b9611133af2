"""Entry: what stands in the fields of a form, as it was typed or as it is stored. It takes any text; rules judge it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.form_shapes import Field, Form, Forms, iri_of
from coopgraph.model.same_words import composed
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

_MOST_ROWS = 200
"""Values of one field that are read."""

_DEEPEST = 4
"""How deep records may stand inside each other."""

MAIN, COMMON, NEW_SOURCES = "e", "common", "source"
"""What names of controls begin with: those of the entity, of the passage for all that names none, of new sources."""


@dataclass(slots=True)
class Row:
    """One value of a field. ``key`` begins the names of its controls.

    ``node`` is the IRI of the claim or the record that it is, empty for a new one. A passage has ``source``, the words
    of its source as typed (``quote``) or the code of a passage that the source has (``chosen``). ``record`` holds the
    fields of a record, or what is asked beside a claim.
    """

    key: str
    field: Field
    node: str = ""
    text: str = ""
    language: str = ""
    source: str = ""
    quote: str = ""
    chosen: str = ""
    record: Record | None = None

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing."""
        if self.field.nested is not None:
            return self.record is None or self.record.is_blank
        return not (self.text or self.source or self.quote or self.chosen)

    @property
    def control(self) -> str:
        """The name of its first control."""
        if self.field.is_passage:
            return f"{self.key}.source"
        return self.record.control if self.field.nested is not None and self.record else f"{self.key}.text"


@dataclass(slots=True)
class Record:
    """The fields of one thing, and what stands in them. ``node`` is its IRI, empty for a new one.

    One that is not open is shown as a line without controls; what is stored of it is what stands in it.
    """

    form: Form
    key: str
    fields: tuple[Field, ...]
    node: str = ""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    is_open: bool = True

    def holds(self, control: str) -> bool:
        """Return whether a control is that of one of its fields, or of a record inside it."""
        return any(control.startswith(f"{self.key}.{item.key}.") for item in self.fields)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any field."""
        return all(row.is_blank for row in self.all_rows())

    @property
    def control(self) -> str:
        """The name of its first control."""
        return next((row.control for row in self.all_rows()), self.key)

    def all_rows(self) -> Iterator[Row]:
        """Yield the rows of all fields, in order."""
        for item in self.fields:
            yield from self.rows.get(item.key, ())

    def add_row(self, item: Field, forms: Forms) -> Row:
        """Add an empty row to a field, and return it."""
        rows = self.rows.setdefault(item.key, [])
        row = _empty_row(f"{self.key}.{item.key}.{len(rows)}", item, forms)
        rows.append(row)
        return row


@dataclass(slots=True)
class FormEntry:
    """All that a page of a form asks: the thing, the passage for all that names none of its own, and new sources."""

    record: Record
    common: Row
    sources: list[Record]

    def records(self) -> Iterator[Record]:
        """Yield every record of the page, those inside others too."""
        waiting = [self.record, *self.sources]
        while waiting:
            found = waiting.pop()
            yield found
            waiting += (row.record for row in found.all_rows() if row.record)


def empty_entry(forms: Forms, form: Form) -> FormEntry:
    """Return an entry in which nothing stands."""
    return FormEntry(Record(form, MAIN, asked(form, None)), _common(forms), [])


def posted_entry(forms: Forms, form: Form, data: Mapping[str, str], node: str) -> FormEntry:
    """Return what was sent: ``data`` by the names of the controls. ``node`` is the IRI of what is edited, if any."""
    record = _posted(forms, form, MAIN, None, data, 0)
    record.node = node
    common = _common(forms)
    _read_row(common, data)
    sources: list[Record] = []
    of_sources = forms.get("source")
    while of_sources and f"{NEW_SOURCES}.{len(sources)}" in data and len(sources) < _MOST_ROWS:
        sources.append(_new_source(of_sources, len(sources)))
        _fill(forms, sources[-1], data, 0)
    return FormEntry(record, common, sources)


def fill_closed(entry: FormEntry, forms: Forms, stated: Index, choices: Choices) -> None:
    """Fill the records of a posted entry that were not open with what ``stated`` says of them."""
    for record in [*entry.records()]:
        if not record.is_open and (node := iri_of(record.node)):
            _fill_stored(forms, record, node, stated, choices, 0)


def open_record(entry: FormEntry, control: str) -> Record | None:
    """Open the records that hold a control, or whose key it is; return the innermost of them."""
    found = [record for record in entry.records() if record.key == control or record.holds(control)]
    for record in found:
        record.is_open = True
    return max(found, key=lambda record: len(record.key), default=None)


def stored_entry(forms: Forms, form: Form, node: NamedNode, stated: Index, choices: Choices) -> FormEntry:
    """Return an entry that holds what ``stated`` says of ``node``, and of sources that are not in the tree.

    What is inside ``node`` is closed.
    """
    entry = FormEntry(_stored(forms, form, MAIN, None, node, stated, choices, 0), _common(forms), [])
    entry.record.is_open = True
    for source in stated.instances(COOP.SourceDocument):
        if isinstance(source, NamedNode) and source != node and choices.find_source(source.value) is None:
            record = add_source(entry, forms)
            if record is not None:
                _fill_stored(forms, record, source, stated, choices, 0)
                record.node = ""
    return entry


def gather_passage(entry: FormEntry, forms: Forms) -> None:
    """Name the passage that most claims of a new entity rest on once, as the one for all that names none.

    Claims that have nothing more of their own are closed.
    """
    claims = [record for record in entry.records() if record.form == forms.of_claims]
    rows = [(record, row) for record in claims for row in record.all_rows() if row.field.is_passage]
    counted = Counter((row.source, row.quote) for _, row in rows if row.source and row.quote)
    if not counted:
        return
    (gathered, _), *_ = counted.most_common(1)
    entry.common.source, entry.common.quote = gathered
    for record, row in rows:
        if (row.source, row.quote) == gathered:
            record.rows[row.field.key].remove(row)
    for record in claims:
        record.is_open = not record.is_blank


def add_source(entry: FormEntry, forms: Forms) -> Record | None:
    """Add the fields of a new source, and return them; None where there is no form for sources."""
    form = forms.get("source")
    if form is None:
        return None
    entry.sources.append(_new_source(form, len(entry.sources)))
    return entry.sources[-1]


def fill_up(entry: FormEntry, forms: Forms, language: str) -> None:
    """Give every field a row to write in; a required name one for English, and one for another language."""
    for record in [*entry.records()]:
        for item in record.fields:
            while len(record.rows.get(item.key, ())) < _fewest(item):
                row = record.add_row(item, forms)
                if item.is_worded and _fewest(item) == 1:
                    row.language = language
                elif item.is_worded:
                    row.language = "en" if row.key.endswith(".0") else language if language != "en" else ""
                if row.record is not None:
                    fill_up(FormEntry(row.record, entry.common, []), forms, language)


def links(forms: Forms, item: Field, node: NamedNode, stated: Index) -> Iterator[tuple[NamedNode | None, Term, Triple]]:
    """Yield each value of a field of ``node``: its claim or its record, where it is one, the value, and the triple."""
    nested = forms.nested(item)
    if nested is not None:
        ends = stated.subjects(item.path, node) if item.inverse else stated.objects(node, item.path)
        for end in ends:
            if isinstance(end, NamedNode) and nested.of_class in stated.objects(end, RDF.type):
                link = (end, node) if item.inverse else (node, end)
                yield end, end, Triple(link[0], item.path, link[1])
    elif item.is_claimed:
        for claim in stated.subjects(RDF.subject, node):
            if isinstance(claim, NamedNode) and item.path in stated.objects(claim, RDF.predicate):
                for value in stated.objects(claim, RDF.object):
                    yield claim, value, Triple(claim, RDF.object, value)
    else:
        yield from ((None, value, Triple(node, item.path, value)) for value in stated.objects(node, item.path))


def asked(form: Form, through: Field | None) -> tuple[Field, ...]:
    """Return the fields that are asked for where a record is reached through a field of another, or on its own."""
    return tuple(item for item in form.fields if through is None or not through.inverse or item.path != through.path)


def _common(forms: Forms) -> Row:
    claims = forms.of_claims
    passage = next((item for item in claims.fields if item.is_passage), None) if claims else None
    assert passage is not None, "the form of claims asks for no passage"
    return Row(COMMON, passage)


def _new_source(form: Form, number: int) -> Record:
    # Its passages are what the rest of the page quotes from it.
    return Record(form, f"{NEW_SOURCES}.{number}", tuple(item for item in form.fields if item.nested is None))


def _fewest(item: Field) -> int:
    if item.nested is not None:
        return 0
    return 2 if item.is_claimed and item.is_worded and item.at_least else max(1, item.at_least)


def _empty_row(key: str, item: Field, forms: Forms) -> Row:
    row = Row(key, item)
    nested = forms.nested(item) or (forms.of_claims if item.is_claimed else None)
    if nested is not None:
        # What a claim rests on is asked for where it has a passage of its own; a record, at once.
        row.record = Record(nested, key, asked(nested, item), is_open=not item.is_claimed)
    return row


def _posted(forms: Forms, form: Form, key: str, through: Field | None, data: Mapping[str, str], depth: int) -> Record:
    record = Record(form, key, asked(form, through))
    _fill(forms, record, data, depth)
    return record


def _fill(forms: Forms, record: Record, data: Mapping[str, str], depth: int) -> None:
    for item in record.fields:
        rows = record.rows.setdefault(item.key, [])
        while (key := f"{record.key}.{item.key}.{len(rows)}") in data and len(rows) < _MOST_ROWS:
            row = Row(key, item)
            _read_row(row, data)
            nested = forms.nested(item) or (forms.of_claims if item.is_claimed else None)
            if nested is not None and depth < _DEEPEST:
                row.record = _posted(forms, nested, key, item, data, depth + 1)
                row.record.node = row.node
                row.record.is_open = any(f"{key}.{asked_for.key}.0" in data for asked_for in row.record.fields)
            rows.append(row)


def _read_row(row: Row, data: Mapping[str, str]) -> None:
    row.node = data.get(row.key, "")
    for name in ("text", "language", "source", "quote", "chosen"):
        setattr(row, name, composed(data.get(f"{row.key}.{name}", "")).strip())
    # Another choice among those that fit what was typed.
    row.text = data.get(f"{row.key}.near") or row.text
    row.source = data.get(f"{row.key}.near-source") or row.source


def _stored(
    forms: Forms,
    form: Form,
    key: str,
    through: Field | None,
    node: NamedNode,
    stated: Index,
    choices: Choices,
    depth: int,
) -> Record:
    record = Record(form, key, asked(form, through), node.value, is_open=False)
    _fill_stored(forms, record, node, stated, choices, depth)
    return record


def _fill_stored(forms: Forms, record: Record, node: NamedNode, stated: Index, choices: Choices, depth: int) -> None:
    for item in record.fields:
        rows = record.rows.setdefault(item.key, [])
        for owner, value, _ in links(forms, item, node, stated):
            row = Row(f"{record.key}.{item.key}.{len(rows)}", item, owner.value if owner else "")
            nested = forms.nested(item) or (forms.of_claims if item.is_claimed else None)
            if nested is not None and owner is not None and depth < _DEEPEST:
                row.record = _stored(forms, nested, row.key, item, owner, stated, choices, depth + 1)
            if item.is_passage:
                row.node = value.value if isinstance(value, NamedNode) else ""
                row.source, row.quote = choices.passage_words(value, stated)
            elif item.nested is None:
                row.text = choices.words_of(item, value)
                tag = conventional(value.language or "") if isinstance(value, Literal) else ""
                row.language = "" if tag == "und" else tag
            rows.append(row)
