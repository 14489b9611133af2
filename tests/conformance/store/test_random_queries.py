"""Random queries over the real graph give what Apache Jena gives; see :mod:`random_queries`."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

import pyoxigraph as ox
import pytest

from coopgraph.errors import QueryTimeout
from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice, Store
from tests.conformance.store.engines import Release, absent, fuseki_in_memory
from tests.conformance.store.random_queries import Maker
from tests.conftest import THOROUGH

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

SEED = int(os.environ.get("TEST_SEED") or (2026 if os.environ.get("CI") else Random().randrange(10**6)))
COUNT = 2000 if THOROUGH else 100
PATIENCE = 2.0
"""Seconds that a query may take on either side; one that takes longer is not compared."""
LARGE = 50_000
"""Bytes of a result that is not compared: it would only take time."""
COMPARED = 0.8
"""Share of the queries that must be compared in the end."""

CHOICE = Choice(formats.JSON, formats.JSON, None)
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = frozenset(
    XSD + name
    for name in ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "int", "long")
)

AS_SETS = (
    # Jena's fault: VALUES joined with a subquery that is DISTINCT loses its repeated rows; a join multiplies (18.5).
    re.compile(r"VALUES .*SELECT DISTINCT \?\w+ \{|\{ SELECT DISTINCT .*VALUES "),
    # A limit of our engine, stated in docs/querying.md: a|b and !(^a|b) give a pair of ends once, not once a way.
    re.compile(r">\|<|!\(\^"),
)
"""Queries whose rows are compared without their number, and not at all where the number is what they give."""
COUNTS = re.compile(r" AS \?total\)")

Rows = Counter[tuple[tuple[str, tuple[str, ...]], ...]] | bool


@pytest.fixture(scope="module")
def jena(whole_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Fuseki that holds the release as the service does: the union in the default graph."""
    if reason := absent("Fuseki"):
        pytest.skip(reason)
    with fuseki_in_memory(tmp_path_factory.mktemp("jena")) as running:
        union = {str(quad.triple) + " ." for quad in _quads(whole_release) if _asked(quad.graph_name, whole_release)}
        data = "\n".join((*whole_release.lines(), *union, "")).encode()
        request = urllib.request.Request(running.query, data, {"Content-Type": "application/n-quads"}, method="POST")
        urllib.request.urlopen(request, timeout=600).close()
        yield running.query


def _quads(release: Release) -> Iterator[ox.Quad]:
    # Not from a store, which would write numbers anew.
    yield from ox.parse("\n".join(release.lines()).encode(), ox.RdfFormat.N_QUADS)


def _asked(graph: object, release: Release) -> bool:
    return isinstance(graph, ox.NamedNode) and graph.value in release.manifest.default_graph


@pytest.fixture(scope="module")
def queries(whole_release: Release) -> tuple[str, ...]:
    maker = Maker(
        Random(SEED), {quad.triple for quad in _quads(whole_release) if _asked(quad.graph_name, whole_release)}
    )
    return tuple(maker.query() for _ in range(COUNT))


def test_random_queries_have_the_rows_that_jena_gives(
    whole_embedded: Store, jena: str, queries: tuple[str, ...]
) -> None:
    def outcome(query: str) -> str:
        ours = _ours(whole_embedded, query)
        theirs = ours if isinstance(ours, str) else _jena(jena, query)
        if isinstance(ours, str) or isinstance(theirs, str):
            return f"not compared: {ours if isinstance(ours, str) else theirs}"
        if any(kind.search(query) for kind in AS_SETS) and isinstance(ours, Counter) and isinstance(theirs, Counter):
            if COUNTS.search(query):
                return "not compared: a number that is known to differ"
            ours, theirs = Counter(ours.keys()), Counter(theirs.keys())
        if ours == theirs:
            return "alike"
        return f"{query}\n  ours only: {_more(ours, theirs)}\n  Jena only: {_more(theirs, ours)}"

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(outcome, queries))
    different = [said for said in outcomes if said != "alike" and not said.startswith("not compared")]
    assert not different, f"seed {SEED}, {len(different)} of {COUNT}:\n" + "\n".join(different[:20])
    assert outcomes.count("alike") > COMPARED * COUNT, Counter(outcomes).most_common(5)


def _more(some: Rows, others: Rows) -> str:
    if isinstance(some, bool) or isinstance(others, bool):
        return str(some)
    return str(list((some - others).items())[:3])


def _ours(store: Store, query: str) -> Rows | str:
    try:
        body = b"".join(store.answer(SparqlQuery(query), CHOICE, timeout=PATIENCE).chunks)
    except QueryTimeout:
        return "ours takes too long"
    return _read(body) if len(body) <= LARGE else "a large result"


def _jena(address: str, query: str) -> Rows | str:
    form = urllib.parse.urlencode({"query": query, "timeout": str(PATIENCE)}).encode()
    request = urllib.request.Request(address, form, {"Accept": "application/sparql-results+json"})
    try:
        with urllib.request.urlopen(request, timeout=3 * PATIENCE) as reply:
            return _read(reply.read())
    except urllib.error.HTTPError as error:
        return f"Jena answers {error.code}"
    except (OSError, ValueError):
        return "Jena takes too long"


def _read(body: bytes) -> Rows:
    """Return the rows as a multiset, or the truth value."""
    document = json.loads(body)
    if "boolean" in document:
        return bool(document["boolean"])
    return Counter(_row(row) for row in document["results"]["bindings"])


def _row(row: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    # Jena leaves GROUP_CONCAT(DISTINCT …) of nothing unbound, where section 18.5.1.7 gives the empty text.
    bound = {name: value for name, value in row.items() if name != "total" or value["value"]}
    return tuple(sorted((name, _meaning(value)) for name, value in bound.items()))


def _meaning(term: dict[str, Any]) -> tuple[str, ...]:
    """Return what a term means, however it is written."""
    if term["type"] == "bnode":
        return ("bnode",)
    datatype = term.get("datatype", "")
    if datatype in NUMBERS:
        try:
            return ("number", f"{Decimal(term['value']):.12e}")
        except InvalidOperation:
            pass
    text = term["value"]
    if term["type"] == "literal" and "xml:lang" not in term:
        text = "|".join(map(_shortest, text.split("|")))
    if term["type"] == "literal" and "|" in text:
        # GROUP_CONCAT gives its texts in any order.
        return ("texts", *sorted(text.split("|")))
    return (term["type"], text, datatype, term.get("xml:lang", "").lower())


def _shortest(text: str) -> str:
    """Return the text of a decimal (``87.0``) in its shortest form, as our engine has it, else as it is."""
    return f"{Decimal(text).normalize():f}" if re.fullmatch(r"[+-]?\d+\.\d+", text) else text
