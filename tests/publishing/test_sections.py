"""Sections of a dump: where they end follows from the subjects, so changing lines gives what cutting anew gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.publishing.sections import Sections

LINES = st.builds(
    lambda subject, value: f'<urn:x:{subject}> <p> "{value}" .\n'.encode(), st.integers(0, 300), st.integers(0, 2)
)
SETS = st.sets(LINES, max_size=400)


@settings(max_examples=50, deadline=None)
@given(SETS, SETS, SETS)
def test_changed_sections_are_those_of_the_changed_lines(
    lines: set[bytes], removed: set[bytes], added: set[bytes]
) -> None:
    sections = Sections.of(sorted(lines))
    changed = sections.changed(removed, added)
    assert list(changed) == list(Sections.of(sorted(lines - removed | added)))
    assert b"".join(changed) == b"".join(sorted(lines - removed | added))


def test_a_change_leaves_almost_all_sections() -> None:
    lines = sorted(f"<urn:x:{number}> <p> <o> .\n".encode() for number in range(20_000))
    sections = Sections.of(lines)
    changed = sections.changed([lines[7_000]], [b"<urn:x:7000x> <p> <o> .\n"])
    assert len(sections.parts) > 300
    assert len(set(changed) - set(sections)) <= 3


def test_lines_about_a_subject_stand_in_the_section_that_holds_it() -> None:
    lines = sorted(f"<urn:x:{number}> <p> <o> .\n".encode() for number in range(2_000))
    sections = Sections.of(lines)
    for wanted in lines[::97]:
        (part,) = sections.holding([wanted.partition(b" ")[0]])
        assert wanted in list(sections.lines({part}))
    assert Sections.of(()).holding([b"<urn:x:1>"]) == set()
