"""The ``coopgraph`` command: its options, its exit codes, and where each command lives.

Exit codes: 0 done or conforms, 1 does not conform or differences found, 2 wrong usage, 3 input that cannot be read,
4 a fault on our side.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click

from coopgraph import errors, settings
from coopgraph.cli.help_formatter import HelpContext
from coopgraph.messages.message import Message

READER_GONE = 128 + 13
"""Exit code where the reader of standard output has gone, as shells give it for SIGPIPE."""


class Lazy(NamedTuple):
    """A command that is not imported yet: the module's and the function's name, and its line in ``--help``."""

    module: str
    function: str
    summary: str


COMMANDS = {
    "backup": Lazy("backup", "backup", "Write the desk's database into another folder."),
    "bench": Lazy("bench", "bench", "Measure this service beside others that are installed here."),
    "build": Lazy("build", "build", "Check the graph and make it the current release."),
    "check": Lazy("check", "check", "Check the graph: syntax, files, shapes."),
    "cite": Lazy("cite", "cite", "See and remove citations of results."),
    "desk": Lazy("desk", "desk", "See what curators submit, and decide on it."),
    "doctor": Lazy("doctor", "doctor", "Say what works on this machine and what does not."),
    "export": Lazy("export", "export", "Write all things of a kind, or the whole graph, to a file."),
    "fmt": Lazy("fmt", "fmt", "Put Turtle files into the house form."),
    "follow": Lazy("follow", "follow", "Keep a copy in step with the change feed of a service."),
    "generate": Lazy("generate", "generate", "Write invented data of any size, as N-Triples."),
    "import": Lazy("import_", "import_", "Add entities from a CSV file or an Excel workbook."),
    "init": Lazy("init", "init", "Make a data tree of your own."),
    "links": Lazy("links", "links", "Ask homepages and sources whether they still answer."),
    "mcp": Lazy("mcp", "mcp", "Give the graph to an assistant as tools (Model Context Protocol)."),
    "new": Lazy("new", "new", "Begin the file of a new entity."),
    "overdue": Lazy("overdue", "overdue", "List what is due to be checked again."),
    "push": Lazy("push", "push", "Load the current release into another SPARQL 1.1 server."),
    "query": Lazy("query", "query", "Answer a SPARQL query, with no server."),
    "releases": Lazy("releases", "releases", "See, compare and manage releases."),
    "restore": Lazy("backup", "restore", "Put a backup in the place of the desk's database."),
    "retire": Lazy("retire", "retire", "Put a tombstone or a redirect in the place of an entity."),
    "search": Lazy("search", "search", "Find things by their names, with no server."),
    "serve": Lazy("serve", "serve", "Serve the graph, or any RDF file, over HTTP."),
    "settings": Lazy("settings", "show_settings", "Show every setting and where its value came from."),
    "show": Lazy("show", "show", "Write the document about one thing."),
    "user": Lazy("user", "user", "Keep the accounts of the curators' desk."),
    "webhook": Lazy("webhook", "webhook", "Tell other sites of new releases (webhooks)."),
}
"""Each command by its name; imported only when called, so that the command line starts fast."""


class Commands(click.Group):
    """The group of commands, each imported when it is needed."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing its module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        lazy = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"coopgraph.cli.{lazy.module}"), lazy.function)
        for one in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
            one.context_class = HelpContext
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error is told in its language, and gives the exit code."""
        try:
            return super().invoke(ctx)
        except errors.CoopgraphError as error:
            from coopgraph.cli.language import spoken  # which takes time, and is needed here only

            for line in _told(error, spoken(ctx)):
                click.echo(line, err=True)
            ctx.exit(exit_code(error))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of each command, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coopgraph", prog_name="coopgraph")
@click.option(
    "--data",
    type=click.Path(),
    metavar="DIR",
    help="Folder of the entity files (default: the graph that comes with the program).",
)
@click.option("--var", type=click.Path(), metavar="DIR", help="Folder for releases (default: var).")
@click.pass_context
def cli(ctx: click.Context, data: str | None, var: str | None) -> None:
    """A knowledge graph of the organizations that help victims of digital sexual violence.

    Data goes to standard output, messages to standard error. Exit codes: 0 done or conforms, 1 does not conform or
    differences found, 2 wrong usage, 3 input that cannot be read, 4 a fault on our side.

    Example: coopgraph check && coopgraph build && coopgraph serve

    Shell completion: eval "$(_COOPGRAPH_COMPLETE=bash_source coopgraph)"
    """
    ctx.obj, _ = settings.load_settings({"data": data, "var": var})


def exit_code(error: errors.CoopgraphError) -> int:
    """Return the documented exit code for ``error``."""
    match error:
        case errors.DoesNotConform() | errors.Conflict():
            return 1
        case errors.UnreadableInput() | errors.QuerySyntax():
            return 3
        case errors.WrongUsage() | errors.NotFound() | errors.NotAcceptable() | errors.NotPermitted():
            return 2
        case errors.QueryRefused() | errors.QueryTooLong():
            return 2
        case _:
            return 4


def _told(error: errors.CoopgraphError, language: str) -> Iterator[str]:
    sentence = error.message
    if isinstance(error, errors.SyntaxProblem | errors.QuerySyntax) and error.line is not None:
        sentence = Message(
            "line {line}, column {column}: {sentence}", line=error.line, column=error.column, sentence=sentence
        )
    yield f"coopgraph: {sentence.in_language(language)}"
    if error.hint is not None:
        yield error.hint.in_language(language)


def _tell_usage(problem: click.ClickException) -> None:
    from coopgraph.cli.language import language_of_messages
    from coopgraph.cli.usage_errors import usage_message

    language = language_of_messages(None, os.environ)
    click.echo(f"coopgraph: {usage_message(problem).in_language(language)}", err=True)
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        told = Message("`{command} --help` tells how it is called.", command=problem.ctx.command_path)
        click.echo(told.in_language(language), err=True)


def main() -> None:
    """Run the command line and leave with its exit code; an error is a sentence and a hint on standard error."""
    try:
        code = cli.main(standalone_mode=False, prog_name="coopgraph")
        sys.stdout.flush()
    except (SystemExit, BrokenPipeError) as leaving:
        # In this mode click leaves by itself after completion, with 0, and where the reader of the output has gone,
        # with 1, which says "does not conform" here.
        if isinstance(leaving, SystemExit) and leaving.code != 1:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what Python would still write at its end
        sys.exit(READER_GONE)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(2)
    except click.ClickException as problem:
        _tell_usage(problem)
        sys.exit(2)
    except Exception:
        logging.getLogger("coopgraph").debug("unforeseen fault", exc_info=True)
        from coopgraph.cli.language import language_of_messages

        language = language_of_messages(None, os.environ)
        told = Message("something went wrong on our side, and nothing was changed.")
        click.echo(f"coopgraph: {told.in_language(language)}", err=True)
        click.echo(Message("Please report it with the command you gave.").in_language(language), err=True)
        sys.exit(4)
    sys.exit(code if isinstance(code, int) else 0)
