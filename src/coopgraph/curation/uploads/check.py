"""Check of an uploaded document, as a program: from standard input, with its report on standard output.

Run as ``python -m coopgraph.curation.uploads.check ORDER``, where ORDER is an :class:`UploadOrder` as JSON. Whoever
starts it can stop it, so that no document holds anybody up, and a limit of memory holds for it alone. Nothing of the
document is written anywhere. Exit codes are those of the command line: 0 there is a report, 3 the document cannot be
read at all, which standard error then tells in the language of the order.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.http import parse_options_header

from coopgraph.curation.few_files import reported, with_documents
from coopgraph.curation.sheets.table import FaultyCells
from coopgraph.curation.uploads.cell_report import report_on_cells
from coopgraph.curation.uploads.submitted_document import MOST_STATED, submitted_triples
from coopgraph.curation.uploads.submitted_table import TABLES, TableOrder, kind_of_rows, table_drafts
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree, locate
from coopgraph.errors import CoopgraphError, UnreadableInput, WrongUsage
from coopgraph.process_limits import limit_process
from coopgraph.rdf.formats import JSON_LD, TURTLE
from coopgraph.rdf.read import examine
from coopgraph.rdf.turtle import house_form
from coopgraph.settings import Settings
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document, document_paths

UPLOAD_MEMORY = 4 * 1024**3
"""Most memory of the process and of each that it starts, in bytes of addresses."""


@dataclass(frozen=True, slots=True)
class UploadOrder:
    """What is to be done with a document: its media type, for a table with what its rows hold, the name it has in the
    report, the report's format and language, and where the tree and the index of checks are."""

    media_type: str
    name: str
    form: str
    language: str
    data: str
    var: str
    input_size: int


def main() -> int:
    """Check the document on standard input and return the exit code."""
    order = UploadOrder(**json.loads(sys.argv[1]))
    limit_process(UPLOAD_MEMORY)
    try:
        report = _report(sys.stdin.buffer.read(), order)
    except CoopgraphError as error:
        sys.stderr.write(error.in_language(order.language))
        return 3 if isinstance(error, UnreadableInput | WrongUsage) else 4
    form = importlib.import_module(f"coopgraph.validation.formats.{order.form}")
    sys.stdout.buffer.write(form.write(report, order.language).encode("utf-8"))
    return 0


def _report(data: bytes, order: UploadOrder) -> Report:
    today = datetime.now(UTC).date()
    tree = locate(Settings(data=order.data))

    def report(workspace: Workspace) -> Report:
        try:
            documents = _documents(data, order, tree, workspace)
        except FaultyCells as problem:
            return report_on_cells(problem, order.name, workspace.rules)
        return with_documents(workspace, documents, today=today)

    return reported(
        tree,
        report,
        input_size=order.input_size,
        place=Path(order.var) / "check",
        indexing=lambda: None,
    )


def _documents(data: bytes, order: UploadOrder, tree: Tree, workspace: Workspace) -> dict[str, Document]:
    """Return the files that an upload asks for, as Turtle, by their paths.

    Rows of a table are named beside the path of their file; of JSON-LD the places are those of its Turtle.
    """
    essence, parameters = parse_options_header(order.media_type)
    if essence in TABLES:
        rows = TableOrder.of(parameters)
        if not rows.kind:
            rows = rows._replace(kind=kind_of_rows(data, rows.language, tree, workspace))
        drafts = table_drafts(data, rows, tree, workspace)
        return {draft.path: Document(house_form(draft.triples, workspace.prefixes), draft.named) for draft in drafts}
    if essence == JSON_LD.media_type:
        context = (tree.ontology / "context" / "v1.jsonld").read_bytes()
        data = house_form(submitted_triples(data, essence, context), workspace.prefixes)
    else:
        examine(data, TURTLE, most=MOST_STATED)
    return document_paths([Document(data, order.name)])


if __name__ == "__main__":
    sys.exit(main())
