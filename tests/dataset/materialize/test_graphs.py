"""What the build makes of a tree: the rules of each step, and the laws of the whole."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest
from pyld import jsonld

from coopgraph.dataset.materialize.figures import DIMENSIONS
from coopgraph.dataset.materialize.graphs import FILLED, MaterializedGraphs, materialize
from coopgraph.dataset.tree import Tree, TreeContent, read_tree
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import QB, RDF
from tests.dataset.conftest import ROOT, claim, has, triples

Fill = Callable[[str], MaterializedGraphs]


@pytest.fixture(scope="module")
def ours() -> Tree:
    return Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")


@pytest.fixture(scope="module")
def content(ours: Tree) -> TreeContent:
    return read_tree(ours)


@pytest.fixture(scope="module")
def whole(content: TreeContent) -> MaterializedGraphs:
    return materialize(content)


def test_every_triple_of_the_files_is_in_exactly_one_graph(content: TreeContent, whole: MaterializedGraphs) -> None:
    curated = {quad.triple for quads in content.quads.values() for quad in quads}
    in_graphs = [triple for triples in whole.graphs.values() for triple in triples]
    assert curated <= set(in_graphs)
    records = {quad.triple for file in content.files if file.graph == "records" for quad in content.quads[file.path]}
    times = Counter(in_graphs)
    assert {times[triple] for triple in records} == {1}


def test_what_no_file_holds_has_an_origin_that_a_file_holds(content: TreeContent, whole: MaterializedGraphs) -> None:
    curated = {quad.triple for quads in content.quads.values() for quad in quads}
    made = {triple for graph in whole.graphs.values() for triple in graph} - curated
    assert whole.origin.keys() == made
    assert set(whole.origin.values()) <= curated


@pytest.mark.slow
def test_the_order_of_the_files_does_not_matter(content: TreeContent, whole: MaterializedGraphs) -> None:
    backwards = dataclasses.replace(content, files=content.files[::-1])
    assert canonical_nquads(whole.quads()) == canonical_nquads(materialize(backwards).quads())


def test_graphs_are_those_of_a_release_each_sorted_without_repetition(whole: MaterializedGraphs) -> None:
    assert tuple(whole.graphs) == FILLED
    for graph in whole.graphs.values():
        assert list(graph) == sorted(set(graph), key=str)
    assert sum(len(graph) for graph in whole.graphs.values()) == len(list(whole.quads()))


def test_another_implementation_names_the_blank_nodes_of_the_tree_alike(whole: MaterializedGraphs) -> None:
    lines = canonical_nquads(whole.quads()).decode().splitlines(keepends=True)
    unnamed = "".join(line for line in lines if "_:c14n" in line)
    options = {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"}
    assert unnamed
    assert jsonld.normalize(unnamed, options) == unnamed


def test_a_tree_without_data_fills_without_records(tree: Tree) -> None:
    filled = materialize(read_tree(tree))
    assert (filled.graphs["records"], filled.graphs["asserted"], filled.graphs["derived"]) == ((), (), ())


def test_qualities_left_out_get_their_usual_value_and_written_ones_stay(filled: Fill) -> None:
    records = filled(
        claim("a.n.1", "o:a", "skos:prefLabel", '"A"@en', "; coop:hasRank rank:preferred")
        + "svc:a.b a coop:Service . cite:page.p1 a coop:Citation ."
    ).graphs["records"]
    assert has(records, "c:a.n.1 coop:hasBasis basis:stated ; coop:hasVerification ver:unchecked .")
    assert has(records, "svc:a.b coop:hasBasis basis:stated ; coop:hasRank rank:normal .")
    assert not has(records, "c:a.n.1 coop:hasRank rank:normal .")
    assert not has(records, "cite:page.p1 coop:hasRank rank:normal .")


def test_of_rival_claims_the_preferred_is_asserted_and_the_deprecated_never(filled: Fill) -> None:
    asserted = filled(
        claim("a.d.1", "o:a", "coop:foundingDate", '"1999"^^xsd:gYear')
        + claim("a.d.2", "o:a", "coop:foundingDate", '"2000"^^xsd:gYear', "; coop:hasRank rank:preferred")
        + claim("a.d.3", "o:a", "coop:foundingDate", '"2001"^^xsd:gYear', "; coop:hasRank rank:deprecated")
        + claim("b.d.1", "o:b", "coop:foundingDate", '"1999"^^xsd:gYear', "; coop:hasRank rank:deprecated")
    ).graphs["asserted"]
    assert triples('o:a coop:foundingDate "2000"^^xsd:gYear .') == {
        triple for triple in asserted if triple.predicate.value.endswith("foundingDate")
    }


def test_each_language_of_a_name_has_its_own_rivals(filled: Fill) -> None:
    asserted = filled(
        claim("a.n.1", "o:a", "skos:prefLabel", '"A"@en', "; coop:hasRank rank:preferred")
        + claim("a.n.2", "o:a", "skos:prefLabel", '"B"@en')
        + claim("a.n.3", "o:a", "skos:prefLabel", '"甲"@zh-Hant')
        + claim("a.n.4", "o:a", "skos:prefLabel", '"甲"@ja')
    ).graphs["asserted"]
    assert has(asserted, 'o:a skos:prefLabel "A"@en , "甲"@zh-Hant , "甲"@ja .')
    assert not has(asserted, 'o:a skos:prefLabel "B"@en .')


def test_claims_of_equal_rank_are_all_asserted(filled: Fill) -> None:
    asserted = filled(
        claim("a.w.1", "o:a", "coop:worksOn", "tp:x") + claim("a.w.2", "o:a", "coop:worksOn", "tp:y")
    ).graphs["asserted"]
    assert has(asserted, "o:a coop:worksOn tp:x , tp:y .")


def test_a_claim_without_its_three_parts_asserts_nothing(filled: Fill) -> None:
    asserted = filled(
        "c:a.n.1 a coop:Claim ; rdf:subject o:a ; rdf:predicate skos:prefLabel .\n"
        'c:a.n.2 a coop:Claim ; rdf:subject o:a ; rdf:predicate "name" ; rdf:object "A"@en .\n'
        'c:a.n.3 a coop:Claim ; rdf:subject "a" ; rdf:predicate skos:prefLabel ; rdf:object "A"@en .\n'
        + claim("a.n.4", "o:a", "skos:prefLabel", '"A"@en , "B"@en')
    ).graphs["asserted"]
    assert all(triple.predicate == RDF.type for triple in asserted)


def test_an_asserted_triple_leads_back_to_its_claim(filled: Fill) -> None:
    origin = filled(claim("a.w.1", "o:a", "coop:worksOn", "tp:x")).origin
    (made,) = triples("o:a coop:worksOn tp:x .")
    assert {origin[made]} == triples("c:a.w.1 rdf:object tp:x .")


def test_an_official_title_makes_an_expression_and_other_names_do_not(filled: Fill) -> None:
    official = "; coop:hasLabelOrigin lo:original"
    asserted = filled(
        claim("a.n.1", "law:a", "skos:prefLabel", '"條例"@zh-Hant', official)
        + claim("a.n.2", "law:a", "skos:prefLabel", '"Act"@en', "; coop:hasLabelOrigin lo:editorial-translation")
        + claim("o.n.1", "o:o", "skos:prefLabel", '"協會"@zh-Hant', official)
    ).graphs["asserted"]
    expression = 'expr:a.zh-hant a eli:LegalExpression ; eli:realizes law:a ; eli:title "條例"@zh-Hant ; '
    assert has(asserted, expression + 'skos:prefLabel "條例"@zh-Hant .')
    assert {t.subject for t in asserted if "expression" in str(t.subject)} == {
        t.subject for t in triples("expr:a.zh-hant a eli:LegalExpression .")
    }


def test_services_of_public_bodies_are_public_services(filled: Fill) -> None:
    asserted = filled(
        "svc:a.x a coop:Service ; coop:isProvidedBy o:a . svc:b.x a coop:Service ; coop:isProvidedBy o:b .\n"
        "svc:c.x a coop:Service ; coop:isProvidedBy o:c .\n"
        + claim("a.t.1", "o:a", "coop:hasOrganizationType", "ot:ministry")
        + claim("b.t.1", "o:b", "coop:hasOrganizationType", "ot:ngo")
        + claim("c.t.1", "o:c", "coop:hasOrganizationType", "ot:public-institution")
    ).graphs["asserted"]
    assert has(asserted, "svc:a.x a cpsv:PublicService . svc:c.x a cpsv:PublicService .")
    assert not has(asserted, "svc:b.x a cpsv:PublicService .")


def test_links_outward_are_moved_to_the_mappings(filled: Fill) -> None:
    graphs = filled("tp:x skos:exactMatch wd:Q1 . o:a a coop:Organization ; schema:sameAs wd:Q2 .").graphs
    assert has(graphs["mappings"], "tp:x skos:exactMatch wd:Q1 . o:a schema:sameAs wd:Q2 .")
    assert not has(graphs["records"], "o:a schema:sameAs wd:Q2 .")
    assert any("exactMatch" in str(triple.predicate) for triple in graphs["mappings"] if "area/" in str(triple.subject))
    assert not any("exactMatch" in str(triple.predicate) for triple in graphs["schemes"])


def test_computed_figures_stand_in_the_graph_of_what_is_computed(filled: Fill) -> None:
    graphs = filled("der:a.x a coop:DerivedObservation ; coop:refersToOrganization o:a .").graphs
    assert has(graphs["derived"], "der:a.x a coop:DerivedObservation ; qb:dataSet ds:derived .")
    assert not any("derived/" in str(triple.subject) for triple in graphs["records"])
    assert has(graphs["inferred"], "der:a.x a qb:Observation ; coop:refersTo o:a .")


def test_a_cell_is_made_of_the_dimensions_that_the_vocabulary_declares(content: TreeContent) -> None:
    vocabulary = Index(quad.triple for quad in content.quads["ontology/figures.ttl"])
    assert {dimension for _, dimension in vocabulary.pairs(QB.dimension)} == set(DIMENSIONS)


CELL = (
    "coop:refersToOrganization o:a ; coop:hasIndicator ind:x ; coop:hasBreakdown bd:total ; coop:hasUnit un:case ; "
    "sdmx-dimension:refArea area:kr ; sdmx-dimension:refPeriod per:2020 "
)


def _figure(slug: str, value: int, source: str, more: str = "") -> str:
    return (
        f"fig:a.{slug} a coop:Observation ; {CELL} ; sdmx-measure:obsValue {value} ; "
        f"coop:hasEvidence cite:{source}.p1 {more} .\ncite:{source}.p1 coop:isQuotedFrom src:{source} .\n"
    )


def _source(slug: str, directness: str, date: str = "") -> str:
    issued = f'; dcterms:issued "{date}"' if date else ""
    parts = f'dcterms:title "Title"@en ; coop:hasDirectness dir:{directness} {issued}'
    return f"src:{slug} a coop:SourceDocument ; {parts} .\n"


def _best(filled: MaterializedGraphs) -> set[str]:
    return {
        str(t.object).removesuffix(">").rpartition("/")[2]
        for t in filled.graphs["derived"]
        if t.predicate.value.endswith("#observation")
    }


def test_a_figure_belongs_to_the_data_set_of_its_first_citation(filled: Fill) -> None:
    graphs = filled(
        _figure("x", 1, "report", ", cite:zine.p1")
        + "cite:zine.p1 coop:isQuotedFrom src:zine ."
        + _source("report", "primary")
        + "src:report dcterms:license <https://licence.example/> ."
        + _source("zine", "secondary")
    ).graphs
    assert has(graphs["records"], "fig:a.x qb:dataSet ds:figures.report .")
    assert has(
        graphs["records"], "ds:figures.report a qb:DataSet ; qb:structure ds:structure ; dcterms:source src:report ."
    )
    assert has(graphs["records"], "ds:figures.report dcterms:license <https://licence.example/> .")
    assert has(graphs["records"], 'ds:figures.report skos:prefLabel "Figures published in “Title”"@en .')
    assert not any("figures.zine" in str(triple) for triple in graphs["records"])


def test_a_data_set_that_is_written_stays(filled: Fill) -> None:
    records = filled(_figure("x", 1, "report", "; qb:dataSet ds:own") + _source("report", "primary")).graphs["records"]
    assert not any("figures.report" in str(triple) for triple in records)


def test_the_preferred_figure_is_the_best_of_its_cell(filled: Fill) -> None:
    assert _best(
        filled(
            _figure("one", 1, "new", "; coop:hasRank rank:normal")
            + _figure("two", 2, "old", "; coop:hasRank rank:preferred")
            + _source("new", "primary", "2022")
            + _source("old", "secondary", "2001")
        )
    ) == {"a.two"}


def test_without_a_preferred_figure_the_newest_primary_source_decides(filled: Fill) -> None:
    assert _best(
        filled(
            _figure("one", 1, "old")
            + _figure("two", 2, "new")
            + _figure("three", 3, "second")
            + _source("old", "primary", "2020-05")
            + _source("new", "primary", "2021")
            + _source("second", "secondary", "2023")
        )
    ) == {"a.two"}


def test_a_deprecated_figure_is_never_best_and_the_only_one_left_is(filled: Fill) -> None:
    assert _best(
        filled(
            _figure("one", 1, "old", "; coop:hasRank rank:deprecated")
            + _figure("two", 2, "new")
            + _source("old", "primary", "2020")
            + _source("new", "secondary")
        )
    ) == {"a.two"}


def test_where_nothing_decides_between_two_values_none_is_best(filled: Fill) -> None:
    sources = _source("old", "secondary", "2020") + _source("new", "secondary", "2020")
    assert _best(filled(_figure("one", 1, "old") + _figure("two", 2, "new") + sources)) == set()
    assert _best(filled(_figure("one", 1, "old") + _figure("two", 1, "new") + sources)) == {"a.one"}


def test_a_figure_without_a_whole_cell_is_not_compared(filled: Fill) -> None:
    assert _best(filled("fig:a.x a coop:Observation ; coop:refersToOrganization o:a .")) == set()
