"""Our own classes and properties: named in five languages, defined, and tied to things that exist."""

import re
from collections import Counter

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

COOP = Namespace("https://w3id.org/coopgraph/def/")
QB = Namespace("http://purl.org/linked-data/cube#")
SCHEMA = Namespace("https://schema.org/")
LANGUAGES = ["en", "ja", "ko", "zh-Hans", "zh-Hant"]
TERM_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)


def our_terms(vocabulary: Graph) -> set[URIRef]:
    return {
        term
        for kind in TERM_TYPES
        for term in vocabulary.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(str(COOP))
    }


def languages(graph: Graph, term: URIRef, predicate: URIRef) -> list[str]:
    return sorted(str(o.language) for o in graph.objects(term, predicate) if isinstance(o, Literal))


def test_each_term_has_one_label_in_each_language(vocabulary: Graph) -> None:
    wrong = {term for term in our_terms(vocabulary) if languages(vocabulary, term, SKOS.prefLabel) != LANGUAGES}
    assert our_terms(vocabulary)
    assert not wrong


def test_no_other_name_is_the_label_again(vocabulary: Graph, schemes: Graph) -> None:
    # https://www.w3.org/TR/skos-reference/#S13
    for graph in (vocabulary, schemes):
        assert not set(graph.subject_objects(SKOS.altLabel)) & set(graph.subject_objects(SKOS.prefLabel))


def test_each_term_has_one_definition_in_each_language_and_its_origin(vocabulary: Graph) -> None:
    for term in our_terms(vocabulary):
        assert languages(vocabulary, term, SKOS.definition) == LANGUAGES, term
        assert (term, RDFS.isDefinedBy, URIRef(str(COOP))) in vocabulary, term


def test_each_property_says_its_subject_and_cardinality(vocabulary: Graph) -> None:
    for term in our_terms(vocabulary):
        if str(term).removeprefix(str(COOP))[0].islower():
            notes = [str(note) for note in vocabulary.objects(term, SKOS.scopeNote)]
            assert len(notes) == 1, term
            assert re.match(r"Subject: .+ Cardinality: .+", notes[0]), term


def test_a_property_marked_single_valued_has_cardinality_one(vocabulary: Graph) -> None:
    for term in our_terms(vocabulary):
        note = str(vocabulary.value(term, SKOS.scopeNote))
        if (term, COOP.isSingleValued, Literal(True)) in vocabulary:
            assert note.endswith(("Cardinality: 1.", "Cardinality: 0..1.")), term


@pytest.mark.slow
def test_each_coded_property_names_a_scheme_that_exists(vocabulary: Graph, schemes: Graph) -> None:
    pairs = list(vocabulary.subject_objects(COOP.hasValueScheme))
    assert pairs
    for term, scheme in pairs:
        assert (scheme, RDF.type, SKOS.ConceptScheme) in schemes, term


def test_each_property_that_takes_concepts_is_coded(vocabulary: Graph) -> None:
    for term in vocabulary.subjects(RDFS.range, SKOS.Concept):
        assert (term, COOP.hasValueScheme, None) in vocabulary, term


def test_each_scheme_is_the_value_scheme_of_some_property(vocabulary: Graph, schemes: Graph) -> None:
    used = set(vocabulary.objects(None, COOP.hasValueScheme))
    assert set(schemes.subjects(RDF.type, SKOS.ConceptScheme)) == used


def test_what_a_term_points_to_is_declared(vocabulary: Graph) -> None:
    declared = {*vocabulary.subjects(RDF.type, None), RDFS.Resource}
    links = (RDFS.subClassOf, RDFS.subPropertyOf, SCHEMA.domainIncludes, SCHEMA.rangeIncludes, OWL.disjointWith)
    xsd = "http://www.w3.org/2001/XMLSchema#"
    for term in our_terms(vocabulary):
        for link in (*links, RDFS.range):
            for target in vocabulary.objects(term, link):
                assert target in declared or str(target).startswith(xsd), (term, target)


def test_no_term_of_ours_is_used_undeclared(vocabulary: Graph) -> None:
    used = {node for triple in vocabulary for node in triple if isinstance(node, URIRef)}
    kinds = set(vocabulary.subjects(RDF.type, COOP.EntityKind))
    ours = {node for node in used if node.startswith(str(COOP)) and node != URIRef(str(COOP))}
    assert ours - our_terms(vocabulary) - kinds == set()


def test_the_structure_of_figures_has_each_dimension_and_one_measure(vocabulary: Graph) -> None:
    structure = URIRef("https://w3id.org/coopgraph/dataset/structure")
    parts = list(vocabulary.objects(structure, QB.component))
    counted = Counter(
        str(predicate).removeprefix(str(QB))
        for part in parts
        for predicate in vocabulary.predicates(part, None)
        if predicate in (QB.dimension, QB.measure, QB.attribute)
    )
    dimensions = {term for term in our_terms(vocabulary) if (term, RDF.type, QB.DimensionProperty) in vocabulary}
    listed = {vocabulary.value(part, QB.dimension) for part in parts}
    assert counted["measure"] == 1
    assert dimensions <= listed
    assert sorted(int(str(vocabulary.value(part, QB.order))) for part in parts) == list(range(1, len(parts) + 1))
    assert all(isinstance(part, URIRef) for part in parts)


def test_the_vocabulary_names_its_version_and_licence_and_is_titled_in_five_languages(vocabulary: Graph) -> None:
    dcterms = Namespace("http://purl.org/dc/terms/")
    vocabulary_iri = URIRef(str(COOP))
    assert vocabulary.value(vocabulary_iri, OWL.versionInfo)
    assert vocabulary.value(vocabulary_iri, dcterms.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert languages(vocabulary, vocabulary_iri, dcterms.title) == LANGUAGES
