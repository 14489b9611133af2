"""``coopgraph webhook``: addresses that are told of new releases."""

from __future__ import annotations

from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import say
from coopgraph.database.database import desk_database
from coopgraph.messages.message import Message
from coopgraph.settings import Settings
from coopgraph.webhooks import Webhooks


@click.group()
def webhook() -> None:
    """Keep the addresses that are told of each new release (Standard Webhooks).

    Example: coopgraph webhook add https://partner.example/hooks/coopgraph
    """


@webhook.command()
@click.argument("url", metavar="URL")
@click.pass_obj
def add(settings: Settings, url: str) -> None:
    """Register URL. The secret with which its messages are signed is written to standard output, this once.

    Example: coopgraph webhook add https://partner.example/hooks/coopgraph
    """
    click.echo(_webhooks(settings).add(url, now()))
    say(Message("{url} is told of releases from now on, each time that `coopgraph webhook deliver` runs.", url=url))


@webhook.command("list")
@click.pass_obj
def list_webhooks(settings: Settings) -> None:
    """List the webhooks: number, address, the release told last, and what is wrong.

    Example: coopgraph webhook list
    """
    for item in _webhooks(settings).all():
        trouble = f"{item.attempts} × {item.trouble}, {item.due}" if item.attempts else ""
        click.echo(f"{item.id}  {item.url}  {item.told or '-'}  {trouble}".rstrip())


@webhook.command()
@click.argument("number", type=int, metavar="NUMBER")
@click.pass_obj
def remove(settings: Settings, number: int) -> None:
    """Forget a webhook, by its number in the list.

    Example: coopgraph webhook remove 1
    """
    _webhooks(settings).remove(number)
    say(Message("The webhook {number} is forgotten.", number=number))


@webhook.command()
@click.pass_obj
def deliver(settings: Settings) -> None:
    """Send what is due. Call it after each build and from a timer, every minute or so.

    Example: coopgraph webhook deliver
    """
    done = _webhooks(settings).deliver(now())
    say(
        Message(
            "Delivered: {delivered}. To be tried again: {failed}. Removed, as their receivers wished: {removed}.",
            delivered=done["delivered"],
            failed=done["failed"],
            removed=done["removed"],
        )
    )


def _webhooks(settings: Settings) -> Webhooks:
    var = Path(settings.var)
    return Webhooks(desk_database(var), var, address=settings.address, inside=settings.webhook_inside.split())
