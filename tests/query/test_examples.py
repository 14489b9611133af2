"""The example questions: well headed, and answered on the graph itself with the rows its data determines.

An answer is a file of tab-separated values beside this one, looked through by a person once and kept.
Long lists are computed a second time, from the claims and records themselves.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

import coopgraph.query
from coopgraph.model.iris import BASE, NOT_IN_DEFAULT_GRAPH
from coopgraph.rdf.namespaces import COOP, RDF, SKOS
from coopgraph.rdf.terms import NamedNode, Term
from tests.real_graph import real_graphs

EXAMPLES = sorted((Path(coopgraph.query.__file__).parent / "examples").glob("*.rq"))
ANSWERS = Path(__file__).parent / "answers"
LANGUAGES = ("en", "ko", "ja", "zh-Hans", "zh-Hant")
TOPICS = ("organizations", "services", "figures", "laws", "provenance")


def number(path: Path) -> int:
    return int(path.name.partition("-")[0])


@cache
def public_triples() -> frozenset[ox.Triple]:
    """Every triple of the default graph, each once."""
    return frozenset(
        triple
        for name, triples in real_graphs().graphs.items()
        if name not in NOT_IN_DEFAULT_GRAPH
        for triple in triples
    )


@pytest.fixture(scope="module")
def store() -> ox.Store:
    loaded = ox.Store()
    loaded.bulk_extend(ox.Quad(*triple) for triple in public_triples())
    return loaded


def rows(store: ox.Store, path: Path) -> list[tuple[str, ...]]:
    solutions = store.query(path.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple("" if term is None else shown(term) for term in solution) for solution in solutions]


def shown(term: Term) -> str:
    return term.value.removeprefix(BASE)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_question_is_headed_in_five_languages_with_its_topic_and_columns(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    heads = dict(re.findall(r"^# ([a-z]+(?: \([A-Za-z-]+\))?): (.+)$", text, re.MULTILINE))
    assert heads["topic"] in TOPICS
    assert all(heads[f"question ({language})"].strip() for language in LANGUAGES)
    query = text[text.index("PREFIX") :]
    selected = re.search(r"SELECT(?: DISTINCT)?\s+(.*?)\s+WHERE", query, re.DOTALL)
    assert selected is not None
    assert heads["columns"].split() == re.findall(r"\?(\w+)(?=\)|\s|$)", re.sub(r"\(.*?AS ", "(", selected[1]))


def test_the_questions_are_numbered_without_a_gap() -> None:
    assert [number(path) for path in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_question_has_an_answer(path: Path) -> None:
    assert (ANSWERS / f"{path.stem}.tsv").exists() or number(path) in COMPUTED


@pytest.mark.parametrize("answer", sorted(ANSWERS.glob("*.tsv")), ids=lambda path: path.stem)
def test_the_question_is_answered_with_exactly_the_expected_rows(answer: Path, store: ox.Store) -> None:
    question = EXAMPLES[0].with_name(f"{answer.stem}.rq")
    with answer.open(encoding="utf-8", newline="") as lines:
        header, *expected = csv.reader(lines, delimiter="\t")
    solutions = store.query(question.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == header
    assert rows(store, question) == [tuple(row) for row in expected]


def values(subject: Term, predicate: NamedNode) -> set[Term]:
    return {triple.object for triple in public_triples_of(subject) if triple.predicate == predicate}


@cache
def by_subject() -> dict[Term, list[ox.Triple]]:
    found: dict[Term, list[ox.Triple]] = {}
    for triple in public_triples():
        found.setdefault(triple.subject, []).append(triple)
    return found


def public_triples_of(subject: Term) -> list[ox.Triple]:
    return by_subject().get(subject, [])


def typed(name: NamedNode) -> Iterator[Term]:
    return (subject for subject in by_subject() if name in values(subject, RDF.type))


def concept(scheme: str, key: str) -> NamedNode:
    return NamedNode(f"{BASE}id/concept/{scheme}/{key}")


def english(terms: set[Term]) -> set[str]:
    return {term.value for term in terms if isinstance(term, ox.Literal) and term.language == "en"}


def services_without_a_channel() -> set[str]:
    return {
        shown(service)
        for service in typed(COOP.Service)
        if not values(service, COOP.isAvailableThrough) and not values(service, COOP.hasChannelType)
    }


def resting_on_one_secondary_source() -> set[str]:
    found = set()
    for claim in typed(COOP.Claim):
        sources = {
            source for passage in values(claim, COOP.hasEvidence) for source in values(passage, COOP.isQuotedFrom)
        }
        primary = {
            source for source in sources if concept("directness", "primary") in values(source, COOP.hasDirectness)
        }
        if len(sources) == 1 and not primary:
            found |= {shown(subject) for subject in values(claim, RDF.subject)}
    return found


def disputed_inferred_or_editorial() -> set[str]:
    sought = {concept("basis", "inferred"), concept("basis", "editorial"), concept("verification", "disputed")}
    return {
        shown(subject)
        for claim in typed(COOP.Claim)
        if sought & (values(claim, COOP.hasBasis) | values(claim, COOP.hasVerification))
        for subject in values(claim, RDF.subject)
    }


def verified_before_2026_or_never() -> set[str]:
    return {
        shown(service)
        for service in typed(COOP.Service)
        if not {day for day in values(service, COOP.lastVerified) if day.value >= "2026-01-01"}
    }


def without_a_japanese_name() -> set[str]:
    kinds = (COOP.Organization, COOP.Law, COOP.Event, SKOS.Concept)
    return {
        shown(thing)
        for kind in kinds
        for thing in typed(kind)
        if english(values(thing, SKOS.prefLabel))
        and not any((label.language or "").split("-")[0] == "ja" for label in values(thing, SKOS.prefLabel))
    }


def compared_figures() -> set[str]:
    return {shown(assessment) for assessment in typed(COOP.ComparabilityAssessment)}


def computed_figures() -> set[str]:
    return {shown(figure) for figure in typed(COOP.DerivedObservation)}


def computed_changes() -> set[str]:
    return {
        shown(figure)
        for figure in typed(COOP.DerivedObservation)
        if concept("unit", "percent-change") in values(figure, COOP.hasUnit)
    }


COMPUTED: dict[int, Callable[[], set[str]]] = {
    16: services_without_a_channel,
    19: compared_figures,
    24: computed_figures,
    34: resting_on_one_secondary_source,
    35: disputed_inferred_or_editorial,
    36: verified_before_2026_or_never,
    39: without_a_japanese_name,
    51: computed_changes,
}
"""Questions whose first column is computed a second time, without SPARQL, instead of kept as a file."""


@pytest.mark.slow
@pytest.mark.parametrize("which", COMPUTED)
def test_a_long_answer_names_exactly_what_a_second_computation_finds(which: int, store: ox.Store) -> None:
    answered = {row[0] for row in rows(store, EXAMPLES[which - 1])}
    assert answered
    assert answered == COMPUTED[which]()
