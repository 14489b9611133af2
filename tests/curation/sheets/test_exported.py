"""An export, read as a sheet: what came out changes nothing when it goes in; a cell that was added is a new claim."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.in_process import Ended, coopgraph
from tests.cli.test_export import exported
from tests.curation.sheets.rows import GOOD

ROOT = Path(__file__).parents[3]
KINDS = ("org", "law", "event")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "tests" / "fixture" / "data", tmp_path / "data"))


def _imported(data: Path, kind: str, given: bytes, *more: str) -> Ended:
    return coopgraph("--data", str(data), "import", kind, "-", *more, cwd=ROOT, given=given)


def _files(data: Path) -> dict[Path, bytes]:
    return {place: place.read_bytes() for place in data.rglob("*.ttl")}


def _changed(table: bytes, row: dict[str, str]) -> bytes:
    """Return a table with more in its first row."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8"), newline="")))
    rows[0].update(row)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_as_it_came_changes_nothing(published: Path, data: Path, kind: str, form: str) -> None:
    before = _files(data)
    done = _imported(data, kind, exported(published, kind, "--format", form).stdout_bytes)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "says all of this already" in done.stderr
    assert _files(data) == before


@pytest.mark.slow
def test_a_workbook_that_was_opened_and_saved_changes_nothing_either(
    published: Path, data: Path, tmp_path: Path
) -> None:
    book = load_workbook(io.BytesIO(exported(published, "org", "--format", "xlsx").stdout_bytes))
    assert isinstance(book, Workbook)
    book.save(tmp_path / "saved.xlsx")
    done = coopgraph("--data", str(data), "import", "org", str(tmp_path / "saved.xlsx"), cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.slow
def test_a_name_that_was_added_with_its_source_is_a_new_claim(published: Path, data: Path) -> None:
    table = exported(published, "organization").stdout_bytes
    quote = "The Lantern is also called the Lamp."
    source = {"source_slug": "bridge-page", "quote": quote}
    first = next(csv.DictReader(io.StringIO(table.decode("utf-8"), newline="")))
    before = _files(data)
    unsourced = _imported(data, "organization", _changed(table, {"altLabel@en": "The Lamp"}))
    assert unsourced.returncode == 1
    assert "name its source" in unsourced.stderr
    assert _files(data) == before
    names = "; ".join(name for name in (first.get("altLabel@en", ""), "The Lamp") if name)
    done = _imported(data, "organization", _changed(table, {"altLabel@en": names, **source}))
    assert done.returncode == 0, done.stderr
    changed = {place.relative_to(data).as_posix() for place, held in _files(data).items() if before[place] != held}
    assert changed == {f"org/{first['slug']}.ttl", "source/bridge-page.ttl"}
    added = (data / "org" / f"{first['slug']}.ttl").read_text(encoding="utf-8")
    assert '"The Lamp"@en' in added
    assert before[data / "org" / f"{first['slug']}.ttl"].decode().count("a coop:Claim") + 1 == added.count(
        "a coop:Claim"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"slug": "open-window"}, "not the identifier of"),
        ({"foundingDat": "2016"}, "There is no column “foundingDat”"),
        ({"organizationType": "nonsense", "source_slug": "bridge-page", "quote": "x"}, "“nonsense” is no code"),
    ],
)
def test_what_is_wrong_in_an_export_is_told_by_cell(
    published: Path, data: Path, row: dict[str, str], word: str
) -> None:
    before = _files(data)
    done = _imported(data, "org", _changed(exported(published, "org").stdout_bytes, row))
    assert (done.returncode, word in done.stderr) == (1, True), done.stderr
    assert _files(data) == before


@pytest.mark.slow
def test_a_row_without_an_identifier_is_a_new_entity(published: Path, data: Path) -> None:
    names = {"name@en": "label@en", "name@ko": "label@ko", "type": "organizationType", "area": "basedIn"}
    names |= {"topic": "worksOn", "founded": "foundingDate"}
    row = {names.get(name, name): value for name, value in GOOD.items()}
    table = _changed(exported(published, "org").stdout_bytes, {}).decode()
    rows = [*csv.DictReader(io.StringIO(table, newline="")), row]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    done = _imported(data, "org", stream.getvalue().encode())
    assert done.returncode == 0, done.stderr
    assert [Path(line).name for line in done.stdout.split()] == ["example-centre.ttl", "example-centre-about.ttl"]


def test_a_slug_that_is_taken_is_still_refused_in_a_sheet_of_new_bodies(data: Path) -> None:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(GOOD))
    writer.writeheader()
    writer.writerow({**GOOD, "slug": "lantern"})
    done = _imported(data, "org", stream.getvalue().encode())
    assert (done.returncode, "is taken" in done.stderr) == (1, True)
