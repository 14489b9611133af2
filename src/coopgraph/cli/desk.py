"""``coopgraph desk``: the curators' queue, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.console import say
from coopgraph.database.database import desk_database
from coopgraph.desk.audit_log import BEGINNING, entries, first_break
from coopgraph.errors import DoesNotConform
from coopgraph.messages.message import Message
from coopgraph.settings import Settings


@click.group()
def desk() -> None:
    """See what curators submit, and decide on it, without a server.

    Example: coopgraph desk audit
    """


@desk.command()
@click.option("--head", metavar="HASH", help="A hash that was noted before: say whether the log still holds it.")
@click.pass_obj
def audit(settings: Settings, head: str | None) -> None:
    """Write the audit log and verify it: each entry holds the hash of the one before.

    Columns: number, time, who, what, of what. The last hash goes to standard error: whoever notes it elsewhere can tell
    later, with --head, that nothing before it was changed or taken away. Exit code 1: the log was changed.

    Example: coopgraph desk audit --head HASH
    """
    with desk_database(Path(settings.var)).reading() as connection:
        hashes = [BEGINNING]
        for entry, written in entries(connection):
            click.echo(f"{entry.number}  {entry.at}  {entry.actor}  {entry.action}  {entry.object}")
            hashes.append(written)
        broken = first_break(connection)
    if broken is not None:
        raise DoesNotConform(
            Message("The audit log was changed at entry {number}, or entries before it are missing.", number=broken),
            Message("Compare it with a backup."),
        )
    if head is not None and head not in hashes:
        raise DoesNotConform(
            Message("The audit log no longer holds the entry with this hash."), Message("Compare it with a backup.")
        )
    say(Message("The audit log is whole. Its last hash: {hash}", hash=hashes[-1]))
