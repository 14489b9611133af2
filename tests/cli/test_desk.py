"""``coopgraph desk``: from a document to a release, and every refusal with its exit code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.in_process import Ended, coopgraph
from tests.cli.test_import import sheet
from tests.conftest import FIXTURE
from tests.curation.sheets.rows import GOOD

DATE = '"2016-04"^^xsd:gYearMonth'


@pytest.mark.slow
def test_a_submission_goes_from_a_document_to_a_release(tmp_path: Path) -> None:
    shutil.copytree(FIXTURE, tmp_path / "data")
    place = tmp_path / "data" / "org" / "lantern.ttl"
    (tmp_path / "new.ttl").write_text(
        place.read_text(encoding="utf-8").replace(DATE, '"2016-05"^^xsd:gYearMonth'), encoding="utf-8"
    )

    def run(*arguments: str, given: bytes = b"") -> Ended:
        return coopgraph("--data", "data", *arguments, cwd=tmp_path, given=given)

    nobody = run("desk", "list")
    assert nobody.returncode == 2
    assert "--as" in nobody.stderr
    run("user", "add", "cho")
    run("user", "add", "yun", "--role", "reviewer")
    submitted = run("desk", "submit", "new.ttl", "--reason", "The register says so", "--as", "cho")
    assert (submitted.returncode, submitted.stdout) == (0, "1\n")
    assert "waiting for review" in submitted.stderr
    assert (
        run("desk", "list", "--as", "cho").stdout == "1  submitted  cho  data/org/lantern.ttl  The register says so\n"
    )
    shown = run("desk", "show", "1", "--as", "yun")
    assert "\n- <https://w3id.org/coopgraph/id/claim/lantern.foundingDate.1>" in shown.stdout
    assert run("desk", "accept", "1", "--as", "cho").returncode == 2
    accepted = run("desk", "accept", "1", "--as", "yun")
    assert (accepted.returncode, accepted.stderr) == (0, "Submission 1 is published.\n")
    assert '"2016-05"' in place.read_text(encoding="utf-8")
    assert len(run("releases", "list").stdout.splitlines()) == 1
    assert run("desk", "accept", "1", "--as", "yun").returncode == 1
    assert run("desk", "reject", "9", "--as", "yun", "--reason", "No").returncode == 2
    broken = run("desk", "submit", "-", "--as", "cho", given=b"o:x a\n")
    assert (broken.returncode, broken.stdout) == (1, "2\n")
    assert "submission.ttl:1:1" in broken.stderr
    (tmp_path / "new.rdf").write_text("<rdf:RDF/>", encoding="utf-8")
    assert run("desk", "submit", "new.rdf", "--as", "cho").returncode == 2
    assert run("desk", "withdraw", "2", "--as", "cho").returncode == 0


@pytest.mark.slow
def test_rows_of_a_sheet_are_submitted_together_and_written_when_they_are_accepted(tmp_path: Path) -> None:
    shutil.copytree(FIXTURE, tmp_path / "data")

    def run(*arguments: str, given: bytes = b"") -> Ended:
        return coopgraph("--data", "data", *arguments, cwd=tmp_path, given=given)

    run("user", "add", "cho")
    run("user", "add", "yun", "--role", "reviewer")
    rows = sheet(GOOD)
    done = run("import", "org", "-", "--submit", "--as", "cho", "--reason", "A list", given=rows)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    written = tmp_path / "data" / "org" / "example-centre.ttl"
    assert not written.exists()
    assert (
        "data/org/example-centre.ttl data/source/example-centre-about.ttl" in run("desk", "list", "--as", "yun").stdout
    )
    assert run("desk", "accept", "1", "--as", "yun").returncode == 0
    assert written.exists()
