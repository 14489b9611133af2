"""``coopgraph desk``: the curators' queue, without a server."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import say, standard_input
from coopgraph.cli.language import lang_option, spoken
from coopgraph.cli.user import OPERATOR
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.uploads.submitted_document import SUBMITTED_FORMATS
from coopgraph.database.database import desk_database
from coopgraph.dataset.tree import locate
from coopgraph.desk.accounts import Accounts, Person
from coopgraph.desk.audit_log import BEGINNING, entries, first_break
from coopgraph.desk.erasure import erase as erase_texts
from coopgraph.desk.erasure import holding
from coopgraph.desk.publisher import Publisher
from coopgraph.desk.review import TYPED, Outcome, Review
from coopgraph.desk.submission import STATE_NAMES, STATES, State
from coopgraph.desk.submitted_update import SPARQL_UPDATE
from coopgraph.errors import DoesNotConform, NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.publishing.build import build
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import load_file
from coopgraph.settings import Settings, signing_key
from coopgraph.validation.formats import text as report_text

_MEDIA_TYPES = {**{item.suffix: name for name, item in SUBMITTED_FORMATS.items()}, ".ru": SPARQL_UPDATE}
"""What is submitted from files, by the ends of their names; sheets are `coopgraph import --submit`."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

_number = partial(click.argument, "number", metavar="ID", type=int)
_note = partial(click.option, "--reason", default="", metavar="TEXT", help="Why, in a sentence.")


def as_whom(command: _Command) -> _Command:
    """Give a command the option that names the account in whose name it acts."""
    return click.option("--as", "name", metavar="NAME", help="Whose account does it (default: your name here).")(
        command
    )


def _on_submission(command: _Command) -> _Command:
    """Make a command one that acts on one submission in somebody's name."""
    return cast(_Command, _number()(as_whom(click.pass_obj(command))))


@click.group()
def desk() -> None:
    """See what curators submit, and decide on it, without a server.

    Whoever may write the desk's database may do this in anybody's name; accounts and tokens are for those who come over
    the network.

    Example: coopgraph desk submit refuge.ttl --reason "New telephone number"
    """


@desk.command()
@click.argument("file", type=click.Path(), metavar="FILE")
@_note()
@as_whom
@lang_option()
@click.pass_context
def submit(ctx: click.Context, file: str, reason: str, name: str | None, lang: str | None) -> None:
    """Submit a document or a SPARQL Update: .ttl, .nt, .jsonld or .ru; “-” is Turtle on standard input.

    A document that says what an entity is holds the whole of its file; one with records alone is laid over it. The
    number of the submission goes to standard output, its report to standard error.

    Exit codes: 0 submitted, 1 kept as a draft since it does not conform, or in conflict.

    Example: coopgraph desk submit refuge.ttl --reason "New telephone number" --as mina
    """
    settings: Settings = ctx.obj
    media_type = TURTLE.media_type if file == "-" else _MEDIA_TYPES.get(Path(file).suffix)
    if media_type is None:
        raise WrongUsage(
            Message("{file} has a format that is not taken.", file=file),
            Message("Taken are {formats}.", formats=", ".join(_MEDIA_TYPES)),
        )
    most = settings.upload_size
    body = standard_input(most) if file == "-" else load_file(Path(file), limit=most)
    with opened_review(settings) as review:
        tell_outcome(ctx, review.submit(person_named(settings, name), body, media_type, reason))


@desk.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be repeated.")
@as_whom
@click.pass_obj
def list_submissions(settings: Settings, states: tuple[State, ...], name: str | None) -> None:
    """List submissions, the latest change first: number, state, author, files, reason.

    Example: coopgraph desk list --state submitted
    """
    with opened_review(settings) as review:
        for item in review.all(person_named(settings, name), states=states):
            reason = " ".join(item.reason.split())
            click.echo(f"{item.id}  {item.state}  {item.author}  {' '.join(item.paths)}  {reason}".rstrip())


@desk.command()
@_number()
@as_whom
@lang_option()
@click.pass_context
def show(ctx: click.Context, number: int, name: str | None, lang: str | None) -> None:
    """Show a submission: what it removes (-) and adds (+), its report, and what was said.

    Example: coopgraph desk show 12
    """
    settings: Settings = ctx.obj
    language = spoken(ctx)
    with opened_review(settings) as review:
        outcome = review.outcome(person_named(settings, name), number)
    found = outcome.submission
    click.echo(f"{found.id}  {STATE_NAMES[found.state].in_language(language)}  {found.author}  {found.reason}".rstrip())
    for item in found.files:
        click.echo(f"\n{item.path}")
        for sign, triples in (("-", item.removed), ("+", item.added)):
            for triple in triples:
                click.echo(f"{sign} {triple} .")
    for event in found.events:
        click.echo(f"\n{event.at[:16]}  {event.actor}  {event.kind}  {event.text}".rstrip())
    _report(outcome, language)


@desk.command()
@_on_submission
@_note()
def accept(settings: Settings, number: int, reason: str, name: str | None) -> None:
    """Accept a submission and publish it: its files are written and a release is made.

    Example: coopgraph desk accept 12 --as jun
    """
    _decided(settings, name, lambda review, person: review.accept(person, number, reason))
    _publish(settings)


@desk.command()
@_on_submission
@_note()
def reject(settings: Settings, number: int, reason: str, name: str | None) -> None:
    """Reject a submission, with a reason for its author.

    Example: coopgraph desk reject 12 --reason "The source says otherwise."
    """
    _decided(settings, name, lambda review, person: review.reject(person, number, reason))
    say(Message("Submission {number} is rejected.", number=number))


