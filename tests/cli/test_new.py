"""``coopgraph new`` writes one file, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .in_process import Ended, coopgraph

ROOT = Path(__file__).parents[2]


def _new(data: Path, *arguments: str) -> Ended:
    return coopgraph("--data", str(data), "new", *arguments, cwd=ROOT)


def test_a_new_file_is_written_and_its_path_told(tmp_path: Path) -> None:
    done = _new(tmp_path, "org", "example-centre")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'org' / 'example-centre.ttl'}\n")
    assert "o:example-centre a coop:Organization ;" in (tmp_path / "org" / "example-centre.ttl").read_text("utf-8")


def test_an_organization_is_asked_for_by_its_name_in_exports_too(tmp_path: Path) -> None:
    assert _new(tmp_path, "organization", "example-centre").stdout.endswith("org/example-centre.ttl\n")


def test_an_existing_slug_is_refused_and_its_file_left(tmp_path: Path) -> None:
    _new(tmp_path, "org", "example-centre")
    place = tmp_path / "org" / "example-centre.ttl"
    place.write_text("<urn:a> <urn:b> 1 .\n", encoding="utf-8")
    for kind in ("org", "law"):
        done = _new(tmp_path, kind, "example-centre")
        assert done.returncode == 2
        assert "is taken by data/org/example-centre.ttl" in done.stderr
    assert place.read_text(encoding="utf-8") == "<urn:a> <urn:b> 1 .\n"
    assert [item.name for item in tmp_path.rglob("*.ttl")] == ["example-centre.ttl"]


def test_a_wrong_kind_or_slug_or_folder_is_told(tmp_path: Path) -> None:
    complaint = _new(tmp_path, "orgs", "a").stderr
    assert "Choose one of comparability" in complaint
    assert "Did you mean org?" in complaint
    assert "cannot be a slug" in _new(tmp_path, "org", "../../a").stderr
    missing = _new(tmp_path / "no", "org", "a")
    assert missing.returncode == 3
    assert "There is no folder" in missing.stderr
    assert not (tmp_path / "no").exists()


def test_help_lists_the_kinds(tmp_path: Path) -> None:
    said = " ".join(_new(tmp_path, "--help").stdout.split())
    assert "Kinds: comparability, event, law, org, period, source." in said
    assert "Records: channel, citation, claim, defect, figure, participation, provision, quotation, service." in said


@pytest.mark.parametrize("slug", ["con", "NUL", "aux", "prn", "com1", "lpt9", "Com5", "nul.txt"])
def test_a_name_that_windows_keeps_for_a_device_is_refused_in_words(tmp_path: Path, slug: str) -> None:
    done = _new(tmp_path, "org", slug)
    assert done.returncode == 2
    assert "Windows keeps the name for a device" in done.stderr
    assert list(tmp_path.rglob("*.ttl")) == []
    assert _new(tmp_path, "org", "con-centre").returncode == 0


def test_the_claims_of_a_new_file_rest_on_the_source_that_is_named(tmp_path: Path) -> None:
    _new(tmp_path, "source", "centre-about")
    assert _new(tmp_path, "org", "example-centre", "--source", "centre-about").returncode == 0
    assert "cite:centre-about.p1" in (tmp_path / "org" / "example-centre.ttl").read_text("utf-8")
    refused = _new(tmp_path, "org", "other-centre", "--source", "centre-abut")
    assert refused.returncode == 2
    assert "Did you mean centre-about?" in refused.stderr
    assert not (tmp_path / "org" / "other-centre.ttl").exists()


def test_a_slug_that_is_nearly_another_ones_is_asked_about_and_still_written(tmp_path: Path) -> None:
    for slug in ("example-centre", "harbor-light-house"):
        _new(tmp_path, "org", slug)
    asked = _new(tmp_path, "org", "example-center")
    assert (asked.returncode, "the same as org/example-centre?" in asked.stderr) == (0, True)
    assert "the same as org/harbor-light-house?" in _new(tmp_path, "org", "light-house-harbor").stderr
    assert "the same as" not in _new(tmp_path, "org", "another-body").stderr


def test_a_record_is_begun_in_the_file_of_what_it_belongs_to(tmp_path: Path) -> None:
    _new(tmp_path, "org", "example-centre")
    done = _new(tmp_path, "figure", "example-centre.2024.reports")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'org' / 'example-centre.ttl'}\n")
    text = (tmp_path / "org" / "example-centre.ttl").read_text("utf-8")
    assert "o:example-centre a coop:Organization ;" in text
    assert "fig:example-centre.2024.reports a coop:Observation ;" in text
    assert _new(tmp_path, "observation", "example-centre.2025.reports").returncode == 0
    refused = _new(tmp_path, "figure", "exampel-centre.2025.reports")
    assert (refused.returncode, "Did you mean example-centre?" in refused.stderr) == (2, True)
    assert "has no name" in _new(tmp_path, "service", "example-centre.line", "--name", "Line").stderr
    assert "svc:example-centre.line" not in (tmp_path / "org" / "example-centre.ttl").read_text("utf-8")


def test_a_name_that_another_one_has_is_asked_about_past_case_and_accents(tmp_path: Path) -> None:
    assert _new(tmp_path, "org", "first", "--name", "Café d’Été", "--name", "항구등@ko").returncode == 0
    for name in ("CAFE D'ETE", "항구 등@ko"):
        asked = _new(tmp_path, "org", f"other-{len(name)}", "--name", name)
        assert (asked.returncode, "the same as org/first?" in asked.stderr) == (0, True), asked.stderr
    assert "the same as org/first?" in _new(tmp_path, "org", "cafe-d-ete").stderr
    assert "the same as" not in _new(tmp_path, "org", "third-thing", "--name", "Something Else").stderr
    assert "the same as" not in _new(tmp_path, "law", "cafe-d-ete-law", "--name", "Café d’Été").stderr
