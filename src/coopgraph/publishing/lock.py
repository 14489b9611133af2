"""Publisher's lock, and its sentences for trouble with the disk."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coopgraph.errors import Busy, OurFault
from coopgraph.messages.message import Message
from coopgraph.model import release_folder

LOCK = "publish.lock"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def publishing(var: Path) -> Iterator[None]:
    """Hold the right to change the releases in ``var`` (made if absent); one process at a time has it.

    The kernel takes the lock back however the process ends. It is a record lock because that one, unlike ``flock``,
    does not live on in a child that outlives a killed build.

    Raises :class:`Busy` where another process holds it, :class:`WrongUsage` where ``var`` is a file, and
    :class:`OurFault` where it cannot be used.
    """
    with writing():
        try:
            var.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise release_folder.no_folder() from error
        stream = (var / LOCK).open("wb")
    with stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            raise Busy(
                Message("Another build, or another change of the releases, is running, so nothing was done."),
                Message("Try again when it has ended."),
            ) from error
        yield


@contextmanager
def writing() -> Iterator[None]:
    """Raise :class:`OurFault` in place of any OSError inside: the disk is full, the folder cannot be written to."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise OurFault(
                Message(
                    "There is no room left for the release, so nothing was published; the current release is unchanged."
                ),
                Message("Free space where the releases lie (`coopgraph releases prune --keep N` helps) and try again."),
            ) from error
        raise OurFault(
            Message(
                "The folder for releases cannot be used ({reason}); the current release is unchanged.",
                reason=error.strerror,
            ),
            Message("Give --var a folder that may be written to."),
        ) from error
