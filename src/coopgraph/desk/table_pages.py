"""Pages of the desk for tables: templates to download, and a form to hand in a filled one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from flask import Response, request
from werkzeug.http import parse_options_header

from coopgraph.curation.forms.form_shapes import read_forms
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.sheets.delimited import ENCODINGS
from coopgraph.curation.sheets.file_kinds import is_archive
from coopgraph.curation.sheets.sheet_kinds import sheet_kind, sheet_kinds
from coopgraph.curation.sheets.template import template_csv, template_xlsx
from coopgraph.curation.uploads.submitted_table import TABLES, TableOrder
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import Review
from coopgraph.desk.submitted_changes import table_media_type
from coopgraph.errors import NotFound, UnreadableInput, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.language import NAMES, in_language
from coopgraph.rdf.formats import CSV, XLSX
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of

_TEMPLATES = {"csv": (template_csv, CSV), "xlsx": (template_xlsx, XLSX)}


def is_table(media_type: str) -> bool:
    """Return whether a submission with a media type is a table."""
    return parse_options_header(media_type)[0] in TABLES


def table_routes(
    show: DeskRenderer, identity: Identity, review: Review, workspace: PresentWorkspace
) -> Iterator[Route]:
    """Yield the addresses of the pages for tables."""
    shapes = workspace.tree.shapes

    def names_of_kinds() -> list[tuple[str, str]]:
        with workspace.opened() as files:
            forms = read_forms((place.read_bytes() for place in workspace.tree.form_files()), files.vocabulary)
        named = ((kind, forms.of_segment(kind)) for kind in sheet_kinds(shapes))
        return [(kind, in_language(form.names, language()) if form else kind) for kind, form in named]

    def form(error: WrongUsage | UnreadableInput | None, order: TableOrder, number: int | None) -> PageAnswer:
        answer = show.page(
            "desk_table.html",
            kinds=names_of_kinds(),
            encodings=[(tag, NAMES[tag], encoding) for tag, encoding in ENCODINGS.items()],
            order=order,
            number_of_submission=number,
            form=secrets.token_hex(16),
            problem=error,
        )
        if error is not None:
            answer.status_code = status_of(error)
        return answer

    def table(**_: str) -> PageAnswer:
        """Show the form for a table, or take one: a new submission, or another version of one."""
        number = request.values.get("submission", type=int)
        if request.method == "GET":
            person = identity.required()
            order = TableOrder(request.args.get("kind", ""), "")
            if number is not None:
                order = TableOrder.of(parse_options_header(review.submission(person, number).media_type)[1])
            return form(None, order, number)
        person = identity.author_of_form()
        order = TableOrder(request.form.get("kind", ""), request.form.get("language", ""))
        sent = request.files.get("table")
        body = sent.read() if sent else b""
        reason = request.form.get("reason", "")
        media_type = table_media_type((XLSX if is_archive(body) else CSV).media_type, order)
        try:
            if not body:
                raise WrongUsage(Message("No file was sent."), Message("Choose a table: .csv or .xlsx."))
            if number is None:
                mark = request.form.get("form", "")[:64]
                outcome = review.submit(person, body, media_type, reason, form=mark)
            else:
                outcome = review.revise(person, number, body, media_type, reason)
        except WrongUsage as error:
            return form(error, order, number)
        return show.leads_to(f"/desk/submissions/{outcome.submission.id}")

    def template(kind: str, ending: str, **_: str) -> PageAnswer:
        """Give the empty sheet of a kind, with its columns."""
        with workspace.opened() as files:
            prefixes = files.prefixes
        try:
            rows = sheet_kind(shapes, kind, prefixes)
        except WrongUsage as error:
            raise NotFound(error.message, error.hint) from error
        make, fmt = _TEMPLATES[ending]
        response = Response(make(rows), content_type=fmt.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{rows.segment}.{ending}"'
        return response

    yield "/desk/table", table, ["GET", "POST"]
    yield "/desk/templates/<kind>.<any(csv, xlsx):ending>", template, ["GET"]
