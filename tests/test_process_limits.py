from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from coopgraph.process_limits import EXIT_FAILED

HIDDEN = """
import ctypes, os, pathlib
from coopgraph.process_limits import hide_memory

hide_memory()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), pathlib.Path("/proc/self/stat").stat().st_uid)
print(len(pathlib.Path("/proc/self/stat").read_text()) > 0)
"""


def limited(memory: int, seconds: int | None, then: str) -> subprocess.CompletedProcess[bytes]:
    program = f"from coopgraph.process_limits import limit_process; limit_process({memory}, {seconds}); {then}"
    return subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its addresses")
def test_a_process_gets_no_more_memory_than_it_may_have() -> None:
    assert limited(1 << 30, None, "bytearray(1 << 20)").returncode == 0
    assert b"MemoryError" in limited(1 << 30, None, "bytearray(2 << 30)").stderr


def test_a_process_that_has_used_its_processor_time_is_ended_by_the_kernel() -> None:
    ended = limited(4 << 30, 1, "[0 for _ in iter(int, 1)]")
    assert ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_no_core_file_is_left_and_a_fault_of_its_own_has_a_status_of_its_own() -> None:
    shown = limited(4 << 30, None, "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)); exit(70)")
    assert shown.stdout == b"(0, 0)\n"
    assert shown.returncode == EXIT_FAILED


def test_a_process_that_hides_its_memory_is_the_systems_own_and_still_says_how_it_stands() -> None:
    done = subprocess.run([sys.executable, "-c", HIDDEN], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["0 0", "True"]
