"""The integrity constraints of the RDF Data Cube over the whole graph, after its normalization.

Each query asks for a breach, so none may be answered with yes. IC-12 is grouped, since pairs of a thousand figures take
minutes; IC-20 and IC-21 speak of hierarchies of `qb:HierarchicalCodeList`, of which there are none.

Source: https://www.w3.org/TR/vocab-data-cube/#wf-rules
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, QB, RDF, RDFS, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import NamedNode

from .figures import best_figures, key

PREFIXES = """
PREFIX coop: <https://w3id.org/coopgraph/def/>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

READ = [
    *(RDF.type, RDFS.range, SKOS.inScheme, COOP.refersTo, COOP.hasIndicator, COOP.hasBreakdown, COOP.hasUnit),
    *(COOP.hasPrecision, COOP.hasTimeNature, SDMX_DIMENSION.refArea, SDMX_DIMENSION.refPeriod, SDMX_MEASURE.obsValue),
    *(QB.term(name) for name in ("dataSet", "structure", "component", "componentProperty", "dimension", "measure")),
    *(QB.term(name) for name in ("attribute", "componentRequired", "componentAttachment", "codeList", "slice")),
    *(QB.term(name) for name in ("sliceStructure", "sliceKey", "observation", "hierarchyRoot", "parentChildProperty")),
]

NORMALIZATION = """
INSERT { ?p qb:componentProperty ?d . ?d a qb:DimensionProperty } WHERE { ?p qb:dimension ?d } ;
INSERT { ?p qb:componentProperty ?m . ?m a qb:MeasureProperty } WHERE { ?p qb:measure ?m } ;
INSERT { ?p qb:componentProperty ?a . ?a a qb:AttributeProperty } WHERE { ?p qb:attribute ?a }
"""

BREACHES = {
    "IC-1": """?o a qb:Observation OPTIONAL { ?o qb:dataSet ?d } FILTER(!BOUND(?d))""",
    "IC-1 two": """?o qb:dataSet ?a , ?b FILTER(?a != ?b)""",
    "IC-2": """?d a qb:DataSet FILTER NOT EXISTS { ?d qb:structure ?s . ?s a qb:DataStructureDefinition }""",
    "IC-2 two": """?d a qb:DataSet ; qb:structure ?a , ?b FILTER(?a != ?b)""",
    "IC-3": """?s a qb:DataStructureDefinition
        FILTER NOT EXISTS { ?s qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty }""",
    "IC-4": """?d a qb:DimensionProperty FILTER NOT EXISTS { ?d rdfs:range ?range }""",
    "IC-5": """?d a qb:DimensionProperty ; rdfs:range skos:Concept FILTER NOT EXISTS { ?d qb:codeList ?list }""",
    "IC-6": """?s qb:component ?c . ?c qb:componentRequired false ; qb:componentProperty ?p
        FILTER NOT EXISTS { ?p a qb:AttributeProperty }""",
    "IC-7": """?k a qb:SliceKey FILTER NOT EXISTS { ?s a qb:DataStructureDefinition ; qb:sliceKey ?k }""",
    "IC-8": """?k a qb:SliceKey ; qb:componentProperty ?p . ?s qb:sliceKey ?k
        FILTER NOT EXISTS { ?s qb:component/qb:componentProperty ?p }""",
    "IC-9": """?slice a qb:Slice FILTER NOT EXISTS { ?slice qb:sliceStructure ?key }""",
    "IC-10": """?slice qb:sliceStructure/qb:componentProperty ?d FILTER NOT EXISTS { ?slice ?d ?value }""",
    "IC-11": """?o qb:dataSet/qb:structure/qb:component/qb:componentProperty ?d . ?d a qb:DimensionProperty
        FILTER NOT EXISTS { ?o ?d ?value }""",
    "IC-13": """?o qb:dataSet/qb:structure/qb:component ?c . ?c qb:componentRequired true ; qb:componentProperty ?a
        FILTER NOT EXISTS { ?o ?a ?value }""",
    "IC-14": """?o qb:dataSet/qb:structure ?s .
        FILTER NOT EXISTS { ?s qb:component/qb:componentProperty qb:measureType }
        ?s qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty FILTER NOT EXISTS { ?o ?m ?value }""",
    "IC-15": """?o qb:dataSet/qb:structure/qb:component/qb:componentProperty qb:measureType ; qb:measureType ?m
        FILTER NOT EXISTS { ?o ?m ?value }""",
    "IC-16": """?o qb:dataSet/qb:structure ?s ; qb:measureType ?m .
        ?s qb:component/qb:componentProperty qb:measureType ;
        qb:component/qb:componentProperty ?n . ?n a qb:MeasureProperty . ?o ?n ?value FILTER(?m != ?n)""",
    "IC-17": """?o qb:measureType ?m ; qb:dataSet/qb:structure/qb:component/qb:componentProperty ?n
        . ?n a qb:MeasureProperty FILTER NOT EXISTS { ?other qb:measureType ?n }""",
    "IC-18": """?d qb:slice/qb:observation ?o FILTER NOT EXISTS { ?o qb:dataSet ?d }""",
    "IC-19": """?o qb:dataSet/qb:structure/qb:component/qb:componentProperty ?d . ?d a qb:DimensionProperty ;
        qb:codeList ?list . ?list a skos:ConceptScheme . ?o ?d ?value
        FILTER NOT EXISTS { ?value a skos:Concept ; skos:inScheme ?list }""",
    "IC-20 and IC-21": """?list qb:hierarchyRoot|qb:parentChildProperty ?any""",
}


