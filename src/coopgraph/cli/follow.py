"""``coopgraph follow``: a copy of a service's graph, kept in step with its change feed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from coopgraph.cli.console import progress_bar, say
from coopgraph.follower import COPY, Follower
from coopgraph.messages.message import Message


@click.command()
@click.argument("url", metavar="URL")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Folder of the copy."
)
def follow(url: str, into: Path) -> None:
    """Bring the copy in DIR to the current release of the service at URL, and say what changed.

    The copy is DIR/dump.nq, the same bytes as the release's dump, unpacked. Each entity that was created, updated or
    deleted since the last call is a line of JSON on standard output; a first call prints none. Call it from a timer:
    where nothing changed it costs one request.

    Example: coopgraph follow http://127.0.0.1:8000 --into copy
    """
    with progress_bar() as move:
        done = Follower(url, into).follow(
            lambda activity: click.echo(json.dumps(activity.as_json())), lambda now, of: move(COPY, now, of)
        )
    if not done.changed:
        say(Message("The copy is the release {release} already.", release=done.release))
    elif done.whole:
        say(Message("The copy is the release {release}, fetched whole.", release=done.release))
    else:
        say(Message("The copy is the release {release} now.", release=done.release))
