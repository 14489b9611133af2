"""Change set: what a submission makes of entity files, as statements added and removed.

A document that says what an entity is (``o:paps a coop:Organization``) holds the whole of its file, which it replaces.
One with records alone is laid over the file: what it says of a record takes the place of what was said of that record.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, entity_name, is_slug
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.read import examine
from coopgraph.rdf.terms import BlankNode, NamedNode, Triple
from coopgraph.rdf.turtle import house_form

MOST_ENTITIES = 100
"""Entities that an Update may change at once."""


class EntityFiles(Protocol):
    """The entity files of a tree as they are now."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The canonical prefixes of the tree and their namespaces."""

    @property
    def own_file(self) -> frozenset[str]:
        """The path segments of the kinds of things that have files of their own."""

    @property
    def paths(self) -> Iterable[str]:
        """The paths of all files (``data/org/paps.ttl``)."""

    def document(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none."""


@dataclass(frozen=True)
class FileChange:
    """What becomes of one entity file: its content before and after, None where there is none."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def entity(self) -> EntityName:
        """The entity whose file it is."""
        _, segment, name = self.path.split("/")
        return EntityName(segment, name.removesuffix(".ttl"))

    @property
    def stated_before(self) -> frozenset[Triple]:
        """What the content before states."""
        return _stated(self.before)

    @property
    def stated_after(self) -> frozenset[Triple]:
        """What the content after states."""
        return _stated(self.after)

    @cached_property
    def added(self) -> tuple[Triple, ...]:
        """The statements that only the content after has, in order."""
        return tuple(sorted(self.stated_after - self.stated_before, key=str))

    @cached_property
    def removed(self) -> tuple[Triple, ...]:
        """The statements that only the content before has, in order."""
        return tuple(sorted(self.stated_before - self.stated_after, key=str))


def base_hash(files: Iterable[FileChange]) -> str:
    """Return the SHA-256 over the paths of files and what they held before: what a change set was made for."""
    lines = (f"{file_version(item.before)}  {item.path}\n" for item in sorted(files, key=lambda item: item.path))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def file_version(content: bytes | None) -> str:
    """Return the SHA-256 of a file's content; the empty text where there is none."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def changes_of(triples: Iterable[Triple], files: EntityFiles) -> tuple[FileChange, ...]:
    """Return what a document makes of entity files, sorted by path; files that stay the same are left out.

    Raises :class:`UnreadableInput` for statements about what is no entity and no record of one.
    """
    triples = tuple(triples)
    if not triples:
        raise UnreadableInput(Message("The document states nothing."), Message("Write at least one statement."))
    heads = _heads(triples, files)
    stated = _by_path(triples, heads, files)
    found = (_change(path, held, files, whole=path in heads.values()) for path, held in sorted(stated.items()))
    return tuple(item for item in found if item.added or item.removed)


def effect_on_files(added: Iterable[Triple], removed: Iterable[Triple], files: EntityFiles) -> tuple[FileChange, ...]:
    """Return what adding and removing single statements makes of entity files, sorted by path.

    Raises :class:`UnreadableInput` for statements about what is no entity, for more than :data:`MOST_ENTITIES`, and
    where nothing would be left of an entity.
    """
    added, removed = tuple(added), tuple(removed)
    heads = _heads(added, files)
    new, gone = _by_path(added, heads, files), _by_path(removed, heads, files)
    paths = sorted(new.keys() | gone.keys())
    if len(paths) > MOST_ENTITIES:
        raise UnreadableInput(
            Message(
                "This would change {number:,} entities; {most} is the most at once.",
                number=len(paths),
                most=MOST_ENTITIES,
            ),
            Message("Name the entities that it is about. Nothing was changed."),
        )
    found = []
    for path in paths:
        before = files.document(path)
        left = _stated(before).difference(gone.get(path, ())).union(new.get(path, ()))
        if not left:
            raise UnreadableInput(
                Message("Nothing would be left of {path}.", path=path),
                Message("What was published is not deleted but retired: `coopgraph retire`."),
            )
        found.append(FileChange(path, before, house_form(left, files.prefixes)))
    return tuple(found)


def _heads(triples: Iterable[Triple], files: EntityFiles) -> dict[str, str]:
    """Return, by slug, the paths of the files of the entities of which a statement says what they are."""
    return {
        name.slug: _path(name)
        for triple in triples
        if triple.predicate == RDF.type and (name := _name(triple)).segment in files.own_file and "." not in name.slug
    }


def _by_path(triples: Iterable[Triple], heads: Mapping[str, str], files: EntityFiles) -> dict[str, list[Triple]]:
    """Return statements by the path of the file that they belong in."""
    by_slug = {path.rpartition("/")[2].removesuffix(".ttl"): path for path in files.paths if path.startswith("data/")}
    stated: defaultdict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        name = _name(triple)
        own = name.segment in files.own_file and "." not in name.slug
        path = _path(name) if own else heads.get(name.owner_slug) or by_slug.get(name.owner_slug)
        if path is None:
            raise UnreadableInput(
                Message("{iri} belongs to no entity that there is.", iri=name.iri),
                Message("Say what the entity {slug} is as well, or correct the name.", slug=name.owner_slug),
            )
        stated[path].append(triple)
    return dict(stated)


def patched(change: FileChange, present: bytes | None, prefixes: Mapping[str, str]) -> FileChange:
    """Return the change that does to the content ``present`` what ``change`` did to another: where the two do not touch
    each other, nothing of either is lost."""
    if present == change.before:
        return change
    left = (_stated(present) - set(change.removed)) | set(change.added)
    return FileChange(change.path, present, house_form(left, prefixes) if left else None)


def reverse(change: FileChange) -> FileChange:
    """Return the change that undoes ``change``."""
    return FileChange(change.path, change.after, change.before)


def _change(path: str, triples: list[Triple], files: EntityFiles, *, whole: bool) -> FileChange:
    before = files.document(path)
    subjects = {triple.subject for triple in triples}
    kept = frozenset(() if whole else (triple for triple in _stated(before) if triple.subject not in subjects))
    return FileChange(path, before, house_form(kept.union(triples), files.prefixes))


def _name(triple: Triple) -> EntityName:
    subject = triple.subject
    if isinstance(subject, BlankNode) or isinstance(triple.object, BlankNode):
        raise UnreadableInput(
            Message("The document has a node without a name."),
            Message("Name each node: what stands in brackets becomes a record of the entity."),
        )
    name = entity_name(subject.value) if isinstance(subject, NamedNode) else None
    if name is None:
        raise UnreadableInput(
            Message("{subject} is no entity and no record of one.", subject=subject),
            Message("At the desk, only entities and their records are changed; vocabulary and rules are files."),
        )
    if not is_slug(name.segment, name.owner_slug):
        raise UnreadableInput(
            Message("“{slug}” cannot be the name of an entity.", slug=name.owner_slug),
            Message("Use small letters, digits and single hyphens."),
        )
    return name


def _path(name: EntityName) -> str:
    return f"data/{name.segment}/{name.slug}.ttl"


@lru_cache(maxsize=8)  # a check of a submission asks several times what a file held before and after
def _stated(content: bytes | None) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in examine(content, TURTLE)[0]) if content else frozenset()
