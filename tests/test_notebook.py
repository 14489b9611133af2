"""The notebook in docs/ runs, cell by cell, against a served release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running_server import Served, serve

NOTEBOOK = Path(__file__).parents[1] / "docs" / "coopgraph.ipynb"


@pytest.fixture(scope="module")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("notebook") / "log"
    running = serve("--no-build", log=log, settings={"var": published, "workers": 1})
    yield running
    running.stop()


def cells() -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.slow
def test_every_cell_runs_and_shows_something_of_the_graph(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pandas")
    monkeypatch.setenv("COOPGRAPH_URL", served.url)
    names: dict[str, Any] = {}
    for cell in cells():
        exec(compile("".join(cell["source"]), f"cell {cell['id']}", "exec"), names)
    shown = capsys.readouterr().out
    assert "Lantern" in shown
    assert "The prefix “rdfz:” is used but not declared." in shown
    assert {"body", "indicator", "period", "value", "asPublished"} == set(names["figures"].columns)
    assert len(names["figures"]) > 0
    assert str(names["figures"]["value"].dtype) in ("Int64", "Float64")


def test_it_is_kept_without_output() -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells())
