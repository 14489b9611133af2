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

from coopgraph.curation.few_files import report_on_files
from coopgraph.dataset.tree import locate
from coopgraph.errors import CoopgraphError, UnreadableInput
from coopgraph.process_limits import limit_process
from coopgraph.settings import Settings
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document, document_paths

UPLOAD_MEMORY = 4 * 1024**3
"""Most memory of the process and of each that it starts, in bytes of addresses."""


@dataclass(frozen=True, slots=True)
class UploadOrder:
    """What is to be done with a document: the name it has in the report, the report's format and language, and where
    the tree and the index of checks are."""

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
        return 3 if isinstance(error, UnreadableInput) else 4
    form = importlib.import_module(f"coopgraph.validation.formats.{order.form}")
    sys.stdout.buffer.write(form.write(report, order.language).encode("utf-8"))
    return 0


def _report(data: bytes, order: UploadOrder) -> Report:
    return report_on_files(
        locate(Settings(data=order.data)),
        (),
        document_paths([Document(data, order.name)]),
        today=datetime.now(UTC).date(),
        input_size=order.input_size,
        place=Path(order.var) / "check",
        indexing=lambda: None,
    )


if __name__ == "__main__":
    sys.exit(main())
