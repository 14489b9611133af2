"""``coopgraph backup`` and ``coopgraph restore``: the desk's database."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.console import say
from coopgraph.database.backup import back_up
from coopgraph.database.backup import restore as put_back
from coopgraph.database.database import DESK_FILE
from coopgraph.messages.message import Message
from coopgraph.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.pass_obj
def backup(settings: Settings, folder: Path) -> None:
    """Write the desk's database into the folder DIR, whole, while the desk is in use.

    It holds accounts, submissions and the audit log, so keep it as you keep passwords. Releases and entity files are
    plain files: copy them as such.

    Example: coopgraph backup /backups/monday
    """
    back_up(Path(settings.var) / DESK_FILE, folder / DESK_FILE)
    click.echo(folder / DESK_FILE)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.pass_obj
def restore(settings: Settings, folder: Path) -> None:
    """Put the backup in the folder DIR in the place of the desk's database. Stop the service before.

    Example: coopgraph restore /backups/monday
    """
    put_back(folder / DESK_FILE, Path(settings.var) / DESK_FILE)
    say(Message("The desk's database is that of the backup."))
