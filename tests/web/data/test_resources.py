from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pyshacl
import pytest
import rdflib
from flask.testing import FlaskClient
from lxml import etree, html
from pyoxigraph import RdfFormat, parse
from rdflib.compare import isomorphic
from werkzeug.test import TestResponse

from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from tests.web.pages.parsed_page import words

KINDS = [
    "org/lantern",
    "law/image-abuse-amendment-act-2021",
    "event/harbor-case",
    "source/bridge-page",
    "citation/bridge-page.s03",
    "claim/lantern.foundingDate.1",
    "service/lantern.removal-support",
    "channel/lantern.removal-support.phone",
    "figure/lantern.2020.assistance-cases",
    "derived/lantern.2020.assistance-cases.removal-support",
    "quotation/lantern.purpose",
    "defect/bridge-page.case-count",
    "comparability/victims-supported-2020",
    "period/2020",
    "area/jp",
    "scheme/rank",
    "concept/rank/preferred",
]
OTHERS = ["/def", "/def/Organization", "/def/hasRank", "/def/kind/org", "/shape/ClaimHasSource", "/dataset/structure"]
OTHERS += ["/dataset/coopgraph", "/dataset/figures.bridge-page", "/graph/records", "/catalog"]
DATA = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
}


def page(client: FlaskClient, path: str) -> tuple[TestResponse, html.HtmlElement]:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return response, html.fromstring(response.text)


def test_a_concept_is_a_tree_like_any_entity(client: FlaskClient) -> None:
    document = client.get("/doc/concept/service-type/removal-support.jsonld").json
    assert document["id"] == BASE + "id/concept/service-type/removal-support"
    assert document["label"]["ko"]


@pytest.mark.parametrize("name", KINDS)
def test_every_thing_is_sent_to_its_document_with_303(client: FlaskClient, name: str) -> None:
    response = client.get(f"/id/{name}")
    assert response.status_code == 303
    assert response.headers["Location"] == f"/doc/{name}"
    assert "Accept" in response.headers["Vary"]
    links = response.headers.getlist("Link")
    assert f'<{BASE}id/{name}>; rel="cite-as"' in links
    assert f'</doc/{name}.ttl>; rel="alternate"; type="text/turtle"' in links
    assert any('rel="license"' in link for link in links)
    assert any('rel="describedby"' in link for link in links)
    assert any('rel="type"' in link for link in links)


@pytest.mark.slow
@pytest.mark.parametrize("path", [*(f"/doc/{name}" for name in KINDS), *OTHERS])
def test_every_address_answers_as_a_page_and_in_every_data_format_with_the_same_triples(
    client: FlaskClient, path: str
) -> None:
    _, root = page(client, path)
    assert root.findall(".//h1")[0].text_content().strip()
    graphs = {}
    for suffix, form in DATA.items():
        response = client.get(path + suffix)
        assert response.status_code == 200, response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        graphs[suffix] = {
            str(quad.triple) for quad in parse(response.data, form, base_iri=BASE, rename_blank_nodes=False)
        }
    assert graphs[".nt"]
    if not any("_:" in triple for triple in graphs[".nt"]):
        assert graphs[".ttl"] == graphs[".nt"] == graphs[".rdf"]
    assert json.loads(client.get(path + ".jsonld").data)["@context"] == f"{BASE}context/v1.jsonld"
    assert client.get(path + ".csv").text.startswith("subject,property,value,")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/n-triples;q=0.9, text/turtle;q=0.1", "application/n-triples; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/turtle;charset=utf-8", "text/turtle; charset=utf-8"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#framed"', "application/ld+json"),
        ("application/xhtml+xml", "text/html; charset=utf-8"),
        ("text/turtle;q=0, */*;q=0.1", "text/html; charset=utf-8"),
    ],
)
def test_the_document_comes_in_the_format_that_the_client_prefers(
    client: FlaskClient, accept: str, content_type: str
) -> None:
    response = client.get("/doc/org/lantern", headers={"Accept": accept})
    assert (response.status_code, response.content_type) == (200, content_type)
    assert "Accept" in response.headers["Vary"]


