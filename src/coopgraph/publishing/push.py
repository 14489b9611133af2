"""Push of the current release to other SPARQL servers, beside the one they serve, and then in its place.

1. What earlier pushes of other releases left unfinished is removed.
2. Each graph goes in batches into a graph of the release's own (``urn:x-coopgraph:{release}:{name}``). The graph
   ``urn:x-coopgraph:loaded`` keeps how much of each is there, so that a push that was broken off goes on.
3. The default graph is made of them on the server. All are counted, and compared with the manifest.
4. One update moves the graphs to their names and says which release is served now.

Until step 4 readers get the release before. A graph's statements with blank nodes go in one batch: in the next,
a blank node would be another one.

Several servers are the members of a federation, and each takes one shard of every graph: the statements whose
subjects have its remainder of CRC-32. Those with blank nodes are in the first shard, as a blank node is known to one
server only. Step 4 is one update for each member then, the first member last, since it names the release.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import RELEASE_ID, Manifest
from coopgraph.publishing.push_target import Remote
from coopgraph.store.sparql_http import push_marker
from coopgraph.store.sparql_http.push_marker import LOADED, NAMESPACE, SERVED, VOID_TRIPLES, PushMarker, Shard

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
    *servers: Remote,
    progress: Callable[[PushProgress], None] = lambda step: None,
) -> bool:
    """Put the release of ``manifest`` on one server, or a shard on each of several; False where it is there already.

    By the Graph Store Protocol where a server has an address for it, else by SPARQL Update. Raises
    StoreDown or OurFault where a server fails or counts otherwise; they then go on serving what they served, and the
    next call goes on from there.
    """
    if release_folder.DUMP in release_folder.damaged(var, manifest):
        raise OurFault(
            Message(
                "The dump of the release {release} is missing or damaged, so nothing was sent.", release=manifest.id
            ),
            Message("Restore the release from a copy, or build anew."),
        )
    wanted = push_marker.marker_of(manifest, len(servers))
    noted = [server.rows(_of_graph(SERVED)) for server in servers]
    if push_marker.read_marker(chain.from_iterable(noted)) == wanted:
        return False
    members = [
        _Member(server, Shard(number, len(servers)), push_marker.read_marker(rows))
        for number, (server, rows) in enumerate(zip(servers, noted, strict=True), 1)
    ]
    for member in members:
        _clear(member, wanted)
    _load(var, manifest, members, progress)
    for member in members:
        _unite(member, manifest, wanted)
    _verify(members, wanted)
    gone = {graph for member in members if member.served for graph in member.served.graphs} - set(wanted.graphs)
    for member in reversed(members):
        _switch(member, wanted, gone)
    _confirm(members, wanted)
    return True


@dataclass(frozen=True, slots=True)
class _Member:
    """A server, the shard that it takes, and the release that it has said to have until now."""

    remote: Remote
    shard: Shard
    served: PushMarker | None

    @property
    def size(self) -> int:
        """Statements of one batch."""
        return POSTED if self.remote.addresses.graphs else INSERTED

    def loaded(self, graph: str, blank: int) -> int | None:
        """Return how many statements without blank nodes ``graph`` has for sure; None where it must be begun."""
        noted = dict(self.remote.rows(_of_graph(LOADED))).get(graph)
        if noted is None or _count(self.remote, graph) < int(noted) + blank:
            return None
        return int(noted)

    def add(self, graph: str, lines: list[bytes], count: int, *, blank: bool = False) -> None:
        """Add N-Triples to ``graph``, which then has ``count`` statements."""
        noted = (
            f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}",
            f'INSERT DATA {{ GRAPH <{LOADED}> {{ <{graph}> <{VOID_TRIPLES}> "{count}" }} }}',
        )
        by_graph = bool(self.remote.addresses.graphs)
        if by_graph and lines:
            self.remote.post(graph, lines)
        if by_graph or not lines:
            self.remote.update(*noted)
            return
        text = b"".join(lines).decode("utf-8")
        # INSERT DATA may hold blank nodes, but Virtuoso takes them in a template only.
        kind, end = ("INSERT", "WHERE { }") if blank else ("INSERT DATA", "")
        self.remote.update(f"{kind} {{ GRAPH <{graph}> {{\n{text}}} }} {end}", *noted)

    def begin(self, graph: str, blank: list[bytes]) -> None:
        """Begin ``graph`` with its statements that have blank nodes."""
        self.remote.update(f"DROP SILENT GRAPH <{graph}>")
        self.add(graph, blank, 0, blank=True)


def _clear(member: _Member, wanted: PushMarker) -> None:
    """Remove the graphs that other pushes left."""
    kept = {member.shard.staged(wanted.release, graph) for graph in wanted.graphs} | {wanted.default_graph}
    if member.served:
        kept.add(member.served.default_graph)
    left = [
        graph for graph, _ in member.remote.rows(_of_graph(LOADED)) if _is_of_a_release(graph) and graph not in kept
    ]
    for graph in left:
        member.remote.update(
            f"DROP SILENT GRAPH <{graph}>", f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}"
        )


def _load(var: Path, manifest: Manifest, members: Sequence[_Member], progress: Callable[[PushProgress], None]) -> None:
    dump = release_folder.file(var, manifest.id, release_folder.DUMP)
    blank: dict[str, list[bytes]] = defaultdict(list)
    for graph, line in _statements(dump):
        if _BLANK.match(line):
            blank[graph].append(line)
    all_of_it = sum(manifest.graphs.values())
    done = sum(map(len, blank.values()))
    loaded: dict[tuple[int, str], int] = {}
    for number, member in enumerate(members):
        for graph in manifest.graphs:
            place = member.shard.staged(manifest.id, graph)
            first = [] if number else blank[graph]
            known = member.loaded(place, len(first))
            if known is None:
                member.begin(place, first)
            loaded[number, graph] = known or 0
    count = dict.fromkeys(loaded, 0)
    waiting: dict[tuple[int, str], list[bytes]] = defaultdict(list)
    for graph, line in _statements(dump):
        if _BLANK.match(line):
            continue
        number = zlib.crc32(line.split(b" ", 1)[0]) % len(members)
        part, member = (number, graph), members[number]
        count[part] += 1
        done += 1
        if count[part] <= loaded[part]:
            continue
        waiting[part].append(line)
        if len(waiting[part]) == member.size:
            member.add(member.shard.staged(manifest.id, graph), waiting.pop(part), count[part])
            progress(PushProgress(done, all_of_it))
    for (number, graph), lines in waiting.items():
        member = members[number]
        member.add(member.shard.staged(manifest.id, graph), lines, count[number, graph])
    progress(PushProgress(done, all_of_it))


def _statements(dump: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each statement of a dump in canonical N-Quads: its graph's IRI, and the rest as a line of N-Triples."""
    with gzip.open(dump, "rb") as lines:
        for line in lines:
            triple, _, graph = line[:-3].rpartition(b" ")
            yield graph[1:-1].decode("utf-8"), triple + b" .\n"


