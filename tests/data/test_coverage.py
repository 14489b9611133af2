"""The graph holds what the fact packs say, but for what is left out with a reason; and nothing that must stay out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopgraph.model.iris import BASE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode, Term

from .coverage import (
    DOCUMENT,
    PACKS,
    ROOT,
    Coverage,
    Passages,
    cover,
    document,
    fingerprints,
    plain,
    read_facts,
    read_packs,
    table,
)
from .figures import key
from .test_ranks import SLOT

pytestmark = pytest.mark.skipif(
    not all(path.exists() for path in PACKS), reason="the fact packs do not lie beside this checkout"
)


@pytest.fixture(scope="module")
def coverage(graph: Index) -> Coverage:
    return cover(read_packs(), graph)


@pytest.fixture(scope="module")
def tree() -> str:
    return "\n".join(plain(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "data").rglob("*.ttl")))


def test_every_fact_is_held_or_left_out_with_a_reason(coverage: Coverage) -> None:
    assert not [fact.id for fact in coverage.missing]
    for pack in PACKS:
        facts = [fact for fact in coverage.facts if fact.pack == pack.name]
        assert sum(fact.id in coverage.held for fact in facts) >= 0.97 * len(facts), pack.name


def test_what_is_left_out_is_a_fact_of_a_pack(coverage: Coverage) -> None:
    assert set(coverage.reasons) <= {fact.id for fact in coverage.facts}


def test_the_document_says_what_is_so_now(coverage: Coverage, graph: Index) -> None:
    now = document(coverage, fingerprints(), graph)
    assert DOCUMENT.read_text(encoding="utf-8") == now, "run: make coverage"


def in_the_slot_of(graph: Index, node: Term) -> set[Term]:
    """Return ``node`` and the claims or figures that give another value for the same."""
    kind = str(node).removeprefix(f"<{BASE}id/").partition("/")[0]
    shared = [(predicate, graph.objects(node, predicate)) for predicate in SLOT.get(kind, ())]
    rivals = [set(graph.subjects(predicate, values[0])) for predicate, values in shared if values]
    return {node, *(set.intersection(*rivals) if rivals else ())}


def told_as_a_conflict(graph: Index, node: Term) -> bool:
    """Return whether a rank, a dispute or a defect tells of the disagreement; a defect tells of itself."""
    return (
        str(node).startswith(f"<{BASE}id/defect/")
        or bool(graph.objects(node, COOP.isAffectedBy))
        or any(key(rank) != "normal" for rank in graph.objects(node, COOP.hasRank))
        or any(key(state) == "disputed" for state in graph.objects(node, COOP.hasVerification))
    )


def test_a_fact_in_conflict_is_told_as_one_or_stands_in_a_note_with_a_reason(coverage: Coverage, graph: Index) -> None:
    reasons = {fact for fact, _ in table("conflicts_in_notes.tsv")}
    passages = Passages(graph)
    silent = {
        fact.id
        for fact in coverage.facts
        if fact.confidence == "conflicts"
        and fact.id in coverage.held
        # What is not claimed, as better words say otherwise, is told as a defect of the words that it has.
        and not any(item.carrier == "defect" for item in passages.same_words(fact))
        and not any(
            told_as_a_conflict(graph, rival)
            for item in coverage.held[fact.id]
            for rival in in_the_slot_of(graph, NamedNode(f"{BASE}id/{item.name}"))
        )
    }
    assert silent == reasons


def test_no_trap_is_anywhere_in_the_data(coverage: Coverage, tree: str) -> None:
    traps = [fact.value for fact in coverage.facts if fact.property.startswith("rejected_")]
    assert traps
    assert not [trap for trap in traps if plain(trap) in tree]


def test_no_person_of_a_fact_left_out_is_named_anywhere_in_the_data(coverage: Coverage, tree: str) -> None:
    named = [fact.value.partition("(")[0] for fact in coverage.facts if "person" in coverage.reasons.get(fact.id, "")]
    assert named
    written = tree.replace("-", "").replace("_", "")
    assert not [name for name in named if plain(name).replace("-", "") in written]


def test_the_pack_is_not_copied_into_the_document(coverage: Coverage) -> None:
    text = plain(DOCUMENT.read_text(encoding="utf-8"))
    assert not [fact.id for fact in coverage.facts if len(fact.quote) > 30 and plain(fact.quote) in text]


def test_one_lost_figure_would_be_noticed(coverage: Coverage, graph: Index, tmp_path: Path) -> None:
    lines = PACKS[0].read_text(encoding="utf-8").splitlines()
    changed = next(json.loads(line) for line in lines if '"entity_type": "statistic"' in line)
    changed["value"] = 987654321
    pack = tmp_path / "facts.jsonl"
    pack.write_text(json.dumps(changed), encoding="utf-8")
    assert [fact.id for fact in cover(read_facts(pack), graph).missing] == [changed["id"]]
