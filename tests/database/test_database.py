"""The database: whole transactions, migrations that can be repeated, and backups that were restored."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from coopgraph.database.backup import back_up, restore
from coopgraph.database.database import Database, connect
from coopgraph.database.migrations import migrations
from coopgraph.errors import NotFound, OurFault, UnreadableInput, WrongUsage

ENTRY = "INSERT INTO audit VALUES (?, 'now', 'somebody', 'did', 'something', 'a', 'b')"


def _count(database: Database) -> int:
    with database.reading() as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM audit").fetchone()
    return int(count)


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute(ENTRY, (1,))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _count(database) == 0


def test_the_newest_schema_is_there_once_however_often_it_is_opened(tmp_path: Path) -> None:
    for _ in range(2):
        Database(tmp_path / "a.sqlite3")
    with closing(connect(tmp_path / "a.sqlite3")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(migrations())
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_nobody_else_on_the_machine_may_read_it(tmp_path: Path) -> None:
    Database(tmp_path / "a.sqlite3")
    assert stat.S_IMODE((tmp_path / "a.sqlite3").stat().st_mode) == 0o600


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "a.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 1000")
    with pytest.raises(OurFault, match="newer version"):
        Database(tmp_path / "a.sqlite3")


def test_what_is_read_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OurFault), Database(tmp_path / "a.sqlite3").reading() as connection:
        connection.execute(ENTRY, (1,))


def test_a_backup_made_while_others_write_is_restored_as_it_was(tmp_path: Path) -> None:
    database = Database(tmp_path / "var" / "a.sqlite3")
    with database.transaction() as connection:
        connection.execute(ENTRY, (1,))
        back_up(database.path, tmp_path / "backup" / "a.sqlite3")  # what is not committed is not in it
    back_up(database.path, tmp_path / "second" / "a.sqlite3")
    with database.transaction() as connection:
        connection.execute(ENTRY, (2,))
    restore(tmp_path / "second" / "a.sqlite3", database.path)
    assert _count(Database(database.path)) == 1
    restore(tmp_path / "backup" / "a.sqlite3", database.path)
    assert _count(Database(database.path)) == 0


def test_a_backup_overwrites_nothing_and_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        back_up(tmp_path / "a.sqlite3", tmp_path / "b.sqlite3")
    Database(tmp_path / "a.sqlite3")
    (tmp_path / "b.sqlite3").write_text("mine", encoding="utf-8")
    with pytest.raises(WrongUsage):
        back_up(tmp_path / "a.sqlite3", tmp_path / "b.sqlite3")
    assert (tmp_path / "b.sqlite3").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("content", [b"no database at all, but a text of some length", b""])
def test_what_is_no_backup_is_not_put_in_the_place_of_a_database(tmp_path: Path, content: bytes) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with database.transaction() as connection:
        connection.execute(ENTRY, (1,))
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(UnreadableInput):
        restore(tmp_path / "bad", database.path)
    assert _count(database) == 1
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"])
def test_the_audit_log_is_only_added_to(tmp_path: Path, statement: str) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with database.transaction() as connection:
        connection.execute(ENTRY, (1,))
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as connection:
        connection.execute(statement)
    assert _count(database) == 1
