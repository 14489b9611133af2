"""Data tree of one's own: an empty folder of records with its settings; vocabulary and shapes are the program's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from coopgraph.dataset.entity_file import create
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message

_SKELETON = resources.files("coopgraph.dataset") / "skeleton"


def create_own_tree(place: Path) -> tuple[Path, ...]:
    """Write the files of an empty tree into the folder ``place``, made where it was missing; return them, sorted.

    Raises :class:`WrongUsage`, and writes nothing, where it holds anything but what a version control system keeps.
    """
    if place.exists() and (not place.is_dir() or any(item.name != ".git" for item in place.iterdir())):
        raise WrongUsage(
            Message("{place} is not empty, and nothing was written.", place=place),
            Message("Name a new folder, or an empty one."),
        )
    written = []
    for path, file in sorted(_files(_SKELETON, PurePosixPath())):
        create(place / path, file.read_bytes())
        written.append(place / path)
    return tuple(written)


def _files(folder: Traversable, inside: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _files(item, inside / item.name)
        else:
            yield inside / item.name, item
