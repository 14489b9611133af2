"""``coopgraph search``: what a release has under a name, with no server."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from coopgraph import context
from coopgraph.cli.console import say
from coopgraph.cli.language import lang_option, spoken
from coopgraph.cli.query import TABLE
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message, PluralMessage
from coopgraph.model import release_folder
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.data.search_document import search_json, search_json_ld
from coopgraph.reading.search import RESULTS_PER_PAGE, SearchRequest, SearchResults, search_names
from coopgraph.reading.source import ReleaseSource
from coopgraph.settings import Settings


@click.command()
@click.argument("words", nargs=-1, required=True)
@lang_option(help="Language of the messages and of names: en, ko, ja, zh-Hans or zh-Hant; else the system's.")
@click.option("--kind", default="", metavar="NAME", help="Only this kind, such as org, service or law.")
@click.option("--area", default="", metavar="KEY", help="Only this area and its parts, such as kr, kr-11 or tw.")
@click.option("--page", default=1, show_default=True, metavar="N", help="Page of the results.")
@click.option("--limit", default=RESULTS_PER_PAGE, show_default=True, metavar="N", help="Results on a page.")
@click.option("--release", metavar="ID", help="Search this release instead of the current one.")
@click.option(
    "--format",
    "name",
    type=click.Choice((TABLE, "json", "jsonld")),
    default=TABLE,
    show_default=True,
    help="json is what /search answers.",
)
@click.pass_context
def search(
    ctx: click.Context,
    words: tuple[str, ...],
    lang: str | None,
    kind: str,
    area: str,
    page: int,
    limit: int,
    release: str | None,
    name: str,
) -> None:
    """Find organizations, services, laws and topics by their names, in any language. No server is needed.

    Two characters are enough in Chinese, Japanese and Korean, a part of a word too, in either Chinese script.

    Example: coopgraph search 상담 --lang ko

    Example: coopgraph search sunflower center --kind org --area kr-11 --format json
    """
    settings: Settings = ctx.obj
    var, language = Path(settings.var), spoken(ctx)
    asked = SearchRequest(" ".join(words), language, kind, page, limit, area)
    chosen = release or release_folder.current(var)
    if chosen is None:
        raise NotFound(Message("There is no release yet."), Message("`coopgraph build` makes one."))
    found = search_names(var, chosen, asked)
    if name == TABLE:
        _write_table(found)
    elif name == "jsonld":
        sys.stdout.buffer.write(json_text(search_json_ld(found)))
    else:
        with closing(context.of_releases(settings)) as app_context:
            reading = ReleaseSource.of(app_context.query_service, chosen)
            told = search_json(found, app_context.vocabularies.of(reading), language)
        sys.stdout.buffer.write(json_text(told))


def _write_table(found: SearchResults) -> None:
    # Imported here, since what takes another format need not wait for it.
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("kind", "name", "matched", "how", "IRI", box=box.SIMPLE_HEAD, pad_edge=False)
    for result in found.results:
        matched = "" if result.matched.text == result.label.text else result.matched.text
        table.add_row(result.kind, result.label.text, matched, result.matched.how, result.iri)
    # On a terminal long cells fold; anywhere else a row stays on its line.
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 1_000_000)
    console.print(table)
    if found.exact:
        say(PluralMessage("{number:,} result", "{number:,} results", number=found.total))
    else:
        say(Message("{number:,} results or more", number=found.total))
