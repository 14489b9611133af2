"""Query builder: a SPARQL query from a kind of things, filters with values, and columns; nobody need write it.

What can be asked is the table :data:`BUILDER_KINDS`; a value goes into a query only where it is a local name or a year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from coopgraph.messages.message import Message

_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class BuilderFilter:
    """A filter: the path from a thing to a concept with ``prefix``; without one to a date, of which the year counts.

    A broader concept stands for all within it.
    """

    name: str
    label: Message
    path: str
    prefix: str = ""
    within: bool = True


@dataclass(frozen=True, slots=True)
class BuilderColumn:
    """A column: its variable, its label, and the path from a thing to its values."""

    name: str
    label: Message
    path: str


@dataclass(frozen=True, slots=True)
class BuilderKind:
    """A kind of things that can be asked for: its name in the form, label, class, filters and columns.

    ``named``: each has a name of its own, which is the first column.
    """

    name: str
    label: Message
    of_class: str
    filters: tuple[BuilderFilter, ...]
    columns: tuple[BuilderColumn, ...]
    named: bool = True

    def shown(self, wanted: Collection[str]) -> tuple[BuilderColumn, ...]:
        """Return the columns wanted; all of them where none is."""
        return tuple(column for column in self.columns if column.name in wanted) or self.columns


_AREA, _TYPE, _CONDUCT = Message("Area"), Message("Type"), Message("Conduct")

BUILDER_KINDS: Mapping[str, BuilderKind] = {
    kind.name: kind
    for kind in (
        BuilderKind(
            "service",
            Message("Services"),
            "coop:Service",
            (
                BuilderFilter("area", _AREA, "coop:servesArea", "area"),
                BuilderFilter("type", _TYPE, "coop:hasServiceType", "st"),
                BuilderFilter("conduct", _CONDUCT, "coop:coversConduct", "cd"),
                BuilderFilter("language", Message("Language"), "coop:hasAvailableLanguage", "lang"),
                BuilderFilter("cost", Message("Cost"), "coop:hasCost", "cost"),
            ),
            (
                BuilderColumn("provider", Message("Provider"), "coop:isProvidedBy"),
                BuilderColumn("type", _TYPE, "coop:hasServiceType"),
                BuilderColumn("area", _AREA, "coop:servesArea"),
                BuilderColumn("telephone", Message("Telephone"), "coop:isAvailableThrough/coop:telephone"),
                BuilderColumn("language", Message("Language"), "coop:hasAvailableLanguage"),
                BuilderColumn("cost", Message("Cost"), "coop:hasCost"),
            ),
        ),
        BuilderKind(
            "organization",
            Message("Organizations"),
            "coop:Organization",
            (
                BuilderFilter("area", _AREA, "coop:isBasedIn", "area"),
                BuilderFilter("type", _TYPE, "coop:hasOrganizationType", "ot"),
                BuilderFilter("year", Message("Founded in"), "coop:foundingDate"),
            ),
            (
                BuilderColumn("type", _TYPE, "coop:hasOrganizationType"),
                BuilderColumn("area", _AREA, "coop:isBasedIn"),
                BuilderColumn("founded", Message("Founded"), "coop:foundingDate"),
                BuilderColumn("homepage", Message("Homepage"), "foaf:homepage"),
            ),
        ),
        BuilderKind(
            "law",
            Message("Laws"),
            "coop:Law",
            (
                BuilderFilter("area", _AREA, "eli:jurisdiction", "area"),
                BuilderFilter("conduct", _CONDUCT, "coop:criminalizes", "cd"),
                BuilderFilter("year", Message("In force since"), "coop:effectiveDate"),
            ),
            (
                BuilderColumn("area", _AREA, "eli:jurisdiction"),
                BuilderColumn("conduct", _CONDUCT, "coop:criminalizes"),
                BuilderColumn("effective", Message("In force since"), "coop:effectiveDate"),
                BuilderColumn("penalty", Message("Penalty"), "coop:maximumPenalty"),
            ),
        ),
        BuilderKind(
            "figure",
            Message("Figures"),
            "coop:Observation",
            (
                BuilderFilter("indicator", Message("Indicator"), "coop:hasIndicator", "ind", within=False),
                BuilderFilter("area", _AREA, "sdmx-dimension:refArea", "area"),
                BuilderFilter("year", Message("Year"), "sdmx-dimension:refPeriod/coop:startDate"),
            ),
            (
                BuilderColumn("organization", Message("Organization"), "coop:refersToOrganization"),
                BuilderColumn("indicator", Message("Indicator"), "coop:hasIndicator"),
                BuilderColumn("part", Message("Part"), "coop:hasBreakdown"),
                BuilderColumn("period", Message("Period"), "sdmx-dimension:refPeriod"),
                BuilderColumn("value", Message("Value"), "sdmx-measure:obsValue"),
                BuilderColumn("source", Message("Source"), "coop:hasEvidence/coop:isQuotedFrom"),
            ),
            named=False,
        ),
    )
}


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
