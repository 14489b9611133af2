from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.errors import Gone, NotFound
from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP, RDF, SH, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.description import Moved, describe_resource, present
from coopgraph.reading.source import ReleaseSource
from coopgraph.settings import Settings
from coopgraph.web.app import create_app

FATES = f"""
@prefix coop: <{BASE}def/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix o: <{BASE}id/org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
o:new a coop:Organization .
o:old dcterms:isReplacedBy o:new .
o:unsafe owl:deprecated true ; skos:editorialNote "Withdrawn to protect people."@en .
coop:oldTerm owl:deprecated true ; a owl:ObjectProperty .
coop: sh:declare [ sh:prefix "coop" ] .
"""


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    place = tmp_path_factory.mktemp("fates") / "fates.ttl"
    place.write_text(FATES, encoding="utf-8")
    built = context.of_files(Settings(workers=1), [place])
    yield replace(built, releases=True)
    built.close()


def test_a_renamed_entity_names_its_successor(fates: AppContext) -> None:
    with pytest.raises(Moved) as raised:
        describe_resource(ReleaseSource.of(fates.query_service), BASE + "id/org/old")
    assert raised.value.successor == BASE + "id/org/new"
    response = create_app(fates).test_client().get("/id/org/old")
    assert (response.status_code, response.headers["Location"]) == (301, "/id/org/new")
    response = create_app(fates).test_client().get("/doc/org/old")
    assert (response.status_code, response.headers["Location"]) == (301, "/doc/org/new")


def test_who_reads_on_after_a_withdrawal_is_told_why_on_a_page_in_their_language(fates: AppContext) -> None:
    response = create_app(fates).test_client().get("/ko/doc/org/unsafe", headers={"Accept": "text/html"})
    assert (response.status_code, response.content_type) == (410, "text/html; charset=utf-8")
    assert '<html lang="ko"' in response.text
    assert "protect people" in response.text


def test_a_withdrawn_entity_is_gone_with_the_public_reason(fates: AppContext) -> None:
    with pytest.raises(Gone, match="protect people"):
        describe_resource(ReleaseSource.of(fates.query_service), BASE + "id/org/unsafe")
    for path in ("/id/org/unsafe", "/doc/org/unsafe", "/doc/org/unsafe.ttl"):
        response = create_app(fates).test_client().get(path)
        assert response.status_code == 410
        assert "protect people" in response.text


def test_a_deprecated_term_of_the_vocabulary_is_still_described(fates: AppContext) -> None:
    assert describe_resource(ReleaseSource.of(fates.query_service), BASE + "def/oldTerm", "flat").graph.triples


@pytest.mark.parametrize("name", ["nobody", "a b", "<script>", 'x"y', "a}b", "\x00", "ü", "%zz"])
def test_an_address_that_is_no_iri_or_unknown_is_not_found(fates: AppContext, name: str) -> None:
    with pytest.raises(NotFound):
        present(ReleaseSource.of(fates.query_service), f"{BASE}id/org/{name}")
    assert create_app(fates).test_client().get(f"/id/org/{name}").status_code == 404


def test_the_slice_of_an_organization_reaches_from_claims_to_documents_and_from_services_to_channels(
    app_context: AppContext,
) -> None:
    description = describe_resource(ReleaseSource.of(app_context.query_service), BASE + "id/org/lantern")
    graph, node = description.graph, description.node
    claims = graph.subjects(RDF.subject, node)
    citations = {link for claim in claims for link in graph.links(claim, COOP.hasEvidence)}
    assert claims
    assert citations
    assert all(graph.literals(citation, COOP.quote) for citation in citations)
    sources = {link for citation in citations for link in graph.links(citation, COOP.isQuotedFrom)}
    assert all(graph.is_a(source, COOP.SourceDocument) for source in sources)
    (service,) = graph.subjects(COOP.isProvidedBy, node)
    (channel,) = graph.links(service, COOP.isAvailableThrough)
    assert graph.plain(channel, COOP.telephone)
    figure = NamedNode(BASE + "id/figure/lantern.2020.assistance-cases")
    (defect,) = graph.links(figure, COOP.isAffectedBy)
    assert graph.literals(defect, COOP.rationale)
    assert graph.literals(NamedNode(BASE + "id/area/jp"), SKOS.prefLabel)


def test_a_concept_is_described_without_the_thousands_of_statements_ranked_by_it(app_context: AppContext) -> None:
    description = describe_resource(ReleaseSource.of(app_context.query_service), BASE + "id/concept/rank/normal")
    assert not description.graph.subjects(COOP.hasRank, description.node)
    assert description.graph.literals(description.node, SKOS.prefLabel)


def test_a_blank_node_of_a_thing_is_described_once(fates: AppContext) -> None:
    graph = describe_resource(ReleaseSource.of(fates.query_service), BASE + "def/").graph
    declared = graph.values(NamedNode(BASE + "def/"), SH.declare)
    assert [graph.plain(node, SH.prefix) for node in declared] == ["coop"]  # type: ignore[arg-type]
