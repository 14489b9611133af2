"""Credentials for another server: from the environment or a file, never from a command line or an address."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.settings import PASSWORD, PASSWORD_FILE, USER


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at the other server."""

    user: str
    password: str = field(repr=False)


def from_environment(user: str | None = None, environment: Mapping[str, str] | None = None) -> Credentials | None:
    """Return what ``COOPGRAPH_USER`` and ``COOPGRAPH_PASSWORD`` (or the file ``COOPGRAPH_PASSWORD_FILE``) hold.

    ``user`` goes before ``COOPGRAPH_USER``. None where there is no name or no password. Raises WrongUsage for a file
    that cannot be read.
    """
    environment = os.environ if environment is None else environment
    name = user or environment.get(USER)
    password = environment.get(PASSWORD) or _from_file(environment.get(PASSWORD_FILE))
    return Credentials(name, password) if name and password else None


def _from_file(name: str | None) -> str | None:
    if not name:
        return None
    try:
        return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(
            Message("The file that {variable} names cannot be read.", variable=PASSWORD_FILE),
            Message("Write the password into it, and nothing else."),
        ) from error
