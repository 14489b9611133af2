"""``coopgraph user``, ``desk audit``, ``backup`` and ``restore``: the first account is made on the command line."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from coopgraph.database.database import DESK_FILE, connect
from tests.cli.in_process import coopgraph

PASSWORD = b"four words as password\n"


def test_accounts_are_added_listed_changed_and_disabled(tmp_path: Path) -> None:
    added = coopgraph("user", "add", "mina", "--role", "admin", "--password-stdin", cwd=tmp_path, given=PASSWORD)
    assert (added.returncode, added.stderr) == (0, "The account mina is added, with the role admin.\n")
    assert coopgraph("user", "add", "mina", cwd=tmp_path).returncode == 2
    assert coopgraph("user", "role", "mina", "reviewer", cwd=tmp_path).returncode == 0
    assert coopgraph("user", "second-factor", "mina", cwd=tmp_path).stdout.startswith("otpauth://totp/coopgraph:mina?")
    assert coopgraph("user", "disable", "mina", cwd=tmp_path).returncode == 0
    (line,) = coopgraph("user", "list", cwd=tmp_path).stdout.splitlines()
    assert line.startswith("mina  reviewer  ")
    assert line.endswith("disabled, second factor")
    assert coopgraph("user", "role", "nobody", "admin", cwd=tmp_path).returncode == 2


def test_a_token_is_shown_once_and_can_be_revoked(tmp_path: Path) -> None:
    coopgraph("user", "add", "program", cwd=tmp_path)
    token = coopgraph("user", "token", "program", cwd=tmp_path).stdout.strip()
    _, identifier, _ = token.split("_", 2)
    assert coopgraph("user", "token", "program", "--scope", "admin", cwd=tmp_path).returncode == 2
    assert coopgraph("user", "token", "program", "--revoke", identifier, cwd=tmp_path).returncode == 0
    assert coopgraph("user", "token", "program", "--revoke", identifier, cwd=tmp_path).returncode == 2


def test_the_audit_log_is_written_and_verified(tmp_path: Path) -> None:
    coopgraph("user", "add", "one", cwd=tmp_path)
    whole = coopgraph("desk", "audit", cwd=tmp_path)
    head = whole.stderr.rstrip().rpartition(" ")[2]
    assert whole.stdout.endswith("  operator  account added as curator  one\n")
    coopgraph("user", "add", "two", cwd=tmp_path)
    assert coopgraph("desk", "audit", "--head", head, cwd=tmp_path).returncode == 0
    assert coopgraph("desk", "audit", "--head", "f" * 64, cwd=tmp_path).returncode == 1
    with closing(connect(tmp_path / "var" / DESK_FILE)) as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("UPDATE audit SET actor = 'somebody' WHERE number = 1")
    broken = coopgraph("desk", "audit", cwd=tmp_path)
    assert broken.returncode == 1
    assert "at entry 1" in broken.stderr


def test_a_backup_is_restored(tmp_path: Path) -> None:
    assert coopgraph("backup", "before", cwd=tmp_path).returncode == 2
    coopgraph("user", "add", "one", cwd=tmp_path)
    assert coopgraph("backup", "before", cwd=tmp_path).stdout == f"before/{DESK_FILE}\n"
    coopgraph("user", "add", "two", cwd=tmp_path)
    assert coopgraph("restore", "nowhere", cwd=tmp_path).returncode == 2
    assert coopgraph("restore", "before", cwd=tmp_path).returncode == 0
    assert coopgraph("user", "list", cwd=tmp_path).stdout.startswith("one  curator")
    assert "two" not in coopgraph("user", "list", cwd=tmp_path).stdout
