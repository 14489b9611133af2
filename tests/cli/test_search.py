from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, parse

from coopgraph.cli.main import cli
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE

LANTERN = f"{BASE}id/org/lantern"


def searched(var: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--var", str(var), "search", *arguments])


def test_a_table_says_what_was_found_and_why(published: Path) -> None:
    result = searched(published, "ランタン", "--lang", "en")
    assert result.exit_code == 0, result.exception
    row = next(line for line in result.stdout.splitlines() if LANTERN in line)
    assert row.split()[0] == "org"
    assert "Lantern Support Center" in row
    assert "ランタン支援センター" in row
    assert "prefix" in row
    assert "result" in result.stderr


def test_json_is_that_of_the_service_and_json_ld_is_rdf(published: Path) -> None:
    told = json.loads(searched(published, "lantern", "sup", "--format", "json", "--lang", "ko").stdout)
    assert told["results"][0]["id"] == LANTERN
    assert told["results"][0]["kindLabel"]
    quads = list(parse(searched(published, "lantern", "--format", "jsonld").stdout, RdfFormat.JSON_LD))
    assert LANTERN in {getattr(quad.object, "value", "") for quad in quads}


def test_a_kind_narrows_and_nothing_found_is_no_fault(published: Path) -> None:
    only = json.loads(searched(published, "support", "--kind", "service", "--format", "json").stdout)
    assert {result["kind"] for result in only["results"]} == {"service"}
    nothing = searched(published, "xyzzyx", "--lang", "en")
    assert (nothing.exit_code, nothing.stderr) == (0, "0 results\n")


@pytest.mark.slow
def test_an_area_narrows_to_what_is_in_it(published: Path) -> None:
    def found(*more: str) -> dict[str, Any]:
        return json.loads(searched(published, "support", "--format", "json", *more).stdout)

    counts = {facet["area"]: facet["count"] for facet in found()["facets"]["area"]}
    assert found("--area", "jp")["total"] == counts["jp"] > 0


@pytest.mark.parametrize(
    "arguments", [(), ("a", "--kind", "person"), ("a", "--area", "atlantis"), ("a", "--page", "0"), ("x" * 201,)]
)
def test_wrong_usage_is_told(published: Path, arguments: tuple[str, ...]) -> None:
    assert searched(published, *arguments).exit_code == 2


def test_without_a_release_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    result = searched(tmp_path, "lantern", "--lang", "en")
    assert result.exit_code == 2
    assert "coopgraph build" in result.stderr


def test_a_release_can_be_named(published: Path) -> None:
    current = release_folder.current(published)
    assert LANTERN in searched(published, "lantern", "--release", current).stdout
    unknown = searched(published, "lantern", "--release", "2001-01-01-00000000")
    assert unknown.exit_code == 2
