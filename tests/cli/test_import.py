"""``coopgraph import`` writes every row, or nothing."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.curation.sheets.rows import GOOD

from .in_process import Ended, coopgraph

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "tests" / "fixture" / "data", tmp_path / "data"))


def ran(data: Path, *arguments: str, given: bytes = b"", system: str = "C.UTF-8") -> Ended:
    command = ("--data", str(data), "import", *arguments)
    return coopgraph(*command, cwd=ROOT, given=given, environment={"LC_ALL": system})


def sheet(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


def files(data: Path) -> set[str]:
    return {place.relative_to(data).as_posix() for place in data.rglob("*") if place.is_file()}


@pytest.mark.slow
def test_a_good_row_is_written_in_house_form_and_its_paths_are_told(data: Path) -> None:
    before = files(data)
    done = ran(data, "org", "-", "--lang", "ko", given=sheet(GOOD, encoding="cp949"))
    assert done.returncode == 0, done.stderr
    assert files(data) - before == {"org/example-centre.ttl", "source/example-centre-about.ttl"}
    assert done.stdout.split() == [
        str(data / "org" / "example-centre.ttl"),
        str(data / "source" / "example-centre-about.ttl"),
    ]
    assert "예시 센터" in done.stderr
    assert coopgraph("fmt", "--check", str(data / "org"), cwd=ROOT).returncode == 0


IN_THE_GRAPH = {name: "" if name.startswith("source_") else value for name, value in GOOD.items()} | {
    "source_slug": "bridge-page",
    "homepage": "",
}


@pytest.mark.slow
def test_passages_of_a_source_that_is_there_are_added_to_its_file(data: Path) -> None:
    place = data / "source" / "bridge-page.ttl"
    before, known = place.read_text(encoding="utf-8"), files(data)
    done = ran(data, "org", "-", given=sheet(IN_THE_GRAPH))
    assert done.returncode == 0, done.stderr
    assert files(data) - known == {"org/example-centre.ttl"}
    assert str(place) in done.stdout
    after = place.read_text(encoding="utf-8")
    assert GOOD["quote"] in after
    assert set(before.splitlines()) <= set(after.splitlines())


def test_a_file_with_comments_is_not_written_anew(data: Path) -> None:
    place = data / "source" / "bridge-page.ttl"
    place.write_text("# by hand\n" + place.read_text(encoding="utf-8"), encoding="utf-8")
    done = ran(data, "org", "-", given=sheet(IN_THE_GRAPH))
    assert done.returncode == 1
    assert "comments" in done.stderr
    assert place.read_text(encoding="utf-8").startswith("# by hand\n")
    assert not (data / "org" / "example-centre.ttl").exists()


@pytest.mark.slow
def test_a_workbook_is_read_too(data: Path, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.save(tmp_path / "new.xlsx")
    assert ran(data, "org", str(tmp_path / "new.xlsx")).returncode == 0
    assert (data / "org" / "example-centre.ttl").exists()


def test_one_bad_cell_keeps_every_row_out(data: Path) -> None:
    before = files(data)
    done = ran(data, "org", "-", given=sheet(GOOD, GOOD | {"slug": "b", "founded": "2024-02-30"}))
    assert done.returncode == 1
    assert "Row 3" in done.stderr
    assert "“founded”" in done.stderr
    assert files(data) == before


@pytest.mark.slow
def test_a_row_that_the_check_refuses_keeps_every_row_out(data: Path) -> None:
    before = files(data)
    done = ran(data, "org", "-", given=sheet(GOOD | {"hours": "always"}))
    assert done.returncode == 1
    assert "row 2" in done.stderr
    assert files(data) == before


def test_bad_cells_are_told_in_the_curators_language(data: Path) -> None:
    done = ran(data, "org", "-", "--lang", "ko", given=sheet(GOOD | {"founded": "2024-02-30"}))
    assert "달력에 2024-02-30" in done.stderr


def test_a_file_that_is_not_utf8_is_not_written_without_a_language(data: Path) -> None:
    before = files(data)
    done = ran(data, "org", "-", given=sheet(GOOD, encoding="cp949"))
    told = done.stderr
    assert done.returncode == 3
    assert files(data) == before
    assert "ko (cp949): 예시 센터" in told
    assert "ja (cp932)" in told


def test_the_language_of_the_messages_is_the_systems_where_none_is_named(data: Path) -> None:
    done = ran(data, "org", "-", given=sheet(GOOD | {"founded": "2024-02-30"}), system="ko_KR.UTF-8")
    assert "달력에 2024-02-30" in done.stderr


@pytest.mark.slow
def test_what_was_read_beyond_what_is_seen_is_said(data: Path, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Read me first."])
    page = book.create_sheet("Centres")
    page.append(list(GOOD))
    page.append(list(GOOD.values()))
    page.row_dimensions[2].hidden = True
    book.save(tmp_path / "new.xlsx")
    done = ran(data, "org", str(tmp_path / "new.xlsx"))
    told = done.stderr
    assert done.returncode == 0, told
    assert "“Centres” was read" in told
    assert "Rows that are hidden were read too: 2" in told
    assert "Warning:" not in told


@pytest.mark.slow
def test_importing_twice_says_that_the_slug_is_taken(data: Path) -> None:
    assert ran(data, "org", "-", given=sheet(GOOD)).returncode == 0
    again = ran(data, "org", "-", given=sheet(GOOD))
    assert again.returncode == 1
    assert "is taken" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "given", "code"),
    [
        (("org", "-"), b"", 3),
        (("org", "-"), b"slug,quote\n", 3),
        (("org", "-"), b'{"slug": "a"}', 3),
        (("org", "/no/such/file.csv"), b"", 3),
        (("org",), b"", 2),
        (("castle", "-"), b"", 2),
        (("org", "-", "--lang", "tlh"), b"", 2),
    ],
)
def test_other_input_ends_with_the_documented_code_and_no_traceback(
    data: Path, arguments: tuple[str, ...], given: bytes, code: int
) -> None:
    done = ran(data, *arguments, given=given)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr


@pytest.mark.slow
def test_the_template_can_be_filled_in_and_imported(data: Path) -> None:
    heading = ran(data, "org", "--template").written.decode("utf-8-sig").strip().split(",")
    row = {name: GOOD.get(name, "") for name in heading}
    assert ran(data, "org", "-", given=sheet(row)).returncode == 0


@pytest.mark.slow
def test_a_dry_run_says_in_words_what_would_be_added_and_writes_nothing(data: Path) -> None:
    before = files(data)
    done = ran(data, "org", "-", "--dry-run", "--lang", "en", given=sheet(GOOD))
    assert done.returncode == 0, done.stderr
    assert files(data) == before
    assert "data/org/example-centre.ttl (row 2)" in done.stdout
    assert ": Example Centre (en)" in done.stdout
    assert "cost (coop:hasCost): Free of charge (cost:free)" in done.stdout
    assert "상담 전화 02-817-7959 (ko)" in done.stdout
    assert "Nothing was written." in done.stderr


@pytest.mark.slow
def test_a_body_that_may_be_there_already_is_asked_about(data: Path) -> None:
    done = ran(data, "org", "-", "--dry-run", given=sheet({**GOOD, "name@ja": "ランタン支援センター"}))
    assert done.returncode == 0, done.stderr
    assert "Is example-centre the same as org/lantern?" in done.stderr


def test_other_kinds_have_sheets_and_what_has_none_is_told(data: Path) -> None:
    assert ran(data, "law", "--template").stdout.startswith("\ufeffslug,name@en,type,area,source_slug")
    refused = ran(data, "laws", "--template")
    assert refused.returncode == 2
    assert "Did you mean law?" in refused.stderr
