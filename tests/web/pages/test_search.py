"""``/search``: a form whose words stand in no address, data for programs, and helpful answers to anything."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext, of_files
from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from tests.conftest import FIXTURE

LANTERN = f"{BASE}id/org/lantern"
JSON = {"Accept": "application/json"}


def shown(client: FlaskClient, language: str = "en", status: int = 200, **form: str) -> html.HtmlElement:
    response = client.post(f"/{language}/search", data=form, headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    return html.fromstring(response.text)


def test_json_is_as_the_interface_has_it(client: FlaskClient) -> None:
    response = client.get("/search?q=lantern+sup&lang=ja")
    assert response.mimetype == "application/json"
    assert response.headers["X-Coopgraph-Release"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    told = response.get_json()
    assert told["results"][0].keys() >= {"id", "label", "kind", "matched"}
    assert (told["results"][0]["id"], told["results"][0]["kind"]) == (LANTERN, "org")
    assert (told["results"][0]["label"], told["results"][0]["labelLanguage"]) == ("ランタン支援センター", "ja")
    assert told["results"][0]["address"] == "/ja/doc/org/lantern"
    assert told["results"][0]["matched"] == {"text": "Lantern Support Center", "language": "en", "how": "prefix"}
    assert told["facets"]["kind"][0]["kind"] == "org"
    assert told["total"] == sum(facet["count"] for facet in told["facets"]["kind"])


def test_a_read_has_a_strong_etag_and_words_in_a_body_are_kept_nowhere(client: FlaskClient) -> None:
    read = client.get("/search?q=lantern", headers=JSON)
    again = client.get("/search?q=lantern", headers={**JSON, "If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
    sent = client.post("/search", data={"q": "lantern"}, headers=JSON)
    assert client.post("/search?q=lantern", headers=JSON).json == sent.json
    assert (sent.get_json(), sent.headers["Cache-Control"]) == (read.get_json(), "no-store")
    assert "ETag" not in sent.headers
    assert "lantern" not in sent.headers.get("Location", "")


def test_json_ld_names_the_things_found(client: FlaskClient) -> None:
    for response in (
        client.get("/search.jsonld?q=lantern"),
        client.get("/search?q=lantern", headers={"Accept": "application/ld+json"}),
    ):
        assert response.mimetype == "application/ld+json"
        quads = list(parse(response.data, RdfFormat.JSON_LD))
        assert LANTERN in {quad.object.value for quad in quads if quad.predicate.value == "https://schema.org/item"}


def test_the_format_is_that_of_the_ending_or_refused(client: FlaskClient) -> None:
    assert client.get("/search.json?q=lantern", headers={"Accept": "text/html"}).mimetype == "application/json"
    assert client.get("/search?q=lantern", headers={"Accept": "text/turtle"}).status_code == 406
    assert client.get("/en/search", headers={"Accept": "*/*"}).mimetype == "text/html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_the_words_the_count_the_kinds_and_why(client: FlaskClient, language: str) -> None:
    root = shown(client, language, q="lantern sup")
    assert root.get("lang") == language
    assert root.cssselect("main input[name=q]")[0].get("value") == "lantern sup"
    assert root.cssselect(".results a")[0].get("href") == f"/{language}/doc/org/lantern"
    name, why = (root.cssselect(f".results .{part}")[0].text_content() for part in ("result", "standing"))
    assert "Lantern Support Center" in (why if language == "ja" else name)


def test_kinds_are_buttons_that_narrow_the_search(client: FlaskClient) -> None:
    everything = shown(client, q="support")
    kinds = [button.get("value") for button in everything.cssselect(".facets button[name=kind]")]
    assert kinds[:3] == ["", "org", "service"]
    narrowed = shown(client, q="support", kind="org")
    assert [button.get("value") for button in narrowed.cssselect(".facets button[aria-current]")] == ["org"]
    assert all(link.get("href").startswith("/en/doc/org/") for link in narrowed.cssselect(".results a"))


def test_areas_are_chosen_in_the_same_form_and_stay_chosen(client: FlaskClient) -> None:
    everything = shown(client, q="support")
    options = everything.cssselect("form.facets select[name=area] option")
    assert options[0].get("value") == ""
    keys = [option.get("value") for option in options[1:]]
    assert "jp" in keys
    narrowed = shown(client, q="support", area="jp", kind="org")
    (chosen,) = narrowed.cssselect("select[name=area] option[selected]")
    assert chosen.get("value") == "jp"
    assert [option.get("value") for option in narrowed.cssselect("select[name=area] option")]
    narrow = narrowed.cssselect("form.facets p button")[0]
    assert (narrow.get("name"), narrow.get("value")) == ("kind", "org")
    told = client.post("/search", data={"q": "support", "area": "jp", "lang": "ko"}, headers=JSON).json
    assert told["total"] == sum(facet["count"] for facet in told["facets"]["kind"])
    assert {"area": "jp", "label": "일본", "count": told["total"]} in told["facets"]["area"]


def test_the_words_are_in_no_address_of_the_page(client: FlaskClient) -> None:
    root = shown(client, q="lantern support")
    addresses = [value for item in root.iter() for value in (item.get("href"), item.get("action")) if value]
    assert not [address for address in addresses if "support" in address]
    assert {form.get("method") for form in root.cssselect("form")} == {"post"}


def test_every_page_and_every_problem_has_the_box(client: FlaskClient) -> None:
    for path, status in (("/ko/", 200), ("/ko/doc/org/lantern", 200), ("/ko/nothing-here", 404), ("/ko/search", 200)):
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == status
        (form,) = html.fromstring(response.text).cssselect("form[role=search]")
        assert (form.get("action"), form.get("method")) == ("/ko/search", "post")
        (field,) = form.cssselect("input[name=q]")
        assert field.get("autocomplete") == "off"


def test_an_empty_search_shows_the_form_and_as_data_no_results(client: FlaskClient) -> None:
    for words in ("", "   "):
        assert not shown(client, q=words).cssselect(".results, .problem")
    assert client.get("/en/search", headers={"Accept": "text/html"}).headers["Cache-Control"] == "no-store"
    assert client.get("/search?q=", headers=JSON).get_json()["results"] == []
    missing = client.get("/search", headers=JSON)
    assert (missing.status_code, "q" in missing.get_json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "words", ['"', "' OR 1=1 --", "NEAR(a b)", "\u202eמגדלור", "a\0b\x07", "قاوم", "*", "<script>"]
)
def test_whatever_is_typed_is_answered(client: FlaskClient, words: str) -> None:
    root = shown(client, q=words)
    assert not root.cssselect(".problem, script:not([src])")
    assert client.post("/search", data={"q": words}, headers=JSON).status_code == 200


def test_a_search_of_ten_thousand_characters_is_told_the_limit(client: FlaskClient) -> None:
    words = "꽃" * 10_000
    root = shown(client, "ko", 413, q=words)
    assert "200" in root.cssselect(".problem")[0].text_content()
    answer = client.post("/search", data={"q": words}, headers=JSON)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert len(answer.text) < 1000


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "person"},
        {"area": "atlantis"},
        {"page": "0"},
        {"page": "x"},
        {"page": "9" * 50},
        {"limit": "101"},
        {"limit": "-1"},
    ],
)
def test_an_unknown_kind_and_an_impossible_page_are_refused_in_words(client: FlaskClient, more: dict[str, str]) -> None:
    answer = client.post("/search", data={"q": "lantern", **more}, headers=JSON)
    assert answer.status_code == 400
    assert answer.get_json()["type"].endswith("/wrong-usage")
    assert shown(client, status=400, q="lantern", **more).cssselect(".problem")


def test_a_past_release_is_searched_at_its_address(client: FlaskClient, app_context: AppContext) -> None:
    release = app_context.query_service.release_name()
    told = client.get(f"/at/{release}/search?q=lantern+sup", headers=JSON).get_json()
    assert told["results"][0]["address"] == f"/at/{release}/en/doc/org/lantern"
    assert client.get("/at/2001-01-01-00000000/search?q=lantern", headers=JSON).status_code == 404


def test_data_that_are_no_release_have_no_search_and_say_so() -> None:
    app_context = of_files(Settings(workers=1), [FIXTURE / "org" / "lantern.ttl"])
    try:
        answer = create_app(app_context).test_client().get("/search?q=lantern", headers=JSON)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert "no search" in json.loads(answer.text)["detail"]
    finally:
        app_context.close()
