"""Push of the current release to another SPARQL server, beside the one it serves, and then in its place.

1. What earlier pushes of other releases left unfinished is removed.
2. Each graph goes in batches into a graph of the release's own (``urn:x-coopgraph:{release}:{name}``). The graph
   ``urn:x-coopgraph:loaded`` keeps how much of each is there, so that a push that was broken off goes on.
3. The default graph is made of them on the server. All are counted, and compared with the manifest.
4. One update moves the graphs to their names and says which release is served now.

Until step 4 readers get the release before. A graph's statements with blank nodes go in one batch: in the next,
a blank node would be another one.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import RELEASE_ID, Manifest
from coopgraph.publishing.push_target import Remote
from coopgraph.store.sparql_http import push_marker
from coopgraph.store.sparql_http.push_marker import LOADED, NAMESPACE, SERVED, VOID_TRIPLES, PushMarker, staged

POSTED = 20_000
"""Statements of one batch by the Graph Store Protocol."""

INSERTED = 1_000
"""Statements of one batch by SPARQL Update; Virtuoso's parser takes fewer than 5,000."""

_BLANK = re.compile(rb"_:|\S+ \S+ _:")


@dataclass(frozen=True, slots=True)
class PushProgress:
    """How far a push is: statements on the server, statements of the release."""

    done: int
    all: int


def push(
    var: Path,
    manifest: Manifest,
    remote: Remote,
    *,
    progress: Callable[[PushProgress], None] = lambda step: None,
) -> bool:
    """Put the release of ``manifest`` on the server; False where it is there already.

    By the Graph Store Protocol where ``remote`` has an address for it, else by SPARQL Update. Raises
    StoreDown or OurFault where the server fails or counts otherwise; it then goes on serving what it served, and the
    next call goes on from there.
    """
    if release_folder.DUMP in release_folder.damaged(var, manifest):
        raise OurFault(
            Message(
                "The dump of the release {release} is missing or damaged, so nothing was sent.", release=manifest.id
            ),
            Message("Restore the release from a copy, or build anew."),
        )
    wanted = push_marker.marker_of(manifest)
    served = push_marker.read_marker(remote.rows(_of_graph(SERVED)))
    if served == wanted:
        return False
    _clear(remote, wanted, served)
    _load(var, manifest, _Writer(remote), progress)
    _unite(remote, manifest, wanted)
    waiting = {staged(manifest.id, graph): count for graph, count in manifest.graphs.items()}
    _verify(remote, {**waiting, wanted.default_graph: wanted.triples})
    _switch(remote, wanted, served)
    _confirm(remote, wanted)
    return True


class _Writer:
    """Adds statements to graphs, and keeps on the server how many are there."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._by_graph = bool(remote.addresses.graphs)
        self.size = POSTED if self._by_graph else INSERTED

    def loaded(self, graph: str, blank: int) -> int | None:
        """Return how many statements without blank nodes ``graph`` has for sure; None where it must be begun."""
        noted = dict(self._remote.rows(_of_graph(LOADED))).get(graph)
        if noted is None or _count(self._remote, graph) < int(noted) + blank:
            return None
        return int(noted)

    def add(self, graph: str, lines: list[bytes], count: int, *, blank: bool = False) -> None:
        """Add N-Triples to ``graph``, which then has ``count`` statements."""
        noted = (
            f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}",
            f'INSERT DATA {{ GRAPH <{LOADED}> {{ <{graph}> <{VOID_TRIPLES}> "{count}" }} }}',
        )
        if self._by_graph and lines:
            self._remote.post(graph, lines)
        if self._by_graph or not lines:
            self._remote.update(*noted)
            return
        text = b"".join(lines).decode("utf-8")
        # INSERT DATA may hold blank nodes, but Virtuoso takes them in a template only.
        kind, end = ("INSERT", "WHERE { }") if blank else ("INSERT DATA", "")
        self._remote.update(f"{kind} {{ GRAPH <{graph}> {{\n{text}}} }} {end}", *noted)

    def begin(self, graph: str, blank: list[bytes]) -> None:
        """Begin ``graph`` with its statements that have blank nodes."""
        self._remote.update(f"DROP SILENT GRAPH <{graph}>")
        self.add(graph, blank, 0, blank=True)


def _clear(remote: Remote, wanted: PushMarker, served: PushMarker | None) -> None:
    """Remove the graphs that pushes of other releases left."""
    kept = (wanted.release, served.release) if served else (wanted.release,)
    left = [graph for graph, _ in remote.rows(_of_graph(LOADED)) if _release_of(graph) not in (*kept, None)]
    for graph in left:
        remote.update(f"DROP SILENT GRAPH <{graph}>", f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}")


def _load(var: Path, manifest: Manifest, writer: _Writer, progress: Callable[[PushProgress], None]) -> None:
    dump = release_folder.file(var, manifest.id, release_folder.DUMP)
    blank: dict[str, list[bytes]] = defaultdict(list)
    for graph, line in _statements(dump):
        if _BLANK.match(line):
            blank[graph].append(line)
    all_of_it = sum(manifest.graphs.values())
    done = sum(map(len, blank.values()))
    loaded: dict[str, int] = {}
    for graph in manifest.graphs:
        place = staged(manifest.id, graph)
        known = writer.loaded(place, len(blank[graph]))
        if known is None:
            writer.begin(place, blank[graph])
        loaded[graph] = known or 0
    count = dict.fromkeys(manifest.graphs, 0)
    waiting: dict[str, list[bytes]] = defaultdict(list)
    for graph, line in _statements(dump):
        if _BLANK.match(line):
            continue
        count[graph] += 1
        done += 1
        if count[graph] <= loaded[graph]:
            continue
        waiting[graph].append(line)
        if len(waiting[graph]) == writer.size:
            writer.add(staged(manifest.id, graph), waiting.pop(graph), count[graph])
            progress(PushProgress(done, all_of_it))
    for graph, lines in waiting.items():
        writer.add(staged(manifest.id, graph), lines, count[graph])
    progress(PushProgress(done, all_of_it))


def _statements(dump: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each statement of a dump in canonical N-Quads: its graph's IRI, and the rest as a line of N-Triples."""
    with gzip.open(dump, "rb") as lines:
        for line in lines:
            triple, _, graph = line[:-3].rpartition(b" ")
            yield graph[1:-1].decode("utf-8"), triple + b" .\n"


