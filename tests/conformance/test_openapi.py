"""Schemathesis sends what the OpenAPI document allows to a running server, and holds the answers against it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_server import Served

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(
        importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed: requirements-ci.lock"
    ),
]

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_every_answer_is_one_that_the_document_tells_of(served: Served, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"),
            *(f"{served.url}/openapi.json", "--checks", CHECKS, "--max-examples", "5", "--seed", "7"),
            *("--phases", "examples,fuzzing", "--no-color", "--include-method", "GET"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
