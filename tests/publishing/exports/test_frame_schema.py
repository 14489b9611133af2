from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.publishing.exports.frame_schema import FrameSchemas, required_properties
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.description import describe_resource
from coopgraph.reading.source import ReleaseSource

ROOT = Path(__file__).parents[3]
CONTEXT = (ROOT / "ontology" / "context" / "v1.jsonld").read_bytes()
FRAMES = sorted(path.stem for path in (ROOT / "ontology" / "frame").glob("*.jsonld"))


def published_schema(var: Path, name: str) -> Mapping[str, Any]:
    release = release_folder.current(var)
    assert release
    found: Mapping[str, Any] = json.loads(release_folder.file(var, release, f"frame/{name}.schema.json").read_bytes())
    return found


def document_of(app_context: AppContext, name: str, kind: str) -> Any:
    reading = ReleaseSource.of(app_context.query_service)
    item = describe_resource(reading, f"{BASE}id/{name}")
    published = PublishedContexts(app_context.var)
    frame = published.frame(reading.release, kind)
    assert frame
    return published.context(reading.release).whole(item.graph, item.node, frame)


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMES)
def test_the_schema_of_a_frame_is_a_schema_of_2020_12_with_the_address_it_is_published_at(
    published: Path, name: str
) -> None:
    schema = published_schema(published, name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{BASE}frame/{name}.schema.json"
    assert schema["properties"]["@context"] == {"const": f"{BASE}context/v1.jsonld"}


BROKEN: list[tuple[str, Any]] = [
    ("basedIn", BASE + "id/area/kr"),
    ("label", "Lantern"),
    ("label", {"english": "Lantern"}),
    ("type", "Organization"),
    ("claims", {}),
    ("unheardOf", 1),
    ("telephone", ["+1 2", 12.5]),
    ("id", None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("term", "value"), BROKEN)
def test_a_document_of_another_form_does_not_fit(app_context: AppContext, term: str, value: Any) -> None:
    judge = Draft202012Validator(published_schema(app_context.var, "organization"), format_checker=FormatChecker())
    document = document_of(app_context, "org/lantern", "organization")
    assert list(judge.iter_errors(document)) == []
    broken = deepcopy(document)
    broken[term] = value
    assert list(judge.iter_errors(broken))


def test_what_a_shape_demands_is_required_of_its_class_alone(app_context: AppContext) -> None:
    judge = Draft202012Validator(published_schema(app_context.var, "organization"))
    document = document_of(app_context, "org/lantern", "organization")
    del document["basedIn"]
    assert [error.message for error in judge.iter_errors(document)] == ["'basedIn' is a required property"]
    document["type"] = ["skos:Concept"]
    assert "basedIn" not in "".join(error.message for error in judge.iter_errors(document))


def test_a_warning_demands_nothing() -> None:
    turtle = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://e/> .
    :a sh:targetClass :C ; sh:path :must ; sh:minCount 1 ; sh:severity sh:Violation .
    :b sh:targetClass :C ; sh:path :may ; sh:minCount 0 .
    :c sh:targetClass :C ; sh:path :should ; sh:minCount 1 ; sh:severity sh:Warning .
    :d sh:targetClass :C ; sh:path :also ; sh:minCount 2 .
    """
    shapes = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]
    assert required_properties(shapes) == {"http://e/C": ("http://e/also", "http://e/must")}


def test_an_embedded_thing_may_say_what_its_frame_names_and_nothing_else() -> None:
    frame = {"type": "Law", "provisions": {"id": {}, "@embed": "@always", "@explicit": True, "skos:prefLabel": {}}}
    schema = FrameSchemas(CONTEXT, {}).schema("law", frame, "https://e/law.schema.json")
    provision = schema["properties"]["provisions"]["items"]
    assert provision["properties"].keys() == {"id", "label"}
    assert provision["additionalProperties"] is False
    assert schema["properties"]["amends"]["items"] == {"$ref": "#/$defs/link"}
