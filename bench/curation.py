"""Curating the real graph: what a report on a changed organization costs, and a release made from the one before.

Run as ``python -m bench.curation [--times N]``. Processor time counts with children, whose own is told apart; the
changes are made in a copy of the tree, each in another organization, one of whose claims gets a note. With ``--times``
all records but periods are in the tree so many times, under other names.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.dataset.tree import Tree, locate
from coopgraph.desk.resident_build import ResidentBuild
from coopgraph.model.iris import BASE
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import DCTERMS
from coopgraph.rdf.read import read_rdf
from coopgraph.settings import Settings

ORGANIZATIONS = 30
"""Organizations that are reported on: evenly chosen by the size of their files, and the largest."""

RELEASES = 5
"""Releases made one from the other."""

_CLAIM = re.compile(rb"^(c:\S+) a coop:Claim ;$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CurationCost:
    """What one step costs: seconds of processor time, of that in children that live on, and seconds of the clock."""

    step: str
    processor: float
    children: float
    wall: float


def report_costs(tree: Tree, *, organizations: int = ORGANIZATIONS) -> tuple[CurationCost, ...]:
    """Return what it costs to open the workspace, and then one report for each of some organizations."""
    input_size, today = Settings().input_size, datetime.now(UTC).date()
    with closing(PresentWorkspace(tree, input_size=input_size)) as workspace:

        def first() -> None:
            with workspace.opened() as files:
                files.prepare()

        costs = [_cost("opening the workspace", first)]
        for place in _chosen(tree, organizations):
            path, data = f"data/org/{place.name}", _changed(place)

            def report(path: str = path, data: bytes = data) -> None:
                with workspace.opened() as files:
                    files.with_file(path, data).report([path], today=today, house_form=False)

            costs.append(_cost(f"{place.stem}, {len(data):,} bytes", report))
        return tuple(costs)


def release_costs(tree: Tree, var: Path, *, releases: int = RELEASES) -> tuple[CurationCost, ...]:
    """Return what it costs to get ready, to write the first release, and then one after each of some changes."""
    now = datetime.now(UTC)
    with closing(ResidentBuild(tree, var, input_size=Settings().input_size)) as resident:
        costs = [
            _cost("getting ready: reading, checking and packing all", lambda: resident.prepare(now)),
            _cost("first release", lambda: resident.build(message="", now=now)),
        ]
        for place in _chosen(tree, releases):
            place.write_bytes(_changed(place))
            costs.append(_cost(f"release: {place.stem}", lambda: resident.build(message="", now=now)))
    return tuple(costs)


def multiply(data: Path, times: int) -> None:
    """Add copies of the files of records in ``data``, so that each is there ``times`` times; of periods there are none.

    A copy says of things of other names what the first says; all of it stands in N-Triples, which are Turtle.
    """
    places = [place for place in data.glob("*/*.ttl") if place.parent.name != "period"]
    slugs = {place.stem for place in places}
    name = re.compile(rf'(<{BASE}id/(?!area/|concept/|period/)[a-z-]+/|{DCTERMS.identifier} ")([a-z0-9-]+)')
    for place in places:
        lines = "".join(f"{quad.triple} .\n" for quad in read_rdf(place.read_bytes(), TURTLE))
        marked = name.sub(lambda found: found[0] + ("\0" if found[2] in slugs else ""), lines)
        for number in range(2, times + 1):
            own = f"-copy{number}"
            place.with_stem(place.stem + own).write_text(marked.replace("\0", own), encoding="utf-8")


def _chosen(tree: Tree, number: int) -> Sequence[Path]:
    places = [place for place in (tree.data / "org").glob("*.ttl") if _CLAIM.search(place.read_bytes())]
    by_size = sorted(places, key=lambda place: (place.stat().st_size, place.name))
    others = number - 1
    return (*by_size[len(by_size) // (2 * others) :: len(by_size) // others][:others], by_size[-1])


def _changed(place: Path) -> bytes:
    data = place.read_bytes()
    claim = _CLAIM.search(data)
    assert claim is not None
    return data + b'\n%b coop:curatorNote "Looked at again."@en .\n' % claim[1]


def _cost(step: str, task: Callable[[], object]) -> CurationCost:
    before, wall = _spent(), time.perf_counter()
    task()
    own, children = (now - then for now, then in zip(_spent(), before, strict=True))
    return CurationCost(step, own + children, children, time.perf_counter() - wall)


def _spent() -> tuple[float, float]:
    """Return the seconds of processor time of this process, and of its children, those that still run too."""
    times = os.times()
    ticks = os.sysconf("SC_CLK_TCK")
    living = 0
    for place in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for child in place.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            living += int(fields[11]) + int(fields[12])
    return times.user + times.system, times.children_user + times.children_system + living / ticks


@click.command()
@click.option(
    "--times", default=1, show_default=True, type=click.IntRange(min=1), help="How often each record is there."
)
def main(times: int) -> None:
    """Print what curating the real graph costs."""
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as folder:
        own = locate(Settings())
        data = Path(folder) / "data"
        shutil.copytree(own.data, data)
        multiply(data, times)
        tree = Tree(own.ontology, own.shapes, data)
        reports = report_costs(tree)
        each = sorted(cost.processor for cost in reports[1:])
        click.echo(f"reports: median {statistics.median(each):.3f}, 90th percentile {each[len(each) * 9 // 10]:.3f}")
        _tell(reports)
        _tell(release_costs(tree, Path(folder) / "var"))


def _tell(costs: Sequence[CurationCost]) -> None:
    for cost in costs:
        click.echo(f"{cost.step}: {cost.processor:.3f} s, of that {cost.children:.3f} in children; {cost.wall:.2f} s")


if __name__ == "__main__":
    main()
