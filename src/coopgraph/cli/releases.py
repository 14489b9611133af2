"""``coopgraph releases``: what was published, and what differs; back to an old one, smaller, or gone."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import say
from coopgraph.errors import NotFound, OurFault
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.publishing import releases as published
from coopgraph.query.citations.register import Register
from coopgraph.settings import Settings
from coopgraph.store.registry.opening import EngineConfiguration, open_release

CURRENT_NAME = "current"


@click.group()
def releases() -> None:
    """See, compare and manage releases. ID is a release's name, or “current”.

    Example: coopgraph releases list
    """


@releases.command("list")
@click.pass_obj
def list_releases(settings: Settings) -> None:
    """List the releases, newest first; “*” marks the current one.

    Columns: name, triples, statements added and removed, message. Withdrawn releases follow with the reason.

    Example: coopgraph releases list
    """
    var = Path(settings.var)
    current, trouble = None, None
    try:
        current = release_folder.current(var)
    except OurFault as fault:
        trouble = fault
    manifests = release_folder.manifests(var)
    rows = [
        (
            "*" if manifest.id == current else " ",
            manifest.id,
            f"{manifest.triples:,}",
            f"+{manifest.added:,}",
            f"-{manifest.removed:,}",
            manifest.message,
        )
        for manifest in manifests
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    for mark, name, *numbers, message in rows:
        aligned = (number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True))
        click.echo("  ".join((f"{mark} {name}", *aligned, message)).rstrip())
    for tombstone in release_folder.tombstones(var):
        click.echo(f"  {tombstone.id}  withdrawn on {tombstone.withdrawn[:10]}: {tombstone.reason}")
    if trouble:
        raise trouble
    if not manifests:
        say(Message("There is no release yet; `coopgraph build` makes one."))


@releases.command()
@click.argument("release", metavar="ID")
@click.pass_obj
def show(settings: Settings, release: str) -> int:
    """Show a release's manifest as JSON, and check the SHA-256 of each of its files.

    Exit code 4 where a file is missing or damaged.

    Example: coopgraph releases show current
    """
    var = Path(settings.var)
    manifest = release_folder.manifest(var, _named(var, release))
    click.echo(manifest.to_json(), nl=False)
    damaged = release_folder.damaged(var, manifest)
    if damaged:
        say(Message("Missing or damaged: {files}.", files=", ".join(damaged)))
        say(Message("Restore these files from a copy, or run `coopgraph build`."))
        return 4
    say(Message("All {number} files are as the manifest says.", number=len(manifest.files)))
    return 0


@releases.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default=CURRENT_NAME)
@click.pass_obj
def diff(settings: Settings, before: str, after: str) -> int:
    """Show what turns release A into release B (default: the current one), as an RDF Patch.

    Each line is “A” (added) or “D” (deleted) and a statement in N-Quads. Exit code 1 where anything differs.

    Example: coopgraph releases diff 2026-01-31-0123abcd
    """
    var = Path(settings.var)
    counts: Counter[str] = Counter()
    for sign, line in published.compare(var, _named(var, before), _named(var, after)):
        counts[sign] += 1
        sys.stdout.buffer.write(sign.encode() + b" " + line)
    sys.stdout.buffer.flush()
    say(Message("Statements added: {added:,}, removed: {removed:,}.", added=counts["A"], removed=counts["D"]))
    return 1 if counts else 0


@releases.command()
@click.argument("release", metavar="ID")
@click.pass_obj
def use(settings: Settings, release: str) -> None:
    """Make a release the current one, after checking its files.

    Example: coopgraph releases use 2026-01-31-0123abcd
    """
    manifest = published.use(Path(settings.var), release)
    say(Message("The current release is {release}.", release=manifest.id))


@releases.command()
@click.argument("release", metavar="ID")
@click.pass_obj
def warm(settings: Settings, release: str) -> None:
    """Check that an old release can still be asked: verify its files, load it, ask it once.

    Says the seconds that its first reader waits, and the memory it takes while it is open. A running service opens an
    old release when somebody asks it under /at/ID, and keeps the last two so asked.

    Example: coopgraph releases warm 2026-01-31-0123abcd
    """
    var = Path(settings.var)
    manifest = release_folder.manifest(var, _named(var, release))
    if damaged := release_folder.damaged(var, manifest):
        raise OurFault(
            Message("The release {release} is damaged: {files}.", release=manifest.id, files=", ".join(damaged)),
            Message("Restore these files from a copy."),
        )
    start = time.perf_counter()
    engine = EngineConfiguration(workers=1, waiting=1, memory=settings.query_memory, budget=settings.memory_budget)
    with closing(open_release(var, manifest, engine)) as store:
        quads = store.health().quads
        store.check("ASK {}", timeout=settings.query_timeout)
        seconds = time.perf_counter() - start
    statements = sum(manifest.graphs.values())
    # A store holds the default graph beside the named ones.
    if quads != statements + manifest.triples:
        raise OurFault(
            Message(
                "The release {release} was loaded, and does not hold as many statements as its manifest says.",
                release=manifest.id,
            ),
            Message("Build anew, and report it."),
        )
    # The largest process waited for: the one that loaded the release. Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    click.echo(f"{manifest.id}: {statements:,} statements, {seconds:.1f} s, {peak / 1024**2:.0f} MiB")


@releases.command()
@click.option("--keep", type=int, required=True, metavar="N", help="How many of the newest releases stay whole.")
@click.pass_obj
def prune(settings: Settings, keep: int) -> None:
    """Take Turtle, JSON-LD and RDF 1.2 exports out of old releases, to save space.

    Dumps, reports and differences stay, since people cite releases; so does all of the current release.

    Example: coopgraph releases prune --keep 3
    """
    pruned = published.prune(Path(settings.var), keep)
    for manifest in pruned:
        click.echo(manifest.id)
    say(Message("Releases made smaller: {number}.", number=len(pruned)))


@releases.command()
@click.argument("release", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Shown to readers in place of the release.")
@click.pass_obj
def withdraw(settings: Settings, release: str, reason: str) -> None:
    """Remove a release for good, but for its name and a public reason.

    For what must not have been published, such as a shelter's address. First take it out of the data and build, so that
    the current release is clean. Backups, and the history of the data's repository, are yours to clean.

    Example: coopgraph releases withdraw 2026-01-31-0123abcd --reason "An address was published by mistake."
    """
    var = Path(settings.var)
    done = published.withdraw(var, release, reason, now())
    say(Message("The release {release} is withdrawn.", release=done.tombstone.id))
    # A query can quote what must vanish.
    if erased := Register(var, settings.citations).blank(done.tombstone.id):
        say(Message("Citations of it whose queries are erased: {number}.", number=erased))
    if done.also_held_by:
        say(Message("These releases share statements with it that the current one no longer has:"))
        for name in done.also_held_by:
            click.echo(name)
        say(Message("Withdraw each that holds what this one was withdrawn for."))


def _named(var: Path, release: str) -> str:
    if release != CURRENT_NAME:
        return release
    current = release_folder.current(var)
    if current is None:
        raise NotFound(Message("There is no release yet."), Message("`coopgraph build` makes one."))
    return current
