"""``coopgraph links``: whether homepages and sources still answer."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from coopgraph import context
from coopgraph.cli.clock import now
from coopgraph.cli.console import progress_bar, say
from coopgraph.curation.links import check_links
from coopgraph.messages.message import Message
from coopgraph.query.prepared import select
from coopgraph.reading.source import ReleaseSource
from coopgraph.settings import Settings

_ADDRESSES = """
PREFIX coop: <https://w3id.org/coopgraph/def/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT DISTINCT ?thing ?url WHERE { ?thing coop:url|foaf:homepage ?url }
"""


@click.command()
@click.option(
    "-o",
    "--output",
    "report",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("links.ndjson"),
    show_default=True,
    help="The report, a line of JSON for each address; a check that was broken off goes on in it.",
)
@click.option(
    "--again",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Ask again after so long.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Look at so many addresses at most.")
@click.option("--inside", multiple=True, metavar="HOST", help="A host that may have a private address.")
@click.pass_context
def links(ctx: click.Context, report: Path, again: int, limit: int | None, inside: tuple[str, ...]) -> None:
    """Ask the homepages and sources of the current release whether they still answer. Nothing else ever does this.

    Those that do not are written to standard output: status, address, and the things that name it, with tabs between.
    The data stay as they are. One host is asked once a second at most. Ends with 1 where something does not answer.

    Example: coopgraph links -o links.ndjson
    """
    settings: Settings = ctx.obj
    addresses: defaultdict[str, set[str]] = defaultdict(set)
    with closing(context.of_releases(settings)) as app_context:
        for row in select(ReleaseSource.of(app_context.query_service).query_service, _ADDRESSES):
            addresses[row["url"].value].add(row["thing"].value)
    wanted = dict(sorted(addresses.items())[:limit])
    broken = 0
    with progress_bar() as move:
        for number, link in enumerate(
            check_links(wanted, report, now=now, again=timedelta(days=again), inside=inside), start=1
        ):
            move(link.url, number, len(wanted))
            if link.is_broken:
                broken += 1
                click.echo("\t".join((link.trouble or str(link.status), link.url, " ".join(link.named_by))))
    say(Message("{broken:,} of {number:,} addresses do not answer.", broken=broken, number=len(wanted)))
    ctx.exit(1 if broken else 0)
