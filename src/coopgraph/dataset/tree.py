"""Turtle tree on disk: where it is, which files it has, what they state.

::

    ontology/*.ttl             graph/vocabulary
    ontology/schemes/*.ttl     graph/schemes
    shapes/*.ttl               graph/shapes
    data/{segment}/{slug}.ttl  graph/records

Beside them, shapes/forms/*.ttl say what the desk's forms ask for. They are no part of the graph: nothing is checked
against them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path, PurePath, PurePosixPath
from types import MappingProxyType
from typing import TypeVar

import coopgraph
from coopgraph.errors import UnreadableInput, WrongUsage
from coopgraph.messages.message import Message, verbatim
from coopgraph.model.iris import graph_iri
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import DocumentError, examine, load_file
from coopgraph.rdf.terms import BlankNode, NamedNode, Quad
from coopgraph.rdf.turtle_text import with_line_feeds
from coopgraph.settings import Settings

T = TypeVar("T")

FORMS_FOLDER = "forms"
"""The folder of the form shapes, in that of the shapes."""

INPUT_SIZE = Settings().input_size
"""Default of the largest file that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One Turtle file: the name of its graph, its path inside the tree (``data/org/paps.ttl``), its place on disk."""

    graph: str
    path: str
    place: Path


@dataclass(frozen=True, slots=True)
class Tree:
    """The three folders of the graph."""

    ontology: Path
    shapes: Path
    data: Path

    def files(self) -> tuple[TreeFile, ...]:
        """Return every ``.ttl`` file but hidden ones, sorted by path.

        Raises :class:`UnreadableInput` where a folder is missing.
        """
        return tuple(sorted(self._files(), key=lambda item: item.path))

    def form_files(self) -> tuple[Path, ...]:
        """Return the files of the form shapes, sorted by name; none where the tree has no forms."""
        return tuple(sorted((self.shapes / FORMS_FOLDER).glob("*.ttl")))

    def file(self, place: Path) -> TreeFile | None:
        """Return the file of the tree that lies at ``place`` (which need not exist yet), or None for one outside."""
        for name, folder in self._folders():
            try:
                inside = place.resolve().relative_to(folder.resolve())
            except ValueError:
                continue
            if inside.suffix == ".ttl" and not (name == "shapes" and inside.parts[0] == FORMS_FOLDER):
                return TreeFile(_graph(name, inside), f"{name}/{inside.as_posix()}", place)
        return None

    def _folders(self) -> tuple[tuple[str, Path], ...]:
        return ("ontology", self.ontology), ("shapes", self.shapes), ("data", self.data)

    def _files(self) -> Iterator[TreeFile]:
        for name, folder in self._folders():
            if not folder.is_dir():
                raise UnreadableInput(
                    Message("There is no folder {folder}.", folder=folder),
                    Message("Check its name, or the setting “data”."),
                )
            for path in _turtle_files(folder):
                if name != "shapes" or not path.startswith(f"{FORMS_FOLDER}/"):
                    yield _tree_file(name, folder, path)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file rule of ``shapes/files.ttl`` that a file breaks so badly that it could not be (wholly) read.

    ``rule`` is the rule's name: ``SyntaxError``, ``NotTurtle``, ``NotUtf8``, ``ControlCharacter``, ``EmptyFile``,
    ``FileTooLarge`` or ``UnreadableFile``. ``value`` fills the rule's message; line and column count from 1.
    """

    rule: str
    path: str
    line: int
    column: int
    value: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class TreeContent:
    """What the files of a tree state: quads by path, each in its file's graph, in the order written.

    Blank nodes of two files never share a name. A file with problems is there with what could be read of it.
    ``documents`` holds the bytes of every file that could be loaded.
    """

    files: tuple[TreeFile, ...]
    quads: Mapping[str, tuple[Quad, ...]]
    problems: tuple[FileProblem, ...]
    documents: Mapping[str, bytes]

    def with_documents(self, documents: Mapping[str, bytes]) -> TreeContent:
        """Return the content with ``documents``, by path, in the place of the files there or beside the others.

        A path that no file has yet is that of a file of records.
        """
        files = {file.path: file for file in self.files}
        quads = dict(self.quads)
        problems = [problem for problem in self.problems if problem.path not in documents]
        for path, data in documents.items():
            file = files.setdefault(path, TreeFile("records", path, Path(path)))
            quads[path], found = read_document(data, file)
            problems.extend(found)
        ordered = tuple(sorted(files.values(), key=lambda file: file.path))
        return TreeContent(
            ordered,
            MappingProxyType({file.path: quads[file.path] for file in ordered}),
            tuple(problems),
            MappingProxyType({**self.documents, **documents}),
        )


