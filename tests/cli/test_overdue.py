"""``coopgraph overdue`` lists what the rule Overdue finds, the longest first, and nothing that was checked lately."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .in_process import coopgraph

FIXTURE = Path(__file__).parents[1] / "fixture" / "data"


@pytest.mark.slow
def test_what_is_due_is_listed_by_day_with_its_place(tmp_path: Path) -> None:
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    done = coopgraph("--data", str(data), "overdue", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    day, kind, iri, place = next(line for line in lines if "lantern.ttl" in line[3])
    assert (day, kind) == ("2020-12-31", "org")
    path = place.partition(":")[0]
    assert iri.rpartition("/")[2] in (tmp_path / path).read_text(encoding="utf-8")
    file = tmp_path / path
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"2020-12-31"^^xsd:date', f'"{datetime.now(UTC):%Y-%m-%d}"^^xsd:date'), "utf-8")
    again = coopgraph("--data", str(data), "overdue", "--kind", "law", cwd=tmp_path)
    assert "lantern" not in again.stdout
