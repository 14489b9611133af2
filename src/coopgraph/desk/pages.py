"""Pages of the desk: sign in, what waits, one submission with what it changes, and the history of an entity.

They work without script, in five languages, and are stored nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from coopgraph.context import AppContext
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.desk.account_pages import account_routes
from coopgraph.desk.accounts import Accounts, Person
from coopgraph.desk.change_set import FileChange, file_version
from coopgraph.desk.desk_pages import IN_LANGUAGE_OR_NOT, DeskRenderer, PageAnswer, Route
from coopgraph.desk.difference import changed_things
from coopgraph.desk.form_pages import form_routes
from coopgraph.desk.identity import Identity, StaleForm
from coopgraph.desk.openid import OpenIDProvider
from coopgraph.desk.overdue_pages import overdue_routes
from coopgraph.desk.people_pages import people_routes
from coopgraph.desk.preview import preview_page
from coopgraph.desk.review import Outcome, Review
from coopgraph.desk.roles import includes
from coopgraph.desk.submission import REVISABLE, STATES, State, Submission
from coopgraph.desk.submitted_changes import TYPED_TYPES
from coopgraph.desk.table_pages import is_table, table_routes
from coopgraph.desk.typed_form import TypedForm
from coopgraph.errors import Conflict, CoopgraphError, NotFound, NotPermitted, NotSignedIn, TooManySignIns, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.language_names import language_name
from coopgraph.rdf.formats import TURTLE
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import problem_answer, status_of

_WAITING: tuple[State, ...] = ("submitted", "changes-requested", "conflict", "accepted")


def blueprint(
    app_context: AppContext,
    accounts: Accounts,
    identity: Identity,
    review: Review,
    workspace: PresentWorkspace,
    accepted: Callable[[], None],
) -> Blueprint:
    """Return the addresses below ``/desk``; ``accepted`` is called when there is something to publish."""
    room = Blueprint("desk", __name__)
    show = DeskRenderer(app_context, identity)

    @room.app_context_processor
    def layout() -> dict[str, Any]:
        return dict(show.context())

    def sign_in(**_: str) -> PageAnswer:
        """Show the form for signing in, or sign in."""
        if request.method == "GET":
            return show.page("desk_sign_in.html", problem=None)
        typed = TypedForm.carried()
        try:
            secret = identity.sign_in(
                request.form.get("name", "").strip(), request.form.get("password", ""), request.form.get("code", "")
            )
        except (NotSignedIn, TooManySignIns, NotPermitted) as error:
            return answered("desk_sign_in.html", error, typed)
        response: PageAnswer
        if typed is None:
            response = show.leads_to("/desk")
        elif typed.fields:
            # Shown and not sent: only who has signed in knows whether it is theirs.
            response = show.page("desk_resend.html", typed=typed, problem=None)
        else:
            response = redirect(typed.address, HTTPStatus.SEE_OTHER)
        identity.hand_over(response, secret)
        return response

    def answered(template: str, error: CoopgraphError, typed: TypedForm | None) -> Response:
        answer = show.page(template, problem=error, typed=typed)
        answer.status_code = status_of(error)
        return answer

    @room.errorhandler(NotSignedIn)
    def ask_to_sign_in(error: NotSignedIn) -> Response:
        """Ask who it is, and keep what was asked for or typed."""
        if "Authorization" in request.headers or not identity.is_of_this_site():
            return problem_answer(error)
        answer = show.page("desk_sign_in.html", problem=None, typed=TypedForm.of_request())
        answer.status_code = status_of(error)
        return answer

    @room.errorhandler(StaleForm)
    def ask_to_send_again(error: StaleForm) -> Response:
        """Show what was typed, to be sent again in the present session."""
        typed = TypedForm.of_request()
        return problem_answer(error) if typed is None else answered("desk_resend.html", error, typed)

    def sign_out(**_: str) -> PageAnswer:
        """End the session."""
        identity.author_of_form()
        response = show.leads_to("/desk/sign-in")
        identity.sign_out(response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def queue(**_: str) -> PageAnswer:
        """Show what waits, what is one's own, or what is in one state."""
        if identity.person() is None:
            return show.leads_to("/desk/sign-in")
        person = identity.required()
        state = next((state for state in STATES if state == request.args.get("state")), None)
        found = review.all(person, states=(state,) if state else ())
        return show.page(
            "desk_list.html",
            chosen=state,
            ready=workspace.ready,
            states=STATES,
            own=() if state else [item for item in found if item.author == person.name][:_MOST_OWN],
            waiting=found if state else [item for item in found if item.state in _WAITING],
        )

    def begin(**_: str) -> PageAnswer:
        """Show the form for a submission, empty or with an entity's file, or take it."""
        if request.method == "GET":
            identity.required()
            path = _path(request.args.get("entity", ""))
            present = review.present(path) if path else None
            if path and present is None:
                raise NotFound(
                    Message("There is no entity {name}.", name=request.args["entity"]), Message("Check its name.")
                )
            return show.page(
                "desk_edit.html",
                text=present.decode("utf-8", "replace") if present else "",
                base=file_version(present) if path else None,
                reason="",
                form=secrets.token_hex(16),
                submission=None,
                outcome=None,
                formats=TYPED_TYPES,
                media_type=TURTLE.media_type,
            )
        person = identity.author_of_form()
        outcome = review.submit(
            person,
            _typed(),
            request.form.get("format", TURTLE.media_type),
            request.form.get("reason", ""),
            base=request.form.get("base"),
            form=request.form.get("form", "")[:64],
        )
        return show.leads_to(f"/desk/submissions/{outcome.submission.id}")

    def edit(number: int, **_: str) -> PageAnswer:
        """Show the form for another version of a submission, or take it."""
        if request.method == "GET":
            outcome = review.outcome(identity.required(), number)
            found = outcome.submission
            if is_table(found.media_type) and found.state != "conflict":
                return show.leads_to(f"/desk/table?submission={number}")
            text = found.body
            if found.state == "conflict" and len(found.files) == 1:
                (carried,) = review.carried_over(found)
                text = carried.after or b""
            return show.page(
                "desk_edit.html",
                text=text.decode("utf-8", "replace"),
                base=None,
                reason=found.reason,
                form="",
                submission=found,
                outcome=show.said(outcome),
                formats=TYPED_TYPES,
                media_type=TURTLE.media_type if found.state == "conflict" else found.media_type,
            )
        person = identity.author_of_form()
        review.revise(
            person,
            number,
            _typed(),
            request.form.get("format", TURTLE.media_type),
            request.form.get("reason", ""),
        )
        return show.leads_to(f"/desk/submissions/{number}")

    def submission(number: int, **_: str) -> PageAnswer:
        """Show a submission: before and after in words, report, sources, what was said."""
        person = identity.required()
        outcome = review.outcome(person, number)
        return show.page("desk_submission.html", **_shown(show, review, workspace, person, outcome))

    def decide(number: int, decision: str, **_: str) -> PageAnswer:
        """Do what a button of a submission's page says."""
        person = identity.author_of_form()
        text = request.form.get("text", "")
        try:
            match decision:
                case "accept":
                    review.accept(person, number, text)
                    accepted()
                case "reject":
                    review.reject(person, number, text)
                case "ask":
                    review.ask(person, number, text)
                case "withdraw":
                    review.withdraw(person, number)
                case "comment":
                    review.comment(person, number, request.form.get("about", ""), text)
                case _:
                    undo = review.undo(person, number, text)
                    if undo.submission.state == "accepted":
                        accepted()
                    return show.leads_to(f"/desk/submissions/{undo.submission.id}")
        except (Conflict, WrongUsage, NotPermitted) as error:
            outcome = review.outcome(person, number)
            shown = _shown(show, review, workspace, person, outcome)
            answer = show.page("desk_submission.html", **(shown | {"problem": error, "text": text}))
            answer.status_code = status_of(error)
            return answer
        return show.leads_to(f"/desk/submissions/{number}")

    def preview(number: int, place: int, **_: str) -> PageAnswer:
        """Show the page of an entity as it will be."""
        found = review.submission(identity.required(), number)
        if not 0 < place <= len(found.files):
            raise NotFound(Message("There is nothing under this address."), Message("Go back to the submission."))
        item = found.files[place - 1]
        with workspace.opened() as files:
            after = files.without_file(item.path) if item.after is None else files.with_file(item.path, item.after)
            made = preview_page(item, after, language())
        return show.page(
            "entity.html",
            page=made,
            title_language=language_name(made.title.tag, language()) if made.title.tag else "",
            definition_language="",
            reference=None,
            embedded="",
            downloads=(),
            formats=(),
            preview=number,
        )

    def history(segment: str, slug: str, **_: str) -> PageAnswer:
        """Show who changed an entity, when and why: by pseudonym where nobody is signed in."""
        path = _path(f"{segment}/{slug}")
        if not path:
            raise NotFound(Message("There is nothing under this address."), Message("Check its name."))
        return show.page(
            "desk_history.html",
            entity=f"{segment}/{slug}",
            changes=review.history(path),
        )

    routes: tuple[Route, ...] = (
        *form_routes(show, identity, review, workspace),
        *table_routes(show, identity, review, workspace),
        *overdue_routes(show, identity, review, workspace),
        *people_routes(show, identity, accounts),
        *account_routes(show, identity, accounts, OpenIDProvider.of(app_context.settings)),
        ("/desk", queue, ["GET"]),
        ("/desk/sign-in", sign_in, ["GET", "POST"]),
        ("/desk/sign-out", sign_out, ["POST"]),
        ("/desk/new", begin, ["GET", "POST"]),
        ("/desk/submissions/<int:number>", submission, ["GET"]),
        ("/desk/submissions/<int:number>/edit", edit, ["GET", "POST"]),
        ("/desk/submissions/<int:number>/preview/<int:place>", preview, ["GET"]),
        (f"/desk/submissions/<int:number>/<any({', '.join(_DECISIONS)}):decision>", decide, ["POST"]),
        ("/desk/history/<segment>/<slug>", history, ["GET"]),
    )
    for beginning in IN_LANGUAGE_OR_NOT:
        for address, view, methods in routes:
            room.add_url_rule(beginning + address, view_func=view, methods=methods)
    return room


