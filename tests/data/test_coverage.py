"""The graph holds what the fact packs say, but for what is left out with a reason; and nothing that must stay out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopgraph.rdf.index import Index

from .coverage import DOCUMENT, PACKS, ROOT, Coverage, cover, document, fingerprints, plain, read_facts, read_packs

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
