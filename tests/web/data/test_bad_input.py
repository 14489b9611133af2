"""Bad input at addresses of data: the right status and a problem document, no longer however long the input is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((f"/{room}/org/{LONG}", 404) for room in ("id", "doc", "linkset/doc", "timemap/doc")),
        *((f"/{place}/{LONG}{end}", 404) for place, end in (("frame", ".jsonld"), ("export", ".csv"), ("sandbox", ""))),
        *((f"/{place}/{LONG}", 404) for place in ("releases", "feed", "def", "shape", "dataset")),
        (f"/embed/org/{LONG}.json", 404),
        (f"/embed/list.json?area={LONG}", 404),
        (f"/doc/org.jsonld?area={LONG}", 404),
        (f"/doc/org.jsonld?after={LONG}", 400),
        (f"/doc/org/lantern.jsonld?profile={LONG}", 400),
        ("/doc/org/..%2f..%2fetc%2fpasswd", 404),
        ("/doc/org/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/doc/org/lantern%00.ttl", 404),
        ("/doc/org/lantern.jsonld?profile=none", 400),
    ],
)
def test_what_an_address_cannot_mean_is_a_short_problem(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert len(answer.data) < 2000


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Accept", "image/png", 406),
        ("Accept", 'application/ld+json;profile="urn:none"', 406),
        ("Accept", ";;;q=a", 200),
        ("Accept-Profile", "<urn:none>", 406),
        ("Accept-Language", LONG, 200),
        ("If-None-Match", 'garbage,,"', 200),
        ("If-None-Match", f'"{LONG}"', 200),
        ("If-None-Match", "*", 304),
        ("If-Match", '"another"', 412),
    ],
)
def test_a_header_that_cannot_be_met_has_its_status(client: FlaskClient, name: str, value: str, status: int) -> None:
    headers = {"Accept": "application/ld+json", name: value}
    answer = client.get("/doc/org/lantern", headers=headers)
    assert answer.status_code == status
    if status >= 400:
        assert answer.mimetype == "application/problem+json"
        assert len(answer.data) < 2000
