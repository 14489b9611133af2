"""``coopgraph fmt``: the house form of Turtle."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from coopgraph.cli.console import say, standard_input
from coopgraph.cli.language import spoken
from coopgraph.dataset.entity_file import replace
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import FORMS_FOLDER, Tree, locate, locate_own
from coopgraph.errors import SyntaxProblem, UnreadableInput
from coopgraph.messages.message import Message, PluralMessage
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import load_file, problems
from coopgraph.rdf.turtle import format_turtle
from coopgraph.rdf.turtle_text import comment_lines, with_line_feeds
from coopgraph.settings import Settings


@dataclass(frozen=True, slots=True)
class _Input:
    """A document to format: the name people know it by, and its file (None for standard input)."""

    name: str
    place: Path | None


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Change nothing; list the files that are not in the house form.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
@click.option("--drop-comments", is_flag=True, help="Format files with comments too, and lose the comments.")
@click.pass_context
def fmt(ctx: click.Context, paths: tuple[str, ...], check: bool, diff: bool, drop_comments: bool) -> None:
    """Put Turtle files into the house form.

    Without PATH all files of the tree are formatted. PATH is a file, a folder (all its .ttl files), or “-”, which
    formats standard input to standard output. The graph stays the same. Line ends become LF, also within texts; a
    carriage return that a text really holds is written \\r. Comments belong to no graph and would be lost,
    so a file with comments is left alone: say it with skos:editorialNote or coop:curatorNote instead.

    Exit codes: 0 done, 1 differences found (--check, --diff) or comments in the way, 2 wrong usage, 3 a file cannot
    be read, 4 a file cannot be written.

    Example: coopgraph fmt --check data/org
    """
    settings: Settings = ctx.obj
    tree = locate(settings) if paths or check or diff else locate_own(settings)
    prefixes = tree_prefixes(tree, limit=settings.input_size)
    inputs = list(_inputs(paths, tree))
    codes = {0}
    changed = 0
    line_ends = 0
    for item in inputs:
        try:
            before = _content(item, settings.input_size)
            unified = with_line_feeds(before)
            after = _formatted(unified, prefixes, drop_comments)
        except _Comments as comments:
            click.echo(f"{item.name}: {comments.message.in_language(spoken(ctx))}", err=True)
            codes.add(1)
            continue
        except UnreadableInput as problem:
            for line in _told(item, problem, spoken(ctx)):
                click.echo(line, err=True)
            codes.add(3)
            continue
        if item.place is None and not (check or diff):
            click.echo(after, nl=False)
            continue
        if after == before:
            continue
        changed += 1
        line_ends += after == unified
        if diff:
            click.echo(_difference(item.name, unified, after), nl=False)
        elif check:
            click.echo(item.name)
        elif item.place:
            replace(item.place, after)
        if check or diff:
            codes.add(1)
    if line_ends and (check or diff):
        told = Message(
            "In {number} of them only the line ends differ: CR LF or CR, as Git for Windows may write them. Nothing is "
            "wrong with what they say; `coopgraph fmt` gives them LF.",
            number=line_ends,
        )
        click.echo(told.in_language(spoken(ctx)), err=True)
    if paths != ("-",):
        told = (
            Message("Files that would change: {changed} of {all}.", changed=changed, all=len(inputs))
            if check or diff
            else Message("Files changed: {changed} of {all}.", changed=changed, all=len(inputs))
        )
        say(told)
    ctx.exit(max(codes))


class _Comments(Exception):
    """A document has comments, which formatting would lose."""

    def __init__(self, lines: tuple[int, ...]) -> None:
        super().__init__()
        self.message = PluralMessage(
            "a comment on line {lines} would be lost. Turn them into skos:editorialNote or coop:curatorNote, or give "
            "--drop-comments.",
            "comments on lines {lines} would be lost. Turn them into skos:editorialNote or coop:curatorNote, or give "
            "--drop-comments.",
            number=len(lines),
            lines=", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else ""),
        )


def _inputs(paths: tuple[str, ...], tree: Tree) -> Iterator[_Input]:
    if not paths:
        yield from (_Input(file.path, file.place) for file in tree.files())
        yield from (_Input(f"shapes/{FORMS_FOLDER}/{place.name}", place) for place in tree.form_files())
    for path in dict.fromkeys(paths):
        place = Path(path)
        if path == "-":
            yield _Input("standard input", None)
        elif place.is_dir():
            inside = (file for file in sorted(place.rglob("*.ttl")) if not _hidden(file.relative_to(place)))
            yield from (_Input(str(file), file) for file in inside)
        else:
            yield _Input(path, place)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _content(item: _Input, limit: int) -> bytes:
    if item.place:
        return load_file(item.place, limit=limit)
    return standard_input(limit)


def _formatted(data: bytes, prefixes: Mapping[str, str], drop_comments: bool) -> bytes:
    found = problems(data, TURTLE)
    if found:
        raise _Several(found)
    lines = () if drop_comments else comment_lines(data)
    if lines:
        raise _Comments(lines)
    return format_turtle(data, prefixes=prefixes)


class _Several(UnreadableInput):
    """All syntax errors of one document."""

    def __init__(self, found: tuple[SyntaxProblem, ...]) -> None:
        super().__init__(found[0].message)
        self.found = found


def _told(item: _Input, problem: UnreadableInput, language: str) -> Iterator[str]:
    if isinstance(problem, _Several):
        for one in problem.found:
            yield f"{item.name}:{one.line}:{one.column}: {one.in_language(language)}"
    else:
        yield problem.in_language(language)


def _difference(name: str, before: bytes, after: bytes) -> str:
    lines = difflib.unified_diff(
        before.decode("utf-8", "replace").splitlines(keepends=True),
        after.decode("utf-8").splitlines(keepends=True),
        f"{name} (as it is)",
        f"{name} (house form)",
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
