"""What the ontology tests read: the Turtle of `ontology/`, parsed once."""

from pathlib import Path

import pytest
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
LANGUAGES = ("en", "ko", "ja", "zh-Hans", "zh-Hant")


def _parse(files: list[Path]) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(file)
    return graph


@pytest.fixture(scope="session")
def vocabulary() -> Graph:
    """The classes, properties, kinds and prefixes."""
    return _parse(sorted(ONTOLOGY.glob("*.ttl")))


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """The concept schemes."""
    return _parse(sorted((ONTOLOGY / "schemes").glob("*.ttl")))
