"""``/check``: a document is checked beside the tree, shown with marks, given as data, and kept nowhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pyoxigraph import RdfFormat, parse

from coopgraph.context import of_releases
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from coopgraph.web.pages.check import LONGEST_LINE, MOST_SHOWN_LINES, REPORTS, marked_lines
from tests.conftest import FIXTURE
from tests.curation.sheets.rows import GOOD as GOOD_ROW

GOOD = (FIXTURE / "org" / "lantern.ttl").read_text(encoding="utf-8")
CLAIM = "c:lantern.foundingDate.1 a coop:Claim ;\n"
BAD = GOOD.replace(CLAIM + "    coop:hasEvidence cite:bridge-page.s02 ;\n", CLAIM)
LINE = BAD.split("\n").index(CLAIM.strip()) + 1


@pytest.fixture(scope="module")
def client(published: Path) -> Iterator[FlaskClient]:
    app_context = of_releases(Settings(var=str(published), data=str(FIXTURE), workers=1, upload_size=3_000_000))
    yield create_app(app_context).test_client()
    app_context.close()


def _shown(client: FlaskClient, status: int = 200, language: str = "en", **form: object) -> html.HtmlElement:
    response = client.post(f"/{language}/check", data=form, headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    return html.fromstring(response.text)


@pytest.mark.slow
def test_what_was_pasted_is_shown_with_a_mark_where_a_rule_is_broken_and_how_to_mend_it(client: FlaskClient) -> None:
    page = _shown(client, document=BAD.replace("\n", "\r\n"))
    row, *_ = page.cssselect("table.source tr.found")
    assert row.get("id") == f"L{LINE}"
    assert row.cssselect("mark")[0].text_content() == "c:lantern.foundingDate.1"
    finding, *_ = page.cssselect(".findings > li")
    assert finding.cssselect(f"a[href='#L{LINE}']")
    assert finding.cssselect("a[href='/shape/ClaimHasSource']")
    assert page.cssselect("textarea")[0].text_content().strip() == BAD.strip()


@pytest.mark.slow
def test_a_file_is_named_and_the_report_is_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = _shown(client, language="ko", file=(io.BytesIO(BAD.encode()), "C:\\facts\\lantern.ttl"))
    assert "위반" in page.cssselect(".findings .mark")[0].text_content()
    assert page.cssselect(f"a[href='#L{LINE}']")


@pytest.mark.slow
def test_a_document_that_conforms_says_so_and_syntax_errors_have_their_line(client: FlaskClient) -> None:
    assert "The data conforms." in _shown(client, document=GOOD).text_content()
    broken = _shown(client, document="o:lantern a coop:Organization\n")
    assert broken.cssselect("tr.found mark")
    assert "SyntaxError" in html.tostring(broken.cssselect(".findings")[0]).decode()


@pytest.mark.slow
@pytest.mark.parametrize("media_type", REPORTS)
def test_programs_get_the_report_in_the_form_they_accept(client: FlaskClient, media_type: str) -> None:
    sent = client.post("/check", data=BAD.encode(), content_type="text/turtle", headers={"Accept": media_type})
    assert sent.status_code == 200
    assert sent.mimetype == media_type
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    match media_type:
        case "application/json":
            found = json.loads(sent.data)["findings"]
            assert [finding["line"] for finding in found if finding["severity"] == "violation"] == [LINE]
        case "application/sarif+json":
            assert "ClaimHasSource" in {found["ruleId"] for found in json.loads(sent.data)["runs"][0]["results"]}
        case "text/csv":
            assert f"violation,-,{LINE},1," in sent.text.replace("'-", "-")
        case _:
            form = RdfFormat.TURTLE if media_type == "text/turtle" else RdfFormat.JSON_LD
            assert any("ValidationReport" in str(quad.object) for quad in parse(sent.data, format=form))


def table(**changes: str) -> bytes:
    text = io.StringIO()
    rows = csv.DictWriter(text, GOOD_ROW)
    rows.writeheader()
    rows.writerow(GOOD_ROW | changes)
    return text.getvalue().encode()


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/check", "/check?kind=org"])
def test_a_table_is_checked_row_by_row(client: FlaskClient, address: str) -> None:
    as_json = {"Accept": "application/json"}
    good = client.post(address, data=table(), content_type="text/csv; charset=utf-8", headers=as_json)
    assert good.json is not None
    assert (good.status_code, good.json["conforms"], good.json["files"]) == (200, True, 2)
    cell = client.post(address, data=table(area="nowhere"), content_type="text/csv", headers=as_json)
    assert cell.json is not None
    (finding,) = cell.json["findings"]
    assert (cell.status_code, cell.json["conforms"], finding["line"]) == (200, False, 2)
    assert finding["column"] == list(GOOD_ROW).index("area") + 1
    assert "Row 2, column" in finding["message"]


@pytest.mark.slow
def test_faulty_cells_of_a_table_are_a_report_on_the_page_in_its_language(client: FlaskClient) -> None:
    page = _shown(client, language="ko", file=(io.BytesIO(table(area="nowhere")), "rows.csv"))
    (finding,) = page.cssselect(".findings li")
    assert "2행" in finding.text_content()
    assert not page.cssselect("a[href^='#L']")


@pytest.mark.slow
def test_a_table_of_nothing_known_and_one_in_an_unknown_encoding_are_refused_in_words(client: FlaskClient) -> None:
    asked = client.post("/check", data=b"a,b\n1,2\n", content_type="text/csv", headers={"Accept": "application/json"})
    assert (asked.status_code, "What do the rows hold?" in asked.text) == (400, True)
    korean = table().decode().encode("cp949")
    asked = client.post("/check", data=korean, content_type="text/csv", headers={"Accept": "application/json"})
    assert (asked.status_code, "language=" in asked.text) == (400, True)
    told = client.post("/check?language=ko", data=korean, content_type="text/csv", headers={"Accept": "text/csv"})
    assert told.status_code == 200


@pytest.mark.slow
def test_a_table_and_json_ld_can_be_chosen_as_files(client: FlaskClient) -> None:
    assert "The data conforms." in _shown(client, file=(io.BytesIO(table()), "rows.csv")).text_content()
    named = {"@context": CONTEXT_IRI, "@id": "https://w3id.org/coopgraph/id/org/x", "@type": "Organization"}
    page = _shown(client, file=(io.BytesIO(json.dumps(named).encode()), "X.JSONLD"))
    assert "The data does not conform." in page.text_content()
    foreign = json.dumps(named | {"@context": "https://evil.example/context"}).encode()
    assert "No other is fetched" in _shown(client, 400, file=(io.BytesIO(foreign), "x.jsonld")).text_content()


def test_other_types_an_empty_body_and_too_much_are_refused_in_words(client: FlaskClient) -> None:
    as_json = {"Accept": "application/json"}
    assert client.post("/check", data=b"<x/>", content_type="application/rdf+xml", headers=as_json).status_code == 415
    assert client.post("/check", content_type="text/turtle", headers=as_json).status_code == 400
    assert client.post("/check", data=b" " * 3_000_001, content_type="text/turtle", headers=as_json).status_code == 413


def test_the_form_can_be_read_in_any_language_without_a_script(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/ja/check", headers={"Accept": "text/html"}).text)
    [form] = page.cssselect("main form")
    assert (form.get("method"), form.get("action"), form.get("enctype")) == ("post", "/ja/check", "multipart/form-data")


@pytest.mark.slow
def test_nothing_of_a_document_is_left_on_disk(client: FlaskClient, published: Path) -> None:
    marked = BAD.replace("Lantern", "Zyxwvu")
    client.post("/check", data=marked.encode(), content_type="text/turtle", headers={"Accept": "application/json"})
    assert not [file for file in published.rglob("*") if file.is_file() and b"Zyxwvu" in file.read_bytes()]


@given(st.text("ab \n\r", max_size=60), st.integers(1, 60))
@settings(max_examples=50)
def test_the_lines_shown_of_a_short_document_are_its_text(text: str, column: int) -> None:
    lines = marked_lines(text, [{"line": 1, "column": column}])
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "\n".join(line.before + line.marked + line.after for line in lines) == plain


def test_of_a_long_document_and_a_long_line_only_what_is_near_a_finding_is_shown() -> None:
    text = "\n".join(["x"] * (MOST_SHOWN_LINES * 2) + ["y" * 1_000_000 + " z"])
    lines = marked_lines(text, [{"line": 5, "column": 1}, {"line": MOST_SHOWN_LINES * 2 + 1, "column": 1_000_002}])
    assert [line.number for line in lines][:7] == [2, 3, 4, 5, 6, 7, 8]
    assert [line.number for line in lines if line.gap] == [2, MOST_SHOWN_LINES * 2 - 2]
    assert lines[-1].marked == "z"
    assert len(lines[-1].before) <= LONGEST_LINE
