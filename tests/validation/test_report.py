"""Report: what it gives of the lines that findings stand in."""

from __future__ import annotations

from coopgraph.validation.report import LONGEST_EXCERPT, SourceLocation


def test_a_line_is_given_whole_and_of_a_very_long_one_what_is_around_the_column() -> None:
    assert SourceLocation("a.ttl", 1, 3, "short line").near == "short line"
    line = "".join(f"{number:07}" for number in range(1_000_000 // 7))
    for column in (1, 500_000, len(line)):
        near = SourceLocation("a.ttl", 1, column, line).near
        assert len(near) <= LONGEST_EXCERPT + 2
        assert line[column - 1 : column + 20] in near
