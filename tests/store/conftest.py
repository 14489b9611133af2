"""A small dataset in three graphs, behind a pool of two workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.oxigraph.loading import SourceFile, StoreContents
from coopgraph.store.oxigraph.pool import Pool
from coopgraph.store.protocol import Choice
from tests.store.told_server import Told, told_server

CHOICE = Choice(formats.JSON, formats.JSON, formats.N_TRIPLES)

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""Runs for hours in little memory."""

GREEDY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?b ?c"
"""Takes gigabytes within seconds."""

EX = "http://example.org/"


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 triples in the default graph; graphs ``one`` and ``two`` share a triple."""
    path = tmp_path_factory.mktemp("dataset") / "data.nq"
    lines = [f'<{EX}s{i // 3}> <{EX}p{i % 3}> "value {i}"@ko-Hang .' for i in range(3000)]
    lines += [f'<{EX}a> <{EX}p> "shared" <{EX}{name}> .' for name in ("one", "two")]
    lines += [f'<{EX}a> <{EX}p> "only {name}" <{EX}{name}> .' for name in ("one", "two")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def contents(path: Path, *default_graph: str) -> StoreContents:
    return StoreContents((SourceFile(str(path), packed=False, format="nq"),), default_graph)


@pytest.fixture(scope="module")
def pool(dataset: Path) -> Iterator[Pool]:
    opened = Pool(contents(dataset), workers=2, waiting=2, memory=256 * 1024**2)
    yield opened
    opened.close()


Asking = Callable[..., bytes]


def ask(pool: Pool, query: str, *, timeout: float = 10, choice: Choice = CHOICE, **sparql_query: object) -> bytes:
    """The whole body of an answer."""
    answer = pool.answer(SparqlQuery(query, **sparql_query), choice, timeout=timeout)  # type: ignore[arg-type]
    return b"".join(answer.chunks)


@pytest.fixture
def server() -> Iterator[Told]:
    with told_server() as told:
        yield told
