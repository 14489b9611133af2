"""``coopgraph new``: the first version of an entity's file, or of a record in it."""

from __future__ import annotations

import re

import click

from coopgraph.cli.console import say
from coopgraph.curation.duplicates import same_slug_words
from coopgraph.curation.namesakes import namesakes
from coopgraph.dataset.entity_file import create, replace
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.record_starter import record_kinds, with_record
from coopgraph.dataset.starter import starter, starter_kinds
from coopgraph.dataset.tree import locate_own
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, kind_segment
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import Literal
from coopgraph.settings import Settings


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("slug", metavar="SLUG")
@click.option("--source", default="", metavar="SLUG", help="Let its claims rest on the first passage of this source.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME[@TAG]",
    help="Its name, in English or in the language of the tag. Can be given again.",
)
@click.pass_obj
def new(settings: Settings, kind: str, slug: str, source: str, names: tuple[str, ...]) -> None:
    """Begin a new entity, or a record in the file of one, with “fill-in” wherever a fact belongs.

    KIND is one of those listed below; SLUG names the entity in its address and its file: small letters, digits and
    hyphens, used once over all kinds. That of a record is the slug of what it belongs to, a dot and a name of its own.
    The path of the file goes to standard output. `coopgraph check` then says how many places are still to be filled
    in, and where; delete what no source states. What may be there already is asked about.

    Example: coopgraph new source example-centre-about && coopgraph new org example-centre --source example-centre-about
    --name "Example Centre" && coopgraph new figure example-centre.2024.reports
    """
    tree, kind = locate_own(settings), kind_segment(kind)
    prefixes = tree_prefixes(tree, limit=settings.input_size)
    if kind in record_kinds():
        if names:
            raise WrongUsage(Message("A “{kind}” has no name.", kind=kind), Message("Leave --name out."))
        file, content = with_record(kind, slug, tree, prefixes, source)
        replace(file.place, content)
        click.echo(file.place)
        return
    if kind not in starter_kinds():
        kinds = (*starter_kinds(), *record_kinds())
        raise WrongUsage(
            Message("There is no kind “{kind}” that can be begun.", kind=kind),
            with_nearest(Message("Choose one of {kinds}.", kinds=", ".join(kinds)), nearest_names(kind, kinds)),
        )
    named = [_literal(name) for name in names]
    content = starter(kind, slug, tree, prefixes, source, named)
    place = tree.data / kind / f"{slug}.ttl"
    create(place, content)
    click.echo(place)
    others = [item for item in sorted((tree.data / kind).glob("*.ttl")) if item != place]
    for candidate in namesakes(EntityName(kind, slug), [*named, Literal(slug.replace("-", " "))], others):
        say(candidate.message)
    for other in same_slug_words(slug, [item.stem for item in others]):
        say(
            Message(
                "Is {entity} the same as {other}? Their names are nearly alike; look before you fill it in.",
                entity=slug,
                other=f"{kind}/{other}",
            )
        )


new.epilog = f"Kinds: {', '.join(starter_kinds())}. Records: {', '.join(record_kinds())}."

_TAGGED = re.compile(r"(.+)@([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)")


def _literal(name: str) -> Literal:
    """Return the name with the language that its end tells, or in English."""
    tagged = _TAGGED.fullmatch(name)
    return Literal(tagged[1], language=conventional(tagged[2])) if tagged else Literal(name, language="en")
