from __future__ import annotations

import re
from pathlib import Path

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE, CONCEPT, DEFINITION
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.reading.source import ReleaseSource, load_query

FOLDER = Path(__file__).parents[2] / "src" / "coopgraph" / "reading" / "queries"
NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))
PARAMETERS: dict[str, Term | tuple[Term, ...]] = {
    "this": NamedNode(BASE + "id/org/lantern"),
    "areas": (NamedNode(BASE + "id/area/jp"),),
    "figures": (NamedNode(BASE + "id/figure/lantern.2020.victims-supported"),),
    "indicator": NamedNode(CONCEPT + "indicator/victims-supported"),
    "indicators": (NamedNode(CONCEPT + "indicator/victims-supported"),),
    "kind": NamedNode(DEFINITION + "Organization"),
    "parts": (NamedNode(CONCEPT + "breakdown/total"),),
    "periods": (NamedNode(BASE + "id/period/2020"),),
    "properties": (NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),),
    "stem": Literal(BASE + "id/org/"),
    "subjects": (NamedNode(BASE + "id/org/lantern"),),
    "things": (NamedNode(BASE + "id/org/lantern"),),
}
EMPTY_HERE = {"parts", "scheme", "shape", "term-example"}


@pytest.mark.parametrize("name", NAMES)
def test_every_query_says_what_it_gives_and_gives_something(app_context: AppContext, name: str) -> None:
    text = load_query(name)
    header = [line for line in text.splitlines() if line.startswith("#")]
    assert text.startswith("# ")
    stated = re.findall(r"\?(\w+)", next((line for line in header if line.startswith("# parameter")), ""))
    terms = {parameter: PARAMETERS[parameter] for parameter in stated}
    reading = ReleaseSource.of(app_context.query_service)
    if re.search(r"^CONSTRUCT", text, re.MULTILINE):
        assert bool(reading.n_triples(name, **terms)) is (name not in EMPTY_HERE)
        return
    columns = next(line for line in header if line.startswith("# columns: ")).removeprefix("# columns: ").split()
    rows = reading.rows(name, **terms)
    assert bool(rows) is (name not in EMPTY_HERE)
    assert all(set(row) <= set(columns) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_prefixes_are_sorted_and_used(name: str) -> None:
    prefixes = re.findall(r"^PREFIX ([\w-]+):", load_query(name), re.MULTILINE)
    assert prefixes == sorted(prefixes)
    body = load_query(name).partition("WHERE")[0].rpartition("\n\n")[2] + load_query(name).partition("WHERE")[2]
    assert [prefix for prefix in prefixes if not re.search(rf"\b{prefix}:", body)] == []
