"""A report as workflow commands of GitHub Actions, which show violations and warnings beside the lines concerned.

Form: https://docs.github.com/actions/reference/workflow-commands-for-github-actions. What is only for information is
counted in one notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.messages.message import Message
from coopgraph.model.language import in_language
from coopgraph.validation.report import Finding, Report

_COMMANDS = {"violation": "error", "warning": "warning"}


def write(report: Report, lang: str) -> str:
    """Return one command a line with messages in ``lang``; empty text where there is nothing to say."""
    return "".join(line + "\n" for line in _lines(report, lang))


def _lines(report: Report, lang: str) -> Iterator[str]:
    for finding in report.findings:
        if finding.severity != "info":
            yield _command(finding, report, lang)
    if infos := report.count("info"):
        told = Message("For information only: {number}.", number=infos)
        yield f"::notice::{_data(told.in_language(lang))}"


def _command(finding: Finding, report: Report, lang: str) -> str:
    place = finding.place
    where = {"file": place.path, "line": str(place.line), "col": str(place.column)} if place else {}
    properties = {**where, "title": in_language(report.rules[finding.rule].names, lang)}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(in_language(finding.messages, lang))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
