"""Usage errors of the command line (click's), as messages in the reader's language."""

from __future__ import annotations

import re
from difflib import get_close_matches

import click

from coopgraph.messages.message import Message, verbatim

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)  # has no class of its own


def usage_message(error: click.ClickException) -> Message:
    """Return what is wrong with the call that click refused; in its own words where it says something unforeseen."""
    match error:
        case click.NoSuchOption(possibilities=[nearest, *_]):
            return Message(
                "There is no option {option}. Did you mean {nearest}?", option=error.option_name, nearest=nearest
            )
        case click.NoSuchOption():
            return Message("There is no option {option}.", option=error.option_name)
        case click.exceptions.NoSuchCommand(ctx=click.Context(command=click.Group() as group) as context):
            for nearest in get_close_matches(error.command_name, group.list_commands(context), n=1):
                return Message(
                    "There is no command {name}. Did you mean {nearest}?", name=error.command_name, nearest=nearest
                )
            return Message("There is no command {name}.", name=error.command_name)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return Message("{name} is missing.", name=_name(parameter))
        case click.BadOptionUsage():
            return Message("The option {option} needs a value.", option=error.option_name)
        case click.BadParameter(param=click.Parameter(type=click.Choice() as choice) as parameter):
            return Message(
                "{name} takes one of {choices}.", name=_name(parameter), choices=", ".join(map(str, choice.choices))
            )
        case click.BadParameter(param=click.Parameter(type=click.types.IntParamType()) as parameter):
            return Message("{name} takes a whole number.", name=_name(parameter))
        case click.BadParameter(param=click.Parameter(type=click.types.FloatParamType()) as parameter):
            return Message("{name} takes a number.", name=_name(parameter))
        case click.UsageError(message=text) if extra := _EXTRA.fullmatch(text):
            return Message("That is one argument too many: {extra}", extra=extra[1])
        case _:
            return verbatim(error.format_message())


def _name(parameter: click.Parameter) -> str:
    return max(parameter.opts, key=len) if isinstance(parameter, click.Option) else parameter.human_readable_name