@dataclass(frozen=True, slots=True)
class TreeDocuments:
    """The files of a tree as bytes: ``data`` by path; what could not be loaded is in ``problems``."""

    files: tuple[TreeFile, ...]
    data: Mapping[str, bytes]
    problems: tuple[FileProblem, ...]


def locate(settings: Settings) -> Tree:
    """Return the tree that the settings mean: the one that comes with the program, with ``settings.data`` if given.

    In an installed wheel it lies inside the package, in a checkout at its root. Raises :class:`UnreadableInput` where
    a folder is missing.
    """
    package = Path(coopgraph.__file__).parent
    root = package / "graph" if (package / "graph").is_dir() else package.parent.parent
    tree = Tree(root / "ontology", root / "shapes", Path(settings.data) if settings.data else root / "data")
    if settings.data and not tree.data.is_dir():
        raise UnreadableInput(
            Message("There is no folder {folder}.", folder=settings.data),
            Message("Check --data and the setting “data”."),
        )
    if settings.data and _is_of_the_whole(tree.data):
        raise UnreadableInput(
            Message(
                "{folder} holds a whole tree; its entity files are in the folder data below.", folder=settings.data
            ),
            Message("Give --data and the setting “data” that folder."),
        )
    if not all(folder.is_dir() for folder in (tree.ontology, tree.shapes, tree.data)):
        raise UnreadableInput(
            Message("The graph that comes with the program is incomplete: ontology, shapes or data is missing."),
            Message("Install the program anew, or run it in a whole checkout."),
        )
    return tree


def _is_of_the_whole(folder: Path) -> bool:
    """Return whether a folder is that of a checkout or of an own tree, in which the data are a folder further down."""
    return (folder / "data").is_dir() and any((folder / name).exists() for name in ("shapes", "coopgraph.toml"))


def locate_own(settings: Settings) -> Tree:
    """Return the tree that the settings mean, to write into it; see :func:`locate`.

    Raises :class:`WrongUsage` where that would change the installed program: the next version would overwrite it.
    """
    tree = locate(settings)
    if tree.data.resolve().is_relative_to(Path(coopgraph.__file__).parent.resolve()):
        raise WrongUsage(
            Message("The graph that comes with the installed program is not changed: it is replaced with the program."),
            Message("Make a tree of your own with `coopgraph init DIR`, or name its folder with --data."),
        )
    return tree


def read_tree(tree: Tree, *, input_size: int = INPUT_SIZE) -> TreeContent:
    """Read every file of ``tree`` and never stop at a bad one: its faults come in ``problems``.

    A file larger than ``input_size`` bytes is not read. Raises :class:`UnreadableInput` only for a missing folder.
    """
    return parse_tree(load_tree(tree, input_size=input_size))


def load_tree(tree: Tree, *, input_size: int = INPUT_SIZE) -> TreeDocuments:
    """Load every file of ``tree``, once, without parsing it; see :func:`read_tree`."""
    files = tree.files()
    data: dict[str, bytes] = {}
    problems: list[FileProblem] = []
    for file in files:
        loaded = load_file_of_tree(file, input_size)
        if isinstance(loaded, FileProblem):
            problems.append(loaded)
        else:
            data[file.path] = loaded
    return TreeDocuments(files, MappingProxyType(data), tuple(problems))


