"""Run a program where the kernel grants no filter, as in some containers: ``python no_seccomp.py PROGRAM WORD...``."""

from __future__ import annotations

import contextlib
import errno
import os
import sys

PR_SET_SECCOMP = 22


def refuse_filters() -> None:
    """Have the kernel refuse every further filter to this process, by both ways of asking (Linux)."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    rules.add_rule(refuse, "seccomp")
    rules.add_rule(refuse, "prctl", pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_SECCOMP))
    # Where this one is refused already, there is nothing left to take away.
    with contextlib.suppress(OSError):
        rules.load()


if __name__ == "__main__":
    refuse_filters()
    os.execv(sys.argv[1], sys.argv[1:])
