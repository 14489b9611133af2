"""Starter files of entities: all that is asked for, with “fill-in” where a fact belongs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

from coopgraph.dataset.tree import Tree
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import is_reserved
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.turtle import format_turtle

_STARTERS = resources.files("coopgraph.dataset") / "starters"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PERIOD_SLUG = re.compile(r"\d{4}(?:-\d{2}){0,2}(?:_\d{4}(?:-\d{2}){0,2})?")
_LONGEST = 100


def starter_kinds() -> tuple[str, ...]:
    """Return the path segments of the kinds that have a starter, sorted."""
    return tuple(sorted(item.name.removesuffix(".ttl") for item in _STARTERS.iterdir() if item.name.endswith(".ttl")))


def starter(kind: str, slug: str, tree: Tree, prefixes: Mapping[str, str]) -> bytes:
    """Return the first content of ``data/{kind}/{slug}.ttl``, in the house form.

    Raises :class:`WrongUsage` for an unknown kind, a slug that is none, or one that any entity of ``tree`` has.
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
    if kind == "period" and not _PERIOD_SLUG.fullmatch(slug):
        raise WrongUsage(
            Message("“{slug}” is no period.", slug=slug),
            Message("Name it by its dates: 2020, 2020-05, 2020-05-19, or 2019_2021."),
        )
    if kind != "period" and (len(slug) > _LONGEST or not _SLUG.fullmatch(slug)):
        raise WrongUsage(
            Message("“{slug}” cannot be a slug.", slug=slug),
            Message(
                "Use at most {limit} small letters, digits and single hyphens, such as “example-centre”.",
                limit=_LONGEST,
            ),
        )
    for file in tree.files():
        if file.graph == "records" and file.place.stem == slug:
            raise WrongUsage(
                Message("The slug “{slug}” is taken by {path}.", slug=slug, path=file.path),
                Message("A slug is used once, whatever its kind."),
            )
    text = (_STARTERS / f"{kind}.ttl").read_text(encoding="utf-8")
    text = text.replace("SLUG", slug).replace("NOTATION", slug.replace("_", "/"))
    return format_turtle(text.encode("utf-8"), prefixes=prefixes)
