"""``coopgraph overdue``: what is due to be checked again, as a list to work through."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import click

from coopgraph.cli.console import say, spinner
from coopgraph.cli.language import lang_option, spoken
from coopgraph.curation.freshness import overdue_records
from coopgraph.dataset.tree import locate
from coopgraph.messages.message import Message
from coopgraph.settings import Settings
from coopgraph.validation.run import check_tree


@click.command()
@click.option("--kind", default="", metavar="KIND", help="Only what stands in files of this kind, such as org or law.")
@lang_option()
@click.pass_context
def overdue(ctx: click.Context, kind: str, lang: str | None) -> None:
    """List what is due to be checked at its source again, the longest first.

    Services are due 180 days, facts about organizations and laws 365 days after they were last verified. Each line has
    the last day known, the kind, the record, and its place as file:line:column, with tabs between. Whoever has checked
    one sets coop:lastVerified to the day.

    Example: coopgraph overdue --kind org
    """
    settings: Settings = ctx.obj
    with spinner(Message("Checking …").in_language(spoken(ctx))):
        report = check_tree(locate(settings), today=datetime.now(UTC).date(), input_size=settings.input_size)
    found = overdue_records(report, kind)
    for record in found:
        click.echo("\t".join((record.day, record.kind, record.iri, record.place)))
    kinds = Counter(record.kind for record in found)
    counted = ", ".join(f"{name} {number:,}" for name, number in sorted(kinds.items()))
    say(Message("Due to be checked again: {counted}", counted=counted) if found else Message("Nothing is due."))
