"""The invented graph of ``tests/fixture`` as the contents of a release, and how tests change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import Tree, read_tree
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import Literal, NamedNode, Quad

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tree() -> Tree:
    return Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")


@pytest.fixture(scope="session")
def contents(tree: Tree) -> ReleaseContents:
    return _contents(tree, _least)


@pytest.fixture(scope="session")
def whole_contents(tree: Tree) -> ReleaseContents:
    return _contents(tree, list)


def _contents(tree: Tree, part: Callable[[list[Quad]], list[Quad]]) -> ReleaseContents:
    content = read_tree(tree)
    assert not content.problems
    quads = tuple(chain.from_iterable(part(graph) for graph in _by_graph(materialize(content).quads()).values()))
    documents = {"context/v1.jsonld": (ROOT / "ontology" / "context" / "v1.jsonld").read_bytes()}
    documents |= {"report.ttl": b"", "report.json": b"{}\n"}
    return ReleaseContents(quads, canonical_prefixes(quads), documents, 0)


@pytest.fixture(scope="session")
def with_note(contents: ReleaseContents) -> Callable[[str], ReleaseContents]:
    """Give the contents with one statement more, whose words are given."""

    def changed(words: str) -> ReleaseContents:
        note = Quad(
            NamedNode("https://w3id.org/coopgraph/id/claim/lantern.prefLabel.1"),
            COOP.curatorNote,
            Literal(words, language="en"),
            NamedNode(graph_iri("records")),
        )
        return replace(contents, quads=(*contents.quads, note))

    return changed


def _by_graph(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    graphs: dict[str, list[Quad]] = {}
    for quad in quads:
        graphs.setdefault(str(quad.graph_name), []).append(quad)
    return graphs


def _least(graph: list[Quad]) -> list[Quad]:
    """Return a graph of our own data whole, of vocabulary and shapes only some: that is enough here."""
    return graph if len(graph) < 2_000 else graph[:60]


Publish = Callable[..., Manifest | None]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Install contents under the lock, as a build does."""

    def published(contents: ReleaseContents, *, day: int = 31, message: str = "") -> Manifest | None:
        with publishing(tmp_path):
            now = datetime(2026, 1, day, 12, tzinfo=UTC)
            return install_release(contents, tmp_path, message=message, now=now, built_from=None)

    return published
