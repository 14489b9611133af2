"""The command line without a process for each call: what it reads and writes, and the code that it leaves with."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from coopgraph.cli.main import main


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit code and all that it wrote."""

    returncode: int
    written: bytes
    told: bytes

    @property
    def stdout(self) -> str:
        """What it wrote on standard output."""
        return self.written.decode()

    @property
    def stderr(self) -> str:
        """What it wrote on standard error."""
        return self.told.decode()


def coopgraph(*arguments: str, cwd: Path, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command in ``cwd`` with nothing of the tests' own language in its environment."""
    inherited = {name for name in os.environ if name.startswith(("LC_", "LANG"))}
    said: dict[str, str | None] = {**dict.fromkeys(inherited), **(environment or {})}
    with (
        chdir(cwd),
        patch.object(sys, "argv", ["coopgraph", *arguments]),
        CliRunner().isolation(given, said) as (output, errors, _),
    ):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
        sys.stdout.flush()
        sys.stderr.flush()
    assert isinstance(code, int)
    return Ended(code, output.getvalue(), errors.getvalue())
