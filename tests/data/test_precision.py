"""How exact a figure is goes by the words around it in its source."""

from __future__ import annotations

import re

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP

from .figures import key, one

WORDS = "over|more than|at least|nearly|almost|close to|about|around|approximately|up to|über|约|近|逾|超过|超過|約|약"
BEFORE = rf"(?:{WORDS})\s*$"
BEHIND = r"\s?\+|[여余多]|\s?(?:以上|이상)"


def test_no_figure_is_exact_whose_source_prints_over_or_nearly(graph: Index) -> None:
    found = 0
    for figure in graph.instances(COOP.Observation):
        printed = one(graph, figure, COOP.valueAsPublished).value
        for passage in graph.objects(figure, COOP.hasEvidence):
            before, _, behind = one(graph, passage, COOP.quote).value.partition(printed)
            if re.search(BEFORE, before.lower()) or re.match(BEHIND, behind) or printed.endswith("+"):
                found += 1
                assert key(one(graph, figure, COOP.hasPrecision)) != "exact", key(figure)
    assert found > 15


def test_a_figure_is_printed_in_its_source_as_it_says(graph: Index) -> None:
    for figure in graph.instances(COOP.Observation):
        printed = one(graph, figure, COOP.valueAsPublished).value
        passages = graph.objects(figure, COOP.hasEvidence)
        assert any(printed in one(graph, passage, COOP.quote).value for passage in passages), key(figure)
