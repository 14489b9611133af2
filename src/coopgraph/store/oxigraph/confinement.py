"""Take from a worker process all that answering a query does not need.

What stays: processor time, memory up to a limit, the pipe to the server. On Linux the kernel holds the rest back
(seccomp, no privileges needed); elsewhere the limits hold and the filter is missing, which :func:`confine` says.
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
from functools import cache
from pathlib import Path
from typing import Any

try:
    import pyseccomp as seccomp
except (ImportError, OSError, RuntimeError):
    seccomp = None

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_THREAD = 0x00010000
_WRITING = (os.O_WRONLY, os.O_RDWR, os.O_CREAT)

_DENIED = (
    # the network, and every way to get a descriptor for it
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendmsg", "sendmmsg", "pidfd_getfd"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    # other programs and processes
    *("execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_send_signal"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "process_mrelease"),
    *("setns", "unshare", "setsid", "process_madvise", "kcmp", "setpriority", "setrlimit"),
    *("shmget", "shmat", "msgget", "msgsnd", "semget", "mq_open"),
    # files: nothing to write
    *("creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat"),
    *("symlink", "symlinkat", "truncate", "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "chown", "fchown"),
    *("lchown", "fchownat", "fchmodat2", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr"),
    *("lremovexattr", "fremovexattr", "removexattrat", "utime", "utimes", "futimesat", "utimensat", "mount", "umount2"),
    *("fsopen", "fsconfig", "fsmount", "move_mount", "open_tree", "mount_setattr", "chroot", "pivot_root"),
    *("memfd_create", "open_by_handle_at"),
    # the kernel itself
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "init_module", "finit_module"),
    *("delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "quotactl"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "iopl", "ioperm"),
    *("setuid", "setgid", "setreuid", "setregid", "setresuid"),
    *("setresgid", "setgroups", "capset", "personality"),
)
"""System calls refused with EPERM; names unknown to the machine are left out."""


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere the parent must do it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(memory: int) -> None:
    """Limit this process to ``memory`` bytes beyond what it has mapped now; no core file, no file to write."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        ceiling = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def confine() -> str:
    """Cut this process off from the network, from other processes and from writing; return "" or why it is not cut off.

    Cannot be undone. A process that was confined has also tried to open a connection, and failed.
    """
    if sys.platform != "linux":
        return f"this system ({sys.platform}) has no seccomp"
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if seccomp is None:
        return "the system library libseccomp is not installed"
    try:
        _filter().load()
    except OSError as error:
        return f"the kernel refused the filter ({errno.errorcode.get(error.errno or 0, 'unknown')})"
    return "" if _is_cut_off() else "the filter is loaded, but a connection could still be opened"


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
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # Threads that the process has already, those of a store on disk, are cut off with it.
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    refuse = seccomp.ERRNO(errno.EPERM)
    absent = seccomp.ERRNO(errno.ENOSYS)
    for name in _DENIED:
        _deny(rules, refuse, name)
    # A new process is refused, a new thread is not; clone3 hides its flags, so the C library must fall back to clone.
    _deny(rules, absent, "clone3")
    _deny(rules, refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0))
    # Limits may be read, not set: neither this process's own nor another's.
    _deny(rules, refuse, "prlimit64", seccomp.Arg(2, seccomp.NE, 0))
    for flag in _WRITING:
        _deny(rules, refuse, "open", seccomp.Arg(1, seccomp.MASKED_EQ, flag, flag))
        _deny(rules, refuse, "openat", seccomp.Arg(2, seccomp.MASKED_EQ, flag, flag))
    _deny(rules, absent, "openat2")
    return rules


def _deny(rules: Any, action: int, name: str, *arguments: Any) -> None:
    try:
        rules.add_rule(action, name, *arguments)
    except OSError as error:
        if error.errno not in (errno.EFAULT, errno.EINVAL, errno.EDOM, errno.ENOENT):
            raise


def _is_cut_off() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.settimeout(0.2)
            probe.connect(("127.0.0.1", 9))
    except PermissionError:
        return True
    except OSError:
        return False
    return False
