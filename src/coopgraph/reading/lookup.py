"""Lookup of names as people type them: the IRIs that they may mean."""

from __future__ import annotations

from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE, DEFINITION
from coopgraph.model.nearest_names import did_you_mean, nearest_names
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

_SUGGESTIONS = 3
_LISTED = 10

MOST_COMPARED = 3000
"""Of a kind with more things no nearest ones are looked for: an unknown address must cost little."""

LONGEST_COMPARED = 100
"""Characters of a name beyond which nothing is near it."""


def expanded(reading: Source, name: str) -> str:
    """Return the IRI that a prefixed name (``o:paps``) stands for. Raises :class:`NotFound` for an unknown prefix."""
    prefix, _, local = name.partition(":")
    prefixes = {
        row["prefix"].value: row["namespace"].value
        for row in reading.rows("prefixes")
        if isinstance(row["prefix"], Literal) and isinstance(row["namespace"], Literal)
    }
    if prefix not in prefixes:
        near = nearest_names(prefix, prefixes) or sorted(prefixes)
        raise NotFound(
            Message("The graph has no prefix “{prefix}:”.", prefix=prefix),
            Message("Use one of {prefixes}.", prefixes=", ".join(f"{one}:" for one in near)),
        )
    return prefixes[prefix] + local.replace("\\", "")


def short_name(reading: Source, name: str) -> str:
    """Return the IRI of the one thing whose last part is ``name``; the case counts only to tell several apart.

    Raises :class:`WrongUsage` with the candidates where several have that name, and :class:`NotFound` with the nearest
    where none has.
    """
    alike = [path for path in _paths(reading) if _last(path).casefold() == name.casefold()]
    found = [path for path in alike if _last(path) == name] or alike
    if len(found) > 1:
        more = " …" if len(found) > _LISTED else ""
        raise WrongUsage(
            Message("“{name}” may mean several things.", name=name),
            Message("Name one: {names}{more}.", names=", ".join(found[:_LISTED]), more=more),
        )
    if not found:
        raise nothing_like(reading, name)
    return iri_of_short_path(found[0])


def nothing_like(reading: Source, name: str) -> NotFound:
    """Return the error for a name that nothing has, with the names nearest to it."""
    paths = _paths(reading)
    by_last: dict[str, list[str]] = {}
    for path in paths:
        by_last.setdefault(_last(path), []).append(path)
    near = nearest_names(_last(name), by_last, likeness=0.7)
    suggested = [path for last in near for path in by_last[last]][:_SUGGESTIONS]
    hint = did_you_mean(suggested) if suggested else Message("Check the spelling, or look for it in the lists.")
    return NotFound(Message("The graph holds nothing under “{name}”.", name=name), hint)


def nothing_at(reading: Source, words: Vocabulary, iri: str) -> NotFound:
    """Return the error for an IRI of which nothing is said, with the nearest things of its kind, or terms."""
    near = _nearest_of_kind(reading, words, iri)
    hint = (
        did_you_mean([one.removeprefix(BASE).removeprefix("id/") for one in near])
        if near
        else Message("Check the spelling, or look for it in the lists.")
    )
    return NotFound(Message("The graph holds nothing under this address."), hint, nearest=near)


def _nearest_of_kind(reading: Source, words: Vocabulary, iri: str) -> tuple[str, ...]:
    kind = words.kind_of(iri)
    stem = f"{BASE}id/{kind.segment}/" if kind else DEFINITION
    name = iri.removeprefix(stem)
    if len(name) > LONGEST_COMPARED or not iri.startswith(stem):
        return ()
    if kind is None:
        known = [term for term in words.labels if term.startswith(DEFINITION)]
    elif kind.count > MOST_COMPARED:
        return ()
    else:
        rows = reading.rows("things", kind=NamedNode(kind.of_class), stem=Literal(stem))
        known = [row["thing"].value for row in rows]
    return tuple(stem + near for near in nearest_names(name, sorted(one.removeprefix(stem) for one in known)))


def iri_of_short_path(path: str) -> str:
    """Return the IRI of a path as :func:`short_name` lists them."""
    head = path.partition("/")[0]
    return BASE + path if head in TERMS else f"{BASE}id/{path}"


TERMS = frozenset(("def", "shape", "dataset", "graph"))
"""Path segments that stand right below the base; all others stand below ``id/``."""


def _paths(reading: Source) -> list[str]:
    """Return the paths of all things (``org/paps``, ``def/Organization``), those of entities before their records."""
    iris = (row["thing"].value for row in reading.rows("names") if isinstance(row["thing"], NamedNode))
    paths = {iri.removeprefix(BASE).removeprefix("id/") for iri in iris}
    return sorted(paths - {""}, key=lambda path: ("." in path, path))


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
