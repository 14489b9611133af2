"""``coopgraph show``: what the current release says about one thing."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import PureWindowsPath

import click

from coopgraph import context
from coopgraph.errors import Gone, NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.formats import JSON_LD
from coopgraph.reading.data.document import FORMATS, document
from coopgraph.reading.description import PROFILES, Description, Moved, Profile, describe_resource
from coopgraph.reading.lookup import TERMS, expanded, iri_of_short_path, nothing_like, short_name
from coopgraph.reading.source import ReleaseSource
from coopgraph.settings import Settings

_BY_NAME = {item.name: item for item in FORMATS}
_OWN_FRAME = "own"


@click.command()
@click.argument("thing", metavar="THING")
@click.option("--format", "name", type=click.Choice(sorted(_BY_NAME)), help="Default: ttl, or jsonld with --frame.")
@click.option(
    "--frame",
    metavar="[NAME]",
    is_flag=False,
    flag_value=_OWN_FRAME,
    help="Write the JSON-LD tree alone, in this shape, such as organization (default: the kind's own).",
)
@click.option(
    "--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True, help="Which statements to write."
)
@click.option("--release", metavar="ID", help="Look at this release instead of the current one.")
@click.pass_obj
def show(
    settings: Settings, thing: str, name: str | None, frame: str | None, profile: Profile, release: str | None
) -> None:
    """Write the document about one thing: its statements, sources, records and defects. No server is needed.

    THING is an IRI of the graph, its path on the web, its file in the tree, its name with a prefix, or the last part of
    its IRI where only one thing has that.

    Example: coopgraph show paps

    Example: coopgraph show data/law/hk-crimes-ordinance-cap-200.ttl --format jsonld
    """
    chosen = _BY_NAME[name] if name else JSON_LD if frame else FORMATS[0]
    if frame and chosen != JSON_LD:
        raise WrongUsage(Message("Only JSON-LD has frames."), Message("Leave out --format or --frame."))
    with closing(context.of_releases(settings)) as app_context:
        reading = ReleaseSource.of(app_context.query_service, release)
        description = _description(reading, thing, profile)
        words = app_context.vocabularies.of(reading)
        if frame == _OWN_FRAME:
            kind = words.kind_of(description.iri)
            frame = kind.frame if kind else None
        click.echo(
            document(description, chosen, profile, words, reading, app_context.published, frame or "").decode("utf-8"),
            nl=False,
        )


def _description(reading: ReleaseSource, thing: str, profile: Profile) -> Description:
    given = thing.strip().removeprefix("<").removesuffix(">")
    if ":" in given and "://" not in given and not given.endswith(".ttl"):
        given = expanded(reading, given)
    iri = iri_of(given)
    try:
        return describe_resource(reading, iri, profile)
    except (Gone, Moved):
        raise
    except NotFound as error:
        if re.fullmatch(r"[^/:\\]+", given):
            return describe_resource(reading, short_name(reading, given.removesuffix(".ttl")), profile)
        raise nothing_like(reading, given) from error


def iri_of(thing: str) -> str:
    """Return the IRI that is meant by an IRI, a web path (``/doc/org/paps``, ``org/paps``) or a file of the tree."""
    if "://" in thing:
        iri = re.sub(r"^http://", "https://", thing)
        if not iri.startswith(BASE):
            raise WrongUsage(
                Message("{thing} is not an address of this graph.", thing=thing),
                Message("Its addresses begin with {base}.", base=BASE),
            )
        return re.sub(f"^{re.escape(BASE)}doc/", f"{BASE}id/", iri)
    parts = PureWindowsPath(thing).parts
    if thing.endswith(".ttl") and len(parts) >= 2:
        return f"{BASE}id/{parts[-2]}/{parts[-1].removesuffix('.ttl')}"
    path = thing.strip("/")
    head, _, rest = path.partition("/")
    if head in TERMS and not rest:
        return f"{BASE}{path}/"
    return iri_of_short_path(rest if head in ("id", "doc") else path)
