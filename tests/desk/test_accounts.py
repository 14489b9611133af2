"""Accounts: who signs in, with what, and what that lets them do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from coopgraph.database.database import Database
from coopgraph.desk.accounts import SESSION, Accounts
from coopgraph.desk.audit_log import entries, first_break
from coopgraph.errors import NotFound, NotPermitted, NotSignedIn, WrongUsage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PASSWORD = "four words as password"


@pytest.fixture(scope="module")
def with_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "desk.sqlite3"
    accounts = Accounts(Database(path))
    accounts.add("mina", "reviewer", PASSWORD, actor="operator", now=NOW)
    accounts.add("program", "curator", None, actor="operator", now=NOW)
    return path


@pytest.fixture
def database(with_people: Path, tmp_path: Path) -> Database:
    (tmp_path / "desk.sqlite3").write_bytes(with_people.read_bytes())
    return Database(tmp_path / "desk.sqlite3")


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


def _sign_in(
    accounts: Accounts, name: str = "mina", password: str = PASSWORD, code: str = "", at: datetime = NOW
) -> str:
    return accounts.sign_in(name, password, code, now=at)


def test_a_session_ends_when_nobody_asks_for_anything(accounts: Accounts) -> None:
    secret = _sign_in(accounts)
    later = NOW + SESSION - timedelta(minutes=1)
    person = accounts.of_session(secret, now=later)
    assert person is not None
    assert (person.name, person.role) == ("mina", "reviewer")
    assert accounts.of_session(secret, now=later + SESSION - timedelta(minutes=1))
    assert accounts.of_session(secret, now=later + 3 * SESSION) is None


def test_who_signs_out_is_signed_out(accounts: Accounts) -> None:
    secret = _sign_in(accounts)
    accounts.sign_out(secret)
    assert accounts.of_session(secret, now=NOW) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "password"),
    [("mina", "another password"), ("nobody", PASSWORD), ("program", PASSWORD), ("program", ""), ("mina", "x" * 9999)],
)
def test_what_does_not_fit_is_refused_in_the_same_words(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(NotSignedIn, match="do not fit together"):
        _sign_in(accounts, name, password)


def test_a_new_password_ends_the_sessions_of_the_old_one(accounts: Accounts) -> None:
    secret = _sign_in(accounts)
    accounts.set_password("mina", "quite another password", actor="operator", now=NOW)
    assert accounts.of_session(secret, now=NOW) is None
    with pytest.raises(NotSignedIn):
        _sign_in(accounts)


@pytest.mark.slow
def test_a_code_of_the_second_factor_counts_once(accounts: Accounts) -> None:
    address = accounts.require_second_factor("mina", actor="operator", now=NOW)
    codes = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
    with pytest.raises(NotSignedIn):
        _sign_in(accounts)
    code = codes.at(NOW)
    assert _sign_in(accounts, code=f"{code[:3]} {code[3:]}")
    with pytest.raises(NotSignedIn):
        _sign_in(accounts, code=code)
    later = NOW + timedelta(seconds=60)
    with pytest.raises(NotSignedIn):
        _sign_in(accounts, code=codes.at(NOW - timedelta(seconds=60)), at=later)
    assert _sign_in(accounts, code=codes.at(later), at=later)
    accounts.drop_second_factor("mina", actor="operator", now=NOW)
    assert _sign_in(accounts)


def test_a_token_may_do_what_it_and_its_account_both_may(accounts: Accounts) -> None:
    token = accounts.give_token("mina", "reviewer", 30, actor="operator", now=NOW)
    assert accounts.of_token(token, now=NOW).role == "reviewer"
    accounts.set_role("mina", "curator", actor="operator", now=NOW)
    assert accounts.of_token(token, now=NOW).role == "curator"
    with pytest.raises(NotPermitted, match="role reviewer"):
        accounts.of_token(token, now=NOW).demand("reviewer")


def test_a_token_goes_no_further_than_its_account(accounts: Accounts) -> None:
    with pytest.raises(WrongUsage):
        accounts.give_token("mina", "admin", 30, actor="operator", now=NOW)
    with pytest.raises(WrongUsage):
        accounts.give_token("mina", "curator", 1000, actor="operator", now=NOW)


def test_a_token_ends_by_its_day_by_hand_and_with_its_account(accounts: Accounts) -> None:
    one, two = (accounts.give_token("mina", "curator", 2, actor="operator", now=NOW) for _ in range(2))
    assert accounts.of_token(one, now=NOW)
    with pytest.raises(NotSignedIn):
        accounts.of_token(one, now=NOW + timedelta(days=3))
    accounts.revoke_token(one.split("_")[1], actor="operator", now=NOW)
    with pytest.raises(NotSignedIn):
        accounts.of_token(one, now=NOW)
    accounts.disable("mina", actor="operator", now=NOW)
    with pytest.raises(NotSignedIn):
        accounts.of_token(two, now=NOW)
    with pytest.raises(NotSignedIn):
        _sign_in(accounts)
    with pytest.raises(NotFound):
        accounts.person("mina")


def test_no_secret_stands_in_the_database(accounts: Accounts, database: Database) -> None:
    secret, token = _sign_in(accounts), accounts.give_token("mina", "curator", 2, actor="operator", now=NOW)
    held = b"".join(place.read_bytes() for place in database.path.parent.iterdir())
    for text in (secret, token, token.split("_", 2)[2], PASSWORD):
        assert text.encode() not in held


@pytest.mark.parametrize("name", ["", "a", "Mina", "mi na", "../mina", "x" * 41, "미나"])
def test_a_name_that_cannot_be_one_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(WrongUsage):
        accounts.add(name, "curator", None, actor="operator", now=NOW)


def test_a_name_is_taken_once_and_a_short_password_never(accounts: Accounts) -> None:
    with pytest.raises(WrongUsage):
        accounts.add("mina", "admin", PASSWORD, actor="operator", now=NOW)
    with pytest.raises(WrongUsage):
        accounts.add("other", "admin", "short", actor="operator", now=NOW)
    assert [account.name for account in accounts.all()] == ["mina", "program"]


def test_all_that_is_done_to_accounts_stands_in_the_audit_log(accounts: Accounts, database: Database) -> None:
    accounts.set_role("mina", "admin", actor="operator", now=NOW)
    with database.reading() as connection:
        told = [(entry.actor, entry.action, entry.object) for entry, _ in entries(connection)]
        assert first_break(connection) is None
    assert told == [
        ("operator", "account added as reviewer", "mina"),
        ("operator", "account added as curator", "program"),
        ("operator", "role set to admin", "mina"),
    ]


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET actor = 'x' WHERE number = 1", "DELETE FROM audit WHERE number = 1"]
)
def test_a_changed_log_shows_where(accounts: Accounts, database: Database, change: str) -> None:
    with database.transaction() as connection:
        for trigger in ("audit_is_never_changed", "audit_is_never_shortened"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(change)
        assert first_break(connection) in (1, 2)
