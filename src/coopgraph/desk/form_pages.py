"""Pages with forms: ``/desk/forms`` asks for what the form shapes say, and makes it a submission like any other.

They work without script: a button adds a row, shows the passages of a source, previews, or submits; each sends the
whole form, which comes back as it was typed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import Response, request

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import (
    COMMON,
    FormEntry,
    Record,
    add_source,
    empty_entry,
    fill_closed,
    fill_up,
    gather_passage,
    open_record,
    posted_entry,
    stored_entry,
)
from coopgraph.curation.forms.form_shapes import Field, Form, Forms, read_forms, short_code
from coopgraph.curation.forms.statements import FormStatements, statements_of
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.workspace import Workspace
from coopgraph.desk.accounts import Person
from coopgraph.desk.change_set import file_version
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.difference import ChangedThing, changed_things
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import Outcome, Review
from coopgraph.desk.submission import Submission
from coopgraph.errors import NotFound, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.model.language import LANGUAGES, in_language
from coopgraph.model.language_names import language_name
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DASH, FORM_SHAPES, RDF
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import NamedNode, Triple
from coopgraph.rdf.turtle import house_form
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.web.common.language import language

MOST_OFFERED = 400
"""Things up to which a page lists all that may be chosen; of more, those that fit the words typed."""

_MOST_IN_LINE = 3
"""Values that a line has of a closed record."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass
class _Filled:
    """A form with what stands in it. ``base`` is the version of the file it was filled from, empty for a new one."""

    form: Form
    entry: FormEntry
    base: str
    reason: str = ""
    submission: int | None = None
    token: str = ""
    faults: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    outcome: Outcome | None = None
    others: list[tuple[str, str]] = field(default_factory=list)
    changes: tuple[tuple[EntityName, tuple[ChangedThing, ...]], ...] | None = None
    turtle: str = ""
    focus: str = ""


def form_routes(
    show: DeskRenderer, identity: Identity, review: Review, workspace: PresentWorkspace
) -> tuple[Route, ...]:
    """Return the addresses below ``/desk/forms``."""

    def forms_of(files: Workspace) -> Forms:
        return read_forms((place.read_bytes() for place in workspace.tree.form_files()), files.vocabulary)

    def opened() -> tuple[Workspace, Forms]:
        with workspace.opened() as files:
            return files, forms_of(files)

    def listed(**_: str) -> PageAnswer:
        """List the forms, or lead to the one for an entity or a submission."""
        person = identity.required()
        forms = opened()[1]
        if number := request.args.get("submission", ""):
            return show.leads_to(_form_of(review, person, number, forms))
        asked = _name(request.args.get("entity", ""))
        if request.args.get("entity") and asked is None:
            raise _unknown(request.args["entity"])
        if asked is not None:
            form = forms.of_segment(asked.segment)
            if form is None:
                raise _unknown(request.args["entity"])
            return show.leads_to(f"/desk/forms/{form.key}?entity={asked.segment}/{asked.slug}")
        chosen = language()
        return show.page(
            "desk_forms.html",
            forms=[
                (form.key, in_language(form.names, chosen), in_language(form.descriptions, chosen)) for form in forms
            ],
        )

    def form(kind: str, **_: str) -> PageAnswer:
        """Show a form, empty or filled, or take it."""
        person = identity.author_of_form() if request.method == "POST" else identity.required()
        files, forms = opened()
        found = forms.get(kind)
        if found is None:
            raise NotFound(
                Message("There is no form “{kind}”.", kind=kind),
                Message("Choose one of {kinds}.", kinds=", ".join(item.key for item in forms)),
            )
        choices = Choices(files, language())
        if request.method == "GET":
            return shown(_to_fill_in(forms, found, files, choices, _submission(review, person)), forms, choices)
        edited = _iri(request.form.get("entity", ""))
        filled = _Filled(
            found,
            posted_entry(forms, found, request.form, edited),
            request.form.get("base", ""),
            request.form.get("reason", ""),
            int(number) if (number := request.form.get("submission", "")).isdecimal() else None,
            request.form.get("form", "")[:64],
        )
        stored = _stored(files, review.submission(person, filled.submission) if filled.submission else None)
        fill_closed(filled.entry, forms, _stated(filled.entry.record.node, stored, choices), choices)
        fill_up(filled.entry, forms, language())
        action = request.form.get("action", "preview")
        if action.startswith("add:"):
            filled.focus = _add(filled.entry, forms, action.removeprefix("add:"))
        elif action.startswith("open:"):
            opened_now = open_record(filled.entry, action.removeprefix("open:"))
            filled.focus = opened_now.control if opened_now else ""
        elif action in ("preview", "submit"):
            made = statements_of(filled.entry, forms, choices, stored)
            body = house_form(made.triples, files.prefixes)
            if action == "submit":
                outcome = (
                    review.revise(person, filled.submission, body, TURTLE.media_type, filled.reason, base=filled.base)
                    if filled.submission
                    else review.submit(
                        person, body, TURTLE.media_type, filled.reason, base=filled.base, form=filled.token
                    )
                )
                if outcome.submission.state != "draft":
                    return show.leads_to(f"/desk/submissions/{outcome.submission.id}")
                filled.submission, filled.token = outcome.submission.id, ""
            else:
                outcome = review.trial(person, body, TURTLE.media_type)
                filled.turtle = body.decode("utf-8")
                filled.changes = _changes(outcome, workspace, show.words())
            _tell(filled, outcome, made)
            answer = shown(filled, forms, choices)
            if not outcome.conforms:
                answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
            return answer
        return shown(filled, forms, choices)

    def shown(filled: _Filled, forms: Forms, choices: Choices) -> Response:
        if not filled.token and filled.submission is None:
            filled.token = secrets.token_hex(16)
        fill_up(filled.entry, forms, language())
        return show.page(
            "desk_form.html",
            filled=filled,
            focus=filled.focus,
            f=_Words(forms, choices, filled, language()),
            outcome=show.said(filled.outcome) if filled.outcome else None,
        )

    return ("/desk/forms", listed, ["GET"]), ("/desk/forms/<kind>", form, ["GET", "POST"])


