"""Starter files of entities: all that is asked for, with “fill-in” where a fact belongs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from coopgraph.dataset.tree import INPUT_SIZE, Tree, read_document
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import LONGEST_SLUG, entity_name, is_reserved, is_slug
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.read import load_file
from coopgraph.rdf.turtle import format_turtle

_STARTERS = resources.files("coopgraph.dataset") / "starters"
_PASSAGE = "cite:fill-in.p1"


def starter_kinds() -> tuple[str, ...]:
    """Return the path segments of the kinds that have a starter, sorted."""
    return tuple(sorted(item.name.removesuffix(".ttl") for item in _STARTERS.iterdir() if item.name.endswith(".ttl")))


def starter(kind: str, slug: str, tree: Tree, prefixes: Mapping[str, str], source: str = "") -> bytes:
    """Return the first content of ``data/{kind}/{slug}.ttl``, in the house form.

    Its claims rest on the first passage of the source with the slug ``source``, where one is given. Raises
    :class:`WrongUsage` for an unknown kind, a slug that is none, or one that any entity of ``tree`` has, and for a
    source that ``tree`` has not, or that a kind has no use for.
    """
    kinds = starter_kinds()
    if kind not in kinds:
        raise WrongUsage(
            Message("There is no kind “{kind}” with files of its own.", kind=kind),
            with_nearest(Message("Choose one of {kinds}.", kinds=", ".join(kinds)), nearest_names(kind, kinds)),
        )
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
        if _PASSAGE not in text:
            raise WrongUsage(
                Message("A file of the kind “{kind}” names no passage.", kind=kind), Message("Leave --source out.")
            )
        text = text.replace(_PASSAGE, _first_passage(source, tree))
    text = text.replace("SLUG", slug).replace("NOTATION", slug.replace("_", "/"))
    return format_turtle(text.encode("utf-8"), prefixes=prefixes)


def _first_passage(source: str, tree: Tree) -> str:
    """Return the short name of the passage that stands first in the file of a source."""
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
