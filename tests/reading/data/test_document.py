from __future__ import annotations

import json

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.model.iris import BASE, CONCEPT
from coopgraph.query.prepared import select
from coopgraph.rdf.formats import JSON_LD, TURTLE, Format
from coopgraph.rdf.terms import Literal
from coopgraph.reading.data.document import document, resource_document
from coopgraph.reading.description import Profile, describe_resource
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary

Read = tuple[ReleaseSource, Vocabulary]

LANTERN = BASE + "id/org/lantern"
ONE_OF_EACH = """
SELECT ?kind (MIN(STR(?thing)) AS ?one)
{ GRAPH ?graph { ?thing a ?kind } FILTER(CONTAINS(STR(?thing), "/id/")) } GROUP BY ?kind
"""


@pytest.fixture(scope="module")
def read(app_context: AppContext) -> Read:
    reading = ReleaseSource.of(app_context.query_service)
    return reading, read_vocabulary(reading)


@pytest.fixture(scope="module")
def entities(read: Read) -> list[str]:
    """One entity of each class."""
    found = select(read[0].query_service, ONE_OF_EACH)
    return sorted({term.value for row in found if isinstance(term := row.get("one"), Literal)})


@pytest.mark.parametrize("fmt", [TURTLE, JSON_LD], ids=["ttl", "jsonld"])
def test_what_the_store_makes_of_an_entity_or_a_concept_is_byte_for_byte_what_is_made_of_its_description(
    app_context: AppContext, read: Read, entities: list[str], fmt: Format
) -> None:
    reading, words = read
    assert len(entities) > 10
    for iri in (LANTERN, CONCEPT + "service-type/counselling", *entities):
        try:
            description = describe_resource(reading, iri)
        except NotFound:
            continue
        here = document(description, fmt, "full", words, reading, app_context.published)
        assert resource_document(reading, iri, fmt, "full", words, app_context.published) == here, iri


def test_a_frame_alone_leaves_out_what_is_not_in_its_tree(app_context: AppContext, read: Read) -> None:
    reading, words = read
    whole, tree = (
        json.loads(resource_document(reading, LANTERN, JSON_LD, "full", words, app_context.published, frame))
        for frame in ("", "organization")
    )
    assert "@included" in whole
    assert tree == {key: value for key, value in whole.items() if key != "@included"}


def test_what_is_not_there_is_refused_in_words(app_context: AppContext, read: Read) -> None:
    reading, words = read
    with pytest.raises(NotFound):
        resource_document(reading, BASE + "id/org/nobody", TURTLE, "full", words, app_context.published)
    with pytest.raises(WrongUsage, match="no frame"):
        resource_document(reading, LANTERN, JSON_LD, "full", words, app_context.published, "nonsense")


def test_other_profiles_and_things_that_are_no_entities_have_documents_too(app_context: AppContext, read: Read) -> None:
    reading, words = read
    others: tuple[tuple[str, Profile], ...] = (
        (LANTERN, "flat"),
        (BASE + "def/Organization", "full"),
        (BASE + "dataset/coopgraph", "full"),
    )
    for iri, profile in others:
        made = resource_document(reading, iri, TURTLE, profile, words, app_context.published)
        assert f"<{iri}>" in {str(quad.subject) for quad in parse(made, RdfFormat.TURTLE)}
