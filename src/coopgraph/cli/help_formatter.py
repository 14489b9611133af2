"""Help formatter of the command line: what ``--help`` says, in the reader's language."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

import click

from coopgraph.messages.catalogue import catalogue
from coopgraph.messages.message import Message

_HEADINGS = {"Options": Message("Options"), "Commands": Message("Commands")}
_OF_CLICK = {
    "Show this message and exit.": Message("Show this message and exit."),
    "Show the version and exit.": Message("Show the version and exit."),
}
_RANGE = re.compile(r"(.*?)(\s*\[[^\]]*\])", re.DOTALL)
"""What click adds to the help of an option: its range, its default, that it is required."""


class HelpFormatter(click.HelpFormatter):
    """Writes each paragraph as the catalogue of the reader's language has it; examples stay as they are."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width, max_width)
        from coopgraph.cli.language import language_of_messages  # which takes time, and is needed here only

        self._language = language_of_messages(None, os.environ)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """See :meth:`click.HelpFormatter.write_usage`."""
        usage = Message("Usage:").in_language(self._language)
        super().write_usage(prog, args, prefix or f"{usage} ")

    def write_heading(self, heading: str) -> None:
        """See :meth:`click.HelpFormatter.write_heading`."""
        known = _HEADINGS.get(heading)
        super().write_heading(known.in_language(self._language) if known else heading)

    def write_text(self, text: str) -> None:
        """See :meth:`click.HelpFormatter.write_text`; paragraphs are translated one by one."""
        super().write_text("\n\n".join(map(self._translated, text.split("\n\n"))))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """See :meth:`click.HelpFormatter.write_dl`."""
        super().write_dl([(name, self._translated(text)) for name, text in rows], col_max, col_spacing)

    def _translated(self, text: str) -> str:
        line = " ".join(text.split())
        if line.startswith("Example: "):
            example = Message("Example:").in_language(self._language)
            return f"{example} {line.removeprefix('Example: ')}"
        if line in _OF_CLICK:
            return _OF_CLICK[line].in_language(self._language)
        ranged = _RANGE.fullmatch(line)
        said, more = (ranged[1], ranged[2]) if ranged else (line, "")
        return catalogue(self._language).gettext(said) + more if said else line


class HelpContext(click.Context):
    """The context of a command whose help is in the reader's language."""

    formatter_class = HelpFormatter
