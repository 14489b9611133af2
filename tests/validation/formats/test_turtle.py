"""The Turtle report against what SHACL says a validation report is (SHACL 3.6), said as shapes."""

from __future__ import annotations

from pyoxigraph import NamedNode, RdfFormat, parse, serialize
from rdflib import SH, URIRef

from coopgraph.validation.engines import fast
from coopgraph.validation.formats import turtle
from coopgraph.validation.report import Report
from coopgraph.validation.shacl import read_report

REPORT_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix x: <urn:x:> .
x:Report a sh:NodeShape ; sh:targetClass sh:ValidationReport ;
  sh:property [ sh:path sh:conforms ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ] ,
    [ sh:path sh:result ; sh:class sh:ValidationResult ] .
x:Result a sh:NodeShape ; sh:targetClass sh:ValidationResult ; sh:targetObjectsOf sh:result ;
  sh:property [ sh:path sh:focusNode ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path sh:resultPath ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path sh:value ; sh:maxCount 1 ] ,
    [ sh:path sh:sourceShape ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:BlankNodeOrIRI ] ,
    [ sh:path sh:sourceConstraintComponent ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path sh:resultSeverity ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( sh:Violation sh:Warning sh:Info ) ] ,
    [ sh:path sh:resultMessage ; sh:minCount 1 ; sh:uniqueLang true ; sh:or ( x:Plain x:Tagged ) ] .
x:Plain sh:datatype xsd:string .
x:Tagged sh:datatype <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .
"""


def n_triples(document: str) -> bytes:
    return serialize(parse(document.encode(), format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES) or b""


def test_the_report_is_a_valid_w3c_report(report: Report, empty: Report) -> None:
    for each in (report, empty):
        assert read_report(fast.validate(n_triples(REPORT_SHAPES), n_triples(turtle.write(each, "en")))) == ()


def test_the_shapes_of_a_report_can_fail(report: Report) -> None:
    broken = turtle.write(report, "en").replace("sh:resultSeverity sh:Warning", "sh:resultSeverity 1")
    assert len(read_report(fast.validate(n_triples(REPORT_SHAPES), n_triples(broken)))) == 1


def test_reading_the_report_gives_the_findings_back(report: Report) -> None:
    results = read_report(n_triples(turtle.write(report, "en")))
    assert {(r.focus, r.path, r.value, str(r.shape), r.component.value) for r in results} == {
        (f.focus, f.path, f.value, f"<{f.rule}>", f.component) for f in report.findings
    }


def test_messages_come_in_all_languages_with_their_tags_as_written(report: Report) -> None:
    written = turtle.write(report, "en")
    for tag in ("@en", "@ko", "@ja", "@zh-Hans", "@zh-Hant"):
        assert tag in written


def test_the_same_report_gives_the_same_text(report: Report) -> None:
    assert turtle.write(report, "en") == turtle.write(report, "ko")


def test_only_a_report_without_any_result_conforms_in_the_sense_of_shacl(report: Report, empty: Report) -> None:
    assert "sh:conforms false" in turtle.write(report, "en")
    assert "sh:conforms true" in turtle.write(empty, "en")


def test_every_shacl_term_of_the_report_exists(report: Report) -> None:
    for quad in parse(turtle.write(report, "en").encode(), format=RdfFormat.TURTLE):
        for term in (quad.predicate, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(str(SH)):
                assert URIRef(term.value) in dir(SH)
