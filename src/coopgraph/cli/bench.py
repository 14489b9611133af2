"""``coopgraph bench``: this service beside others, on this machine."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import coopgraph
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.settings import Settings

if TYPE_CHECKING:
    from bench.pages import PageCost


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
@click.option(
    "--pages",
    is_flag=True,
    help="Measure pages, lists and documents instead: of the current release, and of generated data of that scale.",
)
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON instead of tables.")
@click.pass_obj
def bench(settings: Settings, scale: int, more: tuple[str, ...], pages: bool, as_json: bool) -> None:
    """Measure this service and those others that are installed here, with 14 kinds of queries, cold and hot.

    Example: coopgraph bench --scale 1000000 --json > million.json

    Example: coopgraph bench --pages
    """
    _find_bench()
    from bench import report
    from bench.harness import run_bench

    if pages:
        costs = _pages(scale, Path(settings.var).resolve())
        click.echo(report.pages_as_json(costs) if as_json else report.pages_as_markdown(costs), nl=False)
        return
    # The servers that run beside end with this, however it is told to end.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    measured = run_bench(scale, Path(settings.var).resolve(), [_named(item) for item in more], _say)
    click.echo(report.as_json(measured) if as_json else report.as_markdown(measured), nl=False)


def _find_bench() -> None:
    """Make the package ``bench`` importable. Raises WrongUsage where this program was installed without its sources."""
    sources = Path(coopgraph.__file__).parents[2]
    if not (sources / "bench" / "harness.py").is_file():
        raise WrongUsage(
            Message("The benchmarks are not part of the installed package."),
            Message("Run `coopgraph bench` in a checkout of the sources, after `make serve` or `make test` there."),
        )
    if str(sources) not in sys.path:
        sys.path.append(str(sources))


def _pages(scale: int, var: Path) -> tuple[PageCost, ...]:
    from bench.pages import of_generated, of_release

    _say("pages of the current release")
    real = of_release(var)
    _say(f"pages of {scale:,} generated triples")
    return (*real, *of_generated(scale, var))


def _named(option: str) -> tuple[str, str]:
    name, _, address = option.partition("=")
    if not name or not address.startswith("http://"):
        raise WrongUsage(
            Message("“{option}” names no server.", option=option), Message("Write --peer NAME=http://HOST:PORT/sparql.")
        )
    return name, address


def _say(text: str) -> None:
    click.echo(text, err=True)
