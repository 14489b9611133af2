"""Change feed: the activities of all releases as a Linked Data Event Stream in pages of a TREE view.

Specifications: https://semiceu.github.io/LinkedDataEventStreams/, https://treecg.github.io/specification/,
https://www.w3.org/TR/activitystreams-vocabulary/. A page holds activities of one release, so it never changes; the root
of the view names them all, each with the moment from which on it tells.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, ACTIVITY_TYPES, Activity, read_activities
from coopgraph.model.iris import BASE
from coopgraph.model.release import RELEASE_ID, Manifest
from coopgraph.rdf.namespaces import ACTIVITY_STREAMS, COOP, DCTERMS, LDES, RDF, SH, TREE, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple

PER_FEED_PAGE = 100
"""Most activities of one page."""

FEED_PREFIXES = {
    "as": str(ACTIVITY_STREAMS),
    "coop": str(COOP),
    "dcterms": str(DCTERMS),
    "ldes": str(LDES),
    "sh": str(SH),
    "tree": str(TREE),
    "xsd": str(XSD),
}

_PAGE = re.compile(rf"({RELEASE_ID.pattern})(?:\.([1-9]\d{{0,5}}))?")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page: the activities of a release from one place on. ``name`` is the last part of its address."""

    name: str
    release: str
    published: str
    activities: tuple[Activity, ...]


def feed_pages(var: Path) -> tuple[tuple[str, str], ...]:
    """Return name and moment of every page, oldest first, without reading what they hold."""
    found = []
    for manifest in reversed(release_folder.manifests(var)):
        if ACTIVITIES in manifest.files:
            count = len(_activities(var, manifest))
            found += [(_name(manifest.id, number), manifest.created) for number in range(1, _pages(count) + 1)]
    return tuple(found)


def feed_page(var: Path, name: str) -> FeedPage:
    """Return the page ``name``. Raises NotFound for an unknown one, Gone for one of a withdrawn release."""
    match = _PAGE.fullmatch(name)
    unknown = NotFound(Message("The feed has no page {name}.", name=name[:80]), Message("/feed lists those there are."))
    if match is None:
        raise unknown
    manifest = release_folder.manifest(var, match[1])
    number = int(match[2] or 1)
    held = _activities(var, manifest) if ACTIVITIES in manifest.files else ()
    if name != _name(manifest.id, number) or number > _pages(len(held)):
        raise unknown
    shown = held[(number - 1) * PER_FEED_PAGE : number * PER_FEED_PAGE]
    return FeedPage(name, manifest.id, manifest.created, shown)


def latest_activities(var: Path, most: int) -> Iterator[tuple[Manifest, Activity]]:
    """Yield the newest ``most`` activities with the manifests of their releases, newest release first."""
    manifests = (item for item in release_folder.manifests(var) if ACTIVITIES in item.files)
    every = ((manifest, activity) for manifest in manifests for activity in _activities(var, manifest))
    return itertools.islice(every, most)


def root_triples(root: str, pages: tuple[tuple[str, str], ...]) -> Iterator[Triple]:
    """Yield the root of the view: the stream, and where its pages are. ``root`` is the address of the service."""
    node = NamedNode(f"{root}/feed")
    yield from _stream(root, node)
    for number, (name, moment) in enumerate(pages):
        relation = BlankNode(f"relation{number}")
        yield Triple(node, TREE.relation, relation)
        yield Triple(relation, RDF.type, TREE.GreaterThanOrEqualToRelation)
        yield Triple(relation, TREE.path, ACTIVITY_STREAMS.published)
        yield Triple(relation, TREE.value, Literal(moment, datatype=XSD.dateTime))
        yield Triple(relation, TREE.node, NamedNode(f"{root}/feed/{name}"))


def page_triples(root: str, page: FeedPage) -> Iterator[Triple]:
    """Yield a page: its node, and each member with its type, object and moment; its document then, and the day until
    which it counts as fresh, if there are such."""
    node = NamedNode(f"{root}/feed/{page.name}")
    yield from _stream(root, node)
    for activity in page.activities:
        path = activity.object.removeprefix(BASE + "id/")
        member = NamedNode(f"{node.value}#{path}")
        yield Triple(_stream_node(root), TREE.member, member)
        yield Triple(member, RDF.type, ACTIVITY_STREAMS.term(activity.type))
        yield Triple(member, ACTIVITY_STREAMS.object, NamedNode(activity.object))
        yield Triple(member, ACTIVITY_STREAMS.published, Literal(page.published, datatype=XSD.dateTime))
        if activity.type != "Delete":
            yield Triple(member, ACTIVITY_STREAMS.result, NamedNode(f"{root}/at/{page.release}/doc/{path}"))
        if activity.verify_by:
            yield Triple(member, COOP.verifyAgainBy, Literal(activity.verify_by, datatype=XSD.date))


