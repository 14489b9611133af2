"""Landlock: let a process open no file but what it is told, on kernels that have it (Linux 5.13 or newer).

https://docs.kernel.org/userspace-api/landlock.html. Needs no privileges, cannot be undone, and holds for the thread
that asks and for all that it starts. Such a process may not look into another either, through ``/proc`` or otherwise.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System calls of the same numbers on every architecture."""

_ASK_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights over files each version knows; later versions as many as the last."""

_NETWORK = 0b11
"""TCP: to bind and to connect; from version 4 on."""

_SCOPES = 0b11
"""To reach abstract sockets and to send signals, out of the process's own domain; from version 6 on."""


_OWN = Path("/proc/self")
"""What the system says of this process, by which it sets its own limits."""


@cache
def version() -> int:
    """Return the version of Landlock that the kernel offers; 0 where it offers none."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION)) if sys.platform == "linux" else 0


def see_only(folders: Iterable[Path]) -> bool:
    """Let this thread, and what it starts, open files in ``folders`` to read them, and no others.

    What the system says of the process itself may be read too. False where the kernel does not do that; then nothing
    has changed.
    """
    offered = version()
    if not offered:
        return False
    rights = (1 << _RIGHTS[min(offered, max(_RIGHTS))]) - 1
    wanted = struct.pack("=QQQ", rights, _NETWORK if offered >= 4 else 0, _SCOPES if offered >= 6 else 0)
    size = 24 if offered >= 6 else 16 if offered >= 4 else 8
    rules = _call(_CREATE_RULESET, wanted, size, 0)
    if rules < 0:
        return False
    try:
        allowed = all(_allow(rules, folder) for folder in (*folders, _OWN))
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return allowed and _call(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(rules: int, folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", _READ_FILE | _READ_DIR, descriptor), 0) == 0
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: int | bytes | None) -> int:
    """Return what a system call gives; -1 where it fails."""
    given = (ctypes.c_long(item) if isinstance(item, int) else ctypes.c_char_p(item) for item in arguments)
    return int(ctypes.CDLL(None).syscall(ctypes.c_long(number), *given))
