"""``coopgraph check``: what is wrong with the data, where, and how to mend it."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from coopgraph.cli.console import spinner, standard_input
from coopgraph.cli.language import lang_option, spoken
from coopgraph.curation.few_files import report_on_files
from coopgraph.dataset.tree import Tree, locate
from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.rdf.read import load_file
from coopgraph.settings import Settings
from coopgraph.validation.report import Report, Severity
from coopgraph.validation.run import Document, check_tree, document_paths
from coopgraph.validation.shacl import ENGINES

REPORT_FORMATS = ("text", "json", "turtle", "sarif", "github", "junit", "csv")
"""Names of the report's formats; each is a module of ``check.formats``."""

LISTED: Mapping[str, Severity] = {"violations": "violation", "warnings": "warning"}
"""Findings that can be listed alone."""

FEW = 20
"""Up to how many files are checked by what can decide on them; of more, the whole tree is validated."""

INDEXING = Message("Indexing the graph; the next check of a few files will be quick …")
"""Said on a terminal where the index for checks of a few files has to be made."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(REPORT_FORMATS), default="text", help="Form of the report.")
@lang_option()
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@click.option("--only", type=click.Choice(tuple(LISTED)), help="List these findings alone; all still decide and count.")
@click.option("--engine", type=click.Choice(tuple(ENGINES)), default="fast", help="SHACL engine (pyshacl is slow).")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    lang: str | None,
    strict: bool,
    only: str | None,
    engine: str,
) -> None:
    """Check the graph: syntax, files, shapes.

    Without PATH the whole tree is checked. With files or folders of the tree the whole tree is still the context, and
    only these are reported on. A file from elsewhere, or “-” for standard input, is checked as if it stood in the tree
    in the place of the file of the same entity. Turtle is expected.

    Exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 an input cannot be read (syntax errors are such),
    4 the check itself failed.

    Example: coopgraph check data/org/paps.ttl --lang ko
    """
    settings: Settings = ctx.obj
    language = spoken(ctx)
    tree = locate(settings)
    files, documents = _inputs(paths, tree, settings.input_size)
    with spinner(Message("Checking …").in_language(language)) as say:
        report = _report(tree, settings, engine, files, documents, lambda: say(INDEXING.in_language(language)))
    click.echo(_written(report.only(LISTED[only]) if only else report, form, language), nl=False)
    ctx.exit(_exit_code(report, strict))


def _report(
    tree: Tree,
    settings: Settings,
    engine: str,
    only: list[Path],
    documents: list[Document],
    indexing: Callable[[], None],
) -> Report:
    today, limit = datetime.now(UTC).date(), settings.input_size
    if engine != "fast" or not 0 < len(only) + len(documents) <= FEW:
        return check_tree(tree, today=today, input_size=limit, engine=engine, only=only, documents=documents)
    return report_on_files(
        tree,
        [file.path for place in only if (file := tree.file(place))],
        document_paths(documents),
        today=today,
        input_size=limit,
        place=Path(settings.var) / "check",
        indexing=indexing,
    )


def _exit_code(report: Report, strict: bool) -> int:
    if report.left_out:
        return 3
    return 0 if report.conforms and not (strict and report.count("warning")) else 1


def _written(report: Report, form: str, lang: str) -> str:
    module = importlib.import_module(f"coopgraph.validation.formats.{form}")
    coloured = form == "text" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    written: str = (module.write_coloured if coloured else module.write)(report, lang)
    return written


def _inputs(paths: tuple[str, ...], tree: Tree, limit: int) -> tuple[list[Path], list[Document]]:
    """Return the files of the tree and the documents from elsewhere that ``paths`` name.

    Raises :class:`UnreadableInput` for what does not exist, holds no Turtle file, or cannot be read.
    """
    only: list[Path] = []
    documents: list[Document] = []
    for given in paths:
        if given == "-":
            documents.append(Document(standard_input(limit), "-"))
            continue
        place = Path(given)
        if not place.exists():
            raise UnreadableInput(
                Message("There is no file or folder {given}.", given=given), Message("Check the name.")
            )
        found = sorted(place.rglob("*.ttl")) if place.is_dir() else [place]
        if not found:
            raise UnreadableInput(
                Message("There is no Turtle file in {given}.", given=given), Message("Its files should end in .ttl.")
            )
        for file in found:
            if tree.file(file):
                only.append(file)
            else:
                documents.append(Document(load_file(file, limit=limit), str(file)))
    return only, documents
