from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.errors import OurFault
from coopgraph.publishing.changes import difference, dump_lines

LINES = st.sets(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=4)).map(
    lambda texts: sorted(f"{text}\n".encode() for text in texts)
)


@given(LINES, LINES)
def test_taking_the_deleted_and_putting_the_added_gives_the_other_release(
    before: list[bytes], after: list[bytes]
) -> None:
    changes = list(difference(before, after))
    deleted = {line for sign, line in changes if sign == "D"}
    added = {line for sign, line in changes if sign == "A"}
    assert deleted <= set(before)
    assert added.isdisjoint(before)
    assert sorted(set(before) - deleted | added) == after


@given(LINES)
def test_a_release_does_not_differ_from_itself(lines: list[bytes]) -> None:
    assert list(difference(lines, lines)) == []


def test_a_truncated_dump_is_a_sentence_not_a_shorter_release(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nq.gz"
    dump.write_bytes(gzip.compress(b"<a> <b> <c> <d> .\n" * 1000)[:-20])
    with pytest.raises(OurFault, match="cannot be read"):
        list(dump_lines(dump))
