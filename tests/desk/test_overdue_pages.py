"""What is overdue, as the rule has it; one tap says that it was checked today and is still true."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from coopgraph.curation.freshness import overdue_in_files, overdue_records
from coopgraph.curation.present_workspace import PresentWorkspace
from tests.desk.browsers import form_fields


@pytest.mark.slow
def test_what_is_overdue_is_what_the_rule_finds(workspace: PresentWorkspace) -> None:
    for today in (date(2020, 1, 1), date(2021, 5, 1), date(2026, 6, 1)):
        with workspace.opened() as files:
            report = files.report(files.paths, today=today)
            found = overdue_in_files(files, today)
        told = {(item.day, item.kind, item.iri) for item in overdue_records(report)}
        assert {(item.day, item.kind, item.iri) for item in found} == told
    assert told


@pytest.mark.slow
def test_one_tap_submits_that_it_is_still_true(cho_browser: FlaskClient, workspace: PresentWorkspace) -> None:
    page = cho_browser.get("/en/desk/overdue").text
    assert "last checked 2020-12-31" in page
    assert "Removal support" in page, "a record is called by its name"
    assert "/en/desk/forms?entity=" in page, "and mended in a form"
    fields = {**form_fields(cho_browser, "/en/desk/overdue"), "note": "Called them."}
    sent = cho_browser.post("/en/desk/overdue", data=fields)
    assert sent.status_code == 303
    shown = cho_browser.get(sent.location).text
    assert "Checked today at its source, still true. Called them." in shown
    assert "The rules are kept." in shown
    assert str(datetime.now(UTC).year) in shown
    assert cho_browser.post("/en/desk/overdue", data=fields).location == sent.location
    assert cho_browser.post("/en/desk/overdue", data={"record": fields["record"]}).status_code == 403
    unknown = {**fields, "record": "https://w3id.org/coopgraph/id/org/nobody"}
    assert cho_browser.post("/en/desk/overdue", data=unknown).status_code == 400