def test_a_format_that_nobody_has_gets_406_with_those_there_are(client: FlaskClient) -> None:
    response = client.get("/doc/org/lantern", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/turtle" in response.json["detail"]


@pytest.mark.parametrize("path", ["/id/org/lantern/", "/doc/org/lantern/", "/ko/doc/org/lantern/", "/catalog/"])
def test_a_slash_too_many_leads_to_the_address_without_it(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}?profile=flat", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (301, f"{path[:-1]}?profile=flat")


def test_the_way_to_the_document_keeps_what_was_asked_of_it(client: FlaskClient) -> None:
    assert client.get("/id/org/lantern?profile=schema").headers["Location"] == "/doc/org/lantern?profile=schema"


@pytest.mark.parametrize("path", ["/id/org/nobody", "/doc/org/nobody", "/doc/org/nobody.ttl", "/def/Nothing", "/id/x"])
def test_what_the_graph_does_not_know_is_404_in_words(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert "nothing under this address" in response.json["detail"]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/id/org/lantren", "org/lantern"),
        ("/doc/org/lantren.ttl", "org/lantern"),
        ("/doc/law/image-abuse-amendment-act-2022", "law/image-abuse-amendment-act-2021"),
        ("/def/Organisation", "def/Organization"),
    ],
)
def test_an_unknown_address_is_answered_with_the_nearest_of_its_kind(
    client: FlaskClient, path: str, meant: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    problem = response.get_json()
    assert f"Did you mean {meant}" in problem["detail"]
    iri = BASE + (meant if meant.startswith("def/") else f"id/{meant}")
    assert problem["nearest"][0] == iri
    page = client.get(path.removesuffix(".ttl"), headers={"Accept": "text/html"})
    assert f'href="/en/{"" if meant.startswith("def/") else "doc/"}{meant}"' in page.text


def test_no_nearest_is_looked_for_where_the_name_is_too_long_or_of_no_kind(client: FlaskClient) -> None:
    for path in ("/doc/org/" + "lantern" * 40, "/doc/nokind/lantern"):
        assert "nearest" not in client.get(path).get_json()


def test_an_unknown_profile_is_refused_with_the_known_ones(client: FlaskClient) -> None:
    response = client.get("/doc/org/lantern.ttl?profile=everything")
    assert response.status_code == 400
    assert "full, flat, schema" in response.json["detail"]


def test_a_document_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/doc/org/lantern.ttl")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get("/doc/org/lantern.ttl", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["X-Coopgraph-Release"] == again.headers["X-Coopgraph-Release"]
    assert client.get("/doc/org/lantern.nt").headers["ETag"] != tag


def test_turtle_has_readable_prefixes_and_tags_in_their_usual_case(client: FlaskClient) -> None:
    text = client.get("/doc/concept/rank/preferred.ttl").text
    assert "@prefix rank: <https://w3id.org/coopgraph/id/concept/rank/> ." in text
    assert "rank:preferred a skos:Concept" in text
    assert '"@zh-Hant' in text
    assert 'xml:lang="zh-Hant"' in client.get("/doc/concept/rank/preferred.rdf").text


def test_the_flat_profile_tells_only_of_the_thing_itself(client: FlaskClient) -> None:
    flat = parse(client.get("/doc/org/lantern.nt?profile=flat").data, RdfFormat.N_TRIPLES)
    assert {str(quad.subject) for quad in flat} == {f"<{BASE}id/org/lantern>"}


def test_the_schema_profile_speaks_schema_org_alone(client: FlaskClient) -> None:
    quads = list(parse(client.get("/doc/org/lantern.nt?profile=schema").data, RdfFormat.N_TRIPLES))
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    spoken = {str(quad.object if str(quad.predicate) == rdf_type else quad.predicate) for quad in quads}
    assert all(term.startswith("<https://schema.org/") for term in spoken)
    assert "<https://schema.org/telephone>" in spoken
    tree = client.get("/doc/org/lantern.jsonld?profile=schema").json
    assert tree["@type"] == "Organization"
    assert tree["@reverse"]["provider"][0]["@type"] == "Service"


def test_a_page_shows_facts_with_the_words_of_their_sources(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/org/lantern")
    facts = root.get_element_by_id("facts")
    assert "April 2016" in words(facts)
    assert facts.cssselect("details blockquote")[0].text_content().strip()
    assert root.cssselect("h1")[0].text_content() == "Lantern Support Center"


def test_a_telephone_can_be_tapped_and_says_that_nobody_checked_it(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/org/lantern")
    (link,) = root.cssselect("#services .telephone a")
    assert link.get("href") == "tel:+81300000000"
    assert "Not yet checked by us" in words(root.get_element_by_id("services"))
    assert "Mon–Fri 10:00–17:00" in words(root.get_element_by_id("services"))


def test_the_day_of_a_source_is_not_called_the_day_of_a_check(client: FlaskClient) -> None:
    _, root = page(client, "/doc/service/lantern.removal-support?lang=en")
    assert "as of 31 December 2020" in words(root)
    assert "last checked" not in words(root)


def test_competing_figures_stand_side_by_side_with_the_reason(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/org/lantern")
    text = words(root.get_element_by_id("disagreements"))
    assert text.index("1,420") < text.index("1,240")
    assert "Preferred" in text
    assert "Deprecated" in text
    assert "Why" in text
    assert words(root.get_element_by_id("defects"))


def test_a_figures_table_has_a_caption_and_marks_what_was_computed(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/org/lantern")
    section = root.get_element_by_id("figures")
    assert all(table.find("caption") is not None for table in section.iter("table"))
    assert "75.0%" in words(section)
    assert "1,065* 1,064 – 1,066" in words(section)
    (computed,) = (link for link in section.cssselect("td a") if words(link) == "1,065")
    _, root = page(client, computed.get("href"))
    assert "1420 * 75.0 / 100" in words(root.get_element_by_id("facts"))
    assert root.cssselect("#facts a[href='/en/doc/figure/lantern.2020.assistance-cases.b']")


def test_a_share_says_on_its_page_what_it_is_a_part_of(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/figure/lantern.2020.assistance-cases.removal-support")
    assert root.cssselect("#facts a[href='/en/doc/figure/lantern.2020.assistance-cases.b']")


def test_no_words_that_are_quoted_stand_in_a_title(client: FlaskClient) -> None:
    for name in ("citation/bridge-page.s03", "quotation/lantern.purpose", "defect/bridge-page.case-count"):
        _, root = page(client, f"/ko/doc/{name}")
        (heading,), title = root.cssselect("h1"), root.findtext("head/title")
        assert title.startswith(words(heading))
        quoted = [words(item) for item in root.cssselect("main blockquote, main q")]
        assert quoted
        assert not any(text in title for text in quoted)
        assert not root.cssselect(".note")


def test_an_entry_can_be_cited_with_its_release_day_and_address(client: FlaskClient) -> None:
    response, root = page(client, "/ko/doc/org/lantern")
    release, section = response.headers["X-Coopgraph-Release"], root.get_element_by_id("cite")
    address = f"http://localhost/at/{release}/doc/org/lantern"
    assert address in words(section.cssselect("p")[0])
    assert "2026년 1월 31일" in words(section.cssselect("p")[0])
    bibtex, ris, csl = (item.text_content() for item in section.cssselect("pre"))
    assert f"url = {{{address}}}" in bibtex
    assert f"UR  - {address}" in ris
    assert json.loads(csl)[0]["URL"] == address
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 200


def test_a_correction_names_the_entry_its_release_and_its_file(client: FlaskClient) -> None:
    response, root = page(client, "/ja/doc/org/lantern")
    section = root.get_element_by_id("correction")
    assert "data/org/lantern.ttl" in words(section)
    prepared = section.cssselect("pre")[0].text_content()
    assert f"{BASE}id/org/lantern\n" in prepared
    assert response.headers["X-Coopgraph-Release"] in prepared
    assert "mailto:" not in etree.tostring(section).decode()
    _, root = page(client, "/ja/doc/claim/lantern.foundingDate.1")
    assert "data/" not in words(root.get_element_by_id("correction"))


def test_a_figure_is_named_with_whose_it_is_but_not_on_the_page_of_its_owner(client: FlaskClient) -> None:
    name = "doc/figure/lantern.2020.assistance-cases"
    _, root = page(client, f"/en/{name}")
    owner = words(root.cssselect("#facts a[href='/en/doc/org/lantern']")[0])
    assert f", {owner}, " in words(root.cssselect("h1")[0])
    _, root = page(client, "/en/doc/period/2020")
    named = [words(link) for link in root.cssselect(f"main a[href='/en/{name}']")]
    assert named
    assert all(f", {owner}, " in text for text in named)
    _, root = page(client, "/en/doc/org/lantern")
    assert owner not in " ".join(words(link) for link in root.cssselect("main a[href^='/en/doc/figure/']"))


def test_a_computed_figure_is_named_with_its_value_and_unit(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/derived/lantern.2020.assistance-cases.removal-support")
    value = words(root.cssselect("#facts dd")[0])
    assert words(root.cssselect("h1")[0]).endswith(f": {value} Case")


def test_a_source_leads_with_its_address_and_ends_with_its_checksum(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/source/bridge-page")
    shown = [words(item) for item in root.cssselect("#facts dt")]
    assert shown[:2] == ["title", "web address"]
    assert "SHA-256 of the content" not in shown[:-1]


def test_a_law_shows_both_dates_and_which_counts(client: FlaskClient) -> None:
    _, root = page(client, "/en/doc/law/image-abuse-amendment-act-2021")
    assert len(root.cssselect("#disagreements .statement")) == 2
    assert len(root.cssselect("#disagreements .deprecated")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_in_each_language_names_its_language_and_leads_to_the_others(client: FlaskClient, language: str) -> None:
    response, root = page(client, f"/{language}/doc/org/lantern")
    assert root.get("lang") == language
    assert response.headers["Content-Language"] == language
    alternates = {link.get("hreflang"): link.get("href") for link in root.cssselect("link[hreflang]")}
    assert alternates == {tag: f"/{tag}/doc/org/lantern" for tag in LANGUAGES} | {"x-default": "/doc/org/lantern"}


def test_a_name_that_the_language_lacks_is_shown_in_another_and_says_so(client: FlaskClient) -> None:
    _, root = page(client, "/ko/doc/org/lantern")
    (heading,) = root.cssselect("h1")
    assert (heading.text_content(), heading.get("lang")) == ("Lantern Support Center", "en")
    assert "영어" in words(root.cssselect(".note")[0])


@pytest.mark.parametrize(
    ("accept", "language"), [("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"), ("ko-KR", "ko"), ("de", "en")]
)
def test_the_browsers_language_chooses_where_the_address_does_not(
    client: FlaskClient, accept: str, language: str
) -> None:
    response = client.get("/doc/org/lantern", headers={"Accept": "text/html", "Accept-Language": accept})
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]
    assert client.get("/doc/org/lantern?lang=ja", headers={"Accept-Language": accept}).headers["Content-Language"] == (
        "ja"
    )


def test_the_page_carries_schema_org_that_no_text_can_break_out_of(client: FlaskClient) -> None:
    response, root = page(client, "/en/doc/org/lantern")
    (script,) = root.cssselect('script[type="application/ld+json"]')
    assert json.loads(script.text)["@context"] == "https://schema.org"
    assert "<" not in script.text
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_every_link_of_a_page_into_this_service_answers(client: FlaskClient, name: str) -> None:
    _, root = page(client, f"/en/doc/{name}")
    inner = {
        link.get("href").partition("#")[0]
        for link in root.cssselect("main a[href]")
        if link.get("href").startswith("/")
    }
    for href in sorted(inner)[:60]:
        assert client.get(href, headers={"Accept": "text/html"}).status_code == 200, href


def test_the_context_never_changes_and_the_frames_use_it(client: FlaskClient) -> None:
    response = client.get("/context/v1.jsonld")
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.content_type == "application/ld+json"
    assert client.get("/frame/organization.jsonld").json["@context"] == f"{BASE}context/v1.jsonld"
    assert client.get("/frame/nothing.jsonld").status_code == 404


def test_a_service_says_until_when_it_counts_as_fresh_under_a_prefixed_name_that_a_kept_context_reads(
    client: FlaskClient,
) -> None:
    until = "https://w3id.org/coopgraph/def/verifyAgainBy"
    for profile in ("full", "flat"):
        document = client.get(f"/doc/service/lantern.removal-support.jsonld?profile={profile}").get_json()
        said = document.get("@graph", [document])[0]["coop:verifyAgainBy"]
        assert said["@type"] == "xsd:date"
        context = client.get("/context/v1.jsonld").get_json()
        assert "verifyAgainBy" not in context["@context"]
        graph = rdflib.Graph().parse(data=json.dumps(document | context), format="json-ld")
        service = rdflib.URIRef(f"{BASE}id/service/lantern.removal-support")
        assert str(graph.value(service, rdflib.URIRef(until))) == said["@value"]


def test_a_pinned_release_answers_under_its_own_prefix(client: FlaskClient) -> None:
    release = client.get("/doc/org/lantern.ttl").headers["X-Coopgraph-Release"]
    response, root = page(client, f"/at/{release}/en/doc/org/lantern")
    assert response.headers["X-Coopgraph-Release"] == release
    assert root.cssselect("#services h3 a")[0].get("href").startswith(f"/at/{release}/en/doc/service/")


def test_csv_keeps_every_claim_with_its_passage_and_guards_formulas(client: FlaskClient) -> None:
    text = client.get("/doc/org/lantern.csv").text
    assert re.search(r"1240,.*deprecated.*bridge-page\.s03", text)
    assert ",'+81-3-0000-0000," in text


def test_rdf_xml_is_well_formed(client: FlaskClient) -> None:
    assert etree.fromstring(client.get("/doc/source/bridge-page.rdf").data).tag.endswith("RDF")


def test_the_void_description_is_found_where_programs_look_for_it(client: FlaskClient) -> None:
    response = client.get("/.well-known/void")
    assert (response.status_code, response.headers["Location"]) == (303, "/dataset/coopgraph")
    response = client.get("/void.ttl")
    assert (response.status_code, response.headers["Location"]) == (303, "/dataset/coopgraph.ttl")


def served_graph(client: FlaskClient, path: str, form: str) -> rdflib.Graph:
    response = client.get(path, follow_redirects=True, headers={"Accept": form})
    assert response.status_code == 200, response.text
    context = json.loads(client.get("/context/v1.jsonld").data)
    text = response.text
    if form == "application/ld+json":
        text = json.dumps(response.json | context)
    return rdflib.Graph().parse(data=text, format=form, publicID=BASE)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/catalog", "/dataset/coopgraph", "/void", "/.well-known/void"])
def test_a_document_about_a_container_holds_its_parts_in_every_format(client: FlaskClient, path: str) -> None:
    shapes = rdflib.Graph().parse(Path(__file__).with_name("dcat-ap.ttl"))
    forms = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
    graphs = [served_graph(client, path, form) for form in forms]
    for graph in graphs:
        assert isomorphic(graph, graphs[0])
    # Checked is what HTTP gives, not what the graph holds.
    conforms, _, report = pyshacl.validate(graphs[0], shacl_graph=shapes)
    assert conforms, report
    for kind in ("Dataset", "Distribution", "DataService"):
        assert (None, rdflib.RDF.type, rdflib.DCAT[kind]) in graphs[0]
    assert ((None, rdflib.VOID.classPartition, None) in graphs[0]) is (path != "/catalog")


def test_the_sizes_and_checksums_of_downloads_are_those_of_what_comes(client: FlaskClient) -> None:
    graph = served_graph(client, "/catalog", "text/turtle")
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    downloads = list(graph.subject_objects(rdflib.DCAT.downloadURL))
    assert len(downloads) == 4
    for part, address in downloads:
        body = client.get(str(address).removeprefix(BASE.rstrip("/")), follow_redirects=True).data
        assert int(graph.value(part, rdflib.DCAT.byteSize)) == len(body)  # type: ignore[arg-type]
        checksum = graph.value(graph.value(part, spdx.checksum), spdx.checksumValue)
        assert str(checksum).lower() == hashlib.sha256(body).hexdigest()


def test_the_page_of_the_data_set_is_marked_up_for_search_engines(client: FlaskClient) -> None:
    _, root = page(client, "/en/dataset/coopgraph")
    (script,) = root.cssselect('script[type="application/ld+json"]')
    assert json.loads(script.text)["@type"] == "Dataset"
