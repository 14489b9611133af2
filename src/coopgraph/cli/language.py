"""The language in which a command speaks: the one asked for with ``--lang``, else the system's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES, nearest

_LANGUAGE = "coopgraph.language"
"""Where click's context keeps the language that was asked for."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def lang_option(help: str = "") -> Callable[[_Command], _Command]:
    """Return the option ``--lang``, whose language :func:`spoken` then gives."""
    if help:
        return click.option("--lang", metavar="TAG", callback=_ask, help=help)
    return click.option(
        "--lang",
        metavar="TAG",
        callback=_ask,
        help="Language of the messages: en, ko, ja, zh-Hans or zh-Hant; else the system's.",
    )


def spoken(ctx: click.Context) -> str:
    """Return the language in which the command of ``ctx`` speaks."""
    asked: str | None = ctx.meta.get(_LANGUAGE)
    return asked or language_of_messages(None, os.environ)


def _ask(ctx: click.Context, _: click.Parameter, asked: str | None) -> str | None:
    ctx.meta[_LANGUAGE] = language_of_messages(asked, os.environ)
    return asked


def language_of_messages(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return the page language asked for, else that of the environment (POSIX, 8.2), else English.

    Raises :class:`WrongUsage` for one that there are no messages in.
    """
    if asked is not None:
        found = nearest(asked)
        if found is None:
            raise WrongUsage(
                Message("There are no messages in the language “{asked}”.", asked=asked),
                Message("Choose one of {languages}.", languages=", ".join(LANGUAGES)),
            )
        return found
    local = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return nearest(local.partition(".")[0].partition("@")[0]) or LANGUAGES[0]