def member_shape(root: str) -> Iterator[Triple]:
    """Yield the SHACL shape that every member of the stream conforms to."""
    shape = _shape_node(root)
    types = [BlankNode(f"type{number}") for number in range(len(ACTIVITY_TYPES))]
    properties: tuple[tuple[NamedNode, Mapping[NamedNode, Term]], ...] = (
        (RDF.type, {SH.term("in"): types[0]}),
        (ACTIVITY_STREAMS.object, {SH.nodeKind: SH.IRI}),
        (ACTIVITY_STREAMS.published, {SH.datatype: XSD.dateTime}),
        (COOP.verifyAgainBy, {SH.datatype: XSD.date}),
    )
    yield Triple(shape, RDF.type, SH.NodeShape)
    yield Triple(shape, SH.targetObjectsOf, TREE.member)
    one = Literal(1)
    for number, (path, more) in enumerate(properties):
        constraint = BlankNode(f"property{number}")
        yield Triple(shape, SH.property, constraint)
        least = Literal(0) if path == COOP.verifyAgainBy else one
        for predicate, value in {SH.path: path, SH.minCount: least, SH.maxCount: one, **more}.items():
            yield Triple(constraint, predicate, value)
    for number, name in enumerate(ACTIVITY_TYPES):
        following: Term = types[number + 1] if number + 1 < len(types) else RDF.nil
        yield Triple(types[number], RDF.first, ACTIVITY_STREAMS.term(name))
        yield Triple(types[number], RDF.rest, following)


def feed_json_ld(triples: Iterator[Triple], root: str, node: str) -> dict[str, Any]:
    """Return a page, or the root, as a JSON-LD tree: the stream, in it the view's node and the members."""
    said: dict[object, dict[str, list[Any]]] = {}
    for triple in triples:
        values = said.setdefault(triple.subject, {}).setdefault(_compact(triple.predicate), [])
        values.append(triple.object)
    stream = _stream_node(root)
    view = said.get(NamedNode(node), {})
    tree = {"@context": FEED_PREFIXES, **_as_json(stream, said[stream])}
    tree["tree:member"] = [_as_json(member, said[member]) for member in said[stream].get("tree:member", ())]
    relations = [_as_json(relation, said[relation]) for relation in view.get("tree:relation", ())]
    tree["tree:view"] = _as_json(NamedNode(node), view) | {"tree:relation": relations}
    return tree


def _as_json(node: Term, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {} if isinstance(node, BlankNode) else {"@id": node.value}
    for name, values in said.items():
        if name == "rdf:type":
            tree["@type"] = _compact(values[0])
        elif len(values) == 1:
            tree[name] = _value(values[0])
    return tree


def _value(value: Term) -> object:
    if isinstance(value, Literal):
        return {"@value": value.value, "@type": _compact(value.datatype)}
    assert isinstance(value, NamedNode)
    return {"@id": _compact(value)}


def _compact(node: NamedNode) -> str:
    if node == RDF.type:
        return "rdf:type"
    for name, space in FEED_PREFIXES.items():
        if node.value.startswith(space):
            return f"{name}:{node.value.removeprefix(space)}"
    return node.value


def _stream(root: str, node: NamedNode) -> Iterator[Triple]:
    stream = _stream_node(root)
    yield Triple(stream, RDF.type, LDES.EventStream)
    yield Triple(stream, LDES.timestampPath, ACTIVITY_STREAMS.published)
    yield Triple(stream, LDES.versionOfPath, ACTIVITY_STREAMS.object)
    yield Triple(stream, TREE.shape, _shape_node(root))
    yield Triple(stream, TREE.view, node)
    yield Triple(node, RDF.type, TREE.Node)
    if node.value == f"{root}/feed":
        yield Triple(node, DCTERMS.license, NamedNode("https://creativecommons.org/licenses/by/4.0/"))


def _stream_node(root: str) -> NamedNode:
    return NamedNode(f"{root}/feed#stream")


def _shape_node(root: str) -> NamedNode:
    return NamedNode(f"{root}/feed/shape")


def _activities(var: Path, manifest: Manifest) -> tuple[Activity, ...]:
    return read_activities(release_folder.file(var, manifest.id, ACTIVITIES).read_bytes())


def _pages(count: int) -> int:
    return -(-count // PER_FEED_PAGE)


def _name(release: str, number: int) -> str:
    return release if number == 1 else f"{release}.{number}"
