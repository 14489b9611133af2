"""Atomic writing of an entity's file: it is either the old one or the new one, whatever happens between."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from coopgraph.errors import OurFault, WrongUsage
from coopgraph.messages.message import Message


def replace(place: Path, data: bytes) -> None:
    """Put ``data`` in the place of an existing file, in one step; its permissions stay.

    Where ``place`` is a symbolic link the file it leads to is replaced. Raises :class:`OurFault` where that fails, and
    then nothing has changed.
    """
    try:
        target = place.resolve(strict=True)
        draft = _draft(target.parent, data, target.stat().st_mode & 0o7777)
        try:
            os.replace(draft, target)
        except OSError:
            draft.unlink()
            raise
    except OSError as error:
        raise _not_written(place, error) from error


def create(place: Path, data: bytes) -> None:
    """Write a new file with its folders. Raises :class:`WrongUsage`, and changes nothing, where it exists already.

    Raises :class:`OurFault` where it cannot be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(place.parent, data, 0o666 & ~_umask())
        try:
            os.link(draft, place)
        except FileExistsError as error:
            raise WrongUsage(
                Message("There is a file {place} already.", place=place), Message("Edit it, or choose another name.")
            ) from error
        finally:
            draft.unlink()
    except OSError as error:
        raise _not_written(place, error) from error


def remove(place: Path) -> None:
    """Remove a file. Raises :class:`OurFault` where that fails, and then nothing has changed."""
    try:
        place.unlink()
    except OSError as error:
        raise _not_written(place, error) from error


def _draft(folder: Path, data: bytes, mode: int) -> Path:
    """Write a hidden file beside the place it is meant for, safe on disk."""
    handle, name = tempfile.mkstemp(prefix=".coopgraph-", dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), mode)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _not_written(place: Path, error: OSError) -> OurFault:
    return OurFault(
        Message(
            "{place} could not be written: {reason}. It is as it was.",
            place=place,
            reason=error.strerror or "unknown reason",
        ),
        Message("Check the free space and the permissions of its folder."),
    )
