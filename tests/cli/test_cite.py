from __future__ import annotations

from datetime import date
from pathlib import Path

from coopgraph.query.citations.citation import Citation, ResultDigest
from coopgraph.query.citations.register import Register
from tests.cli.test_query import run


def test_a_citation_is_listed_and_removed(tmp_path: Path) -> None:
    citation = Citation(
        "# said\nASK {}", "2026-01-01-00000001", ResultDigest("json", "0" * 64, 30, None), date(2026, 1, 2)
    )
    (tmp_path / "var").mkdir()
    Register(tmp_path / "var", 10).add(citation)
    listed = run("cite", "list", cwd=tmp_path).stdout
    assert listed == f"  {citation.id}  2026-01-02  2026-01-01-00000001  ASK {{}}\n"
    assert run("cite", "remove", citation.id, cwd=tmp_path).returncode == 0
    assert run("cite", "list", cwd=tmp_path).stdout == ""
    again = run("cite", "remove", citation.id, cwd=tmp_path)
    assert again.returncode == 2
    assert "cite list" in again.stderr
