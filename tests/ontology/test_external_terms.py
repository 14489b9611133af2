"""Terms from other vocabularies: each exists where it says it comes from, and is named here in five languages."""

import os
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef, namespace

ROOT = Path(__file__).resolve().parents[2]
EXTERNAL = Graph().parse(ROOT / "ontology" / "external.ttl")
TERMS = sorted(str(term) for term in set(EXTERNAL.subjects()))
SHARED = Path(os.environ.get("SHARED_FOLDER", ROOT.parent / "shared")) / "vocab"
LANGUAGES = ["en", "ja", "ko", "zh-Hans", "zh-Hant"]
OUR_BASE = "https://w3id.org/coopgraph/"
BUNDLED = ("DCTERMS", "FOAF", "ORG", "OWL", "PROV", "QB", "RDF", "RDFS", "SDO", "SH", "SKOS", "TIME", "VANN")


@cache
def reference_subjects() -> frozenset[str]:
    """The subjects of every reference vocabulary in the shared folder."""
    return frozenset(
        quad.subject.value
        for file in sorted(SHARED.glob("*.ttl"))
        for quad in parse(path=file, format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
    )


def origin_of(term: str) -> str:
    return str(EXTERNAL.value(URIRef(term), RDFS.isDefinedBy))


def test_each_term_exists_in_its_vocabulary() -> None:
    """Where the reference vocabularies do not lie beside this checkout, only those that rdflib has are looked at."""
    bundled = {str(vocabulary): vocabulary for vocabulary in (getattr(namespace, name) for name in BUNDLED)}
    for term in TERMS:
        origin = origin_of(term)
        assert term.startswith(origin)
        if SHARED.is_dir():
            assert term in reference_subjects()
        elif origin in bundled:
            assert URIRef(term) in bundled[origin]


def test_each_term_is_typed_and_named_once_in_each_language() -> None:
    assert len(TERMS) > 50
    for term in map(URIRef, TERMS):
        labels = sorted(str(o.language) for o in EXTERNAL.objects(term, SKOS.prefLabel) if isinstance(o, Literal))
        assert labels == LANGUAGES, term
        assert len(list(EXTERNAL.objects(term, RDF.type))) == 1, term


def external_terms_used(file: Path) -> set[str]:
    """The predicates, classes and claimed properties of a file that are not ours."""
    used: set[str] = set()
    for quad in parse(path=file, format=RdfFormat.TURTLE):
        used.add(quad.predicate.value)
        if quad.predicate.value in (str(RDF.type), str(RDF.predicate)) and isinstance(quad.object, NamedNode):
            used.add(quad.object.value)
    return {term for term in used if not term.startswith(OUR_BASE)} - {str(RDF.first), str(RDF.rest)}


@pytest.mark.parametrize("room", ["ontology", "data"])
def test_every_term_from_elsewhere_that_is_used_is_declared(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.ttl"))
    assert files
    used = {term: file for file in files for term in external_terms_used(file)}
    missing = {term: str(file.relative_to(ROOT)) for term, file in used.items() if term not in TERMS}
    assert not missing


def test_what_our_terms_are_built_on_is_declared(vocabulary: Graph) -> None:
    targets = {
        str(target)
        for link in (RDFS.subClassOf, RDFS.subPropertyOf)
        for target in vocabulary.objects(None, link)
        if not str(target).startswith(OUR_BASE)
    }
    assert targets <= set(TERMS)