def parse_tree(documents: TreeDocuments) -> TreeContent:
    """Return what loaded files state, and what is wrong with them."""
    quads: dict[str, tuple[Quad, ...]] = {}
    problems: dict[str, tuple[FileProblem, ...]] = {problem.path: (problem,) for problem in documents.problems}
    for file in documents.files:
        quads[file.path] = ()
        if file.path in documents.data:
            quads[file.path], problems[file.path] = read_document(documents.data[file.path], file)
    found = tuple(problem for file in documents.files for problem in problems[file.path])
    return TreeContent(documents.files, MappingProxyType(quads), found, documents.data)


def load_file_of_tree(file: TreeFile, input_size: int) -> bytes | FileProblem:
    """Return the content of one file of a tree, or what keeps it from being read; see :func:`read_tree`."""
    try:
        size = file.place.stat().st_size
        if size > input_size:
            return FileProblem("FileTooLarge", file.path, 1, 1, verbatim(str(size)))
        return load_file(file.place, limit=input_size)
    except (UnreadableInput, OSError) as error:
        reason = error.__cause__ if isinstance(error, UnreadableInput) else error
        words = (
            verbatim(reason.strerror)
            if isinstance(reason, OSError) and reason.strerror
            else Message("it is not a regular file")
        )
        return FileProblem("UnreadableFile", file.path, 1, 1, words)


def read_document(data: bytes, file: TreeFile) -> tuple[tuple[Quad, ...], tuple[FileProblem, ...]]:
    """Return the quads and problems that ``file`` would have with the content ``data``.

    Its line ends count as line feeds, also within texts: others are the doing of whatever wrote the file to this disk.
    Blank nodes are named after the file and their order in it, so they are the same whenever it is read. What is no
    record changes seldom and comes with every tree: as long as it stays the same it is parsed once in a process.
    """
    return _read_document(data, file) if file.graph == "records" else _remembered(data, file)


@lru_cache(maxsize=128)
def _remembered(data: bytes, file: TreeFile) -> tuple[tuple[Quad, ...], tuple[FileProblem, ...]]:
    return _read_document(data, file)


def _read_document(data: bytes, file: TreeFile) -> tuple[tuple[Quad, ...], tuple[FileProblem, ...]]:
    found, faults = examine(with_line_feeds(data), TURTLE)
    graph = NamedNode(graph_iri(file.graph))
    named = _blank_node_names(file.path)
    quads = tuple(Quad(named(quad.subject), quad.predicate, named(quad.object), graph) for quad in found)
    if not quads and not faults:
        faults = (DocumentError("EmptyFile", verbatim(file.path), 1, 1),)
    problems = tuple(
        FileProblem(fault.rule, file.path, fault.line, fault.column, fault.value, fault.hint) for fault in faults
    )
    return quads, problems


def _blank_node_names(path: str) -> Callable[[T], T | BlankNode]:
    names: dict[BlankNode, BlankNode] = {}
    # Not all hexadecimal, which the store would take for a number.
    stem = f"file{blake2b(path.encode(), digest_size=8).hexdigest()}n"

    def named(term: T) -> T | BlankNode:
        if isinstance(term, BlankNode):
            return names.get(term) or names.setdefault(term, BlankNode(f"{stem}{len(names)}"))
        return term

    return named


def _turtle_files(folder: Path) -> Iterator[str]:
    """Yield the paths in ``folder`` of all that ends in ``.ttl`` but for what is hidden; links to folders end there."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(place, folder).replace(os.sep, "/") + "/"
        for name in (*folders, *files):
            if name.endswith(".ttl") and not name.startswith("."):
                yield inside.removeprefix("./") + name


@lru_cache(maxsize=2**15)  # whoever keeps a tree open lists its files for every report
def _tree_file(name: str, folder: Path, path: str) -> TreeFile:
    return TreeFile(_graph(name, PurePosixPath(path)), f"{name}/{path}", folder / path)


def _graph(name: str, inside: PurePath) -> str:
    match name:
        case "data":
            return "records"
        case "shapes":
            return "shapes"
        case _:
            return "schemes" if inside.parts[0] == "schemes" else "vocabulary"
