"""Column maps: which properties the columns of a sheet are claims of, for each kind, in ``shapes/columns/{kind}.yaml``.

A kind gets its sheet by such a file alone::

    class: coop:Event
    columns:
      kind:
        property: coop:hasEventKind
        values: event-kind
        required: true

``values`` is ``name`` (one column for each language, ``@en`` first), ``date``, ``address``, ``text``, ``entity:`` and a
kind (its slug), or else a concept scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coopgraph.curation.drafts import node
from coopgraph.curation.sheets.cells import CellReader, Codes, is_web_address, partial_date
from coopgraph.curation.sheets.entities import (
    INFERRED,
    Claims,
    SheetKind,
    claimed_name,
    local_languages,
    several_names,
)
from coopgraph.curation.sheets.sources import Evidence
from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.same_words import holds_words
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import DCTERMS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column: its name, the property that its values are claims of, what values it has, and whether it must."""

    name: str
    predicate: NamedNode
    values: str
    required: bool

    @property
    def heading(self) -> str:
        """What stands in the heading."""
        return f"{self.name}@en" if self.values == "name" else self.name


def mapped_kinds(shapes: Path) -> tuple[str, ...]:
    """Return the path segments of the kinds that have a column map, sorted."""
    return tuple(sorted(place.stem for place in (shapes / "columns").glob("*.yaml")))


def mapped_kind(shapes: Path, segment: str, prefixes: Mapping[str, str]) -> SheetKind:
    """Return the sheet of a kind by its column map. Raises :class:`UnreadableInput` where that is none."""
    place = shapes / "columns" / f"{segment}.yaml"
    try:
        stated = yaml.safe_load(place.read_text(encoding="utf-8"))
        columns = tuple(_column(name, item, prefixes) for name, item in stated["columns"].items())
        of_class = _iri(stated["class"], prefixes)
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableInput(
            Message("The column map {path} cannot be read.", path=place.name), Message("Compare it with another one.")
        ) from error
    return SheetKind(
        segment,
        of_class,
        required=("slug", *(column.heading for column in columns if column.required)),
        optional=tuple(column.heading for column in columns if not column.required),
        tagged=tuple(column.name for column in columns if column.values == "name"),
        dates=tuple(column.name for column in columns if column.values == "date"),
        statements=_statements(columns),
        properties={column.predicate.value: column.name for column in columns},
    )


def _column(name: str, stated: Mapping[str, Any], prefixes: Mapping[str, str]) -> MappedColumn:
    return MappedColumn(name, _iri(stated["property"], prefixes), str(stated["values"]), stated.get("required") is True)


def _iri(name: str, prefixes: Mapping[str, str]) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(prefixes[prefix] + local)


def _statements(
    columns: tuple[MappedColumn, ...],
) -> Callable[[CellReader, Claims, Evidence, Codes, Index], Iterator[Triple]]:
    def statements(
        reader: CellReader, claims: Claims, evidence: Evidence, codes: Codes, known: Index
    ) -> Iterator[Triple]:
        areas: list[Term] = []
        local: set[str] = set()
        for column in columns:
            if column.values == "area":
                areas, local = local_languages(reader, codes, known, claims.subject, column.name, column.predicate)
        for column in columns:
            if column.values == "name":
                reader.text(column.heading)
                for _, tag, text in reader.tagged(column.name):
                    for name in several_names(column.predicate, text):
                        yield from claimed_name(claims, column.predicate, name, tag, tag in local, evidence)
            else:
                for value, words in _values(column, reader, codes, known, areas):
                    stated = evidence.citation(lambda quote, words=words: bool(words) and holds_words(quote, words))  # type: ignore[misc]
                    citation, basis = stated or evidence.first(), None if stated else INFERRED
                    yield from claims.make(column.predicate, value, citation, basis)

    return statements


def _values(
    column: MappedColumn, reader: CellReader, codes: Codes, known: Index, areas: list[Term]
) -> Iterator[tuple[Term, str]]:
    """Yield the values of a cell, each with the words by which a passage states it (empty: it is always inferred)."""
    text = reader.text(column.name)
    match column.values.partition(":"):
        case "area", _, _:
            yield from ((area, "") for area in areas)
        case "date", _, _:
            if found := partial_date(reader, column.name):
                yield found, found.value
        case "address", _, _:
            if text and is_web_address(reader, column.name, text):
                yield NamedNode(text), text
        case "text", _, _:
            if text:
                yield Literal(text), text
        case "entity", _, kind:
            for slug in reader.many(column.name):
                entity = node(kind, slug)
                if not known.objects(entity, DCTERMS.identifier):
                    reader.fault(column.name, Message("There is no {kind} “{value}”.", kind=kind, value=slug))
                yield entity, ""
        case scheme, _, _:
            yield from ((concept, "") for concept in codes.find(reader, column.name, scheme))
