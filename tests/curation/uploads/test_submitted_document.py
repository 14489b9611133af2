"""Documents from curators: three formats, nothing fetched, and a clear word about everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopgraph.curation.uploads.submitted_document import DEEPEST_JSON, submitted_triples
from coopgraph.errors import CoopgraphError, SyntaxProblem, UnreadableInput
from coopgraph.rdf.jsonld import CONTEXT_IRI

CONTEXT = (Path(__file__).resolve().parents[3] / "ontology" / "context" / "v1.jsonld").read_bytes()
THING = "https://w3id.org/coopgraph/id/org/x"
JSON_LD = "application/ld+json"


def _json(**more: object) -> bytes:
    return json.dumps({"@context": CONTEXT_IRI, "@id": THING, "@type": "Organization", **more}).encode()


def test_three_formats_state_the_same() -> None:
    head = (
        f"<{THING}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/coopgraph/def/Organization> ."
    )
    turtle = f"@prefix coop: <https://w3id.org/coopgraph/def/> . <{THING}> a coop:Organization ."
    documents = {"text/turtle": turtle.encode(), "application/n-triples": head.encode(), JSON_LD: _json()}
    assert {submitted_triples(body, media_type, CONTEXT) for media_type, body in documents.items()} == {
        submitted_triples(turtle.encode(), "text/turtle", CONTEXT)
    }


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"@context": "https://evil.example/context", "@id": THING}).encode(),
        json.dumps({"@context": [CONTEXT_IRI, "https://evil.example/context"], "@id": THING}).encode(),
        json.dumps({"@context": {"x": "https://evil.example/"}, "@id": THING}).encode(),
        json.dumps({"@id": THING}).encode(),
        _json(claims=[{"@context": "https://evil.example/context"}]),
        _json(claims={"@context": None}),
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe{}",
        b'{"@context": NaN}',
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        _json(note=json.loads("[" * (DEEPEST_JSON + 1) + "]" * (DEEPEST_JSON + 1))),
        _json(note=int("9" * 4000)).replace(b"9" * 4000, b"9" * 5000),
        _json(note="\ud800"),
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)
def test_json_that_is_not_taken_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(UnreadableInput) as told:
        submitted_triples(body, JSON_LD, CONTEXT)
    assert told.value.in_language("ko")


def test_a_graph_with_a_name_is_refused() -> None:
    body = json.dumps(
        {"@context": CONTEXT_IRI, "@id": "https://e.example/g", "@graph": [{"@id": THING, "@type": THING}]}
    ).encode()
    with pytest.raises(UnreadableInput, match="graph of its own"):
        submitted_triples(body, JSON_LD, CONTEXT)


@pytest.mark.slow
@pytest.mark.parametrize("body", [b"[" * 16_000_000, b"<a> <b> <c> .", b"\x00", b"@prefix"])
def test_broken_turtle_is_told_its_place(body: bytes) -> None:
    with pytest.raises(CoopgraphError) as told:
        submitted_triples(body, "text/turtle", CONTEXT)
    assert isinstance(told.value, SyntaxProblem)
