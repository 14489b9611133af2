"""Starters of records: what is added to an entity's file for a service, a figure, a passage … of it, with “fill-in”
where a fact belongs.

A starter in ``starters/records`` describes an ``OWNER`` of each class whose file it may stand in, and the record
``SLUG``; of the owners only the one that is there is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import TypeAlias

from coopgraph.dataset.starter import first_passage, with_passage
from coopgraph.dataset.tree import INPUT_SIZE, Tree, TreeFile, read_document
from coopgraph.errors import UnreadableInput, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.read import load_file, read_rdf
from coopgraph.rdf.terms import BlankNode, NamedNode, Triple
from coopgraph.rdf.turtle import format_turtle, house_form
from coopgraph.rdf.turtle_text import comment_lines

_STARTERS = resources.files("coopgraph.dataset") / "starters" / "records"
_PARTS = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)*")
_WITHOUT_NAME = "fill-in"

_Subject: TypeAlias = NamedNode | BlankNode | Triple


def record_kinds() -> tuple[str, ...]:
    """Return the path segments of the kinds of records that have a starter, sorted."""
    return tuple(sorted(item.name.removesuffix(".ttl") for item in _STARTERS.iterdir() if item.name.endswith(".ttl")))


def with_record(
    kind: str, slug: str, tree: Tree, prefixes: Mapping[str, str], source: str = ""
) -> tuple[TreeFile, bytes]:
    """Return the file in which a record of one of :func:`record_kinds` stands, and its content with it begun.

    ``slug`` names the owner and, after a dot, the record; without that its name is to be filled in too. What it states
    rests on the first passage of the source with the slug ``source``, where one is given. Raises :class:`WrongUsage`
    for a slug that is none, an owner that is not there or of another class, and a record that is there already.
    """
    if not _PARTS.fullmatch(slug):
        raise WrongUsage(
            Message("“{slug}” cannot name a record.", slug=slug),
            Message("Write the slug of what it belongs to, a dot and a name for it, such as “example-centre.first”."),
        )
    begun = tuple(quad.triple for quad in read_rdf((_STARTERS / f"{kind}.ttl").read_bytes(), TURTLE))
    owners = [triple.subject for triple in begun if triple.predicate == RDF.type and _slug(triple.subject) == "OWNER"]
    file = _file_of(slug.partition(".")[0], tree, kind)
    text = load_file(file.place, limit=INPUT_SIZE)
    quads, problems = read_document(text, file)
    if problems:
        raise UnreadableInput(
            Message("{path} cannot be read as it is.", path=file.path),
            Message("Mend it first; `coopgraph check` says where."),
        )
    if lines := comment_lines(text):
        raise WrongUsage(
            Message("A comment in {path}, line {line}, would be lost.", path=file.path, line=lines[0]),
            Message("Turn it into skos:editorialNote or coop:curatorNote first."),
        )
    subjects = {quad.subject for quad in quads if quad.predicate == RDF.type}
    owner, placeholder = _owner(kind, slug, owners, subjects, file)
    name = slug.removeprefix(owner.slug).removeprefix(".") or _WITHOUT_NAME
    record = EntityName(kind, f"{owner.slug}.{name}")
    if NamedNode(record.iri) in subjects:
        raise WrongUsage(
            Message("{path} has {name} already.", path=file.path, name=f"{kind}/{record.slug}"),
            Message("Choose another name, or fill in the one that is there."),
        )
    others = {term for term in owners if term != placeholder}
    kept = [triple for triple in begun if others.isdisjoint((triple.subject, triple.object))]
    added = house_form(kept, prefixes).decode("utf-8").replace("OWNER", owner.slug).replace("SLUG", record.slug)
    if source:
        added = with_passage(added, kind, first_passage(source, tree))
    return file, format_turtle(text + b"\n" + added.encode("utf-8"), prefixes=prefixes)


def _file_of(owner: str, tree: Tree, kind: str) -> TreeFile:
    """Return the file of the entity with the slug ``owner``."""
    files = {file.place.stem: file for file in tree.files() if file.graph == "records"}
    if owner not in files:
        raise WrongUsage(
            with_nearest(
                Message("A record of the kind “{kind}” stands in the file of another thing.", kind=kind),
                nearest_names(owner, files),
            ),
            Message("There is no “{slug}”: begin its file with `coopgraph new` first.", slug=owner),
        )
    return files[owner]


def _owner(
    kind: str, slug: str, owners: Iterable[_Subject], subjects: set[_Subject], file: TreeFile
) -> tuple[EntityName, _Subject]:
    """Return the thing in ``file`` that a record belongs to, the one with most of its slug, and its placeholder."""
    by_segment = {name.segment: term for term in owners if (name := _name(term))}
    parts = slug.split(".")
    for number in range(len(parts), 0, -1):
        for segment, term in by_segment.items():
            name = EntityName(segment, ".".join(parts[:number]))
            if NamedNode(name.iri) in subjects:
                return name, term
    there = sorted({name.slug for term in subjects if (name := _name(term)) and name.segment in by_segment})
    if there:
        raise WrongUsage(
            Message("{path} has no {name}.", path=file.path, name=f"{'|'.join(by_segment)}/{slug}"),
            Message("Begin the slug with one of {names}, and a dot.", names=", ".join(there[:20])),
        )
    raise WrongUsage(
        Message("Nothing in {path} can have a {kind}.", path=file.path, kind=kind),
        Message("It belongs to one of the kinds {kinds}.", kinds=", ".join(by_segment)),
    )


def _name(term: object) -> EntityName | None:
    return entity_name(term.value) if isinstance(term, NamedNode) else None


def _slug(term: object) -> str:
    name = _name(term)
    return name.slug if name else ""
