"""``coopgraph doctor``: what works on this machine."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from coopgraph import __version__
from coopgraph.cli.language import spoken
from coopgraph.errors import CoopgraphError
from coopgraph.http.guarded_client import is_written_private
from coopgraph.model import release_folder
from coopgraph.settings import Settings
from coopgraph.store.oxigraph import landlock
from coopgraph.store.oxigraph.loading import StoreContents
from coopgraph.store.registry.opening import EngineConfiguration

_LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "pyshifty", "flask", "httptools")


@click.command()
@click.pass_obj
@click.pass_context
def doctor(context: click.Context, settings: Settings) -> None:
    """Say what works on this machine and what does not; exit 1 where something does not.

    Example: coopgraph doctor
    """
    click.echo(f"coopgraph {__version__}, Python {platform.python_version()}, {platform.platform()}")
    click.echo(", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    sound = True
    for name, examine in (
        ("Query workers", _workers),
        ("Folder for releases", _folder),
        ("Current release", _release),
        ("Proxies", _proxies),
    ):
        try:
            for good, remark in examine(settings):
                sound = sound and good
                click.echo(f"{'ok     ' if good else 'TROUBLE'} {name}: {remark}")
        except CoopgraphError as error:
            sound = False
            click.echo(f"TROUBLE {name}: {error.in_language(spoken(context))}")
    context.exit(0 if sound else 1)


def _workers(settings: Settings) -> Iterator[tuple[bool, str]]:
    store = EngineConfiguration(workers=1, waiting=1, memory=settings.query_memory).open(StoreContents(()))
    try:
        store.check("ASK {}", timeout=10)
        health = store.health()
    finally:
        store.close()
    yield True, "they start and answer"
    if health.confined:
        yield True, "they cannot reach the network, other processes or any file to write (tried: refused by the kernel)"
        if landlock.version():
            yield True, "they see no file but those of their own store (tried: refused by Landlock)"
        else:
            yield True, "this kernel has no Landlock, so they could read what this user may read, but send it nowhere"
    else:
        yield False, f"they are not cut off from the network: {health.remark}"
    if sys.platform != "linux":
        yield False, "this system does not limit a worker's memory; a query can use all there is"


def _folder(settings: Settings) -> Iterator[tuple[bool, str]]:
    var = Path(settings.var)
    place = next(parent for parent in (var.resolve(), *var.resolve().parents) if parent.exists())
    good = place.is_dir() and os.access(place, os.W_OK)
    yield good, f"{var} " + ("can be written" if good else "cannot be written")


def _release(settings: Settings) -> Iterator[tuple[bool, str]]:
    var = Path(settings.var)
    current = release_folder.current(var)
    if current is None:
        yield True, "none yet; `coopgraph build` makes one"
        return
    damaged = release_folder.damaged(var, release_folder.manifest(var, current))
    yield not damaged, f"{current} " + (f"is damaged: {', '.join(damaged)}" if damaged else "is whole")


def _proxies(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.address and not settings.proxies and is_written_private(settings.host):
        yield (
            False,
            f"others reach {settings.address}, so a proxy stands before {settings.host}, but the setting proxies is 0: "
            "clients are not told apart, and none has a limit of its own; set it to 1",
        )
    else:
        yield True, f"{settings.proxies}, as far as the settings tell"
