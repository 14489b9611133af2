"""Starter files of entities: all that is asked for, with “fill-in” where a fact belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from coopgraph.dataset.tree import INPUT_SIZE, Tree, read_document
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import LONGEST_SLUG, entity_name, is_reserved, is_slug
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SKOS
from coopgraph.rdf.read import load_file, read_rdf
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.rdf.turtle import house_form

_STARTERS = resources.files("coopgraph.dataset") / "starters"
_PASSAGE = "cite:fill-in.p1"


def starter_kinds() -> tuple[str, ...]:
    """Return the path segments of the kinds that have a starter, sorted."""
    return tuple(sorted(item.name.removesuffix(".ttl") for item in _STARTERS.iterdir() if item.name.endswith(".ttl")))


def starter(
    kind: str,
    slug: str,
    tree: Tree,
    prefixes: Mapping[str, str],
    source: str = "",
    names: Sequence[Literal] = (),
) -> bytes:
    """Return the first content of ``data/{kind}/{slug}.ttl`` for one of :func:`starter_kinds`, in the house form.

    Its claims rest on the first passage of the source with the slug ``source``, where one is given; ``names`` stand in
    the place of its name. Raises :class:`WrongUsage` for a slug that is none, or one that any entity of ``tree`` has,
    for a source that ``tree`` has not, and for what a kind has no use for.
    """
    if is_reserved(slug):
        raise WrongUsage(
            Message(
                "“{slug}” cannot be a slug: Windows keeps the name for a device, and no clone there "
                "could hold the file.",
                slug=slug,
            ),
            Message("Add a word to it, such as “{slug}-centre”.", slug=slug),
        )
    if kind == "period" and not is_slug(kind, slug):
        raise WrongUsage(
            Message("“{slug}” is no period.", slug=slug),
            Message("Name it by its dates: 2020, 2020-05, 2020-05-19, or 2019_2021."),
        )
    if not is_slug(kind, slug):
        raise WrongUsage(
            Message("“{slug}” cannot be a slug.", slug=slug),
            Message(
                "Use at most {limit} small letters, digits and single hyphens, such as “example-centre”.",
                limit=LONGEST_SLUG,
            ),
        )
    for file in tree.files():
        if file.graph == "records" and file.place.stem == slug:
            raise WrongUsage(
                Message("The slug “{slug}” is taken by {path}.", slug=slug, path=file.path),
                Message("A slug is used once, whatever its kind."),
            )
    text = (_STARTERS / f"{kind}.ttl").read_text(encoding="utf-8")
    if source:
        text = with_passage(text, kind, first_passage(source, tree))
    text = text.replace("SLUG", slug).replace("NOTATION", slug.replace("_", "/"))
    triples = [quad.triple for quad in read_rdf(text.encode("utf-8"), TURTLE)]
    return house_form(_named(triples, names, kind) if names else triples, prefixes)


def _named(triples: Sequence[Triple], names: Sequence[Literal], kind: str) -> Iterator[Triple]:
    """Yield ``triples`` with ``names`` in the place of the name that is to be filled in: each has a claim of its own
    where that has one."""
    index = Index(triples)
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "a starter names every node"
        said = {*index.objects(triple.subject, RDF.predicate), triple.predicate}
        if isinstance(triple.object, Literal) and triple.object.language and not _NAMES.isdisjoint(said):
            break
    else:
        raise WrongUsage(Message("A “{kind}” has no name.", kind=kind), Message("Leave --name out."))
    if triple.predicate != RDF.object:
        yield from (item for item in triples if item != triple)
        yield from (Triple(triple.subject, triple.predicate, name) for name in names)
        return
    yield from (item for item in triples if item.subject != triple.subject)
    stem = str(triple.subject).strip("<>").removesuffix("1")
    for number, name in enumerate(names, 1):
        claim = NamedNode(f"{stem}{number}")
        for item in triples:
            if item.subject == triple.subject:
                yield Triple(claim, item.predicate, name if item == triple else item.object)


_NAMES = frozenset({SKOS.prefLabel, DCTERMS.term("title")})
"""What a name is a value of."""


def with_passage(text: str, kind: str, passage: str) -> str:
    """Return a starter whose claims rest on ``passage``. Raises :class:`WrongUsage` where they rest on none."""
    if _PASSAGE not in text:
        raise WrongUsage(
            Message("A file of the kind “{kind}” names no passage.", kind=kind), Message("Leave --source out.")
        )
    return text.replace(_PASSAGE, passage)


def first_passage(source: str, tree: Tree) -> str:
    """Return the short name of the passage that stands first in the file of a source.

    Raises :class:`WrongUsage` where there is no such source, or no passage in its file.
    """
    file = next((file for file in tree.files() if file.path == f"data/source/{source}.ttl"), None)
    if file is None:
        slugs = [file.place.stem for file in tree.files() if file.path.startswith("data/source/")]
        raise WrongUsage(
            with_nearest(Message("There is no source “{slug}”.", slug=source), nearest_names(source, slugs)),
            Message("Begin it with: coopgraph new source {slug}", slug=source),
        )
    index = Index(quad.triple for quad in read_document(load_file(file.place, limit=INPUT_SIZE), file)[0])
    passages = [name.slug for item in index.instances(COOP.Citation) if (name := entity_name(str(item).strip("<>")))]
    if not passages:
        raise WrongUsage(
            Message("The source “{slug}” has no passage yet.", slug=source),
            Message("Quote one in {path} first.", path=file.path),
        )
    return f"cite:{min(passages, key=_in_order)}"


def _in_order(name: str) -> tuple[int, str]:
    """Return the key by which ``p2`` comes before ``p10``."""
    return len(name), name
