from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
from flask.testing import FlaskClient

from coopgraph.model.iris import BASE

OF_ENTITIES = {"cite-as", "alternate", "describedby", "collection", "type", "license"}


def relations(client: FlaskClient, path: str, accept: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in client.get(path, headers={"Accept": accept}).headers.getlist("Link"):
        target, _, rest = link.partition(">; rel=")
        found.setdefault(rest.split('"')[1], []).append(target.removeprefix("<"))
    return found


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_document_says_where_all_about_its_entity_is(client: FlaskClient, accept: str) -> None:
    told = relations(client, "/doc/org/lantern", accept)
    assert told.keys() >= {*OF_ENTITIES, "linkset"}
    assert told["cite-as"] == [BASE + "id/org/lantern"]
    assert told["collection"] == ["/doc/org"]
    assert set(told["type"]) == {"https://schema.org/AboutPage", "https://schema.org/Organization"}
    assert told["linkset"] == ["/linkset/doc/org/lantern"]


@pytest.mark.parametrize("name", ["org/lantern", "law/image-abuse-amendment-act-2021", "area/jp"])
def test_the_way_from_an_iri_to_its_document_has_the_signposts_of_the_document(client: FlaskClient, name: str) -> None:
    way = client.get(f"/id/{name}")
    assert (way.status_code, way.headers["Location"]) == (303, f"/doc/{name}")
    told = relations(client, f"/id/{name}", "text/turtle")
    assert told["cite-as"] == [f"{BASE}id/{name}"]
    assert told["describedby"] == [f"/doc/{name}.ttl", f"/doc/{name}.jsonld"]
    assert told["linkset"] == [f"/linkset/doc/{name}"]
    of_document = relations(client, f"/doc/{name}", "text/html")
    for relation in ("cite-as", "alternate", "describedby", "collection", "type", "license", "linkset"):
        assert told[relation] == of_document[relation], relation


@pytest.mark.parametrize("path", ["/id/org/lantern", "/id/org/lantern/", "/id/org/nobody"])
def test_head_of_an_iri_says_what_get_says(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers.getlist("Link") == got.headers.getlist("Link")


def link_set(client: FlaskClient, path: str) -> Iterator[tuple[str, str, str]]:
    """Each anchor with relation and target."""
    for context in client.get(path, headers={"Accept": "application/linkset+json"}).json["linkset"]:
        for relation, targets in context.items():
            if relation != "anchor":
                yield from ((context["anchor"], relation, target["href"]) for target in targets)


def test_the_link_set_of_a_document_has_all_its_links_and_they_answer(client: FlaskClient) -> None:
    links = list(link_set(client, "/linkset/doc/org/lantern"))
    here = "http://localhost/doc/org/lantern"
    assert {relation for anchor, relation, _ in links if anchor == here} == OF_ENTITIES
    assert (here + ".ttl", "describes", here) in links
    assert (here, "alternate", here + ".jsonld?profile=schema") in links
    for _, _, target in links:
        if target.startswith("http://localhost"):
            path = target.removeprefix("http://localhost")
            assert client.get(path, headers={"Accept": "text/turtle, text/html;q=0.5, */*;q=0.1"}).status_code == 200, (
                path
            )


def test_the_link_set_of_the_data_set_names_its_collections_and_the_files_of_its_release(client: FlaskClient) -> None:
    links = list(link_set(client, "/linkset"))
    items = {target for _, relation, target in links if relation == "item"}
    assert "http://localhost/doc/org" in items
    assert any(item.endswith("/dump.nq.gz") for item in items)
    for item in items:
        assert client.get(item.removeprefix("http://localhost"), headers={"Accept": "*/*"}).status_code in (200, 303)


def test_a_link_set_comes_as_text_too_and_only_of_what_is_there(client: FlaskClient) -> None:
    text = client.get("/linkset/doc/org/lantern", headers={"Accept": "application/linkset"})
    assert text.mimetype == "application/linkset"
    assert f'<{BASE}id/org/lantern>; rel="cite-as"; anchor="http://localhost/doc/org/lantern"' in text.text
    assert client.get("/linkset/doc/org/nobody").status_code == 404
    assert client.get("/linkset/nowhere").status_code == 404


def test_how_long_a_copy_may_be_used_follows_from_the_address(client: FlaskClient) -> None:
    current = client.get("/doc/org/lantern.ttl")
    assert current.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"
    release = current.headers["X-Coopgraph-Release"]
    for path in (f"/at/{release}/doc/org/lantern.ttl", f"/releases/{release}/dump.nq.gz"):
        assert client.get(path).headers["Cache-Control"] == "public, max-age=86400, immutable", path
    assert (
        client.get("/releases", headers={"Accept": "application/json"}).headers["Cache-Control"] == "public, no-cache"
    )


def test_a_document_is_as_old_as_its_release(client: FlaskClient) -> None:
    response = client.get("/doc/org/lantern.ttl")
    dated = response.headers["Last-Modified"]
    assert f"{parsedate_to_datetime(dated):%Y-%m-%d}" == response.headers["X-Coopgraph-Release"][:10]
    assert client.get("/doc/org/lantern.ttl", headers={"If-Modified-Since": dated}).status_code == 304
    earlier = {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert client.get("/doc/org/lantern.ttl", headers=earlier).status_code == 200
    both = {"If-Modified-Since": dated, "If-None-Match": '"another"'}
    assert client.get("/doc/org/lantern.ttl", headers=both).status_code == 200
