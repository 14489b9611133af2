"""The desk's forms over HTTP: what they show, keep and submit, without script."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES
from tests.curation.forms.conftest import Filled, sent
from tests.curation.forms.test_statements import ORGANIZATION, RIGHT

TAKEN = Message("The slug “{slug}” is taken by {path}.", slug="lantern", path="data/org/lantern.ttl")
STRAY = Message("Choose what this belongs to: something that is in the graph.")
NO_SOURCE = Message(
    "Something below names no source: name one here for all of it, with the source's exact words, or one of its own "
    "beside it."
)
_DRAFT = Message("draft")


@pytest.fixture(autouse=True)
def files(workspace: PresentWorkspace) -> None:
    """The files are as they were after each test."""


def _hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page."""
    form = page.partition('<form class="entry-form"')[2]
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    }


def _posted(
    browser: FlaskClient, kind: str, filled: Filled, action: str = "submit", language: str = "en"
) -> TestResponse:
    page = browser.get(f"/{language}/desk/forms/{kind}")
    assert page.status_code == 200, page.text
    fields = {**_hidden(page.text), **sent(filled), "reason": "The page says so"}
    return browser.post(f"/{language}/desk/forms/{kind}", data={**fields, "action": action})


@pytest.mark.slow
def test_the_forms_are_listed_and_an_entity_leads_to_its_own(cho_browser: FlaskClient) -> None:
    page = cho_browser.get("/ko/desk/forms").text
    for kind in RIGHT:
        assert f'href="/ko/desk/forms/{kind}"' in page
    assert "지원 서비스" in page
    led = cho_browser.get("/en/desk/forms?entity=https://w3id.org/coopgraph/id/org/lantern")
    assert led.location == "/en/desk/forms/org?entity=org/lantern"
    assert cho_browser.get("/en/desk/forms/nothing").status_code == 404
    for name in ("org/nobody", "org/../x", "law/lantern", '"', "org/%00"):
        assert cho_browser.get(f"/en/desk/forms/org?entity={name}").status_code in (200, 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_speaks_the_language_of_the_reader(cho_browser: FlaskClient, language: str) -> None:
    page = cho_browser.get(f"/{language}/desk/forms/org").text
    assert f'<html lang="{language}">' in page
    names = {
        "en": "Type of organization",
        "ko": "단체 유형",
        "ja": "団体の種類",
        "zh-Hans": "组织类型",
        "zh-Hant": "組織類型",
    }
    assert names[language] in page
    assert ("Add another" in page) == (language == "en")


@pytest.mark.slow
@pytest.mark.parametrize("kind", RIGHT)
def test_every_control_has_a_label_and_nothing_needs_a_script(cho_browser: FlaskClient, kind: str) -> None:
    page = cho_browser.get(f"/en/desk/forms/{kind}").text
    assert "<script" not in page
    assert " style=" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page)
    visible = [control for control in controls if 'type="hidden"' not in control]
    assert len(visible) > 5
    for control in visible:
        name = re.search(r' id="([^"]+)"', control)
        labelled = re.search(r'aria-labelledby="([^"]+)"', control)
        assert (
            "aria-label=" in control
            or (labelled and labelled[1] in ids)
            or (name and f'<label for="{name[1]}"' in page)
        ), control
        for described in re.findall(r'aria-describedby="([^"]+)"', control):
            assert set(described.split()) <= set(ids), control


@pytest.mark.slow
def test_a_form_filled_in_rightly_waits_for_review(cho_browser: FlaskClient) -> None:
    answer = _posted(cho_browser, "org", ORGANIZATION)
    assert answer.status_code == 303, answer.text
    page = cho_browser.get(answer.location).text
    assert "waiting for review" in page
    assert "항구등" in page
    assert "/desk/forms?submission=" in page


def test_a_form_sent_twice_is_one_submission(cho_browser: FlaskClient) -> None:
    page = cho_browser.get("/en/desk/forms/org").text
    fields = {**_hidden(page), **sent(ORGANIZATION), "action": "submit"}
    assert len({cho_browser.post("/en/desk/forms/org", data=fields).location for _ in range(2)}) == 1


