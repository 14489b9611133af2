from __future__ import annotations

from pathlib import Path

import pytest

from coopgraph import settings
from coopgraph.errors import WrongUsage
from coopgraph.store.sparql_http.credentials import Credentials, from_environment


def test_name_and_password_come_from_the_environment() -> None:
    found = from_environment(environment={"COOPGRAPH_USER": "someone", "COOPGRAPH_PASSWORD": "secret"})
    assert found == Credentials("someone", "secret")


def test_a_password_comes_from_a_file_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("se cret\n")
    found = from_environment("someone", {"COOPGRAPH_PASSWORD_FILE": str(tmp_path / "password")})
    assert found == Credentials("someone", "se cret")


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="cannot be read"):
        from_environment("someone", {"COOPGRAPH_PASSWORD_FILE": str(tmp_path / "absent")})


def test_a_name_alone_is_nobody() -> None:
    assert from_environment("someone", {}) is None


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Credentials("someone", "secret"))


def test_secrets_are_no_settings() -> None:
    found, origins = settings.load_settings({}, {"COOPGRAPH_USER": "someone", "COOPGRAPH_PASSWORD": "open sesame"})
    assert "open sesame" not in repr(found) + repr(origins)
