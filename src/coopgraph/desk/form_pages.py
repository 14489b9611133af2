"""Pages with forms: ``/desk/forms`` asks for what the form shapes say, and makes it a submission like any other.

They work without script: a button adds a row, shows the passages of a source, previews, or submits; each sends the
whole form, which comes back as it was typed.
"""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus

from flask import Response, request

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import (
    FormEntry,
    add_source,
    fill_closed,
    fill_up,
    open_record,
    posted_entry,
)
from coopgraph.curation.forms.form_shapes import Forms, read_forms
from coopgraph.curation.forms.statements import FormStatements, statements_of, unknown_source
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.workspace import Workspace
from coopgraph.desk.accounts import Person
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.difference import ChangedThing, changed_things
from coopgraph.desk.filled_form import (
    FilledForm,
    StoredStatements,
    filled_form,
    fitting_form,
    stated_of,
    unknown_entity,
)
from coopgraph.desk.form_controls import FormControls
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import Outcome, Review
from coopgraph.desk.submission import Submission
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import SHAPE, EntityName
from coopgraph.model.language import in_language
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.turtle import house_form
from coopgraph.reading.vocabulary import Vocabulary
from coopgraph.web.common.language import language

_NOTHING_REFERS = f"{SHAPE}Orphan"
"""The rule that no new thing can keep: only what is added later refers to it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


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
            submission = review.submission(person, int(number) if number.isdecimal() else 0)
            fitting = fitting_form(submission, forms)
            if fitting is None:
                return show.leads_to(f"/desk/submissions/{submission.id}/edit")
            return show.leads_to(f"/desk/forms/{fitting.key}?submission={submission.id}")
        asked = _name(request.args.get("entity", ""))
        if request.args.get("entity") and asked is None:
            raise unknown_entity(request.args["entity"])
        if asked is not None:
            form = forms.of_segment(asked.segment)
            if form is None:
                raise unknown_entity(request.args["entity"])
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
            asked = _name(request.args.get("entity", ""))
            filled = filled_form(forms, found, files, choices, asked, _submission(review, person))
            return shown(filled, forms, choices)
        edited = _iri(request.form.get("entity", ""))
        filled = FilledForm(
            found,
            posted_entry(forms, found, request.form, edited),
            request.form.get("base", ""),
            request.form.get("reason", ""),
            int(number) if (number := request.form.get("submission", "")).isdecimal() else None,
            request.form.get("form", "")[:64],
        )
        stored = StoredStatements(files, review.submission(person, filled.submission) if filled.submission else None)
        fill_closed(filled.entry, forms, stated_of(filled.entry.record.node, stored, choices), choices)
        fill_up(filled.entry, forms, language())
        action = request.form.get("action", "preview")
        if action.startswith("add:"):
            filled.focus = _add(filled.entry, forms, action.removeprefix("add:"))
        elif action.startswith("open:"):
            opened_now = open_record(filled.entry, action.removeprefix("open:"))
            filled.focus = opened_now.control if opened_now else ""
        elif action == "look" or action.startswith("look:"):
            filled.focus = _look(filled, choices, action.partition(":")[2])
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

    def shown(filled: FilledForm, forms: Forms, choices: Choices) -> Response:
        if not filled.token and filled.submission is None:
            filled.token = secrets.token_hex(16)
        fill_up(filled.entry, forms, language())
        return show.page(
            "desk_form.html",
            filled=filled,
            focus=filled.focus,
            f=FormControls(forms, choices, filled, language()),
            outcome=show.said(filled.outcome) if filled.outcome else None,
        )

    return ("/desk/forms", listed, ["GET"]), ("/desk/forms/<kind>", form, ["GET", "POST"])


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


def _look(filled: FilledForm, choices: Choices, key: str) -> str:
    """Say where words name no source; return the control of the row ``key``, whose passages were asked for."""
    rows = [filled.entry.common]
    rows += [row for record in filled.entry.records() for row in record.all_rows() if row.field.is_passage]
    for row in rows:
        if row.source and choices.find_source(row.source) is None:
            filled.faults[f"{row.key}.source"] = [("violation", unknown_source(row.source).in_language(language()))]
    return f"{key}.source" if any(row.key == key for row in rows) else ""


def _tell(filled: FilledForm, outcome: Outcome, made: FormStatements) -> None:
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
        if control in made.faults or (item.rule == _NOTHING_REFERS and item.focus == made.node):
            continue  # which follows from that fault, or from its being new
        if control in made.empty:
            words = Message("Something is needed here.").in_language(language())
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


def _submission(review: Review, person: Person) -> Submission | None:
    number = request.args.get("submission", "")
    return review.submission(person, int(number)) if number.isdecimal() else None
