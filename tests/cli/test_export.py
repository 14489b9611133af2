from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, parse

from coopgraph.cli.export import export
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.settings import Settings


def exported(published: Path, *arguments: str) -> Result:
    return CliRunner().invoke(export, arguments, obj=Settings(var=str(published), workers=1))


@pytest.mark.slow
def test_a_kind_is_written_to_standard_output_or_to_a_file(published: Path, tmp_path: Path) -> None:
    shown = exported(published, "organization")
    assert shown.stdout_bytes.startswith(b"id,type,")
    target = tmp_path / "organizations.csv"
    assert exported(published, "organization", "-o", str(target)).exit_code == 0
    assert target.read_bytes() == shown.stdout_bytes
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_services_need_not_be_named_where_the_format_is_theirs_alone(published: Path) -> None:
    assert json.loads(exported(published, "--format", "hsds").stdout)["contents"]


def test_without_a_kind_the_whole_graph_is_written(published: Path) -> None:
    lines = exported(published, "--format", "nq").stdout_bytes
    assert len(list(parse(lines, format=RdfFormat.N_QUADS))) > 1000


@pytest.mark.slow
def test_what_cannot_be_written_is_said(published: Path, tmp_path: Path) -> None:
    assert isinstance(exported(published).exception, WrongUsage)
    assert isinstance(exported(published, "law", "--format", "nq").exception, WrongUsage)
    assert isinstance(exported(published, "laws").exception, NotFound)
    assert isinstance(exported(published, "law", "-o", str(tmp_path / "no" / "f")).exception, WrongUsage)
