"""Push marker: what ``coopgraph push`` leaves on a server, and how a reader finds it there.

A release's graphs stand under their own names. Its default graph is a graph with a name as well, since some servers
have no unnamed one, and since several default graphs of a request give a statement twice on some servers; the name
holds the release's, so that an answer is never of another release than its asker thinks. The graph :data:`SERVED` names
the release and counts its graphs (``void:triples``).

Where a federation of several servers holds a release, each member has one shard of every graph. The first member names
the release and counts all of it; every member says which shard it has, so that a reader who does not see all of them
knows.
"""

from __future__ import annotations

import re
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
EXTENT = "http://purl.org/dc/terms/extent"
VOID_TRIPLES = "http://rdfs.org/ns/void#triples"

TAG = "zh-Hans"
TAG_QUERY = f"SELECT ?subject (LANG(?text) AS ?value) WHERE {{ VALUES ?subject {{ <{TAGGED}> }} ?subject ?p ?text }}"
"""Asked of :data:`SERVED`: gives :data:`TAG`, in the case in which the server keeps tags."""

MARKER_QUERY = "SELECT ?subject ?value WHERE { ?subject ?property ?value }"
"""Asked of :data:`SERVED`; :func:`read_marker` takes its rows."""


_SHARD = re.compile(re.escape(NAMESPACE) + r"(?P<release>[^:]+):shard:(?P<number>\d+)")


def staged(release: str, name: str, of: int = 1) -> str:
    """Return the name of a release's own for its graph ``name`` (``default``: its default graph), of ``of`` shards."""
    shards = "" if of == 1 else f"{of}:"
    return f"{NAMESPACE}{release}:{shards}{name.removeprefix(GRAPH)}"


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard of a release: its ``number``, counted from 1, and how many there are."""

    number: int
    of: int

    def staged(self, release: str, graph: str) -> str:
        """Return where this shard of ``graph`` waits until all of the release is there."""
        name = graph.removeprefix(GRAPH)
        return staged(release, name if self.of == 1 else f"{self.number}:{name}", self.of)

    def statement(self, release: str) -> str:
        """Return the statement that says which shard a member of a federation has, as N-Triples."""
        return f'<{NAMESPACE}{release}:shard:{self.number}> <{EXTENT}> "{self.of}" .'


def shards(of: int) -> frozenset[Shard]:
    """Return all shards of a release; none where it is on one server."""
    return frozenset(Shard(number, of) for number in range(1, of + 1)) if of > 1 else frozenset()


@dataclass(frozen=True, slots=True)
class PushMarker:
    """A release on a server: its name, its default graph's name and size, its named graphs' sizes, in triples.

    ``shards`` are those that are seen where it is on several servers.
    """

    release: str
    default_graph: str
    triples: int
    graphs: Mapping[str, int]
    shards: frozenset[Shard] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether all shards of the release are seen."""
        return self.shards == shards(max((shard.of for shard in self.shards), default=1))

    def name(self) -> str:
        """Return the statement that names the release, as N-Triples."""
        return f'<{RELEASE}> <{IDENTIFIER}> "{self.release}" .'

    def statements(self) -> str:
        """Return what :data:`SERVED` says of the release as N-Triples, without its shards."""
        counts = {self.default_graph: self.triples, **self.graphs}
        lines = [self.name(), f'<{TAGGED}> <{IDENTIFIER}> "{TAG}"@{TAG} .']
        lines += [f'<{name}> <{VOID_TRIPLES}> "{count}" .' for name, count in sorted(counts.items())]
        return "\n".join(lines)


def marker_of(manifest: Manifest, of: int = 1) -> PushMarker:
    """Return how the release of ``manifest`` stands on ``of`` servers."""
    return PushMarker(manifest.id, staged(manifest.id, "default", of), manifest.triples, manifest.graphs, shards(of))


def read_marker(rows: Iterable[tuple[str, str]]) -> PushMarker | None:
    """Return what the rows of :data:`MARKER_QUERY` say; None where no release was pushed."""
    found = dict(rows)
    parts = [(match, int(found.pop(name))) for name in tuple(found) if (match := _SHARD.fullmatch(name))]
    release = found.pop(RELEASE, None) or next((match["release"] for match, _ in parts), None)
    found.pop(TAGGED, None)
    if release is None:
        return None
    seen = frozenset(Shard(int(match["number"]), of) for match, of in parts if match["release"] == release)
    counts = {name: int(count) for name, count in found.items()}
    default = staged(release, "default", max((shard.of for shard in seen), default=1))
    return PushMarker(release, default, counts.pop(default, 0), counts, seen)
