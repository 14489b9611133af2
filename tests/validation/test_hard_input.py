"""Whatever a file holds, a check ends with a report in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopgraph.dataset.tree import TreeFile, read_document
from coopgraph.rdf.formats import N_TRIPLES
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.turtle_text import with_line_feeds
from coopgraph.validation.characters import oddities
from coopgraph.validation.formats import csv, github, junit, sarif, text, turtle
from coopgraph.validation.formats import json as json_format
from coopgraph.validation.run import Document
from coopgraph.validation.shacl import n_triples
from coopgraph.validation.source_map import map_source
from tests.conftest import THOROUGH, example_count

from .conftest import FIXTURE, ROOT, Check

FILES = [
    FIXTURE / "org" / "lantern.ttl",
    FIXTURE / "source" / "bridge-page.ttl",
    ROOT / "shapes" / "labels.ttl",
    ROOT / "ontology" / "figures.ttl",
]
PIECES = [
    *(
        "(",
        ")",
        "[",
        "]",
        ";",
        ",",
        ".",
        '"',
        "'",
        '"""',
        "^^",
        "@en",
        "@",
        "<",
        ">",
        "_:a",
        "a",
        "#",
        "\\",
        "\r",
        "\r\n",
    ),
    *(
        "( 'a' [ a rdf:List ] )",
        '"a"^^rdf:langString',
        "<urn:a>",
        "<<",
        "{|",
        "=>",
        "{ }",
        "@forSome",
        "@prefix",
        "PREFIX",
    ),
    *(
        "\x00",
        "\x85",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "\ud55c",
        "e\u0301",
        "1e400",
        "-0",
        "1.",
        "true",
        "\U0010ffff",
    ),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file of the tree with a few of its parts cut out, doubled, or replaced."""
    data = draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([*PIECES, "", data[start:end] * 2]))
        data = data[:start] + piece + data[end:]
    encoded = data.encode()
    return encoded if draw(st.booleans()) else encoded[: draw(st.integers(0, len(encoded)))]


@settings(max_examples=example_count(150), deadline=None)
@given(mutated())
def test_whatever_could_be_read_of_a_file_has_places_and_characters_and_goes_to_the_engine(data: bytes) -> None:
    quads, problems = read_document(data, TreeFile("records", "data/org/lantern.ttl", Path()))
    triples = [quad.triple for quad in quads]
    document = with_line_feeds(data).decode("utf-8", "replace").removeprefix("\ufeff")
    places = map_source(document, triples)
    assert problems or set(places.triples) == set(triples)
    assert len(read_rdf(n_triples(triples), N_TRIPLES)) == len(triples)
    for triple in triples:
        list(oddities(triple.object))


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=8 if THOROUGH else 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_a_check_of_a_mutated_file_ends_with_a_report_in_every_format(check: Check, data: bytes) -> None:
    report = check(documents=(Document(data, "-"),))
    for form in (csv, github, json_format, junit, sarif, text, turtle):
        assert form.write(report, "ko")
