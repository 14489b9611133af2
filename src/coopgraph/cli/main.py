"""The ``coopgraph`` command: its options, its exit codes, and where each command lives.

Exit codes: 0 done or conforms, 1 does not conform or differences found, 2 wrong usage, 3 input that cannot be read,
4 a fault on our side.
"""

from __future__ import annotations

import importlib
import logging
import sys

import click

from coopgraph import __version__, errors, settings

COMMANDS = {
    "bench": "coopgraph.cli.bench:bench",
    "build": "coopgraph.cli.build:build",
    "check": "coopgraph.cli.check:check",
    "doctor": "coopgraph.cli.doctor:doctor",
    "fmt": "coopgraph.cli.fmt:fmt",
    "generate": "coopgraph.cli.generate:generate",
    "import": "coopgraph.cli.import_:import_",
    "new": "coopgraph.cli.new:new",
    "push": "coopgraph.cli.push:push",
    "query": "coopgraph.cli.query:query",
    "releases": "coopgraph.cli.releases:releases",
    "serve": "coopgraph.cli.serve:serve",
    "settings": "coopgraph.cli.settings:show_settings",
    "show": "coopgraph.cli.show:show",
}
"""Command name → ``module:function``; imported only when called, so that ``--help`` and ``fmt`` start fast."""


class Commands(click.Group):
    """The group of commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing its module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="coopgraph")
@click.option(
    "--data", metavar="DIR", help="Folder of the entity files (default: the graph that comes with the program)."
)
@click.option("--var", metavar="DIR", help="Folder for releases (default: var).")
@click.pass_context
def cli(ctx: click.Context, data: str | None, var: str | None) -> None:
    """A knowledge graph of the organizations that help victims of digital sexual violence.

    Data goes to standard output, messages to standard error. Exit codes: 0 done or conforms, 1 does not conform or
    differences found, 2 wrong usage, 3 input that cannot be read, 4 a fault on our side.

    Shell completion: eval "$(_COOPGRAPH_COMPLETE=bash_source coopgraph)"
    """
    ctx.obj, _ = settings.load({"data": data, "var": var})


def exit_code(error: errors.CoopgraphError) -> int:
    """Return the documented exit code for ``error``."""
    match error:
        case errors.DoesNotConform():
            return 1
        case errors.UnreadableInput() | errors.QuerySyntax():
            return 3
        case errors.WrongUsage() | errors.NotFound() | errors.NotAcceptable():
            return 2
        case errors.QueryRefused() | errors.QueryTooLong():
            return 2
        case _:
            return 4


def main() -> None:
    """Run the command line and leave with its exit code; an error is a sentence and a hint on standard error."""
    try:
        code = cli.main(standalone_mode=False, prog_name="coopgraph")
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except errors.CoopgraphError as error:
        where = ""
        if isinstance(error, errors.SyntaxProblem | errors.QuerySyntax) and error.line is not None:
            where = f"line {error.line}, column {error.column}: "
        click.echo(f"coopgraph: {where}{error.message}", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except Exception:
        logging.getLogger("coopgraph").debug("unforeseen fault", exc_info=True)
        click.echo("coopgraph: something went wrong on our side, and nothing was changed.", err=True)
        click.echo("Please report it with the command you gave.", err=True)
        sys.exit(4)
    sys.exit(code if isinstance(code, int) else 0)
