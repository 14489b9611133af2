from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator


def test_every_document_of_the_sandbox_answers_for_ever_to_anybody(client: FlaskClient) -> None:
    listed = client.get("/sandbox").json["documents"]
    assert {path.split("/")[2] for path in listed} == {"doc", "embed"}
    for path in listed:
        found = client.get(f"{path}?lang=ko&anything=1")
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(path, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    assert client.get("/sandbox/doc/org/nobody.jsonld").status_code == 404
    assert client.get("/sandbox/../pages/views.py").status_code == 404


@pytest.mark.parametrize("kind", ["organization", "law", "service", "figure", "event", "source", "concept"])
def test_the_sandbox_has_a_document_of_each_kind_that_is_valid_by_its_schema(client: FlaskClient, kind: str) -> None:
    folder = {"organization": "org", "concept": "area"}.get(kind, kind)
    paths = [path for path in client.get("/sandbox").json["documents"] if path.startswith(f"/sandbox/doc/{folder}/")]
    validator = Draft202012Validator(client.get(f"/frame/{kind}.schema.json").json)
    assert paths
    for path in paths:
        assert list(validator.iter_errors(client.get(path).json)) == []


def test_what_the_component_asks_has_the_members_of_the_real_answer(client: FlaskClient) -> None:
    real = client.get("/embed/list.json?area=jp&lang=en").json
    told = client.get("/sandbox/embed/list.json?area=jp&lang=en").json
    assert told.keys() == real.keys()
    assert told["entities"]
    assert told["entities"][0].keys() == real["entities"][0].keys()
