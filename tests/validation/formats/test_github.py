from __future__ import annotations

import re
from urllib.parse import unquote

from coopgraph.validation.formats import github
from coopgraph.validation.report import Report

COMMAND = re.compile(r"::(error|warning|notice)(?: ([^:]*))?::(.*)")


def test_each_finding_is_one_command_on_one_line(report: Report) -> None:
    lines = github.write(report, "en").splitlines()
    commands = [match.groups() for line in lines if (match := COMMAND.fullmatch(line))]
    assert [command[0] for command in commands] == ["error", "warning", "notice"]
    assert len(lines) == 3


def test_values_are_escaped_so_that_they_come_back_whole(report: Report) -> None:
    match = COMMAND.fullmatch(github.write(report, "en").splitlines()[0])
    assert match is not None
    properties = dict(part.split("=", 1) for part in (match[2] or "").split(","))
    assert {name: unquote(value) for name, value in properties.items()} == {
        "file": "data/org/a, b:c.ttl",
        "line": "7",
        "col": "14",
        "title": "Broken en",
    }
    assert unquote(match[3]) == "Two\nlines, 100%: mend <this> & “that”"


def test_nothing_found_writes_nothing(empty: Report) -> None:
    assert github.write(empty, "en") == ""
