from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from coopgraph.model.iris import BASE

OF = BASE + "profile/"
LINKED = "application/ld+json"


def profile_of(client: FlaskClient, address: str, **headers: str) -> str:
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == 200, response.data
    (named,) = [link for link in response.headers.getlist("Link") if 'rel="profile"' in link]
    return named.partition(">")[0].removeprefix("<" + OF)


@pytest.mark.parametrize(
    ("address", "headers", "profile"),
    [
        ("/doc/org/lantern.jsonld", {}, "full"),
        ("/doc/org/lantern.jsonld?profile=schema", {}, "schema"),
        (f"/doc/org/lantern.jsonld?profile={OF}flat", {}, "flat"),
        ("/doc/org/lantern.jsonld", {"Accept_Profile": f"<{OF}flat>"}, "flat"),
        ("/doc/org/lantern.ttl", {"Accept_Profile": f"<{OF}flat>"}, "flat"),
        ("/doc/org/lantern.jsonld", {"Accept_Profile": f"<{OF}flat>;q=0.4, <https://schema.org/>;q=0.5"}, "schema"),
        ("/doc/org/lantern.jsonld", {"Accept_Profile": f"<urn:x>, <{OF}flat>; q=0.1"}, "flat"),
        ("/doc/org/lantern.jsonld?profile=full", {"Accept_Profile": f"<{OF}flat>"}, "full"),
        ("/doc/org/lantern", {"Accept": f'{LINKED};profile="{OF}schema"'}, "schema"),
        ("/doc/org/lantern", {"Accept": f'{LINKED};q=0.9;profile="urn:x {OF}flat", text/html;q=0.1'}, "flat"),
        ("/doc/org/lantern", {"Accept": f'{LINKED};profile="http://www.w3.org/ns/json-ld#flattened"'}, "flat"),
        ("/doc/org/lantern", {"Accept": f'{LINKED};profile="http://www.w3.org/ns/json-ld#context"'}, "full"),
        ("/doc/org/lantern", {"Accept": f'{LINKED};profile="urn:x", {LINKED};q=0.5, application/json'}, "full"),
        ("/doc/org/lantern.ttl", {"Accept": f'{LINKED};profile="{OF}flat"'}, "full"),
    ],
)
def test_the_profile_is_that_of_the_address_else_of_a_header(
    client: FlaskClient, address: str, headers: dict[str, str], profile: str
) -> None:
    assert profile_of(client, address, **headers) == profile


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Profile": "<urn:x>"},
        {"Accept-Profile": f"<{OF}flat>;q=0"},
        {"Accept-Profile": "nonsense" * 10_000},
        {"Accept": f'{LINKED};profile="urn:x"'},
    ],
)
def test_a_header_that_names_no_profile_there_is_gets_406_with_those_there_are(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    response = client.get("/doc/org/lantern.jsonld", headers=headers)
    assert response.status_code == 406
    assert all(f"<{OF}{name}>" in response.json["detail"] for name in ("full", "flat", "schema"))


def test_an_answer_says_by_which_headers_it_may_be_another(client: FlaskClient) -> None:
    def varies(path: str) -> set[str]:
        return set(client.get(path).vary) & {"Accept", "Accept-Profile"}

    assert varies("/doc/org/lantern.jsonld") == {"Accept", "Accept-Profile"}
    assert varies("/doc/org/lantern.ttl") == {"Accept-Profile"}


@pytest.mark.parametrize("name", ["full", "flat", "schema"])
def test_the_iri_of_a_profile_says_what_it_is(client: FlaskClient, name: str) -> None:
    turtle = client.get(f"/profile/{name}", headers={"Accept": "text/turtle"}).text
    assert f"<{OF}{name}>" in turtle
    document = client.get(f"/profile/{name}", headers={"Accept": LINKED}).json
    assert document["@graph"][0]["id"] == OF + name
    assert client.get("/profile/other").status_code == 404


def test_the_schema_of_a_frame_is_published_beside_it_for_good(client: FlaskClient) -> None:
    response = client.get("/frame/organization.schema.json")
    assert (response.status_code, response.content_type) == (200, "application/schema+json")
    assert response.json["$id"] == BASE + "frame/organization.schema.json"
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/frame/nothing.schema.json").status_code == 404
