"""Data quality of a release in numbers: what its catalogue measured (DQV), and which areas nobody can ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coopgraph.model.iris import DATASET
from coopgraph.query.prepared import select
from coopgraph.query.service import QueryService
from coopgraph.rdf.binding import Solution

_MEASURED = f"""
PREFIX coop: <https://w3id.org/coopgraph/def/>
PREFIX dqv: <http://www.w3.org/ns/dqv#>

SELECT ?metric ?of ?value WHERE {{
  VALUES (?metric ?counted) {{
    ("things" <{DATASET}quality.things>)
    ("statements" <{DATASET}quality.statements-by-verification>)
  }}
  ?measurement dqv:isMeasurementOf ?counted ; coop:isMeasuredFor ?of ; dqv:value ?value .
}}
"""

_WITHOUT_TELEPHONE = """
PREFIX coop: <https://w3id.org/coopgraph/def/>

SELECT (COUNT(DISTINCT ?area) AS ?value) WHERE {
  ?service a coop:Service ; coop:servesArea ?area .
  FILTER NOT EXISTS { ?other coop:servesArea ?area ; coop:isAvailableThrough/coop:telephone ?number }
}
"""


@dataclass(frozen=True, slots=True)
class DataQuality:
    """Numbers of a release.

    ``things`` by class and ``statements`` by verification, each by its local name; ``areas_without_telephone`` are
    served by services of which none has a telephone number.
    """

    things: Mapping[str, int]
    statements: Mapping[str, int]
    areas_without_telephone: int


def data_quality(query_service: QueryService) -> DataQuality:
    """Return the numbers of the release that is asked. Raises what asking it raises."""
    counted: dict[str, dict[str, int]] = {"things": {}, "statements": {}}
    for row in select(query_service, _MEASURED):
        name = _text(row, "of").replace("#", "/").rpartition("/")[2]
        counted[_text(row, "metric")][name] = int(_text(row, "value"))
    (alone,) = select(query_service, _WITHOUT_TELEPHONE)
    return DataQuality(counted["things"], counted["statements"], int(_text(alone, "value")))


def _text(row: Solution, column: str) -> str:
    return str(getattr(row[column], "value", ""))
