"""OpenRefine reconciliation with a client of others: the library ``reconciler``, which asks as OpenRefine does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_server import Served, serve

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def service(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("reconciliation") / "log"
    started = serve("--no-build", "--no-desk", "--workers", "1", log=log, settings={"var": published})
    yield started
    started.stop()


def test_names_in_two_languages_find_their_bodies(service: Served) -> None:
    reconciler = pytest.importorskip("reconciler", reason="not installed: requirements-ci.lock")
    pandas = pytest.importorskip("pandas")
    names = pandas.Series(["Lantern Support Center", "ランタン支援センター"])
    found = reconciler.reconcile(names, type_id="org", reconciliation_endpoint=f"{service.url}/reconcile")
    by_name = {row["input_value"]: row for _, row in found.iterrows()}
    assert by_name["Lantern Support Center"]["id"] == "org/lantern"
    assert bool(by_name["Lantern Support Center"]["match"]) is True
    assert by_name["ランタン支援センター"]["id"] == "org/lantern"
