"""EARL report of the W3C's tests (https://www.w3.org/TR/EARL10-Schema/), a file of each release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.model.conformance import REASONS, SUITE_NAMES, Suite
from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import DCTERMS, RDF, Namespace
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple

_EARL = Namespace("http://www.w3.org/ns/earl#")
EARL_PREFIXES = {"dcterms": str(DCTERMS), "earl": str(_EARL)}
"""Prefixes for writing the report."""


def earl(suites: Iterable[Suite]) -> Iterator[Triple]:
    """Yield an assertion for each test of ``suites``; one that does not pass tells why."""
    project = NamedNode(BASE)
    for suite in suites:
        subject = NamedNode(f"{BASE}about/conformance#{suite.key}")
        yield Triple(subject, RDF.type, _EARL.Software)
        yield Triple(subject, DCTERMS.term("title"), Literal(f"coopgraph: {SUITE_NAMES[suite.key].id}", language="en"))
        outcomes = [(name, "passed", "") for name in suite.passed]
        outcomes += [(name, "failed", reason) for name, reason in suite.failed.items()]
        outcomes += [(name, "inapplicable", reason) for name, reason in suite.inapplicable.items()]
        for number, (name, outcome, reason) in enumerate(outcomes):
            assertion, result = (BlankNode(f"{suite.key}-{part}{number}") for part in ("a", "r"))
            yield Triple(assertion, RDF.type, _EARL.Assertion)
            yield Triple(assertion, _EARL.assertedBy, project)
            yield Triple(assertion, _EARL.mode, _EARL.automatic)
            yield Triple(assertion, _EARL.subject, subject)
            yield Triple(assertion, _EARL.test, NamedNode(suite.stem + name))
            yield Triple(assertion, _EARL.result, result)
            yield Triple(result, RDF.type, _EARL.TestResult)
            yield Triple(result, _EARL.outcome, _EARL.term(outcome))
            if reason:
                yield Triple(result, _EARL.info, Literal(REASONS[reason].id, language="en"))
