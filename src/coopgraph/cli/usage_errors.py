"""Usage errors of the command line (click's), as messages in the reader's language."""

from __future__ import annotations

import re

import click

from coopgraph.messages.message import Message, verbatim
from coopgraph.model.nearest_names import nearest_names, with_nearest

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)  # has no class of its own
_CHOSEN = re.compile(r"'(.*)' is not one of ", re.DOTALL)  # the error does not hold the value


def usage_message(error: click.ClickException) -> Message:
    """Return what is wrong with the call that click refused; in its own words where it says something unforeseen."""
    match error:
        case click.NoSuchOption(possibilities=[known, *_]):
            return Message(
                "There is no option {option}. Did you mean {nearest}?", option=error.option_name, nearest=known
            )
        case click.NoSuchOption():
            return Message("There is no option {option}.", option=error.option_name)
        case click.exceptions.NoSuchCommand(ctx=click.Context(command=click.Group() as group) as context):
            for known in nearest_names(error.command_name, group.list_commands(context)):
                return Message(
                    "There is no command {name}. Did you mean {nearest}?", name=error.command_name, nearest=known
                )
            return Message("There is no command {name}.", name=error.command_name)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return Message("{name} is missing.", name=_name(parameter))
        case click.BadOptionUsage():
            return Message("The option {option} needs a value.", option=error.option_name)
        case click.BadParameter(param=click.Parameter(type=click.Choice() as choice) as parameter):
            choices = [str(item) for item in choice.choices]
            problem = Message("{name} takes one of {choices}.", name=_name(parameter), choices=", ".join(choices))
            given = _CHOSEN.match(error.message)
            return with_nearest(problem, nearest_names(given[1], choices) if given else [])
        case click.BadParameter(param=click.Parameter(type=click.IntRange(min=int() as least, max=None)) as parameter):
            return Message("{name} takes a whole number from {least} on.", name=_name(parameter), least=least)
        case click.BadParameter(param=click.Parameter(type=click.IntRange(min=least, max=most)) as parameter):
            return Message(
                "{name} takes a whole number from {least} to {most}.", name=_name(parameter), least=least, most=most
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
