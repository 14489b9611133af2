"""Namesakes of a new entity among the files of its kind: those that have one of its names, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from coopgraph.curation.duplicates import DuplicateCandidate, distinguishing_features, duplicate_candidates
from coopgraph.errors import UnreadableInput
from coopgraph.model.iris import BASE, EntityName
from coopgraph.model.search_text import folded
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import RDF, SKOS
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Literal, NamedNode, Triple

_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)+)"@')


def namesakes(entity: EntityName, names: Sequence[Literal], places: Iterable[Path]) -> tuple[DuplicateCandidate, ...]:
    """Return which entities described in the files at ``places`` have one of ``names``, compared as on submission.

    A file that cannot be read is passed over: the check tells of it.
    """
    wanted = {_key(name.value) for name in names}
    known = distinguishing_features(triple for place in places if _may_name(place, wanted) for triple in _stated(place))
    return tuple(item for item in duplicate_candidates(_claims(entity, names), known) if item.entity == entity)


def _claims(entity: EntityName, names: Sequence[Literal]) -> Iterator[Triple]:
    for number, name in enumerate(names):
        claim = NamedNode(f"{BASE}id/claim/{entity.slug}.prefLabel.{number}")
        yield Triple(claim, RDF.subject, NamedNode(entity.iri))
        yield Triple(claim, RDF.predicate, SKOS.prefLabel)
        yield Triple(claim, RDF.object, name)


def _may_name(place: Path, wanted: set[str]) -> bool:
    """Return whether a text in a file is one of the names: few are, and only those files are parsed."""
    text = place.read_bytes().decode("utf-8", "replace")
    return any(_key(match[1]) in wanted for match in _TEXT.finditer(text))


def _stated(place: Path) -> Iterator[Triple]:
    try:
        yield from (quad.triple for quad in read_rdf(place.read_bytes(), TURTLE))
    except UnreadableInput:
        return


def _key(name: str) -> str:
    return folded(name).replace(" ", "")
