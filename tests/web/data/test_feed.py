"""The change feed over HTTP: a stream in pages that never change, and Atom in five languages."""

from __future__ import annotations

import json

import pytest
import rdflib
from flask.testing import FlaskClient
from lxml import etree
from pyshacl import validate
from rdflib.compare import isomorphic

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, read_activities
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.data.feed import PER_FEED_PAGE, feed_page, feed_pages

HOST = "https://graph.example"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
TREE = rdflib.Namespace("https://w3id.org/tree#")
FORMATS = {"application/ld+json": "json-ld", "text/turtle": "turtle", "application/rdf+xml": "xml"}


def graph(client: FlaskClient, path: str, accept: str = "application/ld+json") -> rdflib.Graph:
    response = client.get(path, base_url=HOST, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept)
    return rdflib.Graph().parse(data=response.data, format=FORMATS[accept], publicID=HOST + path)


def pages(client: FlaskClient) -> list[str]:
    return sorted(str(node).removeprefix(HOST) for node in graph(client, "/feed").objects(None, TREE.node))


def test_the_root_leads_to_pages_that_hold_every_activity_of_the_releases(
    client: FlaskClient, app_context: AppContext
) -> None:
    (manifest,) = release_folder.manifests(app_context.var)
    activities = read_activities(release_folder.file(app_context.var, manifest.id, ACTIVITIES).read_bytes())
    assert len(activities) > PER_FEED_PAGE
    held: set[tuple[str, str, str]] = set()
    for path in pages(client):
        page = graph(client, path)
        members = list(page.objects(None, TREE.member))
        assert 0 < len(members) <= PER_FEED_PAGE
        for member in members:
            kind = str(page.value(member, rdflib.RDF.type))
            thing = str(page.value(member, rdflib.URIRef("https://www.w3.org/ns/activitystreams#object")))
            until = page.value(member, rdflib.URIRef("https://w3id.org/coopgraph/def/verifyAgainBy"))
            held.add((kind.rpartition("#")[2], thing, str(until or "")))
    assert held == {*activities}
    assert {thing.rpartition("/")[2] for _, thing, until in held if until} == {"lantern.removal-support"}


@pytest.mark.parametrize("number", [0, 1])
def test_a_page_and_the_root_say_the_same_in_every_format(client: FlaskClient, number: int) -> None:
    path = ["/feed", *pages(client)][number]
    first, *others = (graph(client, path, accept) for accept in FORMATS)
    assert all(isomorphic(first, other) for other in others)


def test_members_conform_to_the_shape_that_the_stream_names(client: FlaskClient) -> None:
    path = pages(client)[-1]
    page = graph(client, path)
    (shape,) = set(page.objects(None, TREE.shape))
    shapes = graph(client, str(shape).removeprefix(HOST), "text/turtle")
    assert validate(page, shacl_graph=shapes)[0]
    member = next(page.objects(None, TREE.member))
    page.remove((member, rdflib.URIRef("https://www.w3.org/ns/activitystreams#object"), None))
    assert not validate(page, shacl_graph=shapes)[0]


def test_pages_never_change_and_the_root_is_asked_for_again(client: FlaskClient) -> None:
    assert "immutable" in client.get(pages(client)[0]).headers["Cache-Control"]
    root = client.get("/feed")
    assert root.headers["Cache-Control"] == "public, no-cache"
    assert client.get("/feed", headers={"If-None-Match": root.headers["ETag"]}).status_code == 304
    assert root.headers["Access-Control-Allow-Origin"] == "*"


def test_an_activitys_document_of_then_answers(client: FlaskClient) -> None:
    found = json.loads(client.get(pages(client)[0], headers={"Accept": "application/ld+json"}).data)
    result = found["tree:member"][0]["as:result"]["@id"]
    assert client.get("/" + result.split("/", 3)[3], headers={"Accept": "text/turtle"}).status_code == 200


@pytest.mark.parametrize("name", ["x", "2020-01-01-00000000", "2020-01-01-00000000.2", "%2e%2e", "a" * 10_000])
def test_a_page_that_is_not_there_is_a_problem(client: FlaskClient, name: str) -> None:
    response = client.get(f"/feed/{name}", headers={"Accept": "application/json"})
    assert response.status_code == 404


@pytest.mark.parametrize("suffix", [".0", ".01", ".1", ".999"])
def test_a_page_has_one_name(client: FlaskClient, app_context: AppContext, suffix: str) -> None:
    release = release_folder.current(app_context.var)
    assert client.get(f"/feed/{release}{suffix}").status_code == 404


@pytest.mark.parametrize("accept", ["application/json", "application/activity+json"])
def test_the_feed_is_json_by_every_name_of_it(client: FlaskClient, accept: str) -> None:
    response = client.get("/feed", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, "application/ld+json")


def test_a_format_that_is_not_to_be_had_is_refused(client: FlaskClient) -> None:
    assert client.get("/feed", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("language", LANGUAGES)
def test_atom_names_the_newest_activities_in_the_readers_language(client: FlaskClient, language: str) -> None:
    response = client.get(f"/{language}/feed.atom", base_url=HOST)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    feed = etree.fromstring(response.data)
    entries = feed.findall("a:entry", ATOM)
    assert 0 < len(entries) <= 100
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == len(entries)
    assert feed.find("a:link[@rel='self']", ATOM).get("href") == f"{HOST}/{language}/feed.atom"
    links = [entry.find("a:link", ATOM).get("href") for entry in entries]
    assert all(client.get(link.removeprefix(HOST)).status_code == 200 for link in links[:5])


def test_atom_marks_services_that_are_overdue(
    client: FlaskClient, app_context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = sum(len(feed_page(app_context.var, name).activities) for name, _ in feed_pages(app_context.var))
    monkeypatch.setattr("coopgraph.web.data.feed.MOST_ENTRIES", every)
    feed = etree.fromstring(client.get("/en/feed.atom", base_url=HOST).data)
    overdue = feed.xpath("a:entry[a:category/@term='overdue']/a:link/@href", namespaces=ATOM)
    assert overdue == [f"{HOST}/en/doc/service/lantern.removal-support"]