@pytest.fixture(scope="module")
def cube(graph: Index) -> ox.Store:
    def read() -> Iterator[ox.Quad]:
        for term in READ:
            for subject, value in graph.pairs(term):
                yield ox.Quad(subject, term, value)

    store = ox.Store()
    store.bulk_extend(read())
    store.update(PREFIXES + NORMALIZATION)
    return store


@pytest.mark.parametrize("constraint", BREACHES)
def test_no_figure_breaks_an_integrity_constraint(cube: ox.Store, constraint: str) -> None:
    found = cube.query(f"{PREFIXES} SELECT * WHERE {{ {BREACHES[constraint]} }} LIMIT 3")
    assert isinstance(found, ox.QuerySolutions)
    assert not [str(row) for row in found]


def test_ic_12_no_data_set_holds_a_cell_twice(graph: Index) -> None:
    cells = set()
    dimensions = sorted({value for _, value in graph.pairs(QB.dimension)}, key=str)
    assert len(dimensions) > 5
    for figure, data_set in graph.pairs(QB.dataSet):
        cell = (data_set, *(graph.objects(figure, term) for term in dimensions if isinstance(term, NamedNode)))
        assert cell not in cells, figure
        cells.add(cell)


def test_each_data_set_says_what_it_is_who_gives_it_and_under_which_licence(graph: Index) -> None:
    dcterms = "http://purl.org/dc/terms/"
    needed = [*(NamedNode(dcterms + name) for name in ("license", "publisher", "title")), SKOS.definition]
    sets = graph.instances(QB.DataSet)
    assert len(sets) > 100
    assert not [(item, term) for item in sets for term in needed if not graph.objects(item, term)]


def test_the_best_figures_are_found_from_the_structure_and_from_the_class(graph: Index) -> None:
    references = NamedNode("http://purl.org/dc/terms/references")
    best = NamedNode("https://w3id.org/coopgraph/dataset/best-figures")
    assert {NamedNode("https://w3id.org/coopgraph/dataset/structure"), COOP.Observation} <= set(
        graph.subjects(references, best)
    )


def test_the_natural_question_for_a_series_gives_one_value_a_period(graph: Index) -> None:
    """Indicator, all of it, of one body in one area, by period: no share, no change, no other unit gets in."""
    values = Counter(
        (it.about, it.indicator, it.area, it.first_day, it.last_day)
        for it in best_figures(graph)
        if key(it.breakdown) == "total"
    )
    assert len(values) > 400
    assert not [cell for cell, times in values.items() if times > 1]


def test_each_series_is_a_slice_with_one_figure_a_period(graph: Index) -> None:
    best = {it.node: it for it in best_figures(graph)}
    cells = Counter((it.about, it.indicator, it.breakdown, it.unit, it.area) for it in best.values())
    slices = graph.instances(QB.Slice)
    assert len(slices) == sum(times > 1 for times in cells.values()) > 200
    for item in slices:
        figures = [best[node] for node in graph.objects(item, QB.observation)]
        assert len({(it.first_day, it.last_day) for it in figures}) == len(figures) > 1
        assert graph.objects(item, COOP.hasIndicator) == tuple({it.indicator for it in figures})
