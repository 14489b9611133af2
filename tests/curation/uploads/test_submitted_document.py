"""Documents from curators: three formats, nothing fetched, and a clear word about everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopgraph.curation.uploads.submitted_document import DEEPEST_JSON, MOST_STATED, submitted_triples
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


LINES = b"<urn:s%d> <urn:p> <urn:o> .\n"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"<urn:s> <urn:p> (" + b" 1" * (MOST_STATED // 2) + b") ."),
        ("text/turtle", b"<urn:s> <urn:p> 1" + b".[] <urn:p> 1" * MOST_STATED + b" ."),
        ("application/n-triples", b"".join(LINES % number for number in range(MOST_STATED + 1))),
        ("text/turtle", b"@prefix e: <urn:" + b"x" * 100_000 + b"> . e:a e:b e:c" + b",e:c" * 1_000 + b" ."),
    ],
    ids=["list", "blank nodes", "lines", "prefix"],
)
def test_what_states_more_than_is_checked_within_seconds_is_refused(media_type: str, body: bytes) -> None:
    with pytest.raises(UnreadableInput, match="more than is read") as told:
        submitted_triples(body, media_type, CONTEXT)
    assert "coopgraph check" in told.value.in_language("ja")


def test_as_much_as_is_taken_is_taken() -> None:
    body = b"".join(LINES % number for number in range(MOST_STATED))
    assert len(submitted_triples(body, "application/n-triples", CONTEXT)) == MOST_STATED


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"<urn:s> <urn:p> 1" + b",[]" * 5_000 + b" ."),
        ("text/turtle", b"<urn:s> " + b";".join(b"<urn:p%d> 1" % number for number in range(5_000)) + b" ."),
        (JSON_LD, _json(about=[f"urn:o{number}" for number in range(5_000)])),
    ],
    ids=["values", "properties", "array"],
)
def test_one_subject_of_which_more_is_said_than_constraints_can_compare_is_refused(
    media_type: str, body: bytes
) -> None:
    with pytest.raises(UnreadableInput, match="of one subject"):
        submitted_triples(body, media_type, CONTEXT)
