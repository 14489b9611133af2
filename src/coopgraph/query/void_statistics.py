"""Statistics of a release as its catalogue states them (VoID class and property partitions)."""

from __future__ import annotations

from coopgraph.model.iris import DATASET
from coopgraph.query.prepared import select
from coopgraph.query.service import QueryService
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.sparql.graph_statistics import GraphStatistics, PropertyCount

_PARTITIONS = f"""
PREFIX void: <http://rdfs.org/ns/void#>

SELECT ?class ?property ?number ?subjects WHERE {{
  BIND(<{DATASET}coopgraph> AS ?dataset)
  {{ ?dataset void:triples ?number }}
  UNION {{ ?dataset void:classPartition ?part . ?part void:class ?class ; void:entities ?number }}
  UNION {{
    ?dataset void:propertyPartition ?part .
    ?part void:property ?property ; void:triples ?number ; void:distinctSubjects ?subjects .
  }}
}}
"""


def void_statistics(query_service: QueryService) -> GraphStatistics:
    """Return the statistics of the release that is asked; those of what has no catalogue say nothing."""
    triples, classes, properties = 0, {}, {}
    for row in select(query_service, _PARTITIONS):
        number = _number(row.get("number"))
        match row.get("class"), row.get("property"):
            case NamedNode() as kind, _:
                classes[kind.value] = number
            case _, NamedNode() as term:
                properties[term.value] = PropertyCount(number, _number(row.get("subjects")))
            case _:
                triples = max(triples, number)
    return GraphStatistics(triples, classes, properties)


def _number(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) and term.value.isdigit() else 0
