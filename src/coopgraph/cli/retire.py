"""``coopgraph retire``: a tombstone or a redirect in the place of an entity."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from coopgraph.cli.console import say
from coopgraph.cli.language import lang_option, spoken
from coopgraph.curation.retirement import retired
from coopgraph.dataset.entity_file import replace
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import locate_own, read_tree
from coopgraph.errors import DoesNotConform, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.terms import Literal
from coopgraph.rdf.turtle import house_form
from coopgraph.settings import Settings
from coopgraph.validation.formats import text as report_text
from coopgraph.validation.run import Document, check_documents


@click.command()
@click.argument("thing", metavar="IRI")
@click.option("--successor", default="", metavar="IRI", help="What took its place; its address then leads there.")
@click.option("--reason", required=True, metavar="TEXT", help="The public reason, in the language of --lang.")
@lang_option()
@click.pass_context
def retire(ctx: click.Context, thing: str, successor: str, reason: str, lang: str | None) -> None:
    """Put a tombstone, or a redirect to a successor, in the place of an entity.

    IRI is that of the entity, or its file or slug. From the next release on its address answers 410 with the reason, or
    leads to the successor; nothing else of its file is left. Nothing is written where other files still speak of it or
    of its records. The path of the file goes to standard output. What past releases hold is another matter:
    `coopgraph releases withdraw`.

    Example: coopgraph retire old-centre --successor new-centre --reason "Merged into the new centre."
    """
    settings: Settings = ctx.obj
    language = spoken(ctx)
    if not reason.strip():
        raise WrongUsage(Message("A reason is needed."), Message("Say it with --reason; everyone can read it."))
    tree = locate_own(settings)
    content = read_tree(tree, input_size=settings.input_size)
    path, stated = retired(content, thing, successor, Literal(reason.strip(), language=language))
    written = house_form(stated, tree_prefixes(tree, limit=settings.input_size))
    report = check_documents(content, [Document(written, path)], today=datetime.now(UTC).date())
    if not report.conforms:
        raise DoesNotConform(Message("Nothing was changed.\n\n{report}", report=report_text.write(report, language)))
    place = tree.data.joinpath(*path.split("/")[1:])
    replace(place, written)
    click.echo(place)
    say(Message("The address changes with the next release: coopgraph build"))
