"""A tree of a few files, written by each test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from coopgraph.dataset.materialize.graphs import MaterializedGraphs, materialize
from coopgraph.dataset.tree import Tree, read_tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Triple

ROOT = Path(__file__).parents[2]

PREFIXES = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in {
        "area": "https://w3id.org/coopgraph/id/area/",
        "bd": "https://w3id.org/coopgraph/id/concept/breakdown/",
        "basis": "https://w3id.org/coopgraph/id/concept/basis/",
        "c": "https://w3id.org/coopgraph/id/claim/",
        "cite": "https://w3id.org/coopgraph/id/citation/",
        "coop": "https://w3id.org/coopgraph/def/",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "dcterms": "http://purl.org/dc/terms/",
        "der": "https://w3id.org/coopgraph/id/derived/",
        "dir": "https://w3id.org/coopgraph/id/concept/directness/",
        "ds": "https://w3id.org/coopgraph/dataset/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "expr": "https://w3id.org/coopgraph/id/expression/",
        "fig": "https://w3id.org/coopgraph/id/figure/",
        "ind": "https://w3id.org/coopgraph/id/concept/indicator/",
        "law": "https://w3id.org/coopgraph/id/law/",
        "lo": "https://w3id.org/coopgraph/id/concept/label-origin/",
        "o": "https://w3id.org/coopgraph/id/org/",
        "org": "http://www.w3.org/ns/org#",
        "ot": "https://w3id.org/coopgraph/id/concept/organization-type/",
        "per": "https://w3id.org/coopgraph/id/period/",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "rank": "https://w3id.org/coopgraph/id/concept/rank/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "schema": "https://schema.org/",
        "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
        "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "src": "https://w3id.org/coopgraph/id/source/",
        "svc": "https://w3id.org/coopgraph/id/service/",
        "tp": "https://w3id.org/coopgraph/id/concept/topic/",
        "un": "https://w3id.org/coopgraph/id/concept/unit/",
        "ver": "https://w3id.org/coopgraph/id/concept/verification/",
        "wd": "http://www.wikidata.org/entity/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)


def triples(text: str) -> set[Triple]:
    """The triples of a text that uses the prefixes above."""
    return {quad.triple for quad in read_rdf((PREFIXES + text).encode(), TURTLE)}


def claim(slug: str, subject: str, predicate: str, value: str, more: str = "") -> str:
    """A claim in Turtle."""
    parts = f"rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {value}"
    return f"c:{slug} a coop:Claim ; {parts} ; coop:hasEvidence cite:page.p1 {more} .\n"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The project's own ontology and shapes, with an empty data folder."""
    (tmp_path / "data").mkdir()
    return Tree(ROOT / "ontology", ROOT / "shapes", tmp_path / "data")


Write = Callable[..., None]


@pytest.fixture
def write(tree: Tree) -> Write:
    """Write one data file."""

    def written(path: str, text: str | bytes) -> None:
        place = tree.data / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else (PREFIXES + text).encode())

    return written


@pytest.fixture
def filled(tree: Tree, write: Write) -> Callable[[str], MaterializedGraphs]:
    """What follows from one data file over the project's ontology."""

    def made(text: str) -> MaterializedGraphs:
        write("org/all.ttl", text)
        content = read_tree(tree)
        assert not content.problems
        return materialize(content)

    return made


def has(graph: Iterable[Triple], text: str) -> bool:
    """Whether all triples of ``text`` are in ``graph``."""
    return triples(text) <= set(graph)
