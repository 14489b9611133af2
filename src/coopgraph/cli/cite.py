"""``coopgraph cite``: what is cited under ``/cite``, and the removal of what should not be there."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import say
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.query.citations.citation import public_query
from coopgraph.query.citations.register import Register
from coopgraph.settings import Settings

_WIDTH = 80
"""Characters of a query that a line shows."""


@click.group()
def cite() -> None:
    """See and remove the citations of results that are kept for readers.

    Example: coopgraph cite list
    """


@cite.command("list")
@click.pass_obj
def list_citations(settings: Settings) -> None:
    """List the citations, oldest first; “*” marks those that were read again on a later day.

    Columns: name, day, release, the beginning of the query.

    Example: coopgraph cite list
    """
    for name, citation, visited in _register(settings).all():
        query = " ".join(public_query(citation).split())
        query = query if len(query) <= _WIDTH else query[: _WIDTH - 1] + "…"
        click.echo(f"{'*' if visited else ' '} {name}  {citation.day}  {citation.release}  {query}".rstrip())


@cite.command()
@click.argument("name", metavar="ID")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Remove a citation for good: its address answers 410 from now on, and the same cannot be cited again.

    Example: coopgraph cite remove abcdefghijklmnop
    """
    name = name.rstrip("/").rpartition("/")[2]
    if not _register(settings).remove(name, now().date()):
        raise NotFound(Message("There is no citation {name}.", name=name), Message("`coopgraph cite list` lists them."))
    say(Message("The citation {name} is removed.", name=name))


def _register(settings: Settings) -> Register:
    return Register(Path(settings.var), settings.citations)
