"""``coopgraph settings``: every setting with its value and where that came from."""

from __future__ import annotations

from dataclasses import fields

import click

from coopgraph.settings import Settings, load_settings


@click.command("settings")
@click.pass_context
def show_settings(ctx: click.Context) -> None:
    """Show every setting: its value, its unit, where the value came from, and what it is for.

    Values come from options, else from variables such as COOPGRAPH_PORT, else from coopgraph.toml in the working
    directory, else from the program. Each line ends with the setting's meaning.

    Example: COOPGRAPH_PORT=8080 coopgraph settings
    """
    given = ctx.parent.params if ctx.parent else {}
    origins = {origin.name: origin for origin in load_settings({"data": given.get("data"), "var": given.get("var")})[1]}
    for item in fields(Settings):
        origin = origins[item.name]
        value = f'"{origin.value}"' if isinstance(origin.value, str) else f"{origin.value}"
        unit = f" {item.metadata['unit']}" if item.metadata["unit"] else ""
        click.echo(f"{item.name} = {value}{unit}  ({origin.source})  {item.metadata['sentence']}")