@pytest.mark.slow
def test_faults_stand_beside_their_fields_and_a_draft_is_kept(cho_browser: FlaskClient) -> None:
    wrong = {**ORGANIZATION, "e.isBasedIn": ["Atlantis"], "e.hasOrganizationType": [""], "e.foundingDate": ["2019/03"]}
    answer = _posted(cho_browser, "org", wrong)
    assert answer.status_code == 422
    page = answer.text
    for control in ("e.isBasedIn.0.text", "e.foundingDate.0.text", "e.hasOrganizationType.0.text"):
        assert f'<a href="#{control}">' in page
        assert f'id="{control}-faults"' in page
    assert 'value="Atlantis"' in page
    assert 'value="2019/03"' in page
    fields = _hidden(page)
    assert "form" not in fields
    again = cho_browser.get(f"/ko/desk/forms?submission={fields['submission']}")
    reopened = cho_browser.get(again.location).text
    assert 'value="Atlantis"' in reopened
    assert 'value="항구등"' in reopened
    mended = {**fields, **sent(ORGANIZATION), "action": "submit", "reason": "mended"}
    led = cho_browser.post("/en/desk/forms/org", data=mended)
    assert led.location == f"/en/desk/submissions/{fields['submission']}"
    assert "waiting for review" in cho_browser.get(led.location).text


@pytest.mark.slow
def test_a_preview_keeps_nothing_and_says_in_words_what_would_change(cho_browser: FlaskClient) -> None:
    before = cho_browser.get("/en/desk?state=submitted").text
    answer = _posted(cho_browser, "org", ORGANIZATION, "preview")
    assert answer.status_code == 200
    assert "The rules are kept." in answer.text
    assert "<ins>Harbor Light</ins>" in re.sub(
        r"<ins><span[^>]*>|</span></ins>", lambda m: "<ins>" if m[0][1] == "i" else "</ins>", answer.text
    )
    assert "o:harbor-light a coop:Organization" in answer.text
    assert cho_browser.get("/en/desk?state=submitted").text == before


@pytest.mark.slow
def test_a_button_adds_a_row_and_keeps_what_was_typed(cho_browser: FlaskClient) -> None:
    answer = _posted(cho_browser, "org", {"e.altLabel": ["one@en"], "e.isBasedIn": ["Nowhere"]}, "add:e.altLabel")
    assert answer.status_code == 200
    assert 'name="e.altLabel.1.text"' in answer.text
    assert 'value="one"' in answer.text
    assert 'value="Nowhere"' in answer.text
    assert re.search(r'<input id="e\.altLabel\.1\.text"[^>]* autofocus', answer.text)
    service = _posted(cho_browser, "org", {}, "add:e.services").text
    assert 'name="e.services.0.hasServiceType.0.text"' in service
    source = _posted(cho_browser, "org", {}, "add:source").text
    assert 'name="source.0.title.0.text"' in source
    assert _posted(cho_browser, "org", {}, "add:<b>").status_code == 200


@pytest.mark.slow
def test_the_passages_of_a_source_can_be_chosen_and_unknown_words_are_searched(cho_browser: FlaskClient) -> None:
    page = _posted(cho_browser, "org", {"common": "", "common.source": "bridge-page"}, "look").text
    assert '<option value="bridge-page.s02">Founded in Japan' in page
    near = _posted(cho_browser, "org", {"common": "", "common.source": "friends across"}, "look").text
    assert "<option>Friends across the sea (bridge-page)</option>" in near
    areas = _posted(cho_browser, "org", {"e.isBasedIn": ["Kore"]}, "look").text
    assert "<option>South Korea (kr)</option>" in areas
    none = _posted(cho_browser, "org", {"common": "", "common.source": "the moon"}, "look:common").text
    assert "No source here is called “the moon”" in none
    assert re.search(r'<input id="common\.source"[^>]* autofocus', none), "the page comes back at the place"


