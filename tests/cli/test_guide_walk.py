"""The guide for curators, walked through literally: its commands in order, in a clean shell and an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "curating.md").read_text(encoding="utf-8")
FILLED_IN = (
    "org/hateaid",
    "source/hateaid-about",
    "source/hateaid-page",
    "source/hateaid-report-2019",
    "source/hateaid-report-2023",
    "source/legallayman-hateaid",
    "source/de-wikipedia-hateaid",
    "period/2019",
    "period/2023",
)
"""What the files hold once they are filled in, and the files that they name."""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git") or not shutil.which("bash"), reason="needs git and bash")
def test_every_command_of_the_guide_does_what_the_guide_says(tmp_path: Path) -> None:
    filled = tmp_path / "filled"
    for name in FILLED_IN:
        place = filled / "data" / f"{name}.ttl"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / f"{name}.ttl", place)
    (filled / "new.csv").write_text(_blocks("csv")[0], encoding="utf-8")
    script, expected = ["set -euo pipefail"], []
    for block in _blocks("console"):
        for line in block.splitlines():
            if not line.startswith("$ "):
                expected.append(line)
                continue
            command = line.removeprefix("$ ")
            script.append(command)
            if command.startswith("coopgraph new org"):
                script.append(f"cp -r {filled}/data .")
            if command.endswith("> new.csv"):
                script += ["head -c 12 new.csv; echo", f"cp {filled}/new.csv new.csv"]
    assert sum(line.startswith("coopgraph ") for line in script) > 8
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=folder, env=environment, capture_output=True, check=False, timeout=600
    )
    told = done.stdout.decode()
    assert done.returncode == 0, told[-2000:] + done.stderr.decode()[-4000:]
    for line in expected:
        assert line in told.splitlines(), line
    assert "slug,name" in told
    assert "o:hateaid" in told
    assert (folder / "my-graph" / "data" / "org" / "example-centre.ttl").is_file()
