from __future__ import annotations

import csv
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.web.app import create_app


@pytest.fixture(scope="module")
def client(app_context: AppContext) -> FlaskClient:
    return create_app(app_context).test_client()


def cells(table: str) -> list[list[object]]:
    """The cells of a table, decimals by their values: a release keeps how they are written, the engine does not."""
    return [[value(cell) for cell in row] for row in csv.reader(io.StringIO(table))]


def value(cell: str) -> object:
    try:
        return Decimal(cell) if "." in cell or cell.isdigit() else cell
    except InvalidOperation:
        return cell


@pytest.mark.slow
def test_the_tables_of_a_release_say_what_those_of_the_service_say(client: FlaskClient, published: Path) -> None:
    release = release_folder.current(published)
    assert release
    held = [path for path in release_folder.manifest(published, release).files if path.startswith("export/")]
    kinds = ("concept", "event", "figure", "law", "organization", "service", "source")
    assert sorted(held) == [f"export/{kind}.csv" for kind in kinds]
    for path in held:
        whole = release_folder.file(published, release, path).read_text(encoding="utf-8")
        assert cells(whole) == cells(client.get(f"/{path}?lang=en").text)
        assert len(cells(whole)) > 1
