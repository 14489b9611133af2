"""Console of the command line: standard input within a limit, and progress bars on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

import click

from coopgraph.cli.language import spoken
from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message

PROGRESS_WAIT = 2.0
"""Seconds of work from which a terminal shows that something runs."""


def standard_input(limit: int) -> bytes:
    """Return standard input whole. Raises :class:`UnreadableInput` where it holds more than ``limit`` bytes."""
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise UnreadableInput(
            Message("Standard input holds more than {limit:,} bytes.", limit=limit),
            Message("Split it, or raise the setting “input_size”."),
        )
    return data


def say(message: Message) -> None:
    """Write ``message`` to standard error, in the language in which the running command speaks."""
    click.echo(message.in_language(spoken(click.get_current_context())), err=True)


@contextmanager
def spinner(text: str) -> Iterator[Callable[[str], None]]:
    """Show ``text`` and that something runs, on a terminal, once it has taken :data:`PROGRESS_WAIT` seconds.

    Gives what puts another text in its place.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.status import Status

    status = Status(text, console=Console(stderr=True))
    timer = Timer(PROGRESS_WAIT, status.start)
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """Give what moves a progress bar: called with what is done now, how much of it, and of how much (None: unknown).

    Elsewhere than on a terminal nothing is shown.
    """
    if not sys.stderr.isatty():
        yield lambda description, completed, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda description, completed, total: bar.update(
            task, description=description, completed=completed, total=total
        )
