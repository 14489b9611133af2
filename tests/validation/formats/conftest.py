"""One report with everything a writer may meet."""

from __future__ import annotations

import pytest

from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.validation.report import Finding, Report, Rule, Severity, SourceLocation

SHAPE = "https://w3id.org/coopgraph/shape/"
WORDS = {
    "en": "Write a name, 100% sure: {?value}",
    "ko": "이름을 적어 주세요",
    "ja": "名前を書いてください",
    "zh-Hans": "请写名称",
    "zh-Hant": "請寫名稱",
}


def rule(name: str, severity: Severity) -> Rule:
    texts = {tag: f"{name} {tag}" for tag in LANGUAGES}
    return Rule(SHAPE + name, severity, texts, texts, WORDS)


def finding(of: Rule, place: SourceLocation | None, value: Term | None, message: str = "") -> Finding:
    messages = {**WORDS, "en": message or WORDS["en"].replace("{?value}", "x")}
    focus, path = (
        NamedNode("https://w3id.org/coopgraph/id/org/a"),
        NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
    )
    component = "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
    return Finding(of.iri, of.severity, messages, focus, path, value, place, component)


@pytest.fixture
def report() -> Report:
    """A violation with a wide line, a warning whose message begins like a formula, a note without a place."""
    rules = [rule("Broken", "violation"), rule("Doubtful", "warning"), rule("Known", "info"), rule("Kept", "violation")]
    wide = SourceLocation("data/org/a, b:c.ttl", 7, 14, 'o:가 coop:이름 "값"@ko ;')
    findings = (
        finding(rules[0], wide, Literal("값", language="ko"), "Two\nlines, 100%: mend <this> & “that”"),
        finding(
            rules[1], SourceLocation("data/org/a.ttl", 9, 1, "x"), Literal("=1+1"), '=HYPERLINK("https://example.org")'
        ),
        finding(rules[2], None, None),
    )
    return Report(findings, 3, 4567, "fast", {item.iri: item for item in rules}, ("data/org/z.ttl",))


@pytest.fixture
def empty() -> Report:
    """A report with nothing to say."""
    kept = rule("Kept", "violation")
    return Report((), 3, 4567, "fast", {kept.iri: kept})
