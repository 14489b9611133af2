"""Filled form: a form with what stands in it, of an entity as it is stored or as a submission would leave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import FormEntry, empty_entry, gather_passage, stored_entry
from coopgraph.curation.forms.form_shapes import Form, Forms
from coopgraph.curation.workspace import Workspace
from coopgraph.desk.change_set import file_version
from coopgraph.desk.difference import ChangedThing
from coopgraph.desk.review import Outcome
from coopgraph.desk.submission import Submission
from coopgraph.errors import NotFound, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import NamedNode, Triple


@dataclass
class FilledForm:
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


class StoredStatements(dict[str, tuple[Triple, ...]]):
    """What files state, by path: those of a submission as it would leave them, else those of the tree."""

    def __init__(self, files: Workspace, submission: Submission | None) -> None:
        super().__init__(
            {item.path: _read(item.after) for item in submission.files if item.after} if submission else {}
        )
        self._files = files

    def get(self, path: str, default: Any = ()) -> Any:
        """Return what a file states, of the tree where the submission does not change it."""
        return self[path] if path in self else self._files.statements(path)


def _path(name: EntityName | None, stored: StoredStatements, choices: Choices) -> str | None:
    """Return the file that a thing is in, or will be in: of those that a submission changes, or of the tree."""
    if name is None:
        return None
    changed = (path for path in stored if path.endswith(f"/{name.owner_slug}.ttl"))
    return next(changed, choices.path_of(name.owner_slug))


def stated_of(iri: str, stored: StoredStatements, choices: Choices) -> Index:
    """Return what is stored of a thing and beside it: in its file, and in those that a submission changes."""
    path = _path(entity_name(iri), stored, choices)
    return Index(triple for item in {*stored, path} if item for triple in stored.get(item))


def filled_form(
    forms: Forms,
    form: Form,
    files: Workspace,
    choices: Choices,
    asked: EntityName | None,
    submission: Submission | None,
) -> FilledForm:
    """Return a filled form: empty, with the entity ``asked`` as it is, or with one as a submission would leave it."""
    if submission is None and asked is None:
        return FilledForm(form, empty_entry(forms, form), "")
    stored = StoredStatements(files, submission)
    node = NamedNode(asked.iri) if asked else _subject(form, submission)
    name = entity_name(node.value) if node else None
    path = _path(name, stored, choices)
    stated = stated_of(node.value if node else "", stored, choices)
    if node and submission and not stated.objects(node, RDF.type):
        stated = Index(_read(submission.body))
    if node is None or form.of_class not in stated.objects(node, RDF.type):
        raise unknown_entity(asked.slug if asked else form.key)
    entry = stored_entry(forms, form, node, stated, choices)
    is_new = path is None or files.document(path) is None
    if is_new:
        entry.record.node = ""
        for record in entry.records():  # of what is not there yet nothing is stored that could stand in a line
            record.is_open = True
        gather_passage(entry, forms)
    before = next((item.before for item in submission.files if item.path == path), None) if submission else None
    base = file_version(before if submission else files.document(path or ""))
    return FilledForm(
        form,
        entry,
        "" if is_new else base,
        submission.reason if submission else "",
        submission.id if submission else None,
    )


def fitting_form(submission: Submission, forms: Forms) -> Form | None:
    """Return the form in which a submission can be changed; None where none fits."""
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
    return next(iter(fitting), None)


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


def unknown_entity(name: str) -> NotFound:
    """Return the error that no entity has this name."""
    return NotFound(Message("There is no entity {name}.", name=name), Message("Check its name."))
