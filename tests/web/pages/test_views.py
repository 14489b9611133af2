from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from flask import render_template_string
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE, DATASET
from coopgraph.model.language import LANGUAGES
from coopgraph.query.prepared import select
from coopgraph.reading.pages.display_text import DisplayText
from tests.web.pages.parsed_page import page, words

PAGES = [
    *("/", "/help", "/help?area=jp", "/list/org", "/list/claim", "/laws", "/map"),
    *("/examples", "/figures", "/quality", "/about", "/about/conformance", "/query"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_exists_in_every_language_with_a_heading_and_a_way_out(
    client: FlaskClient, language: str, path: str
) -> None:
    root = page(client, f"/{language}{path}")
    assert root.get("lang") == language
    assert len(root.cssselect("h1")) == 1
    (out,) = root.cssselect("a#exit")
    assert out.get("href").startswith("https://")
    assert "noreferrer" in out.get("rel")


@pytest.mark.parametrize("path", [*PAGES, "/doc/org/lantern", "/sparql", "/nothing-here"])
def test_no_page_asks_another_site_for_anything_or_runs_inline_script(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    root = html.fromstring(response.text)
    loaded = [
        item.get("src") or item.get("href")
        for item in root.cssselect("script[src], link[rel=stylesheet], link[rel=icon], img, iframe, source, video")
    ]
    assert all(address.startswith("/static/") for address in loaded)
    assert not root.cssselect("[style], style, script:not([src]):not([type='application/ld+json'])")
    assert not [name for item in root.iter() for name in item.attrib if name.startswith("on")]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response.headers


def test_the_start_page_counts_what_is_there_and_leads_to_help(client: FlaskClient) -> None:
    root = page(client, "/en/")
    text = words(root)
    assert "Organizations 3" in text
    assert "Laws 2" in text
    assert root.cssselect("main a[href='/en/help?area=jp']")


def test_the_start_page_follows_the_browsers_language(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Language": "zh-HK,zh;q=0.9,en;q=0.5"})
    assert response.headers["Content-Language"] == "zh-Hant"
    assert 'href="/zh-Hant/help"' in response.text


def test_a_page_for_people_is_not_to_be_stored_and_its_data_may_be(client: FlaskClient) -> None:
    assert client.get("/en/help?area=jp").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/doc/org/lantern.ttl").headers["Cache-Control"]


def test_every_example_question_is_shown_with_its_query(client: FlaskClient) -> None:
    root = page(client, "/ko/examples")
    links = [link.get("href") for link in root.cssselect("main section a")]
    assert len(links) >= 40
    root = page(client, links[0])
    assert "SELECT" in root.cssselect("pre")[0].text_content()
    assert root.cssselect("form.ask input[name=query]")[0].get("value").strip()


def test_examples_are_data_too(client: FlaskClient) -> None:
    response = client.get("/examples", headers={"Accept": "text/turtle"})
    triples = list(parse(response.data, RdfFormat.TURTLE))
    labels = [item for item in triples if item.predicate.value.endswith("#label")]
    assert len({item.subject for item in labels}) >= 40
    assert len(labels) == 5 * len({item.subject for item in labels})
    assert client.get("/examples", headers={"Accept": "application/ld+json"}).json["@graph"]


@pytest.mark.parametrize("path", ["/examples", "/examples/01-organizations-in-area"])
def test_examples_come_by_ending_and_by_header_alike(client: FlaskClient, path: str) -> None:
    name = client.get("/en/examples").text.split("/en/examples/")[1].split('"')[0]
    path = path.replace("01-organizations-in-area", name)
    for suffix, media_type in ((".ttl", "text/turtle"), (".jsonld", "application/ld+json")):
        by_ending = client.get(path + suffix)
        by_header = client.get(path, headers={"Accept": f"{media_type}, text/html;q=0.5"})
        assert by_ending.status_code == by_header.status_code == 200
        assert by_ending.mimetype == by_header.mimetype == media_type
        assert by_ending.data == by_header.data
        assert name in by_ending.text
    assert client.get("/examples/nothing.ttl").status_code == 404


@pytest.mark.parametrize("path", ["/examples", "/releases"])
def test_a_format_that_nobody_has_is_406_here_too(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("language", "beginning"), [("en", "Different victims"), ("ko", "지원을 받은"), ("ja", "支援を受けた")]
)
def test_a_definition_stands_in_the_language_of_the_page(client: FlaskClient, language: str, beginning: str) -> None:
    lead = page(client, f"/{language}/doc/concept/indicator/victims-supported").cssselect("p.lead")[0]
    assert lead.text_content().startswith(beginning)
    assert lead.get("lang") is None
    assert not lead.cssselect(".standing")


def test_a_question_is_answered_on_its_page_with_links_and_languages(client: FlaskClient) -> None:
    asked = f"""SELECT ?org ?type ?name WHERE {{
      BIND(<{BASE}id/org/lantern> AS ?org) ?org a ?type ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?name .
    }}"""
    root = page(client, f"/ko/query?{urlencode({'query': asked})}")
    assert [words(cell) for cell in root.cssselect("table.answer th")] == ["org", "type", "name"]
    cells = root.cssselect("table.answer td")
    assert cells[0].cssselect("a")[0].get("href") == "/ko/doc/org/lantern"
    assert root.cssselect("table.answer a[href='/ko/def/Organization']")[0].text_content() == "단체"
    assert root.cssselect("table.answer [lang=en]")
    assert root.cssselect("textarea")[0].text_content().strip() == asked


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("ASK { ?s ?p ?o }", "yes"),
        ("ASK { <urn:x> ?p ?o }", "no"),
        ("SELECT ?s WHERE { ?s <urn:x> ?o }", "Nothing that is recorded here fits the question."),
        ("CONSTRUCT { ?s <urn:x> 1 } WHERE { ?s ?p ?o } LIMIT 1", "<urn:x>"),
        ("SELECT ?s WHERE { ?s ?p ?o } LIMIT 600", "Rows: 600 · shown here: 1 to 500"),
        ('SELECT (CONCAT("<b>", "x") AS ?y) WHERE {}', "<b>x"),
        ("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", "shown here: 1 to 500"),
    ],
)
def test_each_kind_of_answer_is_shown_as_what_it_is(client: FlaskClient, asked: str, shown: str) -> None:
    root = page(client, f"/en/query?{urlencode({'query': asked})}")
    (answer,) = root.cssselect("main section[aria-labelledby=answer]")
    assert shown in words(answer)
    assert not root.cssselect("b")


def test_a_question_with_a_mistake_stays_in_the_form_beside_what_is_wrong(client: FlaskClient) -> None:
    response = client.get("/ja/query?query=SELECT+*+WHERE+%7B+%3Fs", headers={"Accept": "text/html"})
    root = html.fromstring(response.text)
    assert (response.status_code, root.get("lang")) == (400, "ja")
    assert words(root.cssselect("[role=alert] h2")[0]) == "この質問には答えられませんでした"
    assert re.search(r"\d+ 行 \d+ 列", words(root.cssselect("[role=alert]")[0]))
    assert root.cssselect("textarea")[0].text_content().strip() == "SELECT * WHERE { ?s"


def test_a_question_that_asks_other_servers_is_refused_in_words(client: FlaskClient) -> None:
    asked = urlencode({"query": "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"})
    response = client.get(f"/en/query?{asked}", headers={"Accept": "text/html"})
    assert response.status_code == 403
    assert html.fromstring(response.text).cssselect("[role=alert]")


def test_the_form_at_the_endpoint_leads_to_the_page_of_answers(client: FlaskClient) -> None:
    root = html.fromstring(client.get("/sparql", headers={"Accept": "text/html", "Accept-Language": "ko"}).text)
    assert root.cssselect("form.ask")[0].get("action") == "/ko/query"
    assert root.cssselect("nav.languages-bar a[hreflang=ja]")[0].get("href") == "/ja/query"
    assert root.cssselect("button[name=format][value=csv]")[0].get("formaction") == "/sparql"


def test_an_unknown_example_is_404(client: FlaskClient) -> None:
    assert client.get("/examples/nothing").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measurement_of_the_graph_is_on_the_page_of_quality(
    client: FlaskClient, app_context: AppContext, language: str
) -> None:
    rows = select(
        app_context.query_service,
        "PREFIX dqv: <http://www.w3.org/ns/dqv#> "
        "SELECT ?measurement ?value WHERE { ?measurement a dqv:QualityMeasurement ; dqv:value ?value }",
    )
    expected = {row["measurement"].value.removeprefix(DATASET): float(row["value"].value) for row in rows}
    root = page(client, f"/{language}/quality")
    shown = {
        link.get("href").removeprefix(f"/{language}/dataset/"): float(link.text.replace(",", "").removesuffix("%"))
        for link in root.cssselect("td.number a")
    }
    assert expected
    assert shown == expected


def test_each_table_of_quality_has_a_caption_and_a_bar_never_replaces_a_number(client: FlaskClient) -> None:
    root = page(client, "/en/quality")
    tables = root.cssselect("table.measured")
    assert len(tables) == 10
    assert all(words(table.cssselect("caption")[0]) for table in tables)
    bars = root.cssselect("progress")
    assert bars
    assert all(words(bar.getparent())[:1].isdigit() for bar in bars)
    assert all(0 <= float(bar.get("value")) <= 1 for bar in bars)


def test_the_page_of_quality_speaks_the_readers_language(client: FlaskClient) -> None:
    text = words(page(client, "/ko/quality"))
    assert "발행일이 없는 출처" in text
    assert "완전성" in text
    assert not re.search(r"Completeness|Known gaps|Number|Share", text)


def test_the_query_behind_the_page_of_quality_gives_its_measurements(client: FlaskClient) -> None:
    root = page(client, "/en/quality")
    query = root.cssselect("form[method=post] input[name=query]")[0].get("value")
    assert root.cssselect("details pre")[0].text_content().strip() == query.strip()
    answer = client.post("/sparql", data={"query": query, "format": "csv"})
    assert {line.split(",")[0] for line in answer.text.split()[1:]} == {
        DATASET + link.get("href").removeprefix("/en/dataset/") for link in root.cssselect("td.number a")
    }


def test_quality_is_found_from_the_about_page_and_leads_to_the_catalogue(client: FlaskClient) -> None:
    assert page(client, "/ja/about").cssselect("main a[href='/ja/quality']")
    assert page(client, "/ja/").cssselect("footer a[href='/ja/quality']")
    assert page(client, "/ja/quality").cssselect("main a[href='/ja/catalog']")


def test_a_filters_text_comes_back_as_text_never_as_markup(client: FlaskClient) -> None:
    response = client.get("/en/list/org", query_string={"area": "<script>x</script>", "type": '"><b>'})
    assert "<script>x" not in response.text
    assert "<b>" not in response.text


def test_language_links_keep_the_filters(client: FlaskClient) -> None:
    root = page(client, "/en/list/org?area=kr")
    assert root.cssselect("nav.languages-bar a[hreflang=ko]")[0].get("href") == "/ko/list/org?area=kr"


def test_an_error_page_speaks_the_readers_language_and_keeps_the_way_out(client: FlaskClient) -> None:
    response = client.get("/ko/doc/org/nobody", headers={"Accept": "text/html"})
    root = html.fromstring(response.text)
    assert (response.status_code, root.get("lang")) == (404, "ko")
    assert words(root.cssselect("h1")[0]) == "찾는 페이지가 없습니다"
    assert root.cssselect("a#exit")
    assert root.cssselect("main a[href='/ko/help']")
    assert root.cssselect("main a[href='/ko/list/org']")
    assert "철자를 확인" in words(root)


@pytest.mark.parametrize(
    ("path", "language"), [("/ja/desk", "ja"), ("/zh-Hant/nothing/here", "zh-Hant"), ("/fr", "en")]
)
def test_an_address_that_is_not_there_is_told_in_the_language_it_begins_with(
    client: FlaskClient, path: str, language: str
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    root = html.fromstring(response.text)
    assert (response.status_code, root.get("lang")) == (404, language)
    assert "Not Found" not in response.text
    assert root.cssselect(f"main a[href='/{language}/help']")


def test_the_list_of_releases_speaks_the_readers_language_and_leads_to_the_others(client: FlaskClient) -> None:
    root = page(client, "/releases?lang=ko")
    assert (root.get("lang"), words(root.cssselect("h1")[0])) == ("ko", "릴리스")
    assert root.cssselect("nav.languages-bar a[hreflang=ja]")[0].get("href") == "/releases?lang=ja"
    root = page(client, root.cssselect("tbody th a")[0].get("href"))
    assert len(root.cssselect("table tbody tr")) > 5


def test_a_page_that_has_not_changed_keeps_what_protects_it(client: FlaskClient) -> None:
    page = client.get("/en/")
    unchanged = client.get("/en/", headers={"If-None-Match": page.headers["ETag"]})
    assert unchanged.status_code == 304
    for name in ("Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"):
        assert unchanged.headers[name] == page.headers[name]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/doc/org/lantern?format=jsonld"]
)
def test_data_can_do_nothing_in_a_browser(client: FlaskClient, path: str) -> None:
    accept = {"Accept": "application/json, application/ld+json"}
    headers = client.get(path, headers=accept).headers
    assert not headers["Content-Type"].startswith("text/html")
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    if "ETag" in headers:
        unchanged = client.get(path, headers={**accept, "If-None-Match": headers["ETag"]})
        assert unchanged.status_code == 304
        assert unchanged.headers["Content-Security-Policy"] == headers["Content-Security-Policy"]


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    "query", ["SELECT (1 AS ?x) {}", "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "SELECT * {"]
)
def test_the_address_of_a_result_opened_in_a_browser_shows_the_page_with_it(client: FlaskClient, query: str) -> None:
    address = f"/sparql?{urlencode({'query': query})}"
    response = client.get(address, headers={"Accept": BROWSER})
    assert (response.status_code, response.headers["Location"]) == (303, address.replace("/sparql", "/query"))
    assert "Accept" in response.headers["Vary"]
    shown = html.fromstring(client.get(response.headers["Location"], headers={"Accept": BROWSER}).text)
    assert shown.cssselect("textarea")[0].text.strip() == query


def test_a_browser_that_asks_for_a_format_and_a_program_get_the_result(client: FlaskClient) -> None:
    address = f"/sparql?{urlencode({'query': 'ASK {}'})}"
    for accept, more in ((BROWSER, "&format=json"), ("*/*", ""), ("application/sparql-results+json", "")):
        response = client.get(address + more, headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, "application/sparql-results+json")


def test_the_page_asks_the_graphs_that_the_address_names(client: FlaskClient) -> None:
    graph = "https://w3id.org/coopgraph/graph/records"
    fields = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "default-graph-uri": graph}
    (row,) = client.get(f"/sparql?{urlencode(fields)}", headers={"Accept": "application/json"}).json["results"][
        "bindings"
    ]  # type: ignore[index]
    shown = html.fromstring(client.get(f"/en/query?{urlencode(fields)}", headers={"Accept": BROWSER}).text)
    assert int(shown.cssselect("table.answer td")[0].text_content().replace(",", "")) == int(row["n"]["value"])
    hidden = shown.cssselect("#ask input[type=hidden]")
    assert [(item.get("name"), item.get("value")) for item in hidden] == [("default-graph-uri", graph)]


def test_the_answer_comes_as_a_file_that_excel_opens(client: FlaskClient) -> None:
    shown = html.fromstring(client.get("/ko/query", headers={"Accept": BROWSER}).text)
    assert {"csv", "excel-csv", "parquet"} <= {item.get("value") for item in shown.cssselect("button[name=format]")}


def test_the_page_on_conformance_counts_what_the_releases_report_asserts(client: FlaskClient) -> None:
    root = page(client, "/ko/about/conformance")
    (report,) = [link.get("href") for link in root.cssselect("main a") if link.get("href").endswith("conformance.ttl")]
    triples = [quad.triple for quad in parse(client.get(report).data, RdfFormat.TURTLE)]
    outcomes = [t.object.value for t in triples if t.predicate.value == "http://www.w3.org/ns/earl#outcome"]
    reasons = [t for t in triples if t.predicate.value == "http://www.w3.org/ns/earl#info"]
    shown = [int("".join(re.findall(r"\d", cell.text_content()))) for cell in root.cssselect("td.number")]
    assert sum(shown) == len(outcomes) > 600
    assert len(reasons) == sum(not outcome.endswith("#passed") for outcome in outcomes)
    assert len(root.cssselect("section li li code")) == len(reasons)


def test_a_service_that_is_folded_says_what_it_is_once_and_unfolds_its_page(client: FlaskClient) -> None:
    counselling = DisplayText("Counselling", path="/doc/concept/service-type/counselling")
    folded = "{% import 'parts.html' as p with context %}{{ p.folded_service(item) }}"
    for name, line in (("Counselling by letter", "Counselling by letter"), ("By letter", "Counselling By letter")):
        item = SimpleNamespace(
            **dict.fromkeys(("facts", "current", "overdue"), ()),
            types=(counselling,),
            page=DisplayText(name, path="/doc/service/lantern.letters"),
            backing=SimpleNamespace(rank="normal", basis="stated", verification="", defective=False),
            evidence=SimpleNamespace(sources=(), passages=(), notes=()),
        )
        with client.application.test_request_context("/en/"):
            root = html.fromstring(render_template_string(folded, item=item))
        assert words(root.cssselect("summary")[0]) == line
        assert [link.get("href") for link in root.cssselect("p a")] == ["/en/doc/service/lantern.letters"]
