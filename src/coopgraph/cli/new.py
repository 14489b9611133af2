"""``coopgraph new``: the first version of an entity's file."""

from __future__ import annotations

import click

from coopgraph.cli.console import say
from coopgraph.curation.duplicates import same_slug_words
from coopgraph.dataset.entity_file import create
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.starter import starter, starter_kinds
from coopgraph.dataset.tree import locate_own
from coopgraph.messages.message import Message
from coopgraph.model.iris import kind_segment
from coopgraph.settings import Settings


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("slug", metavar="SLUG")
@click.option("--source", default="", metavar="SLUG", help="Let its claims rest on the first passage of this source.")
@click.pass_obj
def new(settings: Settings, kind: str, slug: str, source: str) -> None:
    """Begin the file of a new entity, with “fill-in” wherever a fact belongs.

    KIND is one of those listed below; SLUG names the entity in its address and its file: small letters, digits and
    hyphens, used once over all kinds. The path of the file goes to standard output. `coopgraph check` then says how
    many places are still to be filled in, and where; delete what no source states.

    Example: coopgraph new source example-centre-about && coopgraph new org example-centre --source example-centre-about
    """
    tree, kind = locate_own(settings), kind_segment(kind)
    content = starter(kind, slug, tree, tree_prefixes(tree, limit=settings.input_size), source)
    place = tree.data / kind / f"{slug}.ttl"
    create(place, content)
    click.echo(place)
    for other in same_slug_words(slug, sorted(item.stem for item in tree.data.glob(f"{kind}/*.ttl"))):
        say(
            Message(
                "Is {entity} the same as {other}? Their names are nearly alike; look before you fill it in.",
                entity=slug,
                other=f"{kind}/{other}",
            )
        )


new.epilog = f"Kinds: {', '.join(starter_kinds())}."
