"""``coopgraph build``: a checked release of the tree, made the current one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.dataset.tree import Tree, locate
from coopgraph.model import release_folder
from coopgraph.publishing.build import STEPS
from coopgraph.publishing.build import build as build_release
from coopgraph.settings import Settings

_BYTES_PER_SECOND = 250_000  # of Turtle, from reading to publishing, on one slow core
_WORTH_A_BAR = 2.0  # seconds


@click.command()
@click.option("--message", default="", metavar="TEXT", help="What this release is about; readers see it.")
@click.pass_obj
def build(settings: Settings, message: str) -> None:
    """Check the graph and make it the current release; its name goes to standard output.

    A graph that does not conform is not built. One that has not changed is left as it is. SOURCE_DATE_EPOCH, where it
    is set, is taken as the time of the build.

    Example: coopgraph build --message "Telephone numbers checked"
    """
    tree, var = locate(settings), Path(settings.var)
    with _progress(tree) as progress:
        manifest = build_release(
            tree, var, message=message, now=now(), input_size=settings.input_size, progress=progress
        )
    if manifest is None:
        click.echo("Nothing has changed since the current release was built.", err=True)
        click.echo(release_folder.current(var))
        return
    click.echo(
        f"{manifest.triples:,} triples, {manifest.claims:,} claims, {manifest.citations:,} citations; "
        f"{manifest.added:,} statements added, {manifest.removed:,} removed; {manifest.warnings:,} warnings.",
        err=True,
    )
    click.echo(manifest.id)


@contextmanager
def _progress(tree: Tree) -> Iterator[Callable[[str], None]]:
    """Give what shows the steps of the build as a bar: on a terminal, where it takes long enough to wonder."""
    seconds = sum(file.place.stat().st_size for file in tree.files() if file.place.exists()) / _BYTES_PER_SECOND
    if not sys.stderr.isatty() or seconds < _WORTH_A_BAR:
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(STEPS))
        yield lambda step: bar.update(task, description=step, completed=STEPS.index(step))
