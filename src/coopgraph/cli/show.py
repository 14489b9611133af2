"""``coopgraph show``: what the current release says about one thing."""

from __future__ import annotations

from contextlib import closing
from pathlib import PurePosixPath

import click

from coopgraph import assemble
from coopgraph.errors import WrongUsage
from coopgraph.model.iris import BASE
from coopgraph.rdf.formats import JSON_LD
from coopgraph.read.describe import PROFILES, Profile, describe
from coopgraph.read.document import FORMATS, document
from coopgraph.read.reading import Reading
from coopgraph.settings import Settings

_BY_NAME = {item.name: item for item in FORMATS}
_TERMS = ("def", "shape", "dataset", "graph")


@click.command()
@click.argument("thing", metavar="IRI-OR-PATH")
@click.option("--format", "name", type=click.Choice(sorted(_BY_NAME)), help="Default: ttl, or jsonld with --frame.")
@click.option("--frame", metavar="NAME", help="Shape of the JSON-LD tree, such as organization (default: the kind's).")
@click.option(
    "--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True, help="Which statements to write."
)
@click.option("--release", metavar="ID", help="Look at this release instead of the current one.")
@click.pass_obj
def show(
    settings: Settings, thing: str, name: str | None, frame: str | None, profile: Profile, release: str | None
) -> None:
    """Write the document about one thing: its statements, sources, records and defects. No server is needed.

    IRI-OR-PATH is an IRI of the graph, its path on the web, or its file in the tree.

    Example: coopgraph show org/paps

    Example: coopgraph show data/law/hk-crimes-ordinance-cap-200.ttl --format jsonld
    """
    chosen = _BY_NAME[name] if name else JSON_LD if frame else FORMATS[0]
    if frame and chosen != JSON_LD:
        raise WrongUsage("Only JSON-LD has frames.", "Leave out --format or --frame.")
    with closing(assemble.of_releases(settings)) as house:
        reading = Reading.of(house.door, release)
        description = describe(reading, iri_of(thing), profile)
        words = house.vocabularies.of(reading)
        click.echo(
            document(description, chosen, profile, words, reading, house.var, frame or "").decode("utf-8"), nl=False
        )


def iri_of(thing: str) -> str:
    """Return the IRI that is meant by an IRI, a web path (``/doc/org/paps``, ``org/paps``) or a file of the tree."""
    if "://" in thing:
        if thing.startswith(BASE):
            return thing
        raise WrongUsage(f"{thing} is not an address of this graph.", f"Its addresses begin with {BASE}.")
    parts = PurePosixPath(thing).parts
    if thing.endswith(".ttl") and len(parts) >= 2:
        return f"{BASE}id/{parts[-2]}/{parts[-1].removesuffix('.ttl')}"
    path = thing.strip("/")
    head, _, rest = path.partition("/")
    if head in _TERMS:
        return f"{BASE}{path}" if rest else f"{BASE}{path}/"
    return f"{BASE}id/{rest if head in ('id', 'doc') else path}"
