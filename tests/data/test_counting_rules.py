"""What figures count is told in five languages, of figures that a source publishes."""

from __future__ import annotations

from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import Literal

from .figures import key


def test_a_counting_rule_is_told_once_in_each_page_language_and_rests_on_a_passage(graph: Index) -> None:
    ruled = {figure for figure, _ in graph.pairs(COOP.countingRule)}
    assert len(ruled) >= 150
    for figure in ruled:
        rules = [rule for rule in graph.objects(figure, COOP.countingRule) if isinstance(rule, Literal)]
        assert sorted(conventional(rule.language or "") for rule in rules) == sorted(LANGUAGES), key(figure)
        assert graph.objects(figure, COOP.hasEvidence), key(figure)


def test_figures_that_count_several_answers_of_one_consultation_say_so(graph: Index) -> None:
    japanese = {
        key(figure): {
            conventional(rule.language or ""): rule.value
            for rule in graph.objects(figure, COOP.countingRule)
            if isinstance(rule, Literal)
        }
        for figure, _ in graph.pairs(COOP.countingRule)
    }
    threatened = japanese["npa-japan.2020.private-sexual-image-consultations.distribution-threat"]
    assert "複数回答" in threatened["ja"]
    assert "more than the consultations" in threatened["en"]