@desk.command()
@_on_submission
@_note()
def ask(settings: Settings, number: int, reason: str, name: str | None) -> None:
    """Ask the author of a submission for changes.

    Example: coopgraph desk ask 12 --reason "Please quote the page."
    """
    _decided(settings, name, lambda review, person: review.ask(person, number, reason))
    say(Message("The author of submission {number} is asked for changes.", number=number))


@desk.command()
@_on_submission
def withdraw(settings: Settings, number: int, name: str | None) -> None:
    """Withdraw a submission of one's own that is not accepted yet.

    Example: coopgraph desk withdraw 12
    """
    _decided(settings, name, lambda review, person: review.withdraw(person, number))
    say(Message("Submission {number} is withdrawn.", number=number))


@desk.command()
@_number()
@_note()
@as_whom
@lang_option()
@click.pass_context
def undo(ctx: click.Context, number: int, reason: str, name: str | None, lang: str | None) -> None:
    """Submit what takes a published submission back; it is reviewed like any other, a publisher's published at once.

    Example: coopgraph desk undo 12 --reason "The number was the old one."
    """
    settings: Settings = ctx.obj
    with opened_review(settings) as review:
        outcome = review.undo(person_named(settings, name), number, reason)
    if outcome.submission.state == "accepted":
        _publish(settings)
    tell_outcome(ctx, outcome)


@desk.command()
@click.pass_obj
def publish(settings: Settings) -> None:
    """Publish what is accepted and not yet published, such as after a crash.

    Example: coopgraph desk publish
    """
    _publish(settings)


@desk.command()
@click.argument("number", metavar="ID", type=int, required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why; it stays in the audit log, so it quotes nothing.")
@click.option("--holding", "text", metavar="TEXT", help="List the submissions that hold this text instead.")
@click.pass_obj
def erase(settings: Settings, number: int | None, reason: str, text: str | None) -> None:
    """Erase all texts of a submission from the database for good; docs/withdrawal.md tells what else to do.

    Example: coopgraph desk erase --holding "12 Harbour Street"

    Example: coopgraph desk erase 12 --reason "An address that endangers somebody"
    """
    database = desk_database(Path(settings.var))
    if text is not None:
        for found in holding(database, text):
            click.echo(found)
        return
    if number is None:
        raise WrongUsage(
            Message("Which submission is to be erased?"), Message("--holding TEXT finds those with a text.")
        )
    erase_texts(database, number, reason, actor=OPERATOR, now=now())
    say(Message("The texts of submission {number} are erased.", number=number))


@desk.command()
@click.option("--head", metavar="HASH", help="A hash that was noted before: say whether the log still holds it.")
@click.pass_obj
def audit(settings: Settings, head: str | None) -> None:
    """Write the audit log and verify it: each entry holds the hash of the one before.

    Columns: number, time, who, what, of what. The last hash goes to standard error: whoever notes it elsewhere can tell
    later, with --head, that nothing before it was changed or taken away. Exit code 1: the log was changed.

    Example: coopgraph desk audit --head HASH
    """
    with desk_database(Path(settings.var)).reading() as connection:
        hashes = [BEGINNING]
        for entry, written in entries(connection):
            click.echo(f"{entry.number}  {entry.at}  {entry.actor}  {entry.action}  {entry.object}")
            hashes.append(written)
        broken = first_break(connection)
    if broken is not None:
        raise DoesNotConform(
            Message("The audit log was changed at entry {number}, or entries before it are missing.", number=broken),
            Message("Compare it with a backup."),
        )
    if head is not None and head not in hashes:
        raise DoesNotConform(
            Message("The audit log no longer holds the entry with this hash."), Message("Compare it with a backup.")
        )
    say(Message("The audit log is whole. Its last hash: {hash}", hash=hashes[-1]))


@contextmanager
def opened_review(settings: Settings) -> Iterator[Review]:
    """Give the review of the submissions, over the tree as it is now."""
    with closing(PresentWorkspace(locate(settings), input_size=settings.input_size)) as workspace:
        yield Review(desk_database(Path(settings.var)), workspace, alone=settings.review_alone, now=now)


def person_named(settings: Settings, name: str | None) -> Person:
    """Return the account ``name``, or the one of whoever runs the command. Raises WrongUsage where there is none."""
    accounts = Accounts(desk_database(Path(settings.var)))
    try:
        return accounts.person(name or getpass.getuser())
    except (NotFound, OSError, KeyError) as error:
        if name is not None:
            raise
        raise WrongUsage(
            Message("In whose name is this done?"),
            Message("Name an account with --as; `coopgraph user list` lists them."),
        ) from error


def _decided(settings: Settings, name: str | None, decide: Callable[[Review, Person], object]) -> None:
    """Have an account decide on a submission."""
    with opened_review(settings) as review:
        decide(review, person_named(settings, name))


def _publish(settings: Settings) -> None:
    var = Path(settings.var)
    tree = locate(settings)
    release = partial(build, tree, var, signing_key=signing_key(settings))
    publisher = Publisher(desk_database(var), tree, var, now=now, release=release)
    for number in publisher.publish():
        say(Message("Submission {number} is published.", number=number))


def tell_outcome(ctx: click.Context, outcome: Outcome) -> None:
    """Write the number of a submission, its report and its state, and end the command with what came of it."""
    language = spoken(ctx)
    _report(outcome, language)
    click.echo(outcome.submission.id)
    state = outcome.submission.state
    say(Message("Submission {number}: {state}.", number=outcome.submission.id, state=STATE_NAMES[state]))
    ctx.exit(0 if state in ("submitted", "accepted") else 1)


def _report(outcome: Outcome, language: str) -> None:
    if outcome.problem is not None:
        click.echo(f"{TYPED}: {outcome.problem.in_language(language)}", err=True)
    if outcome.report is not None:
        click.echo(report_text.write(outcome.report, language), nl=False, err=True)
