"""Tombstone or redirect of an entity: what its file holds once it is withdrawn or another has taken its place."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.dataset.tree import TreeContent
from coopgraph.errors import DoesNotConform, NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE, EntityName, entity_name
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.namespaces import COOP, DCTERMS, OWL, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Triple

_MOST_NAMED = 10
_SHORT = ("", "id/", "doc/", "data/")


def retired(content: TreeContent, thing: str, successor: str, reason: Literal) -> tuple[str, tuple[Triple, ...]]:
    """Return the path of the file of ``thing`` and what it states from now on.

    ``thing`` and ``successor`` (which may be empty) are IRIs, paths (``org/paps``, ``data/org/paps.ttl``) or slugs.
    Raises :class:`NotFound` where the tree has no such entity, :class:`WrongUsage` where it would replace itself, and
    :class:`DoesNotConform` where other files still speak of it or of its records.
    """
    name = _entity(content, thing)
    entity = NamedNode(name.iri)
    path = _path(name)
    if naming := sorted({other for other, quad in _naming(content, path) if _concerns(quad, name)}):
        raise DoesNotConform(
            Message("Other files still speak of {entity}: {files}", entity=name.slug, files=", ".join(_cut(naming))),
            Message("Let them speak of its successor, or take that away, and try again."),
        )
    stated = [
        Triple(entity, RDF.type, COOP.RetiredEntity),
        Triple(entity, DCTERMS.identifier, Literal(name.slug)),
        Triple(entity, SKOS.editorialNote, reason),
    ]
    if not successor:
        return path, (*stated, Triple(entity, OWL.deprecated, Literal(True)))
    heir = _entity(content, successor)
    if heir == name:
        raise WrongUsage(Message("Nothing replaces itself."), Message("Name another entity as the successor."))
    return path, (*stated, Triple(entity, DCTERMS.isReplacedBy, NamedNode(heir.iri)))


def _path(name: EntityName) -> str:
    return f"data/{name.segment}/{name.slug}.ttl"


def _entity(content: TreeContent, thing: str) -> EntityName:
    """Return the entity that ``thing`` names and that has a file."""
    known = {_path(name): name for file in content.files if (name := _of_path(file.path))}
    given = thing.strip().strip("<>").removeprefix(BASE).removeprefix("/").removesuffix(".ttl")
    for start in _SHORT:
        if found := known.get(f"data/{given.removeprefix(start)}.ttl"):
            return found
    by_slug = {name.slug: name for name in known.values()}
    if given in by_slug:
        return by_slug[given]
    raise NotFound(
        with_nearest(
            Message("The tree has no entity “{thing}”.", thing=thing), nearest_names(given.rpartition("/")[2], by_slug)
        ),
        Message("Give its IRI, its file or its slug."),
    )


def _of_path(path: str) -> EntityName | None:
    return entity_name(f"{BASE}id/{path.removeprefix('data/').removesuffix('.ttl')}") if path[:5] == "data/" else None


def _naming(content: TreeContent, path: str) -> Iterator[tuple[str, Quad]]:
    for other, quads in content.quads.items():
        if other != path:
            yield from ((other, quad) for quad in quads)


def _concerns(quad: Quad, name: EntityName) -> bool:
    """Return whether a statement speaks of the entity or of a record in its file."""
    named = (entity_name(term.value) for term in (quad.subject, quad.object) if isinstance(term, NamedNode))
    return any(other and (other == name or ("." in other.slug and other.owner_slug == name.slug)) for other in named)


def _cut(names: list[str]) -> list[str]:
    return names[:_MOST_NAMED] + (["…"] if len(names) > _MOST_NAMED else [])
