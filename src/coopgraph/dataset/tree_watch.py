"""Watch over the folders of a tree: which places changed since one last asked, without looking at every file.

It is the kernel's own (inotify), which notes a change in the same step in which it is made, so none is missed. It is
there only on Linux and on file systems of this machine: elsewhere others may change what this kernel does not see. Who
writes through a memory map is seen when the file is closed.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from weakref import finalize

from coopgraph.dataset.tree import Tree

_LOCAL = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "ramfs", "tmpfs", "xfs", "zfs"})
"""Types of file systems that nobody else changes."""

_OF_FILES = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200
"""IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE."""

_OF_FOLDERS = 0x400 | 0x800 | 0x2000 | 0x4000 | 0x8000 | 0x40000000
"""IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED, IN_ISDIR: any file may have come or gone."""

_ONLY_FOLDERS = 0x01000000
_EVENT = struct.Struct("iIII")
_MOST = 1 << 16


class TreeWatch:
    """The places that changed in the folders of a tree. It belongs to the process that began it."""

    def __init__(self, tree: Tree) -> None:
        """Begin to watch. Raises OSError where that cannot be done."""
        self._roots = (tree.ontology, tree.shapes, tree.data)
        self._identity = _identity(self._roots)
        self._process = os.getpid()
        libc = _libc()
        if not {device for device, _ in self._identity} <= _local_devices():
            raise OSError("a file system that others may change")
        self._queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._queue < 0:
            raise OSError(ctypes.get_errno(), "no watch")
        self.close = finalize(self, os.close, self._queue)
        self._folders: dict[int, Path] = {}
        for root in self._roots:
            for folder in _folders(root):
                number = libc.inotify_add_watch(
                    self._queue, os.fsencode(folder), _OF_FILES | 0x400 | 0x800 | _ONLY_FOLDERS
                )
                if number < 0:
                    self.close()
                    raise OSError(ctypes.get_errno(), "no watch")
                self._folders[number] = folder

    def changed(self) -> set[Path] | None:
        """Return the places of files that changed since the last call; None where others may have come or gone too."""
        if self._process != os.getpid() or self._identity != _identity(self._roots):
            return None
        found: set[Path] | None = set()
        while block := self._events():
            for number, mask, name in _read(block):
                folder = self._folders.get(number)
                if mask & _OF_FOLDERS or folder is None:
                    found = None
                elif found is not None:
                    found.add(folder / os.fsdecode(name))
        return found

    def _events(self) -> bytes:
        try:
            return os.read(self._queue, _MOST)
        except BlockingIOError:
            return b""


def _read(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place < len(block):
        number, mask, _, length = _EVENT.unpack_from(block, place)
        place += _EVENT.size
        yield number, mask, block[place : place + length].rstrip(b"\0")
        place += length


def _folders(root: Path) -> Iterator[Path]:
    """Yield the folders whose files are those of a tree: neither hidden ones nor what links lead to."""
    for place, folders, _ in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield Path(place)


def _identity(roots: tuple[Path, ...]) -> tuple[tuple[int, int], ...]:
    try:
        return tuple((found.st_dev, found.st_ino) for found in map(os.stat, roots))
    except OSError:
        return ()


def _local_devices() -> set[int]:
    found = set()
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        if after.split(" ", 1)[0] in _LOCAL:
            major, minor = before.split(" ", 3)[2].split(":")
            found.add(os.makedev(int(major), int(minor)))
    return found


def _libc() -> ctypes.CDLL:
    if not sys.platform.startswith("linux"):
        raise OSError("a watch is there on Linux alone")
    return ctypes.CDLL(None, use_errno=True)
