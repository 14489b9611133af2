"""Kinds of things that the query builder asks for: of each its class, what narrows it, and what its rows tell.

:data:`BUILDER_KINDS` is the whole of what can be asked; :mod:`query_builder` writes the query.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from coopgraph.messages.message import Message


@dataclass(frozen=True, slots=True)
class BuilderFilter:
    """A filter: the path from a thing to a concept with ``prefix``; without one to a date, of which the year counts.

    A broader concept stands for all ``within`` it. ``facet`` is the one of :mod:`collection` that knows which concepts
    the things of a release have; without one, every concept can be chosen.
    """

    name: str
    label: Message
    path: str
    prefix: str = ""
    facet: str = ""
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

    ``segment`` is its path segment. ``named``: each thing has a name of its own, which is the first column.
    """

    name: str
    segment: str
    label: Message
    of_class: str
    filters: tuple[BuilderFilter, ...]
    columns: tuple[BuilderColumn, ...]
    named: bool = True

    def shown(self, wanted: Collection[str]) -> tuple[BuilderColumn, ...]:
        """Return the columns wanted; all of them where none is."""
        return tuple(column for column in self.columns if column.name in wanted) or self.columns


_AREA, _TYPE, _CONDUCT = Message("Area"), Message("Type"), Message("Conduct")

_SERVICE = BuilderKind(
    name="service",
    segment="service",
    label=Message("Services"),
    of_class="coop:Service",
    filters=(
        BuilderFilter("area", _AREA, "coop:servesArea", "area", "area"),
        BuilderFilter("type", _TYPE, "coop:hasServiceType", "st", "service"),
        BuilderFilter("conduct", _CONDUCT, "coop:coversConduct", "cd", "conduct"),
        BuilderFilter("language", Message("Language"), "coop:hasAvailableLanguage", "lang", "language"),
        BuilderFilter("cost", Message("Cost"), "coop:hasCost", "cost"),
    ),
    columns=(
        BuilderColumn("provider", Message("Provider"), "coop:isProvidedBy"),
        BuilderColumn("type", _TYPE, "coop:hasServiceType"),
        BuilderColumn("area", _AREA, "coop:servesArea"),
        BuilderColumn("telephone", Message("Telephone"), "coop:isAvailableThrough/coop:telephone"),
        BuilderColumn("language", Message("Language"), "coop:hasAvailableLanguage"),
        BuilderColumn("cost", Message("Cost"), "coop:hasCost"),
    ),
)

_ORGANIZATION = BuilderKind(
    name="organization",
    segment="org",
    label=Message("Organizations"),
    of_class="coop:Organization",
    filters=(
        BuilderFilter("area", _AREA, "coop:isBasedIn", "area", "area"),
        BuilderFilter("type", _TYPE, "coop:hasOrganizationType", "ot", "kind"),
        BuilderFilter("year", Message("Founded in"), "coop:foundingDate"),
    ),
    columns=(
        BuilderColumn("type", _TYPE, "coop:hasOrganizationType"),
        BuilderColumn("area", _AREA, "coop:isBasedIn"),
        BuilderColumn("founded", Message("Founded"), "coop:foundingDate"),
        BuilderColumn("homepage", Message("Homepage"), "foaf:homepage"),
    ),
)

_LAW = BuilderKind(
    name="law",
    segment="law",
    label=Message("Laws"),
    of_class="coop:Law",
    filters=(
        BuilderFilter("area", _AREA, "eli:jurisdiction", "area", "area"),
        BuilderFilter("conduct", _CONDUCT, "coop:criminalizes", "cd", "conduct"),
        BuilderFilter("year", Message("In force since"), "coop:effectiveDate"),
    ),
    columns=(
        BuilderColumn("area", _AREA, "eli:jurisdiction"),
        BuilderColumn("conduct", _CONDUCT, "coop:criminalizes"),
        BuilderColumn("effective", Message("In force since"), "coop:effectiveDate"),
        BuilderColumn("penalty", Message("Penalty"), "coop:maximumPenalty"),
    ),
)

_FIGURE = BuilderKind(
    name="figure",
    segment="figure",
    label=Message("Figures"),
    of_class="coop:Observation",
    filters=(
        BuilderFilter("indicator", Message("Indicator"), "coop:hasIndicator", "ind", "kind", within=False),
        BuilderFilter("area", _AREA, "sdmx-dimension:refArea", "area", "area"),
        BuilderFilter("year", Message("Year"), "sdmx-dimension:refPeriod/coop:startDate"),
    ),
    columns=(
        BuilderColumn("organization", Message("Organization"), "coop:refersToOrganization"),
        BuilderColumn("indicator", Message("Indicator"), "coop:hasIndicator"),
        BuilderColumn("part", Message("Part"), "coop:hasBreakdown"),
        BuilderColumn("period", Message("Period"), "sdmx-dimension:refPeriod"),
        BuilderColumn("value", Message("Value"), "sdmx-measure:obsValue"),
        BuilderColumn("source", Message("Source"), "coop:hasEvidence/coop:isQuotedFrom"),
    ),
    named=False,
)

BUILDER_KINDS: Mapping[str, BuilderKind] = {kind.name: kind for kind in (_SERVICE, _ORGANIZATION, _LAW, _FIGURE)}
"""The kinds that can be asked for, by name, in the order in which they are offered."""
