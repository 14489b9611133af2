from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import no_seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the filter")

CONFINE = "from coopgraph.store.oxigraph import confinement; confinement.prepare(); print(confinement.confine())"

TRIED = """
import ctypes, fcntl, os, resource, signal, socket, threading
from coopgraph.store.oxigraph import confinement, landlock

open("foreign", "w").write("secret")
os.mkdir("own")
open("own/part", "w").write("own")
remark = confinement.confine(*map(confinement.Path, ["own"]))
print(remark or landlock.version())
server, nobody = os.getppid(), ctypes.CDLL(None, use_errno=True)


def call(number):
    if nobody.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


attempts = {
    "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "pair": socket.socketpair,
    "fork": os.fork,
    "program": lambda: os.execv("/bin/true", ["/bin/true"]),
    "writing": lambda: open("left-behind", "w"),
    "emptying": lambda: os.open("foreign", os.O_RDONLY | os.O_TRUNC),
    "making": lambda: os.open("left-behind", os.O_RDONLY | os.O_CREAT),
    "nameless file": lambda: os.open(".", os.O_TMPFILE | os.O_RDWR),
    "removing": lambda: os.unlink("foreign"),
    "signal": lambda: os.kill(server, 0),
    "signal by a pipe": lambda: fcntl.fcntl(0, fcntl.F_SETOWN, server),
    "thread's signal": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGWINCH),
    "limit": lambda: resource.prlimit(server, resource.RLIMIT_CORE, (0, 0)),
    "own limit": lambda: resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)),
    "reading another's limit": lambda: resource.prlimit(server, resource.RLIMIT_CORE),
    "moving": lambda: os.sched_setaffinity(server, {0}),
    "starving": lambda: os.sched_setscheduler(server, os.SCHED_IDLE, os.sched_param(0)),
    "its own turn": lambda: os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0)),
    "hold of a process": lambda: os.pidfd_open(server),
    "what is not thought of": lambda: call(1_000),
    "time of a file": lambda: os.utime("."),
    "attribute of a file": lambda: os.removexattr(".", "user.any"),
    "foreign file": lambda: open("foreign").read(),
    "environment": lambda: open(f"/proc/{server}/environ").read(),
    "memory": lambda: os.open(f"/proc/{server}/mem", os.O_RDONLY),
}
for name, attempt in attempts.items():
    try:
        attempt()
        print(name, "allowed")
    except PermissionError:
        print(name, "refused")
    except OSError as error:
        print(name, "fails", error)
thread = threading.Thread(target=lambda: print("thread allowed"))
thread.start()
thread.join()
print("reading", "allowed" if open("own/part").read() else "empty")
print("limits", "allowed" if resource.getrlimit(resource.RLIMIT_AS) else "empty")
"""

NEEDS_LANDLOCK = {"foreign file", "environment", "memory"}


def said(*command: str, cwd: Path | None = None) -> list[str]:
    done = subprocess.run([*command], capture_output=True, text=True, check=True, cwd=cwd, timeout=60)
    return done.stdout.splitlines()


def test_a_confined_process_keeps_threads_and_reading_of_its_own_only(tmp_path: Path) -> None:
    version, *tried = said(sys.executable, "-c", TRIED, cwd=tmp_path)
    if not version.isdecimal():
        pytest.skip(f"processes are not confined here: {version}")
    outcome = dict(line.rsplit(" ", 1) for line in tried)
    assert [outcome.pop(name) for name in ("thread", "reading", "limits")] == ["allowed"] * 3
    if version == "0":
        # A kernel without Landlock hides no files.
        outcome = {name: said for name, said in outcome.items() if name not in NEEDS_LANDLOCK}
    assert {name: said for name, said in outcome.items() if said != "refused"} == {}
    assert len(outcome) > 20
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign", "own"]
    assert (tmp_path / "foreign").read_text() == "secret"


def test_a_kernel_that_takes_no_filter_is_named_as_the_reason() -> None:
    (remark,) = said(sys.executable, no_seccomp.__file__, sys.executable, "-c", CONFINE)
    assert remark.startswith("the kernel refused the filter (E")


@pytest.mark.parametrize("missing", ["lambda name: None", "lambda name: '/nowhere/libseccomp.so'"])
def test_a_missing_system_library_is_named_as_the_reason(missing: str) -> None:
    taken = "find = u.find_library; u.find_library = lambda name: missing(name) if name == 'seccomp' else find(name)"
    (remark,) = said(sys.executable, "-c", f"import ctypes.util as u; missing = {missing}; {taken}; {CONFINE}")
    assert remark == "the system library libseccomp is not installed"