def test_an_entity_is_changed_in_its_form(cho_browser: FlaskClient) -> None:
    page = cho_browser.get("/en/desk/forms/org?entity=org/lantern").text
    assert 'value="2016-04"' in page
    assert 'value="ランタン支援センター"' in page
    assert "削除支援（無料）" not in page
    fields = _shown(page)
    opened = cho_browser.post("/en/desk/forms/org", data={**fields, "action": "open:e.services.0"}).text
    assert 'name="e.services.0.hasCost.0.text"' in opened
    opened = cho_browser.post(
        "/en/desk/forms/org", data={**_shown(opened), "action": "open:e.services.0.hasCost.0"}
    ).text
    assert "削除支援（無料）" in opened
    for page_as_it_is in (page, opened):
        same = cho_browser.post("/en/desk/forms/org", data={**_shown(page_as_it_is), "action": "preview"})
        assert "This changes nothing" in same.text
    fields["e.foundingDate.0.text"] = "2016-05"
    led = cho_browser.post("/en/desk/forms/org", data={**fields, "action": "submit"})
    assert led.status_code == 303, led.text
    shown = cho_browser.get(led.location).text
    assert "<del>April 2016</del>" in shown
    assert "<ins>May 2016</ins>" in shown
    assert shown.count("<del>") == shown.count("<ins>") == 1


def _shown(page: str) -> dict[str, str]:
    """Return the fields of the form of a page as a browser would send them."""
    fields = dict(_hidden(page))
    fields |= {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input id="([^"]+)" name="[^"]+" value="([^"]*)"', page)
    }
    fields |= {
        unescape(name): unescape(text)
        for name, text in re.findall(r'<textarea[^>]* id="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    }
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option value="([^"]*)" selected', inner)
        fields[name] = unescape(picked[1]) if picked else ""
    return fields


@pytest.mark.slow
def test_what_is_there_already_is_not_overwritten(cho_browser: FlaskClient) -> None:
    answer = _posted(cho_browser, "org", {**ORGANIZATION, "e.identifier": ["lantern"]})
    assert answer.status_code == 422
    assert answer.text.count(str(TAKEN)) == 2
    source = {
        name.replace("e.", "source.0.", 1): held for name, held in RIGHT["source"].items() if "passages" not in name
    }
    answer = _posted(
        cho_browser, "org", {**ORGANIZATION, "source.0": "", **source, "source.0.identifier": ["bridge-page"]}
    )
    assert "The slug “bridge-page” is taken" in answer.text


@pytest.mark.parametrize(
    "language", ["en", *(pytest.param(tag, marks=pytest.mark.slow) for tag in LANGUAGES if tag != "en")]
)
@pytest.mark.parametrize(
    ("kind", "change", "control", "fault"),
    [
        ("org", {"e.identifier": ["lantern"]}, "e.identifier.0.text", TAKEN),
        ("service", {"e.isProvidedBy": ["nobody"]}, "e.isProvidedBy.0.text", STRAY),
        ("org", {"common.source": "", "common.quote": ""}, "common.source", NO_SOURCE),
    ],
)
def test_what_cannot_be_a_submission_yet_is_kept_as_a_draft(
    cho_browser: FlaskClient, kind: str, change: Filled, control: str, fault: Message, language: str
) -> None:
    answer = _posted(cho_browser, kind, {**RIGHT[kind], **change}, language=language)
    assert answer.status_code == 422
    assert unescape(answer.text).count(fault.in_language(language)) >= 2
    assert f'<a href="#{control}">' in answer.text
    number = _hidden(answer.text)["submission"]
    assert _DRAFT.in_language(language) in cho_browser.get(f"/{language}/desk/submissions/{number}").text
    address = cho_browser.get(f"/{language}/desk/forms?submission={number}").location
    assert f"/desk/forms/{kind}?" in address
    fields = _shown(cho_browser.get(address).text)
    held = [held for name, held in {**RIGHT[kind], **change}.items() if name != "common"]
    typed = [text for texts in held for text in ([texts] if isinstance(texts, str) else texts)]
    kept = "\n".join(fields.values())
    assert [text for text in typed if re.sub("@[a-z]+$", "", text) not in kept and not _is_choice(text, kept)] == []
    mended = {**fields, **dict.fromkeys(sent(change), ""), **sent(RIGHT[kind]), "action": "submit"}
    led = cho_browser.post(f"/{language}/desk/forms/{kind}", data=mended)
    assert led.location == f"/{language}/desk/submissions/{number}"