class _Words:
    """What the template asks about the fields of a form: words in the reader's language, choices, faults."""

    def __init__(self, forms: Forms, choices: Choices, filled: _Filled, chosen: str) -> None:
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


_WIDGETS: dict[NamedNode, str] = {
    DASH.AutoCompleteEditor: "pick",
    DASH.TextFieldWithLangEditor: "worded",
    DASH.TextAreaWithLangEditor: "worded-long",
    FORM_SHAPES.PassageEditor: "passage",
    FORM_SHAPES.LanguageTagEditor: "language",
    DASH.DetailsEditor: "record",
}


def _list_name(item: Field) -> str:
    of = item.schemes or item.classes
    return "list-" + "-".join(short_code(term) for term in of)


class _Stored(dict[str, tuple[Triple, ...]]):
    """What files state, by path: those of a submission as it would leave them, else those of the tree."""

    def __init__(self, files: Workspace, submission: Submission | None) -> None:
        super().__init__(
            {item.path: _read(item.after) for item in submission.files if item.after} if submission else {}
        )
        self._files = files

    def get(self, path: str, default: Any = ()) -> Any:
        return self[path] if path in self else self._files.statements(path)


def _path(name: EntityName | None, stored: _Stored, choices: Choices) -> str | None:
    """Return the file that a thing is in, or will be in: of those that a submission changes, or of the tree."""
    if name is None:
        return None
    changed = (path for path in stored if path.endswith(f"/{name.owner_slug}.ttl"))
    return next(changed, choices.path_of(name.owner_slug))


def _stated(iri: str, stored: _Stored, choices: Choices) -> Index:
    """Return what is stored of a thing and beside it: in its file, and in those that a submission changes."""
    path = _path(entity_name(iri), stored, choices)
    return Index(triple for item in {*stored, path} if item for triple in stored.get(item))


def _stored(files: Workspace, submission: Submission | None) -> _Stored:
    return _Stored(files, submission)


def _to_fill_in(forms: Forms, form: Form, files: Workspace, choices: Choices, submission: Submission | None) -> _Filled:
    """Return a form to show: empty, with an entity as it is, or with one as a submission would leave it."""
    asked = _name(request.args.get("entity", ""))
    if submission is None and asked is None:
        return _Filled(form, empty_entry(forms, form), "")
    stored = _stored(files, submission)
    node = NamedNode(asked.iri) if asked else _subject(form, submission)
    name = entity_name(node.value) if node else None
    path = _path(name, stored, choices)
    stated = _stated(node.value if node else "", stored, choices)
    if node and submission and not stated.objects(node, RDF.type):
        stated = Index(_read(submission.body))
    if node is None or form.of_class not in stated.objects(node, RDF.type):
        raise _unknown(asked.slug if asked else form.key)
    entry = stored_entry(forms, form, node, stated, choices)
    is_new = path is None or files.document(path) is None
    if is_new:
        entry.record.node = ""
        for record in entry.records():  # of what is not there yet nothing is stored that could stand in a line
            record.is_open = True
        gather_passage(entry, forms)
    before = next((item.before for item in submission.files if item.path == path), None) if submission else None
    base = file_version(before if submission else files.document(path or ""))
    return _Filled(
        form,
        entry,
        "" if is_new else base,
        submission.reason if submission else "",
        submission.id if submission else None,
    )


