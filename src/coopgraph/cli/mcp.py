"""``coopgraph mcp``: the graph as tools for assistants."""

from __future__ import annotations

from contextlib import closing

import click

from coopgraph import context
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message, verbatim
from coopgraph.settings import Settings


@click.command()
@click.pass_obj
def mcp(settings: Settings) -> None:
    """Speak the Model Context Protocol on standard input and output, for an assistant that starts this command.

    Its tools find, read and query the current release under the limits of the service, and nothing else.

    Example: coopgraph mcp
    """
    try:
        from coopgraph.mcp_server import mcp_server
    except ModuleNotFoundError as error:
        raise WrongUsage(
            Message("The Model Context Protocol is not installed."), verbatim("pip install 'coopgraph[mcp]'")
        ) from error
    with closing(context.of_releases(settings)) as app_context:
        mcp_server(app_context).run("stdio")
