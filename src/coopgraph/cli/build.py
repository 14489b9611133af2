"""``coopgraph build``: a checked release of the tree, made the current one."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import progress_bar, say
from coopgraph.dataset.tree import locate
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.publishing.build import STEPS
from coopgraph.publishing.build import build as build_release
from coopgraph.settings import Settings, signing_key


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
    with progress_bar() as move:
        manifest = build_release(
            tree,
            var,
            message=message,
            now=now(),
            input_size=settings.input_size,
            progress=lambda step: move(step, STEPS.index(step), len(STEPS)),
            signing_key=signing_key(settings),
        )
    if manifest is None:
        say(Message("Nothing has changed since the current release was built."))
        click.echo(release_folder.current(var))
        return
    say(
        Message(
            "Triples: {triples:,}; claims: {claims:,}; citations: {citations:,}; statements added: {added:,}, removed: "
            "{removed:,}; warnings: {warnings:,}.",
            triples=manifest.triples,
            claims=manifest.claims,
            citations=manifest.citations,
            added=manifest.added,
            removed=manifest.removed,
            warnings=manifest.warnings,
        )
    )
    click.echo(manifest.id)
