"""Query builder: a SPARQL query from a kind of things, filters with values, and columns; nobody need write it.

What can be asked is :data:`BUILDER_KINDS`; a value goes into a query only where it is a local name or a year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from coopgraph.messages.message import Message
from coopgraph.reading.builder_kinds import BuilderColumn, BuilderFilter, BuilderKind

_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_YEAR = re.compile(r"[0-9]{4}")


def built_query(kind: BuilderKind, values: Mapping[str, str], columns: Collection[str], language: str) -> str:
    """Return the query for the things of ``kind`` to which all of ``values`` apply, with these ``columns``.

    Values by the names of filters; one that cannot be one counts as none. Names come in ``language``, else in English.
    """
    shown = kind.shown(columns)
    patterns = [f"  ?{kind.name} a {kind.of_class} ."]
    for item in kind.filters:
        patterns += _filter(kind, item, values.get(item.name, ""))
    if kind.named:
        patterns += _name(kind, language)
    patterns += [f"  OPTIONAL {{ ?{kind.name} {column.path} ?{_variable(kind, column)} }}" for column in shown]
    names = [kind.name, *(["name"] if kind.named else []), *(_variable(kind, column) for column in shown)]
    selected = " ".join(f"?{name}" for name in names)
    return "\n".join((f"SELECT {selected} WHERE {{", *patterns, "}", f"ORDER BY ?{kind.name}", ""))


def column_headings(kind: BuilderKind, columns: Collection[str]) -> Mapping[str, Message]:
    """Return what to call each variable of :func:`built_query`, in the order of its columns."""
    named = {"name": Message("Name")} if kind.named else {}
    return {kind.name: kind.label, **named, **{_variable(kind, item): item.label for item in kind.shown(columns)}}


def _variable(kind: BuilderKind, column: BuilderColumn) -> str:
    return column.name if column.name != kind.name else f"{column.name}Value"


def _filter(kind: BuilderKind, item: BuilderFilter, value: str) -> list[str]:
    if item.prefix and _LOCAL.fullmatch(value):
        path = f"{item.path}/skos:broader*" if item.within else item.path
        return [f"  ?{kind.name} {path} {item.prefix}:{value} ."]
    if not item.prefix and _YEAR.fullmatch(value):
        return [f"  ?{kind.name} {item.path} ?{item.name} .", f'  FILTER(STRSTARTS(STR(?{item.name}), "{value}"))']
    return []


def _name(kind: BuilderKind, language: str) -> list[str]:
    def label(variable: str, tag: str) -> str:
        return f'  OPTIONAL {{ ?{kind.name} skos:prefLabel ?{variable} FILTER(LANG(?{variable}) = "{tag}") }}'

    if language == "en":
        return [label("name", "en")]
    return [label("own", language), label("english", "en"), "  BIND(COALESCE(?own, ?english) AS ?name)"]
