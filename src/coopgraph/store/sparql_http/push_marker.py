"""Push marker: what ``coopgraph push`` leaves on a server, and how a reader finds it there.

A release's graphs stand under their own names. Its default graph is a graph with a name as well, since some servers
have no unnamed one, and since several default graphs of a request give a statement twice on some servers; the name
holds the release's, so that an answer is never of another release than its asker thinks. The graph :data:`SERVED` names
the release and counts its graphs (``void:triples``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coopgraph.model.iris import GRAPH
from coopgraph.model.release import Manifest

NAMESPACE = "urn:x-coopgraph:"
SERVED = NAMESPACE + "served"
LOADED = NAMESPACE + "loaded"
"""A second graph with the statement that names the release, and how much of the next release is there."""

RELEASE = NAMESPACE + "release"
"""The subject that stands for the release in :data:`SERVED`."""

TAGGED = NAMESPACE + "tagged"
"""The subject of a text with a language tag, which shows how the server keeps tags."""

IDENTIFIER = "http://purl.org/dc/terms/identifier"
VOID_TRIPLES = "http://rdfs.org/ns/void#triples"

TAG = "zh-Hans"
TAG_QUERY = f"SELECT ?subject (LANG(?text) AS ?value) WHERE {{ VALUES ?subject {{ <{TAGGED}> }} ?subject ?p ?text }}"
"""Asked of :data:`SERVED`: gives :data:`TAG`, in the case in which the server keeps tags."""

MARKER_QUERY = "SELECT ?subject ?value WHERE { ?subject ?property ?value }"
"""Asked of :data:`SERVED`; :func:`read_marker` takes its rows."""


def staged(release: str, name: str) -> str:
    """Return where the graph ``name`` of a release waits until all of it is there (``default``: its default graph)."""
    return f"{NAMESPACE}{release}:{name.removeprefix(GRAPH)}"


@dataclass(frozen=True, slots=True)
class PushMarker:
    """A release on a server: its name, its default graph's name and size, its named graphs' sizes, in triples."""

    release: str
    default_graph: str
    triples: int
    graphs: Mapping[str, int]

    def name(self) -> str:
        """Return the statement that names the release, as N-Triples."""
        return f'<{RELEASE}> <{IDENTIFIER}> "{self.release}" .'

    def statements(self) -> str:
        """Return the contents of :data:`SERVED` as N-Triples."""
        counts = {self.default_graph: self.triples, **self.graphs}
        lines = [self.name(), f'<{TAGGED}> <{IDENTIFIER}> "{TAG}"@{TAG} .']
        lines += [f'<{name}> <{VOID_TRIPLES}> "{count}" .' for name, count in sorted(counts.items())]
        return "\n".join(lines)


def marker_of(manifest: Manifest) -> PushMarker:
    """Return how the release of ``manifest`` stands on a server."""
    return PushMarker(manifest.id, staged(manifest.id, "default"), manifest.triples, manifest.graphs)


def read_marker(rows: Iterable[tuple[str, str]]) -> PushMarker | None:
    """Return what the rows of :data:`MARKER_QUERY` say; None where no release was pushed."""
    found = dict(rows)
    release = found.pop(RELEASE, None)
    found.pop(TAGGED, None)
    if release is None:
        return None
    counts = {name: int(count) for name, count in found.items()}
    default = staged(release, "default")
    return PushMarker(release, default, counts.pop(default, 0), counts)
