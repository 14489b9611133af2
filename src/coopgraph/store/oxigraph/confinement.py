"""Confinement of a worker process: all that answering a query does not need is taken from it.

What stays: processor time, memory up to a limit, the pipe to the server, and the files of its own store. On Linux the
kernel holds the rest back, without privileges: seccomp lets only the system calls through that a worker makes, and
Landlock, where the kernel has it, only the files. Elsewhere the limits hold and the filter is missing, which
:func:`confine` says.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from coopgraph.process_limits import limit_process
from coopgraph.store.oxigraph import landlock

try:
    import pyseccomp as seccomp
except (ImportError, OSError, RuntimeError):
    seccomp = None

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_VMA = 0x53564D41
_CLONE_THREAD = 0x00010000
_O_TMPFILE = 0o20000000
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | _O_TMPFILE
"""What a file may be opened for that can change it, or make one."""

_ALLOWED = (
    # what it has open
    *("read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "close", "close_range", "lseek", "_llseek"),
    *("dup", "dup2", "dup3", "poll", "ppoll", "select", "pselect6", "_newselect", "pipe", "pipe2", "fadvise64"),
    *("readahead", "flock"),
    # what there is to read
    *("stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "newfstatat", "fstatat64", "statx"),
    *("statfs", "fstatfs", "access", "faccessat", "readlink", "readlinkat", "getcwd", "getdents", "getdents64"),
    # memory
    *("brk", "mmap", "mmap2", "munmap", "mprotect", "mremap", "madvise", "mincore", "membarrier"),
    # threads and their signals
    *("futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address", "rseq"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "rt_sigpending", "restart_syscall"),
    *("arch_prctl", "sched_yield", "sched_getaffinity", "sched_getscheduler", "sched_getparam", "getcpu"),
    *("exit", "exit_group"),
    # time
    *("clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"),
    *("times", "getrusage", "setitimer", "getitimer", "alarm"),
    # who and where it is
    *("getpid", "gettid", "getppid", "getpgrp", "getuid", "geteuid", "getgid", "getegid", "getpriority", "getrlimit"),
    *("ugetrlimit", "uname", "sysinfo", "getrandom"),
)
"""System calls that a worker makes, whatever their arguments; names unknown to the machine are left out.

Found by running all queries of the tests under it, in memory and from disk, and by what other C libraries call instead.
"""

_ABSENT = ("clone3", "openat2", "faccessat2", "fchmodat2", "io_uring_setup", "memfd_create")
"""System calls that libraries try first and have a way without, which they take where the kernel does not know them."""

_DESCRIPTOR_COMMANDS = (0, 1, 2, 3, 4, 1030)
"""What fcntl may do: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; none that sends signals."""

_INHERITANCE = (0x5450, 0x5451)
"""What ioctl may do: FIONCLEX, FIOCLEX."""


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere the parent must do it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(memory: int) -> None:
    """Limit this process to ``memory`` bytes beyond what it has mapped now; no core file, no file to write."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    limit_process(_mapped() + memory)


def _mapped() -> int:
    """Return the bytes of addresses that this process has mapped; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
    return pages * resource.getpagesize()


def confine(*folders: Path) -> str:
    """Cut this process off from the network, other processes and all files but those in ``folders``, to be read.

    Return "" or why it is not cut off. Cannot be undone. A process that was confined has also tried what it must not
    do, and failed. Without Landlock, files of the user may be read.
    """
    if sys.platform != "linux":
        return f"this system ({sys.platform}) has no seccomp"
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    hides_files = landlock.see_only(folders)
    if seccomp is None:
        return "the system library libseccomp is not installed"
    try:
        _filter().load()
    except OSError as error:
        return f"the kernel refused the filter ({errno.errorcode.get(error.errno or 0, 'unknown')})"
    possible = [what for what, attempt in _attempts(hides_files) if not _is_refused(attempt)]
    return f"the filter is loaded, but {possible[0]}" if possible else ""


def prepare() -> None:
    """Build the filter now, so that every process forked from this one has it ready.

    Never fails: where there can be no filter, :func:`confine` says why.
    """
    if sys.platform == "linux" and seccomp is not None:
        with contextlib.suppress(OSError):
            _filter()


@cache
def _filter() -> Any:
    """Return the filter. Raises OSError where the kernel takes none."""
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    # Threads that the process has already, those of a store on disk, are cut off with it.
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    for name in _ALLOWED:
        _rule(rules, seccomp.ALLOW, name)
    for name in _ABSENT:
        _rule(rules, seccomp.ERRNO(errno.ENOSYS), name)
    _rule(rules, seccomp.ALLOW, "open", seccomp.Arg(1, seccomp.MASKED_EQ, _CHANGING, 0))
    _rule(rules, seccomp.ALLOW, "openat", seccomp.Arg(2, seccomp.MASKED_EQ, _CHANGING, 0))
    # A new thread, no new process.
    _rule(rules, seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    # Limits may be read, not set, and its own only.
    _rule(rules, seccomp.ALLOW, "prlimit64", seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0))
    for option in (_PR_SET_NAME, _PR_SET_VMA):
        _rule(rules, seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, option))
    for command in _DESCRIPTOR_COMMANDS:
        for name in ("fcntl", "fcntl64"):
            _rule(rules, seccomp.ALLOW, name, seccomp.Arg(1, seccomp.EQ, command))
    for request in _INHERITANCE:
        _rule(rules, seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, request))
    return rules


def _rule(rules: Any, action: int, name: str, *arguments: Any) -> None:
    try:
        rules.add_rule(action, name, *arguments)
    except OSError as error:
        if error.errno not in (errno.EFAULT, errno.EINVAL, errno.EDOM, errno.ENOENT):
            raise


def _attempts(hides_files: bool) -> list[tuple[str, Callable[[], object]]]:
    """Return what a confined process must not be able to do, each with the words that say it could. None does harm."""
    server = os.getppid()
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("a connection could still be opened", _connect),
        ("a file could still be emptied", lambda: os.open("/dev/null", os.O_RDONLY | os.O_TRUNC)),
        ("a file could still be written", lambda: os.open("/dev/null", os.O_WRONLY)),
        ("another process could still be signalled", lambda: os.kill(server, 0)),
        ("another process could still be moved", lambda: os.sched_setaffinity(server, os.sched_getaffinity(0))),
    ]
    if hides_files:
        attempts.append(("foreign files could still be read", lambda: os.open(f"/proc/{server}/stat", os.O_RDONLY)))
    return attempts


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _connect() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.2)
        probe.connect(("127.0.0.1", 9))
