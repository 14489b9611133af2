"""What is read from a graph in memory is what is read from the release that holds it."""

from __future__ import annotations

import gzip

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.formats import JSON_LD, TURTLE
from coopgraph.reading.data.document import document
from coopgraph.reading.description import describe_resource, page_description
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.resource_page import page
from coopgraph.reading.source import ReleaseSource, Source
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary

THINGS = (
    "id/org/lantern",
    "id/law/image-abuse-amendment-act-2021",
    "id/figure/lantern.2020.assistance-cases",
    "id/source/bridge-page",
    "id/area/jp",
    "def/Organization",
    "shape/AmendingLawAmends",
)

Read = tuple[Source, Vocabulary]


@pytest.fixture(scope="module")
def of_release(app_context: AppContext) -> Read:
    reading = ReleaseSource.of(app_context.query_service)
    return reading, read_vocabulary(reading)


@pytest.fixture(scope="module")
def in_memory(app_context: AppContext, of_release: Read) -> Read:
    release = of_release[0].release
    with gzip.open(release_folder.file(app_context.var, release, release_folder.DUMP)) as dump:
        reading = GraphSource.of(parse(dump.read(), RdfFormat.N_QUADS), release)
    return reading, read_vocabulary(reading)


def test_the_words_are_the_same(of_release: Read, in_memory: Read) -> None:
    assert in_memory[1] == of_release[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", THINGS)
def test_page_and_documents_are_the_same_from_a_graph_in_memory(
    name: str, app_context: AppContext, of_release: Read, in_memory: Read
) -> None:
    found = []
    for reading, words in (of_release, in_memory):
        description = describe_resource(reading, BASE + name)
        written = [
            document(description, fmt, "full", words, reading, app_context.published) for fmt in (TURTLE, JSON_LD)
        ]
        shown = page_description(reading, BASE + name)
        found.append((written, [page(shown, words, language) for language in LANGUAGES]))
    assert found[0] == found[1]
