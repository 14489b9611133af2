from __future__ import annotations

import dataclasses
import re

import pytest
from wcwidth import wcswidth

from coopgraph.model.language import LANGUAGES
from coopgraph.validation.formats import text
from coopgraph.validation.report import Report


def test_the_mark_stands_under_the_column_also_after_wide_letters(report: Report) -> None:
    lines = text.write(report, "en").split("\n")
    number = next(index for index, line in enumerate(lines) if "o:가" in line)
    excerpt, mark = lines[number], lines[number + 1]
    place = report.findings[0].place
    assert place is not None
    before = excerpt.index("o:가") + place.column - 1
    assert wcswidth(mark[: mark.index("^")]) == wcswidth(excerpt[:before])
    assert excerpt[before] == place.excerpt[place.column - 1]


def test_a_long_line_is_cut_so_that_the_mark_is_seen(report: Report) -> None:
    first = report.findings[0]
    assert first.place is not None
    place = dataclasses.replace(first.place, excerpt="가" * 3_000_000 + "!" + "나" * 3_000_000, column=3_000_001)
    long = dataclasses.replace(report, findings=(dataclasses.replace(first, place=place),))
    lines = text.write(long, "en").split("\n")
    number = next(index for index, line in enumerate(lines) if "!" in line and "가" in line)
    assert wcswidth(lines[number]) < 120
    mark = wcswidth(lines[number + 1][: lines[number + 1].index("^")])
    assert wcswidth(lines[number][: lines[number].index("!")]) == mark


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_names_place_remedy_rule_and_counts(report: Report, lang: str) -> None:
    written = text.write(report, lang)
    assert "data/org/a, b:c.ttl:7:14" in written
    assert "https://w3id.org/coopgraph/shape/Broken" in written
    assert f"Broken {lang}" in written
    assert "4,567" in written
    assert "data/org/z.ttl" in written
    assert ("Violations: 1" in written) == (lang == "en")


def test_notes_are_counted_and_not_listed(report: Report) -> None:
    written = text.write(report, "en")
    assert "For information: Known en: 1" in written
    assert "shape/Known" not in written


def test_colours_come_only_when_asked_for(report: Report) -> None:
    assert "\x1b" not in text.write(report, "en")
    assert re.sub(r"\x1b\[[\d;]*m", "", text.write_coloured(report, "en")) == text.write(report, "en")
    assert "\x1b" in text.write_coloured(report, "en")


def test_control_characters_of_a_file_never_reach_the_terminal(report: Report) -> None:
    first = report.findings[0]
    assert first.place is not None
    place = dataclasses.replace(first.place, excerpt="\x1b]0;title\x07\t\x9b31m")
    hostile = dataclasses.replace(report, findings=(dataclasses.replace(first, place=place),))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text.write(hostile, "en"))


def test_a_report_without_findings_says_that_all_is_well(empty: Report) -> None:
    assert text.write(empty, "en").splitlines()[-1] == "The data conforms."


def test_of_more_findings_than_fifty_the_rest_is_counted_by_rule(report: Report) -> None:
    first = report.findings[0]
    assert first.place is not None
    many = tuple(
        dataclasses.replace(first, place=dataclasses.replace(first.place, line=number)) for number in range(1, 61)
    )
    written = text.write(dataclasses.replace(report, findings=many), "en")
    assert written.count("shape/Broken>") == 50
    assert "Listed: 50 of 60." in written
    assert "    60  Broken en (Broken) data/org/a, b:c.ttl:1:14" in written
    fifty = text.write(dataclasses.replace(report, findings=many[:50]), "en")
    assert "Listed:" not in fifty