def _unite(remote: Remote, manifest: Manifest, wanted: PushMarker) -> None:
    union = wanted.default_graph
    remote.update(
        f'INSERT DATA {{ GRAPH <{LOADED}> {{ <{union}> <{VOID_TRIPLES}> "0" }} }}', f"DROP SILENT GRAPH <{union}>"
    )
    for graph in manifest.default_graph:
        if graph in manifest.graphs:
            remote.update(_copied(staged(manifest.id, graph), union))


def _verify(remote: Remote, expected: Mapping[str, int]) -> None:
    for graph, count in expected.items():
        held = _count(remote, graph)
        if held != count:
            remote.update(f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}")
            raise OurFault(
                Message(
                    "The server holds {held:,} of {count:,} statements in <{graph}>, so nothing was switched.",
                    held=held,
                    count=count,
                    graph=graph,
                ),
                Message(
                    "Run the same command again, which loads this graph anew. If it stays so, the server "
                    "changes values."
                ),
            )


def _switch(remote: Remote, wanted: PushMarker, served: PushMarker | None) -> None:
    moves = []
    for graph in wanted.graphs:
        place = staged(wanted.release, graph)
        moves += [f"DROP SILENT GRAPH <{graph}>", _copied(place, graph), f"DROP SILENT GRAPH <{place}>"]
    drops = [
        f"DROP SILENT GRAPH <{graph}>" for graph in (served.graphs if served else ()) if graph not in wanted.graphs
    ]
    union = f'<{wanted.default_graph}> <{VOID_TRIPLES}> "{wanted.triples}"'
    old = f' . <{served.default_graph}> <{VOID_TRIPLES}> "{served.triples}"' if served else ""
    remote.update(
        *moves,
        *drops,
        f"DROP SILENT GRAPH <{SERVED}>",
        f"DROP SILENT GRAPH <{LOADED}>",
        f"INSERT DATA {{ GRAPH <{LOADED}> {{ {wanted.name()} {union}{old} }} }}",
        f"INSERT DATA {{ GRAPH <{SERVED}> {{ {wanted.statements()} }} }}",
    )


def _confirm(remote: Remote, wanted: PushMarker) -> None:
    for graph, count in wanted.graphs.items():
        held = _count(remote, graph)
        if held != count:
            remote.update(f"DROP SILENT GRAPH <{SERVED}>")
            raise OurFault(
                Message(
                    "The server lost statements while it switched: <{graph}> holds {held:,} of {count:,}. It "
                    "is marked as holding no release.",
                    graph=graph,
                    held=held,
                    count=count,
                ),
                Message("Run the same command again. If it stays so, this server's updates cannot be relied on."),
            )


def _copied(source: str, target: str) -> str:
    """Return the update that adds one graph to another; ADD and MOVE lose statements in Jena 5.6's TDB2."""
    return f"INSERT {{ GRAPH <{target}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{source}> {{ ?s ?p ?o }} }}"


def _count(remote: Remote, graph: str) -> int:
    ((_, held),) = remote.rows(
        f"SELECT (1 AS ?subject) (COUNT(*) AS ?value) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    )
    return int(held)


def _release_of(graph: str) -> str | None:
    """Return the release whose graph of our own ``graph`` is; None for any other."""
    found = RELEASE_ID.match(graph.removeprefix(NAMESPACE))
    return found[0] if found else None


def _of_graph(graph: str) -> str:
    return f"SELECT ?subject ?value WHERE {{ GRAPH <{graph}> {{ ?subject ?property ?value }} }}"
