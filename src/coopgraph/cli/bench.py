"""``coopgraph bench``: this service beside others, on this machine."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from coopgraph.errors import WrongUsage
from coopgraph.settings import Settings


@click.command()
@click.option(
    "--scale", type=click.IntRange(min=1000), default=100_000, show_default=True, metavar="N", help="How many triples."
)
@click.option(
    "--peer",
    "more",
    multiple=True,
    metavar="NAME=URL",
    help="Measure this SPARQL endpoint too, which holds the data of `coopgraph generate`; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON instead of tables.")
@click.pass_obj
def bench(settings: Settings, scale: int, more: tuple[str, ...], as_json: bool) -> None:
    """Measure this service and those others that are installed here, with 14 kinds of queries, cold and hot.

    Example: coopgraph bench --scale 1000000 --json > million.json
    """
    from coopgraph.bench import report
    from coopgraph.bench.harness import run

    # The servers that run beside end with this, however it is told to end.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    measured = run(scale, Path(settings.var).resolve(), [_named(item) for item in more], _say)
    click.echo(report.as_json(measured) if as_json else report.as_markdown(measured), nl=False)


def _named(option: str) -> tuple[str, str]:
    name, _, address = option.partition("=")
    if not name or not address.startswith("http://"):
        raise WrongUsage(f"“{option}” names no server.", "Write --peer NAME=http://HOST:PORT/sparql.")
    return name, address


def _say(text: str) -> None:
    click.echo(text, err=True)
