from __future__ import annotations

from flask.testing import FlaskClient


def test_the_default_graph_is_asked_for_in_either_way(client: FlaskClient) -> None:
    standard, named = (client.get(f"/graphs?{query}") for query in ("default", "graph=default"))
    assert standard.status_code == named.status_code == 200
    assert standard.data == named.data


def test_one_graph_is_asked_for_at_a_time(client: FlaskClient) -> None:
    for query in ("", "graph=default&graph=urn:a", "default&graph=urn:a", "graph=urn:a&graph=urn:b"):
        assert client.get(f"/graphs?{query}").status_code == 400, query
