"""Controls of a form on a page: their labels, choices and faults, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import COMMON, Record
from coopgraph.curation.forms.form_shapes import Field, Forms, short_code
from coopgraph.desk.filled_form import FilledForm
from coopgraph.messages.message import Message
from coopgraph.model.iris import entity_name
from coopgraph.model.language import LANGUAGES, in_language
from coopgraph.model.language_names import language_name
from coopgraph.rdf.namespaces import COOP, DASH, FORM_SHAPES
from coopgraph.rdf.terms import NamedNode

MOST_OFFERED = 400
"""Things up to which a page lists all that may be chosen; of more, those that fit the words typed."""

_MOST_IN_LINE = 3
"""Values that a line has of a closed record."""

_WIDGETS: dict[NamedNode, str] = {
    DASH.AutoCompleteEditor: "pick",
    DASH.TextFieldWithLangEditor: "worded",
    DASH.TextAreaWithLangEditor: "worded-long",
    FORM_SHAPES.PassageEditor: "passage",
    FORM_SHAPES.LanguageTagEditor: "language",
    DASH.DetailsEditor: "record",
}


class FormControls:
    """The controls of one form: what the template asks about its fields."""

    def __init__(self, forms: Forms, choices: Choices, filled: FilledForm, chosen: str) -> None:
        self._forms, self._choices, self._filled, self._language = forms, choices, filled, chosen

    @property
    def title(self) -> str:
        """The name of the form."""
        return in_language(self._filled.form.names, self._language)

    @property
    def about(self) -> str:
        """What the form is for."""
        return in_language(self._filled.form.descriptions, self._language)

    @property
    def edited(self) -> str:
        """The name in the address of what is edited; empty for something new."""
        name = entity_name(self._filled.entry.record.node)
        return f"{name.segment}/{name.slug}" if name else ""

    def name(self, item: Field) -> str:
        """Return the label of a field."""
        return in_language(item.names, self._language)

    def help(self, item: Field) -> str:
        """Return what is to be typed in a field."""
        return in_language(item.descriptions, self._language)

    def groups(self, record: Record) -> list[tuple[str, bool, list[Field]]]:
        """Return the fields of a record by group: its heading, whether it is unfolded, its fields.

        Folded is a group that nothing needs and nothing stands in.
        """
        found: dict[str, list[Field]] = {}
        for item in record.fields:
            heading = in_language(item.group.labels, self._language) if item.group else ""
            found.setdefault(heading, []).append(item)
        return [
            (heading, not heading or any(self._is_wanted(record, item) for item in items), items)
            for heading, items in found.items()
        ]

    def _is_wanted(self, record: Record, item: Field) -> bool:
        return bool(
            item.at_least
            or item.nested
            or self.has_faults(f"{record.key}.{item.key}")
            or self._filled.focus.startswith(f"{record.key}.{item.key}.")
            or any(not row.is_blank for row in record.rows.get(item.key, ()))
        )

    def widget(self, item: Field) -> str:
        """Return which control shows a field."""
        if item.listed or item.editor in (DASH.EnumSelectEditor, DASH.BooleanSelectEditor):
            return "select"
        return _WIDGETS.get(item.editor, "text")

    def keyboard(self, item: Field) -> str:
        """Return what a touch screen's keyboard should offer (``inputmode``)."""
        types = {datatype.value.rpartition("#")[2] for datatype in item.datatypes}
        if types & {"integer", "decimal"}:
            return "decimal"
        return "url" if not types or "anyURI" in types else "text"

    def options(self, item: Field, text: str) -> list[tuple[str, str, bool]]:
        """Return what a value is chosen from: what is sent, its words indented by rank, whether it is chosen."""
        picked = self._choices.find(item, text) if text else None
        shown = [
            (choice.code, "\u2003" * choice.depth + self._said(item, choice.code, choice.label), choice.term == picked)
            for choice in self._choices.of(item)
        ]
        return shown if picked is not None or not text else [(text, text, True), *shown]

    def languages(self, item: Field, tag: str) -> list[tuple[str, str, bool]]:
        """Return the languages that a text can be in: those of the pages, then, but for notes, the others by name."""
        tags = dict.fromkeys((*LANGUAGES, *([tag] if tag else [])))
        known = () if item.path == COOP.curatorNote else self._choices.languages
        others = sorted(
            (other for other in known if other not in tags),
            key=lambda other: language_name(other, self._language),
        )
        return [(one, language_name(one, self._language), one == tag) for one in (*tags, *others)]

    def list_of(self, item: Field) -> str:
        """Return the name of the list on the page that a field is completed from; empty where there is none."""
        return self._listed.get(item.iri, "")

    @property
    def lists(self) -> Iterable[tuple[str, list[str]]]:
        """The lists that fields are completed from."""
        return self._lists.items()

    @property
    def source_list(self) -> str:
        """The name of the list of sources; empty where they are too many for one."""
        return "sources" if "sources" in self._lists else ""

    @cached_property
    def _lists(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self._fields:
            choices = self._choices.of(item) if self.widget(item) == "pick" else ()
            if choices and (item.schemes or len(choices) <= MOST_OFFERED):
                found.setdefault(_list_name(item), [choice.words for choice in choices])
        if len(self._choices.sources) <= MOST_OFFERED:
            found["sources"] = [choice.words for choice in self._choices.sources]
        return found

    @cached_property
    def _listed(self) -> dict[str, str]:
        return {item.iri: name for item in self._fields if (name := _list_name(item)) in self._lists}

    @cached_property
    def _fields(self) -> tuple[Field, ...]:
        records = self._filled.entry.records()
        return tuple({item.iri: item for record in records for item in record.fields}.values())

    def near(self, item: Field, text: str) -> list[str]:
        """Return what may be meant by words that name nothing; nothing where they do."""
        if not text or self.widget(item) != "pick" or self._choices.find(item, text) is not None:
            return []
        return [choice.words for choice in self._choices.near(item, text)]

    def near_sources(self, text: str) -> list[str]:
        """Return the sources that may be meant by words that name none."""
        if not text or self._choices.find_source(text) is not None:
            return []
        return [choice.words for choice in self._choices.near_sources(text)]

    def passages(self, source: str) -> list[tuple[str, str]]:
        """Return the passages of a source, or of that for all, to choose from: code and words."""
        found = self._choices.find_source(source or self._filled.entry.common.source)
        held = self._choices.passages_of(found) if found is not None else ()
        return [(short_code(citation), quote) for citation, quote in held]

    def line(self, record: Record) -> str:
        """Return what stands in a closed record, in a few words; of a passage its words."""
        said = [row.quote or row.source if row.field.is_passage else row.text for row in record.all_rows()]
        said += [self.line(row.record) for row in record.all_rows() if row.record is not None and not row.text]
        return " · ".join(list(filter(None, said))[:_MOST_IN_LINE])

    def faults(self, control: str) -> list[tuple[str, str]]:
        """Return what is wrong with what stands in a control: severity and words."""
        return self._filled.faults.get(control, [])

    def has_faults(self, key: str) -> bool:
        """Return whether something is wrong with a control whose name begins with ``key``."""
        return any(control.startswith(f"{key}.") for control in self._filled.faults)

    @property
    def summary(self) -> list[tuple[str, str, str, str]]:
        """All that is wrong, in the order of the page: control, field, severity, words."""
        labels = {
            name: self.name(row.field)
            for record in self._filled.entry.records()
            for row in record.all_rows()
            for name in (f"{row.key}.text", f"{row.key}.source", f"{row.key}.quote")
        }
        labels |= {f"{COMMON}.{part}": self.name(self._filled.entry.common.field) for part in ("source", "quote")}
        return [
            (control, labels.get(control, ""), severity, words)
            for control in sorted(self._filled.faults, key=[*labels, *self._filled.faults].index)
            for severity, words in self._filled.faults[control]
        ]

    def _said(self, item: Field, code: str, label: str) -> str:
        if item.editor == DASH.BooleanSelectEditor:
            return (Message("Yes") if code == "true" else Message("No")).in_language(self._language)
        return label


def _list_name(item: Field) -> str:
    of = item.schemes or item.classes
    return "list-" + "-".join(short_code(term) for term in of)