def _submission(review: Review, person: Person) -> Submission | None:
    number = request.args.get("submission", "")
    return review.submission(person, int(number)) if number.isdecimal() else None


def _form_of(review: Review, person: Person, number: str, forms: Forms) -> str:
    """Return the address of the form in which a submission can be changed; that of its text where no form fits."""
    submission = review.submission(person, int(number) if number.isdecimal() else 0)
    touched = {triple.subject for item in submission.files for triple in (*item.added, *item.removed)}
    held = [triple for item in submission.files if item.after for triple in _read(item.after)]
    held = held or [*_read(submission.body)]
    kinds = [
        (form, triple.subject in touched or not submission.files)
        for form in forms
        for triple in held
        if triple.predicate == RDF.type and triple.object == form.of_class
    ]
    inside = {nested.iri for form in forms if form.own_file for item in form.fields if (nested := forms.nested(item))}
    fitting = [form for form, is_touched in kinds if is_touched or form.own_file]
    # What others rest on comes last, before it what others hold, and what is inside a file before the whole of it.
    fitting.sort(key=lambda form: (form.of_class == COOP.SourceDocument, form.iri in inside, form.own_file))
    if not fitting:
        return f"/desk/submissions/{submission.id}/edit"
    return f"/desk/forms/{fitting[0].key}?submission={submission.id}"


def _subject(form: Form, submission: Submission | None) -> NamedNode | None:
    """Return the thing of a form that a submission is about: one that it touches, before others in the same file."""
    if submission is None:
        return None
    touched = [triple.subject for item in submission.files for triple in (*item.added, *item.removed)]
    held = [triple for item in submission.files if item.after for triple in _read(item.after)]
    held = held or list(_read(submission.body))
    of_class = [t.subject for t in held if t.predicate == RDF.type and t.object == form.of_class]
    found = [node for node in of_class if isinstance(node, NamedNode)]
    return next((node for node in found if node in touched), next(iter(found), None))


def _read(content: bytes) -> tuple[Triple, ...]:
    """Return what a document in Turtle states; nothing where it is none."""
    try:
        return tuple(quad.triple for quad in read_rdf(content, TURTLE))
    except UnreadableInput:
        return ()


def _add(entry: FormEntry, forms: Forms, key: str) -> str:
    """Add an empty row to the field whose controls begin with ``key``, or a new source; return its first control."""
    if key == "source":
        added = add_source(entry, forms)
        fill_up(entry, forms, language())
        return added.control if added else ""
    for record in [*entry.records()]:
        for item in record.fields:
            if f"{record.key}.{item.key}" == key:
                row = record.add_row(item, forms)
                fill_up(entry, forms, language())
                return row.control
    return ""


def _tell(filled: _Filled, outcome: Outcome, made: FormStatements) -> None:
    """Put what is wrong beside the fields that it is about; the rest stands above the form."""
    filled.outcome = outcome
    for place, fault in made.faults.items():
        filled.faults[place] = [("violation", fault.in_language(language()))]
    findings = outcome.report.findings if outcome.report else ()
    for item in findings:
        if item.severity == "info":
            continue
        words = in_language(item.messages, language())
        control = made.control_of(item.focus, item.path, item.value)
        if control in made.faults:
            continue  # which follows from that fault
        if control is None:
            filled.others.append((item.severity, words))
        elif (item.severity, words) not in filled.faults.setdefault(control, []):
            filled.faults[control].append((item.severity, words))
    for place in filled.faults:
        open_record(filled.entry, place)


def _changes(
    outcome: Outcome, workspace: PresentWorkspace, words: Vocabulary
) -> tuple[tuple[EntityName, tuple[ChangedThing, ...]], ...]:
    """Return what a submission would change, in words."""
    with workspace.opened() as files:
        return tuple(
            (item.entity, changed_things(item, files.with_file(item.path, item.after), words, language()))
            for item in outcome.submission.files
            if item.after is not None
        )


def _name(entity: str) -> EntityName | None:
    """Return the name of ``org/paps``, or of its address; None for what cannot be one."""
    parts = entity.strip().rstrip("/").split("/")[-2:]
    return EntityName(*parts) if len(parts) == 2 and all(_NAME.fullmatch(part) for part in parts) else None


def _iri(entity: str) -> str:
    found = _name(entity)
    return found.iri if found else ""


def _unknown(name: str) -> NotFound:
    return NotFound(Message("There is no entity {name}.", name=name), Message("Check its name."))
