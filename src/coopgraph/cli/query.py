"""``coopgraph query``: ask without a server."""

from __future__ import annotations

import codecs
import json
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import Any

import click

from coopgraph import context
from coopgraph.cli.console import say, standard_input
from coopgraph.cli.language import spoken
from coopgraph.context import AppContext
from coopgraph.errors import UnreadableInput, WrongUsage
from coopgraph.messages.message import Message, PluralMessage
from coopgraph.query import negotiation, protocol_request
from coopgraph.query.void_statistics import void_statistics
from coopgraph.rdf.formats import JSON, PARQUET, TURTLE
from coopgraph.settings import Settings
from coopgraph.sparql.explanation import Explanation, explain
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Answer, Choice

TABLE = "table"
OUTPUT_FORMATS = (TABLE, "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "rdfxml", "parquet", "excel-csv")

_STANDARD_INPUT = Path("-")


@click.command()
@click.argument("query", required=False)
@click.option(
    "-f",
    "--file",
    "file",
    type=click.Path(),
    metavar="FILE",
    help="Read the query from this file (- for standard input).",
)
@click.option("--release", metavar="ID", help="Ask this release instead of the current one.")
@click.option(
    "--data",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ask these files instead (- for Turtle, N-Triples or TriG on standard input).",
)
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead.")
@click.option(
    "--format",
    "name",
    type=click.Choice(OUTPUT_FORMATS),
    default=TABLE,
    show_default=True,
    help="table gives triples as ttl.",
)
@click.option(
    "--explain", "explained", is_flag=True, help="Say how it will be answered instead, and what may cost much."
)
@click.pass_obj
def query(
    settings: Settings,
    query: str | None,
    file: str | None,
    release: str | None,
    files: tuple[Path, ...],
    endpoint: str | None,
    name: str,
    explained: bool,
) -> None:
    """Answer a SPARQL query from the current release, with the same limits as the service.

    Example: coopgraph query 'SELECT ?s WHERE { ?s a <http://www.w3.org/ns/org#Organization> }'

    Example: coopgraph query -f question.rq --data facts.ttl --format csv

    Example: coopgraph query -f question.rq --explain
    """
    if sum(map(bool, (release, files, endpoint))) > 1:
        raise WrongUsage(
            Message("Only one of --release, --data and --endpoint can be asked."), Message("Leave out the others.")
        )
    if "-" in (query, file) and _STANDARD_INPUT in files:
        raise WrongUsage(
            Message("Standard input cannot be both the query and the data."), Message("Put one of them into a file.")
        )
    text = _text(query, file, settings.query_length)
    choice = Choice(JSON, JSON, TURTLE) if name == TABLE else negotiation.by_name(name)
    with ExitStack() as cleanup:
        if _STANDARD_INPUT in files:
            folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="coopgraph-")))
            files = (_kept(folder, settings.input_size), *(file for file in files if file != _STANDARD_INPUT))
        app_context = cleanup.enter_context(closing(_app_context(settings, files, endpoint)))
        query_service = app_context.query_service.at(release) if release else app_context.query_service
        if explained:
            query_service.check(text)
            _write_explanation(explain(text, void_statistics(query_service), query_service.presets))
            return
        answer = query_service.answer(SparqlQuery(text), choice)
        cleanup.enter_context(closing(answer))
        _write(answer, as_table=name == TABLE)


def _app_context(settings: Settings, files: tuple[Path, ...], endpoint: str | None) -> AppContext:
    if endpoint:
        return context.of_endpoint(settings, endpoint)
    return context.of_files(settings, files) if files else context.of_releases(settings)


def _kept(folder: Path, limit: int) -> Path:
    """Return the file in ``folder`` that holds standard input, for the process that loads it."""
    place = folder / "standard-input.trig"
    place.write_bytes(standard_input(limit))
    return place


def _text(query: str | None, file: str | None, limit: int) -> str:
    """Return the query; of one longer than ``limit`` bytes, enough for the query service to refuse it."""
    if (query is None) == (file is None):
        raise WrongUsage(
            Message("One query is needed, as an argument or with -f."),
            Message("`coopgraph query --help` shows examples."),
        )
    if query is not None and query != "-":
        return query.removeprefix(protocol_request.MARK)
    try:
        with sys.stdin.buffer if file in (None, "-") else Path(str(file)).open("rb") as stream:
            return protocol_request.query_text(stream.read(len(codecs.BOM_UTF8) + limit + 1))
    except WrongUsage as error:
        raise UnreadableInput(Message("The query is not UTF-8 text."), Message("Save it as UTF-8.")) from error
    except OSError as error:
        raise UnreadableInput(
            Message("{file} cannot be read: {reason}.", file=file, reason=error.strerror), Message("Check the name.")
        ) from error


def _write(answer: Answer, *, as_table: bool) -> None:
    if as_table and answer.form != "graph":
        _write_table(json.loads(b"".join(answer.chunks)))
        return
    if answer.format is PARQUET and sys.stdout.isatty():
        raise WrongUsage(
            Message("Parquet is no text to show on a terminal."),
            Message("Send it into a file: … --format parquet > rows.parquet"),
        )
    out = sys.stdout.buffer
    for chunk in answer.chunks:
        out.write(chunk)
    out.flush()


def _write_explanation(explanation: Explanation) -> None:
    language = spoken(click.get_current_context())
    for step in explanation.steps:
        click.echo("  " * step.depth + step.sentence.in_language(language))
        if step.pattern:
            click.echo("  " * step.depth + f"    {step.pattern}{_estimate(step.rows, language)}")
    for advice in explanation.advice:
        click.echo(f"\n! {advice.sentence.in_language(language)} {advice.hint.in_language(language)}")
        if advice.rewrite:
            click.echo(indent(advice.rewrite.strip(), "    "))


def _estimate(rows: int | None, language: str) -> str:
    return "" if rows is None else "   # " + Message("about {rows:,} rows", rows=rows).in_language(language)


def _write_table(results: dict[str, Any]) -> None:
    if "boolean" in results:
        click.echo("yes" if results["boolean"] else "no")
        return
    # Imported here, since what takes another format need not wait for it.
    from rich import box
    from rich.console import Console
    from rich.table import Table

    names = results["head"]["vars"]
    rows = results["results"]["bindings"]
    table = Table(*names, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    # On a terminal long cells fold; anywhere else a row stays on its line.
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 1_000_000)
    console.print(table)
    say(PluralMessage("{number:,} row", "{number:,} rows", number=len(rows)))


def _cell(value: dict[str, str] | None) -> str:
    if value is None:
        return ""
    if value["type"] == "bnode":
        return f"_:{value['value']}"
    return f"{value['value']} @{value['xml:lang']}" if "xml:lang" in value else value["value"]
