"""Processes that are started beside this one end with it, and what tells it to end is not lost meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.processes import descendants_time, forking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and has the kernel end a child")

TOLD_WHILE_IT_FORKS = """
import logging, os, signal, subprocess, sys
from bench.processes import descendants_time, forking
signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
os.register_at_fork(before=lambda: os.kill(os.getpid(), signal.SIGTERM))
with forking() as begin:
    print(subprocess.Popen(["sleep", "60"], preexec_fn=begin, stdout=subprocess.DEVNULL).pid, flush=True)
print("went on")
"""


def test_who_is_told_to_end_while_it_forks_ends_and_the_child_with_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TOLD_WHILE_IT_FORKS], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGTERM, "")
    child = Path("/proc") / ended.stdout.strip()
    deadline = time.monotonic() + 10
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not child.exists()


def test_the_child_itself_can_be_told_to_end() -> None:
    with forking() as begin:
        child = subprocess.Popen(["sleep", "60"], preexec_fn=begin)
    child.terminate()
    assert child.wait(10) == -signal.SIGTERM


def test_the_time_of_descendants_counts_threads_that_have_ended() -> None:
    code = "import threading; t = threading.Thread(target=lambda: sum(range(3_000_000))); t.start(); t.join(); input()"
    before = descendants_time()
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while descendants_time() - before < 0.05 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert descendants_time() - before >= 0.05
    child.communicate(b"\n")
