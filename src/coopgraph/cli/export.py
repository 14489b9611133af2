"""``coopgraph export``: all things of a kind, or the whole release, as a file; no server is needed."""

from __future__ import annotations

import gzip
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import click

from coopgraph import context
from coopgraph.cli.language import lang_option, spoken
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.reading.data.exports import ENDINGS, ENDINGS_OF_SERVICES, Exporter
from coopgraph.reading.source import ReleaseSource
from coopgraph.settings import Settings

_OF_SERVICES = {name.partition(".")[0]: name for name in ENDINGS_OF_SERVICES}
_ENDINGS = {**{name: name for name in ENDINGS}, **_OF_SERVICES}
_WHOLE = {"ttl": "coopgraph.ttl.gz", "jsonld": "coopgraph.jsonld.gz", "nq": release_folder.DUMP}
"""By format the file of a release that holds all of it."""


@click.command()
@click.argument("kind", required=False)
@click.option(
    "--format",
    "name",
    type=click.Choice(sorted({*_ENDINGS, *_WHOLE})),
    default="csv",
    show_default=True,
    help="Format of the file.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here instead of standard output."
)
@click.option("--release", metavar="ID", help="Export this release instead of the current one.")
@lang_option(help="Language of the messages and of names: en, ko, ja, zh-Hans or zh-Hant; else the system's.")
@click.pass_context
def export(
    ctx: click.Context, kind: str | None, name: str, output: Path | None, release: str | None, lang: str | None
) -> None:
    """Write all things of a kind: organization, law, service, figure, event, source or concept.

    csv, xlsx and parquet are tables, jsonld, ndjson and ttl linked data; hsds and cpsv hold the services for help
    directories (HSDS 3.0) and for the European catalogues of public services. Without KIND the whole graph is written,
    as ttl, jsonld or nq.

    Example: coopgraph export organization --format xlsx -o organizations.xlsx

    Example: coopgraph export service --format hsds -o services.json
    """
    settings: Settings = ctx.obj
    chosen = release or release_folder.current(Path(settings.var))
    if chosen is None:
        raise NotFound(Message("There is no release yet."), Message("`coopgraph build` makes one."))
    if kind is None and name in _OF_SERVICES:
        kind = "service"
    if kind is None:
        _export_all(Path(settings.var), chosen, name, output)
        return
    if name not in _ENDINGS:
        raise WrongUsage(
            Message("Only the whole graph is exported as {format}.", format=name), Message("Leave out the kind.")
        )
    with closing(context.of_releases(settings)) as app_context:
        reading = ReleaseSource.of(app_context.query_service, chosen)
        words = app_context.vocabularies.of(reading)
        body, _ = Exporter(reading, words, app_context.published, spoken(ctx)).export(kind, _ENDINGS[name])
    with _opened(output) as stream:
        stream.write(body)


def _export_all(var: Path, release: str, name: str, output: Path | None) -> None:
    if name not in _WHOLE:
        raise WrongUsage(
            Message("A table holds things of one kind."), Message("Say which, as in `coopgraph export organization`.")
        )
    packed = release_folder.file(var, release, _WHOLE[name])
    with gzip.open(packed) as source, _opened(output) as stream:
        shutil.copyfileobj(source, stream)


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """Give the stream to write to: standard output, or a file that appears once it is whole."""
    if output is None or output == Path("-"):
        yield sys.stdout.buffer
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(output)
    except OSError as error:
        raise WrongUsage(
            Message("{file} cannot be written.", file=str(output)), Message("Choose another place with -o.")
        ) from error
    finally:
        draft.unlink(missing_ok=True)