def _unite(member: _Member, manifest: Manifest, wanted: PushMarker) -> None:
    union = wanted.default_graph
    member.remote.update(
        f'INSERT DATA {{ GRAPH <{LOADED}> {{ <{union}> <{VOID_TRIPLES}> "0" }} }}', f"DROP SILENT GRAPH <{union}>"
    )
    for graph in manifest.default_graph:
        if graph in manifest.graphs:
            member.remote.update(_copied(member.shard.staged(manifest.id, graph), union))


def _verify(members: Sequence[_Member], wanted: PushMarker) -> None:
    places = [
        ([member.shard.staged(wanted.release, graph) for member in members], count)
        for graph, count in wanted.graphs.items()
    ]
    for graphs, count in (*places, ([wanted.default_graph] * len(members), wanted.triples)):
        held = sum(_count(member.remote, graph) for member, graph in zip(members, graphs, strict=True))
        if held != count:
            for member, graph in zip(members, graphs, strict=True):
                member.remote.update(f"DELETE WHERE {{ GRAPH <{LOADED}> {{ <{graph}> ?p ?o }} }}")
            raise OurFault(
                Message(
                    "The server holds {held:,} of {count:,} statements in <{graph}>, so nothing was switched.",
                    held=held,
                    count=count,
                    graph=graphs[0],
                ),
                Message(
                    "Run the same command again, which loads this graph anew. If it stays so, the server "
                    "changes values."
                ),
            )


def _switch(member: _Member, wanted: PushMarker, gone: Iterable[str]) -> None:
    moves = []
    for graph in wanted.graphs:
        place = member.shard.staged(wanted.release, graph)
        moves += [f"DROP SILENT GRAPH <{graph}>", _copied(place, graph), f"DROP SILENT GRAPH <{place}>"]
    union = f'<{wanted.default_graph}> <{VOID_TRIPLES}> "{wanted.triples}"'
    served = member.served
    old = f' . <{served.default_graph}> <{VOID_TRIPLES}> "{served.triples}"' if served else ""
    name, said = (wanted.name(), wanted.statements()) if member.shard.number == 1 else ("", "")
    own = member.shard.statement(wanted.release) if wanted.shards else ""
    member.remote.update(
        *moves,
        *(f"DROP SILENT GRAPH <{graph}>" for graph in gone),
        f"DROP SILENT GRAPH <{SERVED}>",
        f"DROP SILENT GRAPH <{LOADED}>",
        f"INSERT DATA {{ GRAPH <{LOADED}> {{ {name} {union}{old} }} }}",
        f"INSERT DATA {{ GRAPH <{SERVED}> {{ {said} {own} }} }}",
    )


def _confirm(members: Sequence[_Member], wanted: PushMarker) -> None:
    for graph, count in wanted.graphs.items():
        held = sum(_count(member.remote, graph) for member in members)
        if held != count:
            for member in members:
                member.remote.update(f"DROP SILENT GRAPH <{SERVED}>")
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


def _is_of_a_release(graph: str) -> bool:
    """Whether ``graph`` is one that a push made beside those of the release that is served."""
    return RELEASE_ID.match(graph.removeprefix(NAMESPACE)) is not None


def _of_graph(graph: str) -> str:
    return f"SELECT ?subject ?value WHERE {{ GRAPH <{graph}> {{ ?subject ?property ?value }} }}"
