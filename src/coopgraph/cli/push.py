"""``coopgraph push``: the current release onto another SPARQL server, or in shards onto several."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from coopgraph.cli.console import progress_bar, say
from coopgraph.cli.language import spoken
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.publishing.push import push as push_release
from coopgraph.publishing.push_addresses import find
from coopgraph.publishing.push_target import Remote
from coopgraph.settings import Settings
from coopgraph.store.sparql_http import credentials
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.credentials import Credentials


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--user", metavar="NAME", help="Name at the server; its password is asked for, or in COOPGRAPH_PASSWORD.")
@click.option("--graph-store", "how", flag_value="graph-store", help="Send graphs by the Graph Store Protocol.")
@click.option("--update", "how", flag_value="update", help="Send statements by SPARQL Update.")
@click.pass_obj
def push(settings: Settings, urls: tuple[str, ...], user: str | None, how: str | None) -> None:
    """Load the current release into the SPARQL 1.1 server at URL, and switch to it when all of it is there.

    URL is the address of its queries or of its data set. The release before stays in service until the switch; a push
    that was broken off goes on where it was when it is called again. By default graphs go by the Graph Store Protocol
    where the server has it.

    Several addresses are the members of a federation: each gets a shard of every graph, by the hash of the subject, and
    the federation over all of them is what `coopgraph serve --endpoint` takes.

    Example: coopgraph push http://127.0.0.1:3030/coopgraph

    Example: coopgraph push http://127.0.0.1:8890/sparql --user dba

    Example: coopgraph push http://one.example/repositories/a http://two.example/repositories/a
    """
    var = Path(settings.var)
    current = release_folder.current(var)
    if current is None:
        raise NotFound(Message("There is no release to push."), Message("`coopgraph build` makes one."))
    manifest = release_folder.manifest(var, current)
    known = _credentials(user)
    servers = [_found(url, known, how) for url in urls]
    if len({server.addresses.query for server in servers}) < len(servers):
        raise WrongUsage(
            Message("One server is named twice."), Message("Each member of a federation has an address of its own.")
        )
    with progress_bar() as move:
        done = push_release(var, manifest, *servers, progress=lambda step: move(manifest.id, step.done, step.all))
    if not done:
        say(Message("The server has the release {release} already.", release=manifest.id))
    for server in servers:
        click.echo(server.addresses.query)


def _found(url: str, known: Credentials | None, how: str | None) -> Remote:
    client = SparqlHttpClient(url, known)
    remote = find(url, client)
    if how == "graph-store" and not remote.addresses.graphs:
        raise WrongUsage(
            Message("The Graph Store Protocol is not where servers are known to have it."), Message("Use --update.")
        )
    return Remote(replace(remote.addresses, graphs=""), client) if how == "update" else remote


def _credentials(user: str | None) -> Credentials | None:
    known = credentials.from_environment(user)
    if known is not None or user is None:
        return known
    if not sys.stdin.isatty():
        raise WrongUsage(
            Message("There is no password."), Message("Set COOPGRAPH_PASSWORD, or COOPGRAPH_PASSWORD_FILE.")
        )
    return Credentials(
        user,
        click.prompt(Message("Password").in_language(spoken(click.get_current_context())), hide_input=True, err=True),
    )
