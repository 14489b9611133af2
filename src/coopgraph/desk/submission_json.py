"""Submission as JSON, for programs: fields may be added, never renamed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from coopgraph.curation.duplicates import DuplicateCandidate
from coopgraph.curation.sheets.table import FaultyCells
from coopgraph.desk.change_set import FileChange, file_version
from coopgraph.desk.review import Outcome
from coopgraph.validation.formats import json as report_json


def submission_json(outcome: Outcome, language: str, duplicates: Iterable[DuplicateCandidate] = ()) -> dict[str, Any]:
    """Return a submission with what it changes and its report, messages in ``language``.

    ``added`` and ``removed`` are statements as N-Triples; ``before`` and ``after`` the SHA-256 of the file's content,
    empty where there is none; ``duplicates`` are entities that may be there
    already; ``cells`` are those of a table that are wrong; ``report`` is that of ``coopgraph check
    --format json``, null where there is none.
    """
    found = outcome.submission
    return {
        "id": found.id,
        "state": found.state,
        "author": found.author,
        "reason": found.reason,
        "created": found.created,
        "changed": found.changed,
        "version": found.version,
        "undoes": found.undoes,
        "release": found.release or None,
        "base": found.base,
        "files": [_file(item) for item in found.files],
        "events": [
            {"at": event.at, "actor": event.actor, "kind": event.kind, "about": event.about, "text": event.text}
            for event in found.events
        ],
        "problem": outcome.problem.in_language(language) if outcome.problem else None,
        "duplicates": [
            {"entity": item.entity.iri, "other": item.other.iri, "message": item.message.in_language(language)}
            for item in duplicates
        ],
        "cells": _cells(outcome.problem, language) if isinstance(outcome.problem, FaultyCells) else [],
        "report": json.loads(report_json.write(outcome.report, language)) if outcome.report else None,
    }


def _cells(problem: FaultyCells, language: str) -> list[dict[str, Any]]:
    return [
        {
            "sheet": problem.sheet.name or None,
            "row": fault.row,
            "column": fault.column or None,
            "name": problem.sheet.column_name(fault.column) or None,
            "message": fault.reason.in_language(language),
        }
        for fault in problem.faults
    ]


def _file(item: FileChange) -> dict[str, Any]:
    return {
        "entity": item.entity.iri,
        "path": item.path,
        "before": file_version(item.before),
        "after": file_version(item.after),
        "added": [f"{triple} ." for triple in item.added],
        "removed": [f"{triple} ." for triple in item.removed],
    }
