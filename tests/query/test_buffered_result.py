from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest

from coopgraph.errors import NoRoom
from coopgraph.query.buffered_result import collect
from coopgraph.rdf.formats import CSV
from coopgraph.store.protocol import Answer


@pytest.mark.parametrize("held_back", [0, 10, 1000])
def test_a_result_is_the_same_in_memory_and_on_disk(held_back: int) -> None:
    body = b"x\r\n" * 20
    held = collect(Answer("bindings", CSV, iter([body[:7], body[7:]]), lambda: None), held_back)
    content = held.content if isinstance(held.content, bytes) else held.content.read()
    assert (content, held.size, held.sha256) == (body, len(body), hashlib.sha256(body).digest())


def test_where_the_disk_takes_no_more_the_query_is_ended_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    ended: list[bool] = []
    with pytest.raises(NoRoom):
        collect(Answer("bindings", CSV, iter([b"x" * 20]), lambda: ended.append(True)), 10)
    assert ended == [True]
