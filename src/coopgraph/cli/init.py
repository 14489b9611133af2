"""``coopgraph init``: a data tree of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.console import say
from coopgraph.dataset.own_tree import create_own_tree
from coopgraph.messages.message import Message


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a data tree of your own in the folder DIR, which is new or empty.

    It gets an empty folder of records, settings that make every command in DIR use it, and a workflow for GitHub that
    checks each change. Vocabulary and rules are those of the program. The files written go to standard output.

    Example: coopgraph init my-graph && cd my-graph && coopgraph new source example-centre-about
    """
    for place in create_own_tree(folder):
        click.echo(place)
    say(Message("Go there, and begin with: coopgraph new source SLUG. The guide is docs/curating.md."))
