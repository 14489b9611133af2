"""Accounts: people by a name of their choice, with a role, a password, and maybe a second factor.

Passwords are kept as argon2id hashes; a session and a token as the SHA-256 of a random secret that only its holder has.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import cast

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coopgraph.database.database import Database
from coopgraph.desk.audit_log import moment, record
from coopgraph.desk.roles import Role, includes, lesser
from coopgraph.errors import NotFound, NotPermitted, NotSignedIn, WrongUsage
from coopgraph.messages.message import Message

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
"""Characters of a password."""

SESSION = timedelta(hours=12)
"""How long somebody stays signed in without asking for anything."""

LONGEST_TOKEN = 366
"""Days for which a token can be given."""

RECOVERY_CODES = 8
"""Codes that stand in once each for a code of an authenticator app."""

_SECRET = re.compile(r"[A-Z2-7]{32}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: name, pseudonym (by which others than curators know them), and what they may do."""

    name: str
    pseudonym: str
    role: Role

    def demand(self, role: Role) -> None:
        """Raise :class:`NotPermitted` where this is not for them."""
        if not includes(self.role, role):
            raise NotPermitted(
                Message("This needs the role {wanted}; you have the role {role} here.", wanted=role, role=self.role),
                Message("Ask somebody who has it."),
            )


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it."""

    name: str
    role: Role
    disabled: bool
    second_factor: bool
    created: str


class Accounts:
    """The accounts in a database. ``actor`` is who does it, for the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, password: str | None, *, actor: str, now: datetime) -> None:
        """Add an account; without a password it is for tokens and the command line alone.

        Raises :class:`WrongUsage` for a name that is taken or cannot be one, and for a password that is too short.
        """
        if not _NAME.fullmatch(name):
            raise WrongUsage(
                Message("“{name}” cannot be the name of an account.", name=name),
                Message("Use 2 to 40 small letters, digits, dots, hyphens or underscores; it need not be a real name."),
            )
        hashed = _hashed(password) if password is not None else None
        with self._database.transaction() as connection:
            try:
                connection.execute(
                    "INSERT INTO account (name, pseudonym, role, password, created) VALUES (?, ?, ?, ?, ?)",
                    (name, f"curator-{secrets.token_hex(4)}", role, hashed, moment(now)),
                )
            except sqlite3.IntegrityError as error:
                raise WrongUsage(
                    Message("There is an account {name} already.", name=name), Message("Choose another name.")
                ) from error
            record(connection, now, actor, f"account added as {role}", name)

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM account ORDER BY name").fetchall()
        return tuple(
            Account(row["name"], row["role"], bool(row["disabled"]), bool(row["second_factor"]), row["created"])
            for row in rows
        )

    def person(self, name: str) -> Person:
        """Return who has the account ``name``. Raises :class:`NotFound` where nobody does, or it is disabled."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM account WHERE name = ? AND NOT disabled", (name,)).fetchone()
        if row is None:
            raise unknown_account(name)
        return _person(row)

    def set_role(self, name: str, role: Role, *, actor: str, now: datetime) -> None:
        """Give an account another role; its tokens may do no more than that from now on."""
        self._change(name, "role", role, f"role set to {role}", actor, now)

    def set_password(self, name: str, password: str, *, actor: str, now: datetime) -> None:
        """Give an account another password; whoever was signed in with the old one no longer is."""
        self._change(name, "password", _hashed(password), "password set", actor, now)

    def disable(self, name: str, *, actor: str, now: datetime) -> None:
        """Disable an account for good: it signs in no more, and its sessions and tokens end."""
        self._change(name, "disabled", 1, "account disabled", actor, now)

    def require_second_factor(self, name: str, *, actor: str, now: datetime) -> str:
        """Let an account sign in with codes of a new secret as well; return its address for an authenticator app."""
        secret = pyotp.random_base32()
        self._change(name, "second_factor", secret, "second factor set", actor, now)
        return second_factor_address(name, secret)

    def enrol_second_factor(self, name: str, secret: str, password: str, code: str, *, now: datetime) -> list[str]:
        """Let an account sign in with codes of ``secret`` as well, which ``code`` shows its owner to have.

        Returns the recovery codes, which are shown once: each signs in once in the place of a code. Whoever was signed
        in no longer is. Raises :class:`WrongUsage` where the password or the code is wrong.
        """
        step = _code_step(secret, code, now) if _SECRET.fullmatch(secret) else None
        if step is None:
            raise WrongUsage(
                Message("The code does not fit the secret."),
                Message("Type the code that the app shows now; the clock of the device has to be right."),
            )
        self._demand_password(name, password)
        codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
        self._change(name, "second_factor", secret, "second factor set", name, now)
        with self._database.transaction() as connection:
            # The code that was shown now counts no second time.
            connection.execute("UPDATE account SET last_code = ? WHERE name = ?", (step, name))
            connection.executemany("INSERT INTO recovery_code VALUES (?, ?)", [(_digest(item), name) for item in codes])
        return codes

    def give_up_second_factor(self, name: str, password: str, *, now: datetime) -> None:
        """Let an account sign in with its password alone again. Raises :class:`WrongUsage` for a wrong one."""
        self._demand_password(name, password)
        self.drop_second_factor(name, actor=name, now=now)

    def has_second_factor(self, name: str) -> bool:
        """Return whether an account signs in with codes."""
        return any(account.second_factor for account in self.all() if account.name == name)

    def drop_second_factor(self, name: str, *, actor: str, now: datetime) -> None:
        """Let an account sign in with its password alone again."""
        self._change(name, "second_factor", None, "second factor removed", actor, now)

    def sign_in(self, name: str, password: str, code: str, *, now: datetime) -> str:
        """Begin a session and return its secret. Raises :class:`NotSignedIn`, whatever it is that does not fit.

        The time that takes does not tell whether there is such an account.
        """
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
        held = row["password"] if row and row["password"] and not row["disabled"] else _nobodys_password()
        right = _matches(held, password) and held != _nobodys_password()
        step = _code_step(row["second_factor"], code, now) if right and row["second_factor"] else 0
        if not right:
            raise sign_in_refused()
        with self._database.transaction() as connection:
            if step is None:
                used = connection.execute(
                    "DELETE FROM recovery_code WHERE hash = ? AND account = ?", (_digest(code.strip().lower()), name)
                )
                if used.rowcount != 1:
                    raise sign_in_refused()
                record(connection, now, name, "recovery code used", name)
                step = 0
            # A code counts once, and only while the account is what was looked at.
            done = connection.execute(
                "UPDATE account SET last_code = max(last_code, ?) WHERE name = ? AND NOT disabled AND password = ?"
                " AND second_factor IS ? AND (? = 0 OR last_code < ?)",
                (step, name, held, row["second_factor"], step, step),
            )
            if done.rowcount != 1:
                raise sign_in_refused()
            return _begun_session(connection, name, now)

    def link_identity(self, name: str, issuer: str, subject: str, *, actor: str, now: datetime) -> None:
        """Let whom an OpenID provider knows as ``subject`` sign in to an account."""
        self.person(name)
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO openid_identity VALUES (?, ?, ?)", (issuer, subject, name))
            record(connection, now, actor, "OpenID identity linked", name)

    def unlink_identities(self, name: str, *, actor: str, now: datetime) -> None:
        """Let nobody sign in to an account by a provider any more."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM openid_identity WHERE account = ?", (name,))
            connection.execute("DELETE FROM session WHERE account = ?", (name,))
            record(connection, now, actor, "OpenID identities removed", name)

    def sign_in_by_identity(self, issuer: str, subject: str, *, now: datetime) -> str:
        """Begin a session of the account that an identity is linked to, and return its secret.

        Raises :class:`NotSignedIn` where there is none, or it is disabled: accounts are added by an operator alone.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT account.name FROM openid_identity JOIN account ON name = openid_identity.account"
                " WHERE issuer = ? AND subject = ? AND NOT disabled",
                (issuer, subject),
            ).fetchone()
            if row is None:
                raise NotSignedIn(
                    Message("No account belongs to this identity."),
                    Message("An operator links it: coopgraph user openid NAME SUBJECT."),
                )
            return _begun_session(connection, row["name"], now)

    def of_session(self, secret: str, *, now: datetime) -> Person | None:
        """Return whose session this is, which then lasts anew; None where it has ended."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT account.*, session.expires FROM session JOIN account ON name = session.account"
                " WHERE hash = ? AND expires >= ? AND NOT disabled",
                (_digest(secret), moment(now)),
            ).fetchone()
        if row is None:
            return None
        if row["expires"] < moment(now + SESSION / 2):
            with self._database.transaction() as connection:
                connection.execute(
                    "UPDATE session SET expires = ? WHERE hash = ?", (moment(now + SESSION), _digest(secret))
                )
        return _person(row)

    def sign_out(self, secret: str) -> None:
        """End the session whose cookie holds ``secret``; one that is unknown or over is no error."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM session WHERE hash = ?", (_digest(secret),))

    def give_token(self, name: str, scope: Role, days: int, *, actor: str, now: datetime) -> str:
        """Return a new token of an account, for programs, which is kept nowhere; it may do what ``scope`` may.

        Raises :class:`WrongUsage` for more than the account may, or for longer than :data:`LONGEST_TOKEN`.
        """
        person = self.person(name)
        if not includes(person.role, scope):
            raise WrongUsage(
                Message("{name} has the role {role}; {scope} goes beyond.", name=name, role=person.role, scope=scope),
                Message("Give the token a lesser scope."),
            )
        if not 0 < days <= LONGEST_TOKEN:
            raise WrongUsage(
                Message("A token holds from 1 to {most} days.", most=LONGEST_TOKEN),
                Message("Give --days such a number."),
            )
        identifier, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO token (id, hash, account, scope, expires) VALUES (?, ?, ?, ?, ?)",
                (identifier, _digest(secret), name, scope, moment(now + timedelta(days=days))),
            )
            record(connection, now, actor, f"token {identifier} given for {scope}", name)
        return f"coopgraph_{identifier}_{secret}"

    def revoke_token(self, identifier: str, *, actor: str, now: datetime) -> None:
        """End a token, named by its identifier, which stands in it. Raises :class:`NotFound` for an unknown one."""
        with self._database.transaction() as connection:
            done = connection.execute("UPDATE token SET revoked = 1 WHERE id = ? AND NOT revoked", (identifier,))
            if done.rowcount != 1:
                raise NotFound(
                    Message("There is no token {identifier}.", identifier=identifier),
                    Message("Its identifier is what stands in the token after “coopgraph_”."),
                )
            record(connection, now, actor, "token revoked", identifier)

    def of_token(self, token: str, *, now: datetime) -> Person:
        """Return whose token this is, with the role that it and its account both allow.

        Raises :class:`NotSignedIn` where it is unknown, revoked or out of date.
        """
        secret = token.removeprefix("coopgraph_").partition("_")[2]
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT account.*, scope FROM token JOIN account ON name = token.account"
                " WHERE hash = ? AND NOT revoked AND expires >= ? AND NOT disabled",
                (_digest(secret), moment(now)),
            ).fetchone()
        if row is None:
            raise NotSignedIn(
                Message("This token is unknown, was revoked, or has run out."),
                Message("Ask for a new one: an operator gives it with `coopgraph user token NAME`."),
            )
        person = _person(row)
        return Person(person.name, person.pseudonym, lesser(person.role, cast(Role, row["scope"])))

    def _demand_password(self, name: str, password: str) -> None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT password FROM account WHERE name = ?", (name,)).fetchone()
        if row is None or not _matches(row["password"] or _nobodys_password(), password):
            raise WrongUsage(Message("The password is wrong."), Message("Type the one that you sign in with."))

    def _change(self, name: str, column: str, value: object, action: str, actor: str, now: datetime) -> None:
        with self._database.transaction() as connection:
            done = connection.execute(f"UPDATE account SET {column} = ? WHERE name = ?", (value, name))
            if done.rowcount != 1:
                raise unknown_account(name)
            connection.execute("DELETE FROM session WHERE account = ?", (name,))
            if column == "second_factor":
                connection.execute("DELETE FROM recovery_code WHERE account = ?", (name,))
            if column == "disabled":
                connection.execute("UPDATE token SET revoked = 1 WHERE account = ?", (name,))
            record(connection, now, actor, action, name)


def new_secret() -> str:
    """Return a secret for codes of an authenticator app (RFC 6238), in base 32."""
    return pyotp.random_base32()


def second_factor_address(name: str, secret: str) -> str:
    """Return the address (``otpauth:``) by which an authenticator app takes a secret."""
    return str(pyotp.TOTP(secret, name=name, issuer="coopgraph").provisioning_uri())


def sign_in_refused() -> NotSignedIn:
    """Return what is said to whoever cannot sign in: it does not tell which part was wrong."""
    return NotSignedIn(
        Message("Name, password and code do not fit together."),
        Message("Check them; where the account has no second factor, leave the code out."),
    )


def unknown_account(name: str) -> NotFound:
    """Return what is said of a name that no account has, or one that is disabled."""
    return NotFound(
        Message("There is no account {name}.", name=name),
        Message("`coopgraph user list` lists them; `coopgraph user add NAME` adds one."),
    )


def _begun_session(connection: sqlite3.Connection, name: str, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    connection.execute("DELETE FROM session WHERE expires < ?", (moment(now),))
    connection.execute("INSERT INTO session VALUES (?, ?, ?)", (_digest(secret), name, moment(now + SESSION)))
    record(connection, now, name, "signed in", name)
    return secret


def _person(row: sqlite3.Row) -> Person:
    return Person(row["name"], row["pseudonym"], row["role"])


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WrongUsage(
            Message("A password has {least} to {most} characters.", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD),
            Message("Choose a longer one, such as four or more words."),
        )
    return _hasher().hash(password)


@cache
def _nobodys_password() -> str:
    """Return a hash that no password fits, for names that have none."""
    return _hasher().hash(secrets.token_urlsafe(32))


def _matches(held: str, password: str) -> bool:
    try:
        return _hasher().verify(held, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def _code_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the number of the time step (RFC 6238) of a code, the present or a neighbour; None for a wrong one."""
    codes, wanted = pyotp.TOTP(secret), "".join(code.split())
    present = codes.timecode(now)
    steps = (present - 1, present, present + 1)
    return next((step for step in steps if hmac.compare_digest(codes.generate_otp(step), _ascii(wanted))), None)


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
