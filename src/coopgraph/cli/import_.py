"""``coopgraph import``: new entities from a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from coopgraph.cli.console import say, standard_input
from coopgraph.cli.desk import as_whom, opened_review, person_named, tell_outcome
from coopgraph.cli.language import lang_option, spoken
from coopgraph.curation.drafts import Draft
from coopgraph.curation.duplicates import distinguishing_features, duplicate_candidates
from coopgraph.curation.sheets.entities import entity_drafts
from coopgraph.curation.sheets.exported import only_new
from coopgraph.curation.sheets.preview import preview
from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.sheet_kinds import sheet_kind
from coopgraph.curation.sheets.table import Sheet
from coopgraph.curation.sheets.template import template_csv
from coopgraph.dataset.entity_file import create, replace
from coopgraph.dataset.prefixes import canonical_prefixes, tree_prefixes
from coopgraph.dataset.tree import Tree, TreeContent, locate, locate_own, read_tree
from coopgraph.errors import DoesNotConform, UnreadableInput, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import SKOS
from coopgraph.rdf.read import load_file
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.rdf.turtle import house_form
from coopgraph.rdf.turtle_text import comment_lines
from coopgraph.settings import Settings
from coopgraph.validation.formats import text as report_text
from coopgraph.validation.messages import read_names
from coopgraph.validation.run import Document, check_documents


@click.command("import")
@click.argument("kind", metavar="KIND")
@click.argument("file", type=click.Path(), metavar="FILE", required=False)
@click.option("--template", "wants_template", is_flag=True, help="Print the heading of an empty sheet instead.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say in words what would be added.")
@click.option("--submit", is_flag=True, help="Write no file; hand all rows to the desk as one submission.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the submission.")
@as_whom
@lang_option(
    help="Language of the messages: en, ko, ja, zh-Hans or zh-Hant; else the system's. A file that is not UTF-8 is "
    "read in the usual encoding of the language that is named."
)
@click.pass_context
def import_(
    ctx: click.Context,
    kind: str,
    file: str | None,
    wants_template: bool,
    dry_run: bool,
    submit: bool,
    reason: str,
    name: str | None,
    lang: str | None,
) -> None:
    """Add entities from a CSV file or an Excel workbook: one row, one entity with its source.

    KIND is org, law, event, or another kind with a column map. FILE ends in .csv or .xlsx, or is “-” for CSV on
    standard input. Nothing is written unless every row is good and the check finds no violation; then the paths of the
    files written go to standard output. A source that is in the graph gets the passages added. See docs/curating.md for
    the columns.

    Example: coopgraph import org --template > new.csv

    Example: coopgraph import org new.csv --lang ko --dry-run
    """
    settings: Settings = ctx.obj
    language = spoken(ctx)
    prefixes = tree_prefixes(locate(settings), limit=settings.input_size)
    rows = sheet_kind(locate(settings).shapes, kind, prefixes)
    if wants_template:
        click.echo(template_csv(rows), nl=False)
        return
    if file is None:
        raise WrongUsage(
            Message("Which file is to be imported?"),
            Message("Name one, or begin with: coopgraph import {kind} --template", kind=kind),
        )
    sheet = read_sheet(_data(file, settings.input_size), language if lang else None, rows.columns)
    if not sheet.rows and not sheet.faults:
        raise UnreadableInput(
            Message("There is no row below the heading."), Message("Fill in one row for each entity.")
        )
    _preview(sheet, language)
    tree = locate_own(settings)
    content = read_tree(tree, input_size=settings.input_size)
    stated = {path: tuple(quad.triple for quad in quads) for path, quads in content.quads.items()}
    known = Index(triple for triples in stated.values() for triple in triples)
    context = Context((tree.ontology / "context" / "v1.jsonld").read_bytes())
    sheet = only_new(sheet, rows, context, known)
    files, faults = entity_drafts(sheet, rows, known, stated)
    if faults:
        lines = "\n".join(sheet.told(fault).in_language(language) for fault in faults)
        raise DoesNotConform(
            Message("Nothing was imported.\n\n{report}", report=lines),
            Message("Mend these cells and import the file again."),
        )
    if not files:
        say(Message("The graph says all of this already; nothing was changed."))
        return
    _keep_comments(content, files)
    prefixes = canonical_prefixes(
        quad for file in content.files if file.graph == "vocabulary" for quad in content.quads[file.path]
    )
    documents = {draft: house_form(draft.triples, prefixes) for draft in files}
    report = check_documents(
        content,
        [Document(data, draft.named) for draft, data in documents.items()],
        today=datetime.now(UTC).date(),
    )
    if not report.conforms:
        raise DoesNotConform(
            Message("Nothing was imported.\n\n{report}", report=report_text.write(report, language)),
            Message("Mend the rows named."),
        )
    click.echo(report_text.write(report, language), nl=False, err=True)
    there = distinguishing_features(triple for triples in stated.values() for triple in triples)
    for candidate in duplicate_candidates([triple for draft in files for triple in draft.triples], there):
        say(candidate.message)
    if dry_run:
        for line in _previewed(files, known, prefixes, language):
            click.echo(line)
        say(Message("Nothing was written. Without --dry-run it is imported."))
        return
    if submit:
        with opened_review(settings) as review:
            body = b"\n".join(documents.values())
            tell_outcome(ctx, review.submit(person_named(settings, name), body, TURTLE.media_type, reason))
    for place in _write(tree, documents):
        click.echo(place)


def _previewed(files: tuple[Draft, ...], known: Index, prefixes: Mapping[str, str], language: str) -> Iterator[str]:
    """Yield in words what the drafts would add, file by file."""
    terms = {term for draft in files for triple in draft.triples for term in (triple.predicate, triple.object)}

    def labels(thing: NamedNode) -> list[Literal]:
        return [name for name in known.objects(thing, SKOS.prefLabel) if isinstance(name, Literal)]

    names = read_names(labels, prefixes, [term for term in terms if isinstance(term, NamedNode)])
    for draft in files:
        yield draft.named
        yield from preview(draft, known, names.readable, language)


def _data(file: str, limit: int) -> bytes:
    if file != "-":
        return load_file(Path(file), limit=limit)
    return standard_input(limit)


def _preview(sheet: Sheet, language: str) -> None:
    """Show on standard error what the names of the rows look like: a wrong encoding is seen, not computed."""
    for note in sheet.notes:
        click.echo(note.reason.in_language(language), err=True)
    for row in sheet.rows[:5]:
        names = [value for column, value in row.cells.items() if column == "slug" or column.startswith("name@")]
        if names:
            click.echo(f"{row.number}: {' | '.join(names)}", err=True)


def _keep_comments(content: TreeContent, files: tuple[Draft, ...]) -> None:
    """Refuse to write a file anew whose comments, which belong to no graph, would be lost."""
    for draft in files:
        if draft.extends and comment_lines(content.documents[draft.path]):
            raise DoesNotConform(
                Message("Nothing was imported: {path} has comments, which would be lost.", path=draft.path),
                Message("Turn them into skos:editorialNote or coop:curatorNote, and import the file again."),
            )


def _write(tree: Tree, documents: dict[Draft, bytes]) -> list[Path]:
    """Write all files, or none: what was written is taken back where one fails or somebody interrupts."""
    written: list[Path] = []
    with ExitStack() as taking_back:
        for draft, data in documents.items():
            place = _place(tree, draft)
            if draft.extends:
                taking_back.callback(replace, place, place.read_bytes())
                replace(place, data)
            else:
                create(place, data)
                taking_back.callback(place.unlink)
            written.append(place)
        taking_back.pop_all()
    return written


def _place(tree: Tree, draft: Draft) -> Path:
    return tree.data.joinpath(*draft.path.split("/")[1:])
