"""``/query``: the workbench without script."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from lxml import html

from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.web.pages import query_form

NAMES = f"SELECT ?org ?name ?n {{ BIND(<{BASE}id/org/lantern> AS ?org) ?org skos:prefLabel ?name BIND(7 AS ?n) }}"


def asked(client: FlaskClient, query: str, path: str = "/en/query", **fields: str) -> html.HtmlElement:
    response = client.get(f"{path}?{urlencode({'query': query, **fields})}", headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thing_has_its_label_and_its_short_name_and_a_text_its_language(client: FlaskClient, language: str) -> None:
    root = asked(client, NAMES, f"/{language}/query")
    cells = root.cssselect("table.answer tbody tr:first-child td")
    assert cells[0].cssselect("a")[0].text_content() != "lantern"
    assert cells[0].cssselect("code.short")[0].text_content() == "o:lantern"
    tags = {cell.text_content() for cell in root.cssselect("table.answer td:nth-child(2) .short")}
    assert {"@en", "@ja"} <= tags
    assert cells[2].get("class") == "number"


def test_a_result_is_paged_by_500_rows_that_follow_each_other(client: FlaskClient) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 700"
    first, second = asked(client, query), asked(client, query, offset="500")
    assert [len(root.cssselect("table.answer tbody tr")) for root in (first, second)] == [500, 200]
    (more,) = first.cssselect("#shown button[name=offset]")
    assert (more.get("value"), more.text_content()) == ("500", "Next 500")
    (back,) = second.cssselect("#shown button[name=offset]")
    assert (back.get("value"), back.text_content()) == ("0", "Previous 500")
    assert asked(client, query, offset="-3").cssselect("table.answer tbody tr")
    assert "There are no more rows." in asked(client, query, offset="9000").text_content()


def test_a_result_too_large_to_count_shows_its_first_rows_all_the_same(client: FlaskClient) -> None:
    root = asked(client, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 40000")
    assert len(root.cssselect("table.answer tbody tr")) == 500
    assert "Rows: more than" in root.cssselect("[role=status]")[0].text_content()


def test_triples_are_a_table_and_turtle_with_files_of_their_own(client: FlaskClient) -> None:
    root = asked(client, f"CONSTRUCT WHERE {{ <{BASE}id/org/lantern> skos:prefLabel ?name }}")
    assert [cell.text_content() for cell in root.cssselect("table.answer th")] == ["subject", "property", "value"]
    assert "skos:prefLabel" in root.cssselect("pre")[0].text_content()
    assert {button.get("value") for button in root.cssselect("#shown [name=format]")} == {
        "ttl",
        "jsonld",
        "nt",
        "rdfxml",
    }


def test_the_form_is_answered_by_post_as_by_get_and_its_token_is_looked_at(client: FlaskClient) -> None:
    posted = client.post("/en/query", data={"query": NAMES}, headers={"X-Query-Token": "0123456789abcdef"})
    assert html.fromstring(posted.text).cssselect("table.answer")
    assert client.post("/en/query", data={"query": NAMES}, headers={"X-Query-Token": "x"}).status_code == 400
    assert client.post("/en/query").status_code == 200


def test_a_query_comes_as_a_notebook(client: FlaskClient) -> None:
    response = client.get(f"/query.ipynb?{urlencode({'query': NAMES})}")
    assert response.mimetype == "application/x-ipynb+json"
    assert NAMES in "".join(cell["source"] for cell in json.loads(response.data)["cells"])
    assert client.get("/query.ipynb").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_shows_its_answer_and_its_parameters_as_fields(client: FlaskClient, language: str) -> None:
    address = f"/{language}/examples/01-organizations-in-an-area"
    root = html.fromstring(client.get(address).text)
    (field,) = root.cssselect("form.fields select[name=area]")
    assert field.value == "kr"
    assert root.cssselect("section[aria-labelledby=answer]")
    other = html.fromstring(client.get(address + "?area=jp").text)
    assert other.cssselect("select[name=area]")[0].value == "jp"
    assert "{ area:jp }" in other.cssselect("pre code")[-1].text_content()
    assert len(other.cssselect("table.answer tbody tr")) > 0


APART = "SELECT * { ?a a coop:Organization . ?b a coop:Service FILTER(?a = ?b) }"


def test_a_query_is_explained_at_the_endpoint_without_being_run(client: FlaskClient) -> None:
    headers = {"Accept": "application/json", "Accept-Language": "ko"}
    reply = client.get(f"/sparql?{urlencode({'query': APART, 'explain': '1'})}", headers=headers)
    told = reply.get_json()
    assert (reply.status_code, reply.headers["Content-Language"]) == (200, "ko")
    assert {step["pattern"] for step in told["steps"]} == {"?a a coop:Organization", "?b a coop:Service"}
    assert "공통 변수" in told["advice"][0]["text"]
    assert told == client.post("/sparql", data={"query": APART, "explain": "1"}, headers=headers).get_json()
    broken = client.get(f"/sparql?{urlencode({'query': 'SELECT * { ?a', 'explain': '1'})}", headers=headers)
    assert broken.status_code == 400
    run = client.get(f"/sparql?{urlencode({'query': 'ASK {}', 'explain': '0'})}", headers=headers)
    assert run.get_json()["boolean"] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_explains_a_query_and_offers_its_rewrite(client: FlaskClient, language: str) -> None:
    root = asked(client, APART, f"/{language}/query", explain="1")
    assert len(root.cssselect("ol.steps li")) == 2
    assert not root.cssselect("table.answer")
    rewrite = root.cssselect(".advice input[name=query]")[0].get("value")
    assert rewrite == "SELECT * { ?a a coop:Organization . ?a a coop:Service  }"
    assert not asked(client, rewrite, explain="1").cssselect(".advice input")


def test_what_an_editor_completes_is_the_vocabulary_in_use_with_labels_and_counts(client: FlaskClient) -> None:
    reply = client.get("/query/terms.json?lang=ko")
    found = reply.get_json()
    by_name = {term["name"]: term for term in found["terms"]}
    kind = by_name["coop:Organization"]
    assert (kind["kind"], kind["label"]) == ("class", "단체")
    assert kind["count"] > 0
    assert by_name["skos:prefLabel"]["kind"] == "property"
    assert by_name["skos:prefLabel"]["count"] > 0
    assert found["prefixes"]["coop"] == BASE + "def/"
    again = client.get("/query/terms.json?lang=ko", headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304


def test_a_table_of_names_and_numbers_has_a_chart_and_triples_between_things_a_graph(client: FlaskClient) -> None:
    counted = "SELECT ?kind (COUNT(*) AS ?n) { ?s a ?kind FILTER(STRSTARTS(STR(?kind), STR(coop:))) } GROUP BY ?kind"
    assert asked(client, counted).cssselect("svg.chart path.bar")
    graph = asked(client, "CONSTRUCT { ?s coop:isProvidedBy ?o } { ?s coop:isProvidedBy ?o } LIMIT 9")
    assert graph.cssselect("svg.chart path.line")
    assert graph.cssselect("svg.chart desc")[0].text_content()
    assert not asked(client, NAMES).cssselect("svg.chart")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["service", "organization", "law", "figure"])
def test_a_question_is_built_by_choosing_and_shown_with_its_answer(
    client: FlaskClient, kind: str, language: str
) -> None:
    root = html.fromstring(client.get(f"/{language}/query/build?kind={kind}&area=jp").text)
    assert root.cssselect("select[name=area]")[0].value == "jp"
    assert "area:jp" in root.cssselect("section[aria-labelledby=text] code")[0].text_content()
    assert root.cssselect("section[aria-labelledby=answer]")
    assert all(box.get("checked") is not None for box in root.cssselect("input[name=column]"))


def test_only_what_things_of_the_release_have_is_offered_and_what_was_chosen(client: FlaskClient) -> None:
    def offered(address: str) -> list[str]:
        options = html.fromstring(client.get(address).text).cssselect("select[name=area] option")
        return [option.get("value") for option in options]

    assert offered("/en/query/build?kind=law") == ["", "jp"]
    assert "kr" in offered("/en/query/build?kind=law&area=kr")


def test_a_question_being_built_shows_its_first_rows_and_leads_to_all(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_form, "ROWS_WHILE_BUILDING", 4)
    root = html.fromstring(client.get("/en/query/build?kind=figure").text)
    assert len(root.cssselect("table.answer tbody tr")) == 4
    (more,) = root.cssselect("form#shown .pages button")
    assert (more.get("name"), more.text_content()) == (None, "Show more rows")
    query = root.cssselect("form#shown input[name=query]")[0].get("value")
    whole = html.fromstring(client.get("/en/query", query_string={"query": query}).text)
    assert len(whole.cssselect("table.answer tbody tr")) == 6


@pytest.mark.parametrize(
    ("language", "headings"), [("en", ["Organizations", "Name", "Area"]), ("ko", ["단체", "이름", "지역"])]
)
def test_the_columns_of_a_built_question_are_those_chosen_headed_by_words(
    client: FlaskClient, language: str, headings: list[str]
) -> None:
    root = html.fromstring(client.get(f"/{language}/query/build?kind=organization&column=area").text)
    assert [cell.text_content() for cell in root.cssselect("table.answer th")] == headings
    assert client.get("/en/query/build?kind=nothing&area=%22%3E&year=x").status_code == 200


def test_files_are_offered_once_with_the_answer_or_before_there_is_one(client: FlaskClient) -> None:
    for query in (NAMES, "ASK { }", "SELECT * { ?a coop:nothing ?b }", ""):
        root = asked(client, query)
        assert len(root.cssselect("button[name=format][value=csv]")) == 1
