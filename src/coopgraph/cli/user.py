"""``coopgraph user``: the accounts of the curators' desk."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from coopgraph.cli.clock import now
from coopgraph.cli.console import say, standard_input
from coopgraph.database.database import desk_database
from coopgraph.desk.accounts import LONGEST_PASSWORD, Accounts
from coopgraph.desk.roles import ROLES, Role
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.settings import Settings

OPERATOR = "operator"
"""Who does what is done on the command line, in the audit log: whoever may run it there."""

_BYTES = 4 * LONGEST_PASSWORD + 2


@click.group()
def user() -> None:
    """Keep the accounts of the curators' desk.

    Example: coopgraph user add mina --role admin
    """


@user.command()
@click.argument("name", metavar="NAME")
@click.option("--role", type=click.Choice(ROLES), default="curator", help="What the account may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def add(settings: Settings, name: str, role: Role, password_stdin: bool) -> None:
    """Add an account; NAME need not be a real name.

    On a terminal the password is asked for, twice. Elsewhere, without --password-stdin, the account has none, and is
    for tokens and the command line alone.

    Example: coopgraph user add mina --role reviewer
    """
    _accounts(settings).add(name, role, _password(password_stdin), actor=OPERATOR, now=now())
    say(Message("The account {name} is added, with the role {role}.", name=name, role=role))


@user.command("list")
@click.pass_obj
def list_accounts(settings: Settings) -> None:
    """List the accounts: name, role, day of its making, and what else is to be known.

    Example: coopgraph user list
    """
    for account in _accounts(settings).all():
        remarks = [("disabled", account.disabled), ("second factor", account.second_factor)]
        told = ", ".join(word for word, is_so in remarks if is_so)
        click.echo(f"{account.name}  {account.role}  {account.created[:10]}  {told}".rstrip())


@user.command()
@click.argument("name", metavar="NAME")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_obj
def role(settings: Settings, name: str, role: Role) -> None:
    """Give an account another role.

    Example: coopgraph user role mina publisher
    """
    _accounts(settings).set_role(name, role, actor=OPERATOR, now=now())
    say(Message("{name} has the role {role} now.", name=name, role=role))


@user.command()
@click.argument("name", metavar="NAME")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def password(settings: Settings, name: str, password_stdin: bool) -> None:
    """Give an account another password; whoever is signed in with the old one no longer is.

    Example: coopgraph user password mina
    """
    given = _password(password_stdin)
    if given is None:
        raise click.UsageError("Missing option '--password-stdin'.")
    _accounts(settings).set_password(name, given, actor=OPERATOR, now=now())
    say(Message("{name} has a new password.", name=name))


@user.command()
@click.argument("name", metavar="NAME")
@click.option("--scope", type=click.Choice(ROLES), default="curator", help="What the token may do.")
@click.option("--days", type=int, default=90, help="For how many days it holds.")
@click.option("--revoke", metavar="ID", help="End this token instead.")
@click.pass_obj
def token(settings: Settings, name: str, scope: Role, days: int, revoke: str | None) -> None:
    """Give an account a token for programs; it is shown once, on standard output, and kept nowhere.

    Programs send it as “Authorization: Bearer TOKEN”.

    Example: coopgraph user token mina --scope reviewer --days 30
    """
    if revoke is not None:
        _accounts(settings).revoke_token(revoke, actor=OPERATOR, now=now())
        say(Message("The token {identifier} has ended.", identifier=revoke))
        return
    click.echo(_accounts(settings).give_token(name, scope, days, actor=OPERATOR, now=now()))


@user.command("second-factor")
@click.argument("name", metavar="NAME")
@click.option("--off", is_flag=True, help="Let the account sign in without codes again.")
@click.pass_obj
def second_factor(settings: Settings, name: str, off: bool) -> None:
    """Let an account sign in with codes of an authenticator app (TOTP) beside its password.

    The address to put into the app goes to standard output, once.

    Example: coopgraph user second-factor mina
    """
    if off:
        _accounts(settings).drop_second_factor(name, actor=OPERATOR, now=now())
        say(Message("{name} signs in with the password alone now.", name=name))
        return
    click.echo(_accounts(settings).require_second_factor(name, actor=OPERATOR, now=now()))


@user.command()
@click.argument("name", metavar="NAME")
@click.argument("subject", metavar="[SUBJECT]", required=False)
@click.option("--off", is_flag=True, help="Let nobody sign in to the account by a provider any more.")
@click.pass_obj
def openid(settings: Settings, name: str, subject: str | None, off: bool) -> None:
    """Let whom the OpenID Connect provider calls SUBJECT sign in to an account.

    The provider is that of the setting openid_issuer; SUBJECT is its “sub”, which stays, and no address of e-mail.

    Example: coopgraph user openid mina 248289761001
    """
    if off:
        _accounts(settings).unlink_identities(name, actor=OPERATOR, now=now())
        say(Message("{name} signs in by no provider now.", name=name))
        return
    if not subject or not settings.openid_issuer:
        raise WrongUsage(
            Message("Whom does the provider mean?"), Message("Name its subject, and set openid_issuer to its address.")
        )
    _accounts(settings).link_identity(name, settings.openid_issuer.rstrip("/"), subject, actor=OPERATOR, now=now())
    say(Message("{name} may sign in by {issuer}.", name=name, issuer=settings.openid_issuer))


@user.command()
@click.argument("name", metavar="NAME")
@click.pass_obj
def disable(settings: Settings, name: str) -> None:
    """Disable an account: it signs in no more, and its tokens end. What it did stays.

    Example: coopgraph user disable mina
    """
    _accounts(settings).disable(name, actor=OPERATOR, now=now())
    say(Message("The account {name} is disabled.", name=name))


def _accounts(settings: Settings) -> Accounts:
    return Accounts(desk_database(Path(settings.var)))


def _password(from_standard_input: bool) -> str | None:
    if from_standard_input:
        return standard_input(_BYTES).decode("utf-8", "replace").rstrip("\r\n")
    if not sys.stdin.isatty():
        return None
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked
