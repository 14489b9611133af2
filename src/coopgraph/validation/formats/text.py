"""A report for people at a terminal: place, remedy, the line concerned with a mark under it, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from wcwidth import wcswidth

from coopgraph.messages.message import translator
from coopgraph.model.characters import visible
from coopgraph.model.language import in_language
from coopgraph.validation.report import Finding, Report, Severity, SourceLocation

EXCERPT_WIDTH = 100
"""Most columns of a line that are shown, in terminal cells."""

MOST_LISTED = 50
"""Most findings that are shown one by one; where there are more, all are counted by rule."""

_COLOURS: dict[Severity, str] = {"violation": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m"}
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def write(report: Report, lang: str) -> str:
    """Return the report as plain text."""
    return _write(report, lang, lambda text, style: text)


def write_coloured(report: Report, lang: str) -> str:
    """Return the report as text with ANSI colours, for a terminal that shows them."""
    return _write(report, lang, lambda text, style: f"{style}{text}{_PLAIN}")


Paint = Callable[[str, str], str]


def _write(report: Report, lang: str, paint: Paint) -> str:
    lines: list[str] = []
    said = [finding for finding in report.findings if finding.severity != "info"]
    for finding in said[:MOST_LISTED]:
        lines += [*_finding(finding, report, lang, paint), ""]
    if len(said) > MOST_LISTED:
        lines += [*_by_rule(said, report, lang, paint), ""]
    return "\n".join([*lines, *_summary(report, lang, paint)]) + "\n"


def _finding(finding: Finding, report: Report, lang: str, paint: Paint) -> Iterator[str]:
    say = translator(lang)
    severity = {"violation": say("violation"), "warning": say("warning"), "info": say("info")}[finding.severity]
    where = _where(finding.place) if finding.place else say("in no file")
    message = in_language(finding.messages, lang)
    yield f"{paint(where, _BOLD)}: {paint(severity, _COLOURS[finding.severity])}: {visible(message)}"
    if finding.place and finding.place.excerpt:
        yield from _excerpt(finding.place, paint)
    rule = report.rules[finding.rule]
    reason = in_language(rule.descriptions, lang)
    yield paint(f"    {in_language(rule.names, lang)}: {reason} <{rule.iri}>", _DIM)


def _where(place: SourceLocation) -> str:
    return f"{place.path}:{place.line}:{place.column}"


def _excerpt(place: SourceLocation, paint: Paint) -> Iterator[str]:
    """Yield the line and the mark under its column, cut so that the mark is seen; wide characters count twice."""
    # Of a line of any length only what can be shown is looked at.
    skipped = max(0, place.column - 1 - EXCERPT_WIDTH)
    near = place.excerpt[skipped : place.column + EXCERPT_WIDTH]
    text = "".join(character if character.isprintable() else " " for character in near)
    start = place.column - 1 - skipped
    cut = 0
    while _width(text[cut:start]) > EXCERPT_WIDTH // 2:
        cut += 1
    shown = text[cut:]
    while _width(shown) > EXCERPT_WIDTH:
        shown = shown[:-1]
    before = "…" if skipped + cut else ""
    after = "…" if skipped + cut + len(shown) < len(place.excerpt) else ""
    gutter = str(place.line)
    mark = " " * (_width(before) + _width(text[cut:start]))
    yield f"    {paint(gutter + ' │', _DIM)} {before}{shown}{after}"
    yield f"    {paint(' ' * len(gutter) + ' │', _DIM)} {mark}{paint('^', _BOLD)}"


def _width(text: str) -> int:
    return max(wcswidth(text), 0)


def _by_rule(findings: Sequence[Finding], report: Report, lang: str, paint: Paint) -> Iterator[str]:
    """Yield how many findings each rule has, the most first, and where its first one stands."""
    say = translator(lang)
    told = say(
        "Listed: {listed} of {all}. All of them by rule (`--format csv` lists them all):",
        listed=MOST_LISTED,
        all=f"{len(findings):,}",
    )
    yield paint(told, _BOLD)
    numbers = Counter(finding.rule for finding in findings)
    width = len(f"{max(numbers.values()):,}")
    for rule, number in numbers.most_common():
        first = next(finding for finding in findings if finding.rule == rule)
        where = f" {_where(first.place)}" if first.place else ""
        name = in_language(report.rules[rule].names, lang)
        yield f"    {number:>{width},}  {name} ({report.rules[rule].name}){paint(where, _DIM)}"


def _summary(report: Report, lang: str, paint: Paint) -> Iterator[str]:
    say = translator(lang)
    for path in report.left_out:
        yield say("Not checked further, because it cannot be read: {path}", path=path)
    infos = Counter(finding.rule for finding in report.findings if finding.severity == "info")
    for rule, number in sorted(infos.items()):
        name = in_language(report.rules[rule].names, lang)
        yield paint(say("For information: {name}: {number}", name=name, number=number), _DIM)
    yield say(
        "Files: {files}. Triples: {triples}. Violations: {violations}. Warnings: {warnings}.",
        files=f"{report.files:,}",
        triples=f"{report.triples:,}",
        violations=report.count("violation"),
        warnings=report.count("warning"),
    )
    if report.conforms:
        yield paint(say("The data conforms."), "\x1b[1;32m")
    else:
        yield paint(say("The data does not conform."), _COLOURS["violation"])
