"""Tables as submissions, over HTTP and from the desk's page: all rows or none, an answer for each cell."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.rdf.formats import CSV, XLSX
from tests.curation.sheets.packages import archive
from tests.curation.sheets.rows import GOOD
from tests.desk.browsers import form_fields, token


def _csv(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _xlsx(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bodies"
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture
def held(workspace: PresentWorkspace) -> dict[Path, bytes]:
    """The files of the tree, which no submission changes."""
    return {place: place.read_bytes() for place in workspace.tree.data.rglob("*.ttl")}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (_csv(GOOD), CSV.media_type),
        (_csv(GOOD, encoding="cp949"), "text/csv; charset=euc-kr"),
        (_xlsx(GOOD), XLSX.media_type),
    ],
    ids=["csv", "cp949", "xlsx"],
)
def test_rows_become_one_change_set(
    app: Flask, var: Path, body: bytes, content_type: str, held: dict[Path, bytes]
) -> None:
    headers = token(var, "cho", "curator")
    made = app.test_client().post("/submissions?kind=org", data=body, content_type=content_type, headers=headers)
    told = made.json
    assert told is not None
    assert (made.status_code, told["state"], told["cells"]) == (201, "submitted", []), told
    assert [item["path"] for item in told["files"]] == [
        "data/org/example-centre.ttl",
        "data/source/example-centre-about.ttl",
    ]
    assert any("예시 센터" in line for line in told["files"][0]["added"])
    assert {place: place.read_bytes() for place in held} == held


def test_each_wrong_cell_is_named_and_nothing_is_taken(app: Flask, var: Path, held: dict[Path, bytes]) -> None:
    wrong = {**GOOD, "slug": "second-centre", "area": "nowhere", "homepage": "=HYPERLINK(1)"}
    taken = {**GOOD, "slug": "example-centre", "founded": "2019-13"}
    headers = {**token(var, "cho", "curator"), "Accept-Language": "ja"}
    made = app.test_client().post(
        "/submissions?kind=organization", data=_xlsx(GOOD, wrong, taken), content_type=XLSX.media_type, headers=headers
    )
    told = made.json
    assert told is not None
    assert (made.status_code, told["state"], told["files"]) == (422, "draft", [])
    cells = {(item["sheet"], item["row"], item["name"]) for item in told["cells"]}
    assert cells >= {("Bodies", 3, "area"), ("Bodies", 3, "homepage"), ("Bodies", 4, "founded")}
    assert all(re.search("[ぁ-んァ-ン一-龥]", item["message"]) for item in told["cells"])


@pytest.mark.slow
def test_a_table_in_an_unknown_encoding_is_asked_about(app: Flask, var: Path, cho_browser: FlaskClient) -> None:
    body = _csv(GOOD, encoding="cp949")
    headers = token(var, "cho", "curator")
    asked = app.test_client().post("/submissions?kind=org", data=body, content_type="text/csv", headers=headers)
    assert asked.status_code == 422
    assert "ko (cp949): 예시 센터" in asked.json["problem"]  # type: ignore[index]
    named = app.test_client().post(
        "/submissions?kind=org&language=ko", data=body, content_type="text/csv", headers=headers
    )
    assert named.status_code == 201


def test_what_the_rows_hold_has_to_be_said(app: Flask, var: Path, workspace: PresentWorkspace) -> None:
    headers = token(var, "cho", "curator")
    for address, word in (("/submissions", "kind="), ("/submissions?kind=orgs", "org, event, law")):
        answer = app.test_client().post(address, data=_csv(GOOD), content_type="text/csv", headers=headers)
        assert answer.status_code == 400
        assert word in answer.text
    language = app.test_client().post(
        "/submissions?kind=org&language=xx", data=_csv(GOOD), content_type="text/csv", headers=headers
    )
    assert language.status_code == 400


def _bomb() -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/workbook.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1024**2))
    return made.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (_bomb(), XLSX.media_type, "when unpacked"),
        (archive({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), XLSX.media_type, "document type"),
        (_csv({**GOOD, "type": "=cmd|'/c calc'!A1"}), CSV.media_type, "This is a formula"),
        (_csv({**GOOD, "quote": ""}), CSV.media_type, "Fill this in"),
        (b"", CSV.media_type, "names no columns"),
        (b"\0" * 1000, CSV.media_type, "NUL"),
        (b"[" * 16 * 1024**2, CSV.media_type, ""),
        (_csv({**GOOD, "slug": "../../etc"}), CSV.media_type, "cannot be a slug"),
    ],
    ids=["bomb", "entities", "formula", "no source", "empty", "NUL", "brackets", "path"],
)
def test_bad_tables_are_told_in_words(
    app: Flask, var: Path, body: bytes, content_type: str, word: str, held: dict[Path, bytes]
) -> None:
    headers = token(var, "cho", "curator")
    answer = app.test_client().post("/submissions?kind=org", data=body, content_type=content_type, headers=headers)
    assert answer.status_code == 422
    assert word in answer.json["problem"]  # type: ignore[index]
    assert {place: place.read_bytes() for place in held} == held


@pytest.mark.slow
def test_a_table_is_handed_in_on_a_page_and_mended_there(cho_browser: FlaskClient, workspace: PresentWorkspace) -> None:
    fields = form_fields(cho_browser, "/en/desk/table?kind=org")
    wrong = {**fields, "kind": "org", "table": (io.BytesIO(_xlsx({**GOOD, "area": "nowhere"})), "bodies.xlsx")}
    sent = cho_browser.post("/en/desk/table", data=wrong)
    assert sent.status_code == 303
    page = cho_browser.get(sent.location).text
    assert "Mend these cells" in page
    assert "<td>Bodies</td>" in page
    again = cho_browser.get(f"{sent.location}/edit").location
    fields = form_fields(cho_browser, again)
    mended = {**fields, "kind": "org", "table": (io.BytesIO(_csv(GOOD)), "bodies.csv")}
    assert cho_browser.post("/en/desk/table", data=mended).location == sent.location
    assert "The rules are kept." in cho_browser.get(sent.location).text
    nothing = cho_browser.post("/en/desk/table", data={**fields, "kind": "org"})
    assert (nothing.status_code, "No file was sent." in nothing.text) == (400, True)
    assert cho_browser.post("/en/desk/table", data={"kind": "org"}).status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["org", "law", "event"])
def test_a_template_is_there_to_download(app: Flask, kind: str, workspace: PresentWorkspace) -> None:
    browser = app.test_client()
    text = browser.get(f"/desk/templates/{kind}.csv")
    assert text.data.startswith(b"\xef\xbb\xbfslug,name@en")
    book = browser.get(f"/ko/desk/templates/{kind}.xlsx")
    sheet = load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    heading = [cell.value for cell in sheet[1]]  # type: ignore[index]
    assert ",".join(map(str, heading)) == text.data.decode("utf-8-sig").strip()
    assert "attachment" in book.headers["Content-Disposition"]
    assert browser.get("/desk/templates/figure.csv").status_code == 404


def test_a_body_that_may_be_there_already_is_asked_about(
    app: Flask, var: Path, cho_browser: FlaskClient, workspace: PresentWorkspace
) -> None:
    body = _csv({**GOOD, "name@en": "Lantern Support Center"})
    made = app.test_client().post(
        "/submissions?kind=org", data=body, content_type="text/csv", headers=token(var, "cho", "curator")
    )
    told = made.json
    assert told is not None
    assert [item["other"].rpartition("/")[2] for item in told["duplicates"]] == ["lantern"]
    assert "the same as org/lantern?" in told["duplicates"][0]["message"]
    assert "the same as org/lantern?" in cho_browser.get(f"/en/desk{made.location}").text