_DECISIONS = ("accept", "reject", "ask", "withdraw", "comment", "undo")

_MOST_SHOWN = 20_000
"""Characters of a document that cannot be read which its page shows; all of it stands where it is changed."""

_MOST_OWN = 20
"""How many submissions of one's own the first page lists."""


def _shown(
    show: DeskRenderer, review: Review, workspace: PresentWorkspace, person: Person, outcome: Outcome
) -> dict[str, Any]:
    """Return what the page of a submission shows."""
    found = outcome.submission
    return {
        "submission": found,
        "outcome": show.said(outcome),
        "files": [(item, _things(show, workspace, item)) for item in found.files],
        "typed": "" if found.files or is_table(found.media_type) else found.body.decode("utf-8", "replace"),
        "most_shown": _MOST_SHOWN,
        "others": _others(review, person, found),
        "duplicates": review.duplicates(found) if found.state in _WAITING or found.state == "draft" else (),
        "may_decide": review.may_decide(person, found),
        "may_review": includes(person.role, "reviewer"),
        "undoes_at_once": found.state == "published" and includes(person.role, "publisher"),
        "is_author": person.name == found.author,
        "revisable": found.state in REVISABLE,
        "problem": None,
        "text": "",
    }


def _things(show: DeskRenderer, workspace: PresentWorkspace, item: FileChange) -> Any:
    with workspace.opened() as files:
        after = files.without_file(item.path) if item.after is None else files.with_file(item.path, item.after)
        return changed_things(item, after, show.words(), language())


def _others(review: Review, person: Person, submission: Submission) -> list[Any]:
    """Return other submissions that wait and change one of the same files."""
    found = {
        other.id: other
        for item in submission.files
        for other in review.all(person, states=_WAITING, path=item.path)
        if other.id != submission.id
    }
    return list(found.values())


def _typed() -> bytes:
    """Return the text of the form, with the line ends of files."""
    return request.form.get("text", "").replace("\r\n", "\n").encode("utf-8", "surrogatepass")


def _path(entity: str) -> str:
    """Return the path of the file of ``org/paps``, or of its address; the empty text for what cannot be one."""
    parts = entity.strip().rstrip("/").split("/")[-2:]
    fits = len(parts) == 2 and all(part.isascii() and part.replace("-", "").isalnum() for part in parts)
    return f"data/{parts[0]}/{parts[1]}.ttl" if fits else ""
