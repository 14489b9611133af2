"""Validation report: findings with their rule, place and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Literal

from coopgraph.rdf.terms import NamedNode, Term

Severity = Literal["violation", "warning", "info"]
"""A violation blocks publishing, a warning is shown, an info is counted."""

SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
"""All severities, gravest first."""

LONGEST_EXCERPT = 1_000
"""Characters of a line that a report gives beside a finding."""


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """Where something stands: path of the file as the reader knows it, line and column (both from 1, in characters).

    ``excerpt`` is the whole line without its end; it is empty where the file as such is meant.
    """

    path: str
    line: int
    column: int
    excerpt: str

    @property
    def near(self) -> str:
        """The line as a report gives it: of a very long one, which many findings may share, what is by its column."""
        if len(self.excerpt) <= LONGEST_EXCERPT:
            return self.excerpt
        start = max(0, self.column - 1 - LONGEST_EXCERPT // 2)
        shown = self.excerpt[start : start + LONGEST_EXCERPT]
        return f"{'…' if start else ''}{shown}{'…' if start + len(shown) < len(self.excerpt) else ''}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape or file rule: its IRI, severity, and its name, reason and remedy by language tag.

    ``messages`` may hold placeholders, ``{?value}``, ``{?path}`` and ``{$this}``.
    """

    iri: str
    severity: Severity
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    messages: Mapping[str, str]

    @property
    def name(self) -> str:
        """The last part of the IRI: ``OrgBasedIn``."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule.

    ``messages`` are the rule's, filled for this finding, by language tag. ``focus`` is the node concerned, ``path`` the
    property and ``value`` the value, where there are any. ``place`` is None only for what stands in no file.
    ``component`` is the IRI of the SHACL constraint component.
    """

    rule: str
    severity: Severity
    messages: Mapping[str, str]
    focus: Term
    path: NamedNode | None
    value: Term | None
    place: SourceLocation | None
    component: str


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one check, ordered by file, line, column, severity and rule.

    ``files`` and ``triples`` count what was checked; ``left_out`` names the files that could not be read and therefore
    were not checked further. ``rules`` holds every rule that was applied, by IRI. ``counts`` are those of the whole
    check where only a part of its findings is listed.
    """

    findings: tuple[Finding, ...]
    files: int
    triples: int
    engine: str
    rules: Mapping[str, Rule]
    left_out: tuple[str, ...] = ()
    counts: Mapping[Severity, int] | None = None

    @property
    def conforms(self) -> bool:
        """Whether there is no violation."""
        return self.count("violation") == 0

    def count(self, severity: Severity) -> int:
        """Return the number of findings of this severity."""
        if self.counts is not None:
            return self.counts[severity]
        return sum(finding.severity == severity for finding in self.findings)

    def only(self, severity: Severity) -> Report:
        """Return the report that lists the findings of this severity alone; what it counts stays."""
        listed = tuple(finding for finding in self.findings if finding.severity == severity)
        return replace(self, findings=listed, counts={each: self.count(each) for each in SEVERITIES})


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of a report, each thing said once."""
    return tuple(finding for _, finding in sorted({_order(item): item for item in findings}.items(), key=itemgetter(0)))


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    return (
        *((place.path, place.line, place.column) if place else ("", 0, 0)),
        SEVERITIES.index(finding.severity),
        finding.rule,
        str(finding.focus),
        str(finding.path),
        str(finding.value),
    )
