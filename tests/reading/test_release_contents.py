"""What a release holds, told from its dump."""

from __future__ import annotations

from pathlib import Path

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE, entity_name
from coopgraph.query.prepared import select
from coopgraph.reading.release_contents import holds
from tests.store.releases import release


def test_a_release_holds_what_a_query_finds_and_nothing_else(app_context: AppContext) -> None:
    query = "SELECT DISTINCT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(isIRI(?s)) }"
    subjects = {row["s"].value for row in select(app_context.query_service, query)}
    gone = {
        row["s"].value
        for row in select(app_context.query_service, "SELECT ?s { ?s <http://www.w3.org/2002/07/owl#deprecated> ?x }")
    }
    release = app_context.query_service.release_name()
    assert subjects
    for iri in subjects:
        assert holds(app_context.var, release, iri) is not (iri in gone and entity_name(iri) is not None), iri
        assert not holds(app_context.var, release, iri + "-never")


def test_each_release_holds_its_own(tmp_path: Path) -> None:
    first = release(tmp_path, 1, triples=[f'<{BASE}id/org/a> <http://e/p> "1"', f'<{BASE}id/org/한> <http://e/p> "1"'])
    second = release(
        tmp_path, 2, triples=[f'<{BASE}id/org/b> <http://e/p> "<{BASE}id/org/a> "', '_:b <http://e/p> "1"']
    )
    assert [holds(tmp_path, name, f"{BASE}id/org/a") for name in (first, second)] == [True, False]
    assert [holds(tmp_path, name, f"{BASE}id/org/b") for name in (first, second)] == [False, True]
    assert holds(tmp_path, first, f"{BASE}id/org/한")


def test_what_was_withdrawn_in_a_release_is_not_held_by_it(tmp_path: Path) -> None:
    marked = '<http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    name = release(
        tmp_path,
        1,
        triples=[f'<{BASE}id/org/a> <http://e/p> "1"', f"<{BASE}id/org/a> {marked}", f"<{BASE}def/x> {marked}"],
    )
    assert not holds(tmp_path, name, f"{BASE}id/org/a")
    assert holds(tmp_path, name, f"{BASE}def/x")


def test_a_release_whose_dump_is_away_holds_nothing(tmp_path: Path) -> None:
    name = release(tmp_path, 1, triples=[f'<{BASE}id/org/a> <http://e/p> "1"'])
    (release_folder.folder(tmp_path, name) / release_folder.DUMP).write_bytes(b"\x1f\x8bno dump")
    assert not holds(tmp_path, name, f"{BASE}id/org/a")
    assert not holds(tmp_path, "2026-01-09-00000009", f"{BASE}id/org/a")
