"""Report on a few files of a tree, whose other files are the context: from an index on disk where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

from coopgraph.curation.index_directory import IndexDirectory
from coopgraph.curation.workspace import Workspace
from coopgraph.curation.workspace_base import Base
from coopgraph.dataset.tree import Tree, TreeDocuments, load_tree
from coopgraph.rdf.quad_index import UnreadableIndex
from coopgraph.validation import resident
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document


def report_on_files(
    tree: Tree,
    paths: Iterable[str],
    documents: Mapping[str, Document],
    *,
    today: date,
    input_size: int,
    place: Path,
    indexing: Callable[[], None],
) -> Report:
    """Return what a full check finds in the files ``paths`` and in ``documents``, which are laid over the tree by path.

    Raises what :func:`reported` raises.
    """
    return reported(
        tree,
        lambda workspace: with_documents(workspace, documents, paths, today=today),
        input_size=input_size,
        place=place,
        indexing=indexing,
    )


def with_documents(
    workspace: Workspace, documents: Mapping[str, Document], paths: Iterable[str] = (), *, today: date
) -> Report:
    """Return the report on ``documents`` and the files ``paths``; documents are laid over the workspace by path."""
    for path, document in documents.items():
        workspace = workspace.with_file(path, document.data)
    shown = {path: document.name for path, document in documents.items()}
    return workspace.report({*paths, *documents}, today=today, shown=shown)


def reported(
    tree: Tree,
    report: Callable[[Workspace], Report],
    *,
    input_size: int,
    place: Path,
    indexing: Callable[[], None],
) -> Report:
    """Return the report that ``report`` makes of a tree's workspace.

    The index directory is ``place``; ``indexing`` is called before it is made. Raises :class:`UnreadableInput` for a
    missing folder or rules that cannot be read, and :class:`OurFault` where SHACL could not run.
    """
    resident.start_one()  # its libraries load while the files do
    loaded = load_tree(tree, input_size=input_size)
    with IndexDirectory.locked(place) as directory:
        if directory is not None:
            try:
                indexed = _indexed(directory, loaded, indexing)
                if indexed is not None:
                    with closing(indexed):
                        return report(indexed)
            except UnreadableIndex:
                directory.discard()
    with closing(Workspace.of(loaded)) as workspace:
        return report(workspace)


def _indexed(directory: IndexDirectory, loaded: TreeDocuments, indexing: Callable[[], None]) -> Workspace | None:
    """Return the workspace on the index of a directory, which is made anew where it has to be; None where that failed.

    A tree with files that cannot be loaded has none.
    """
    if loaded.problems:
        return None
    found = directory.read(loaded)
    if found is None:
        indexing()
        found = directory.read(loaded) if directory.write(loaded) else None
    return Workspace(Base(loaded, found.index, found.size, {}), found.changes) if found else None
