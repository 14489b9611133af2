from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests import no_seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the filter")

CONFINE = "from coopgraph.store.oxigraph import confinement; confinement.prepare(); print(confinement.confine())"

TRIED = """
import os, resource, signal, socket, threading
from coopgraph.store.oxigraph import confinement

print(confinement.confine())
attempts = {
    "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "pair": socket.socketpair,
    "fork": os.fork,
    "program": lambda: os.execv("/bin/true", ["/bin/true"]),
    "writing": lambda: open("left-behind", "w"),
    "signal": lambda: os.kill(os.getppid(), 0),
    "thread's signal": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGWINCH),
    "limit": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0)),
    "own limit": lambda: resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)),
    "time of a file": lambda: os.utime("."),
    "attribute of a file": lambda: os.removexattr(".", "user.any"),
}
for name, attempt in attempts.items():
    try:
        attempt()
        print(name, "allowed")
    except PermissionError:
        print(name, "refused")
thread = threading.Thread(target=lambda: print("thread allowed"))
thread.start()
thread.join()
print("reading", "allowed" if open("/proc/self/status").read() else "empty")
print("limits", "allowed" if resource.getrlimit(resource.RLIMIT_AS) else "empty")
"""


def said(*command: str, cwd: Path | None = None) -> list[str]:
    done = subprocess.run([*command], capture_output=True, text=True, check=True, cwd=cwd, timeout=60)
    return done.stdout.splitlines()


def test_a_confined_process_keeps_threads_and_reading_only(tmp_path: Path) -> None:
    remark, *tried = said(sys.executable, "-c", TRIED, cwd=tmp_path)
    if remark:
        pytest.skip(f"processes are not confined here: {remark}")
    assert tried == [
        *("network refused", "pair refused", "fork refused", "program refused", "writing refused"),
        *("signal refused", "thread's signal refused", "limit refused", "own limit refused"),
        *("time of a file refused", "attribute of a file refused"),
        *("thread allowed", "reading allowed", "limits allowed"),
    ]
    assert not list(tmp_path.iterdir())


def test_a_kernel_that_takes_no_filter_is_named_as_the_reason() -> None:
    (remark,) = said(sys.executable, no_seccomp.__file__, sys.executable, "-c", CONFINE)
    assert remark.startswith("the kernel refused the filter (E")


@pytest.mark.parametrize("missing", ["lambda name: None", "lambda name: '/nowhere/libseccomp.so'"])
def test_a_missing_system_library_is_named_as_the_reason(missing: str) -> None:
    taken = "find = u.find_library; u.find_library = lambda name: missing(name) if name == 'seccomp' else find(name)"
    (remark,) = said(sys.executable, "-c", f"import ctypes.util as u; missing = {missing}; {taken}; {CONFINE}")
    assert remark == "the system library libseccomp is not installed"
