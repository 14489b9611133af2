"""Page of the desk for what is overdue: a list to work through, and “checked today, still true” in one tap."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

from flask import request

from coopgraph.curation.freshness import OverdueRecord, overdue_in_files
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.workspace import Workspace
from coopgraph.desk.desk_pages import DeskRenderer, PageAnswer, Route
from coopgraph.desk.difference import names_in_tree
from coopgraph.desk.identity import Identity
from coopgraph.desk.review import Review
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import CONCEPT, entity_name
from coopgraph.rdf.formats import N_TRIPLES
from coopgraph.rdf.namespaces import COOP, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.web.common.language import language

MOST_SHOWN = 200
"""Records that the page lists, the longest overdue first."""

_CHECKED = NamedNode(f"{CONCEPT}verification/checked-at-source")
_REPLACED = frozenset({COOP.lastVerified, COOP.hasVerification})


def overdue_routes(
    show: DeskRenderer, identity: Identity, review: Review, workspace: PresentWorkspace
) -> Iterator[Route]:
    """Yield the address of the page."""

    def overdue(**_: str) -> PageAnswer:
        """Show what is overdue, or submit that a record was checked today and is still true."""
        today = datetime.now(UTC).date()
        if request.method == "GET":
            identity.required()
            with workspace.opened() as files:
                found = overdue_in_files(files, today)
                listed = found[:MOST_SHOWN]
                names = names_in_tree((item.iri for item in listed), files, show.words(), language())
            shown = [(item, names[item.iri], _entity(item)) for item in listed]
            return show.page("desk_overdue.html", records=shown, found=len(found), form=secrets.token_hex(8))
        person = identity.author_of_form()
        iri, note = request.form.get("record", ""), request.form.get("note", "").strip()
        with workspace.opened() as files:
            body = checked_record(files, iri, today)
        reason = Message("Checked today at its source, still true.").in_language(language())
        outcome = review.submit(
            person,
            body,
            N_TRIPLES.media_type,
            f"{reason} {note}".strip(),
            form=f"{request.form.get('form', '')[:32]}-{entity_name(iri) or ''}"[:100],
        )
        return show.leads_to(f"/desk/submissions/{outcome.submission.id}")

    yield "/desk/overdue", overdue, ["GET", "POST"]


def checked_record(files: Workspace, iri: str, today: date) -> bytes:
    """Return what the file of a record says of it, as N-Triples, with ``today`` as the day on which it was verified.

    Raises :class:`WrongUsage` for what no file has.
    """
    name = entity_name(iri)
    paths = [path for path in files.paths if name and path.endswith(f"/{name.owner_slug}.ttl")]
    said = [triple for path in paths for triple in files.statements(path) if triple.subject == NamedNode(iri)]
    if not said:
        raise WrongUsage(Message("There is no record {iri}.", iri=iri), Message("Load the page again."))
    node = NamedNode(iri)
    kept = [triple for triple in said if triple.predicate not in _REPLACED]
    kept.append(Triple(node, COOP.lastVerified, Literal(today.isoformat(), datatype=XSD.date)))
    kept.append(Triple(node, COOP.hasVerification, _CHECKED))
    return "".join(f"{triple} .\n" for triple in kept).encode("utf-8")


def _entity(record: OverdueRecord) -> str:
    _, segment, name = record.place.split("/")
    return f"{segment}/{name.removesuffix('.ttl')}"