def _is_choice(text: str, kept: str) -> bool:
    """Return whether a text stands for something that the form shows by another of its names."""
    return any(word in kept for word in (f"({text})", *_SHOWN.get(text, ())))


_SHOWN = {
    "대한민국": ("(kr)",),
    "Lantern Support Center": ("(lantern)",),
    "Digital sexual violence": ("digital-sexual-violence",),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        "harbor-light.example",
        "https://harbor-light.example/%zz",
        "http://[harbor",
        "javascript:alert(1)",
        "https://a b.example/",
    ],
)
def test_an_address_that_is_none_is_told_beside_its_field(cho_browser: FlaskClient, address: str) -> None:
    answer = _posted(cho_browser, "org", {**ORGANIZATION, "e.homepage": [address]})
    assert answer.status_code == 422
    assert '<a href="#e.homepage.0.text">' in answer.text
    assert f'value="{address}"' in answer.text


def test_a_form_of_another_session_does_nothing(cho_browser: FlaskClient, app: object) -> None:
    answer = cho_browser.post("/en/desk/forms/org", data={**sent(ORGANIZATION), "action": "submit", "token": "0" * 64})
    assert answer.status_code == 403


def test_a_form_says_in_words_of_people_how_dates_are_typed_and_that_a_source_is_missing(
    cho_browser: FlaskClient,
) -> None:
    wrong = {**ORGANIZATION, "e.foundingDate": ["2019/03"]}
    page = _posted(cho_browser, "org", wrong).text
    assert "Write “2019/03” as a year, a month or a day: 2021, 2021-10 or 2021-10-08." in page
    assert "xsd:gYear" not in page
    unsourced = {name: values for name, values in ORGANIZATION.items() if not name.startswith("common")}
    page = _posted(cho_browser, "org", unsourced).text
    assert page.count("Something below names no source") == 2, "once beside the field, once above the form"
    assert "coop:hasEvidence" not in page


def test_what_one_passage_supports_names_it_once_when_a_submission_is_opened_again(cho_browser: FlaskClient) -> None:
    submission = _posted(cho_browser, "org", {**ORGANIZATION, "e.homepage": ["https://again.example/"]}).location
    form = cho_browser.get(f"/en/desk/forms?submission={submission.rpartition('/')[2]}", follow_redirects=True)
    assert form.status_code == 200
    typed = unescape(re.findall(r'<textarea[^>]*name="common.quote"[^>]*>\n(.*?)</textarea>', form.text, re.DOTALL)[0])
    assert typed in ORGANIZATION["common.quote"]
    assert "e.prefLabel.0.hasEvidence.0" not in form.text


def test_what_is_chosen_wrongly_or_left_empty_is_said_in_words_of_people_once(cho_browser: FlaskClient) -> None:
    wrong = {
        **ORGANIZATION,
        "e.isBasedIn": ["Atlantis"],
        "e.hasOrganizationType": [""],
        "e.altLabel": ["항구의 집"],
        "common.source": "the moon",
        "common.quote": "",
    }
    page = unescape(_posted(cho_browser, "org", wrong, "preview").text)
    for words in (
        "“Atlantis” is none of those to choose from",
        "No source here is called “the moon”",
        "Type the exact words of the source",
        "Something is needed here.",
        "Choose the language of “항구의 집”.",
    ):
        assert page.count(words) == 2, f"{words}: once beside the field, once above the form"
    for code in ("coop:isBasedIn", "coop:hasOrganizationType", "coop:quote"):
        assert code not in page.partition("As Turtle")[0]


def test_nobody_is_told_that_nothing_refers_to_what_is_only_being_made(cho_browser: FlaskClient) -> None:
    page = _posted(cho_browser, "org", {**ORGANIZATION, "e.prefLabel": ["Alone@en"]}, "preview").text
    assert "Nothing refers to this yet" not in page
