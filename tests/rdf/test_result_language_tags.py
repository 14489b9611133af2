"""Tags come back in their usual case in every format, and nothing else of a result changes."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopgraph.rdf import formats
from coopgraph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.result_language_tags import Cutter, restore_result

TEXTUAL = tuple(item for item in RESULT_FORMATS if item.results)
"""Formats that the engine itself writes; tables are made from these."""

TRAPS = [
    '"@zh-hans',
    'xml:lang="zh-hans"',
    '"xml:lang":"zh-hans"',
    '"@language":"ko-kr"',
    "\\",
    '\\"@en-us',
    "}",
    "\n",
    ">",
]
texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cc", "Cn")), max_size=12),
    st.lists(st.sampled_from(TRAPS), max_size=5).map("".join),
)
tags = st.sampled_from(
    ["en", "ko", "zh-Hans", "zh-Hant-HK", "en-US", "ja-Latn", "sl-rozaj-biske", "de-CH-1901", "x-whatever-us"]
)
literals = st.builds(
    lambda text, tag: ox.Literal(text, language=tag) if tag else ox.Literal(text), texts, tags | st.none()
)
results = st.lists(literals, min_size=1, max_size=6)
sizes = st.integers(1, 40)


def passed(data: bytes, chosen: Format, size: int) -> bytes:
    """``data`` cut, after every third piece of ``size`` bytes, with each part's tags restored."""
    cutter = Cutter(chosen)
    parts = []
    for number, start in enumerate(range(0, len(data), size)):
        cutter.add(data[start : start + size])
        if number % 3 == 2:
            parts.append(cutter.cut())
    return b"".join(restore_result(chosen, b"".join(part)) for part in (*parts, cutter.finish()))


def store_of(values: list[ox.Literal]) -> ox.Store:
    store = ox.Store()
    for number, value in enumerate(values):
        store.add(ox.Quad(ox.NamedNode(f"http://e/s{number}"), ox.NamedNode("http://e/p"), value))
    return store


def tags_in(data: bytes) -> list[bytes]:
    return [tag for tag in (b"zh-Hans", b"zh-Hant-HK", b"en-US", b"ja-Latn", b"de-CH-1901") if tag in data]


@pytest.mark.slow
@pytest.mark.parametrize("chosen", TEXTUAL, ids=lambda item: item.name)
@given(values=results, size=sizes)
@settings(deadline=None, max_examples=60)
@example(values=[ox.Literal('"@zh-hans', language="en-US")], size=7)
@example(values=[ox.Literal("a"), ox.Literal("@zh-hans b")], size=1)
def test_a_result_keeps_every_value_and_tag(chosen: Format, values: list[ox.Literal], size: int) -> None:
    raw = store_of(values).query("SELECT ?o { ?s <http://e/p> ?o }").serialize(format=chosen.results)
    data = passed(raw, chosen, size)
    if chosen is formats.CSV:
        assert data == raw
        assert len(list(csv.reader(io.StringIO(data.decode(), newline="")))) == len(values) + 1
    else:
        read = [solution["o"] for solution in ox.parse_query_results(data, format=chosen.results)]
        assert sorted(map(str, read)) == sorted(map(str, values))
    wanted = {conventional(value.language).encode() for value in values if value.language}
    assert chosen is formats.CSV or all(tag in data for tag in wanted)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", GRAPH_FORMATS, ids=lambda item: item.name)
@given(values=results, size=sizes)
@settings(deadline=None, max_examples=60)
@example(values=[ox.Literal('"@zh-hans', language="en-US")], size=7)
def test_a_graph_keeps_every_value_and_tag(chosen: Format, values: list[ox.Literal], size: int) -> None:
    raw = store_of(values).query("CONSTRUCT WHERE { ?s ?p ?o }").serialize(format=chosen.rdf)
    data = passed(raw, chosen, size)
    assert {quad.triple for quad in ox.parse(data, format=chosen.rdf)} == {
        quad.triple for quad in ox.parse(raw, format=chosen.rdf)
    }
    wanted = {conventional(value.language).encode() for value in values if value.language}
    assert all(tag in data for tag in wanted)


@given(values=results, size=sizes, chosen=st.sampled_from(TEXTUAL))
@settings(deadline=None, max_examples=60)
def test_the_text_of_a_literal_is_never_touched(values: list[ox.Literal], size: int, chosen: Format) -> None:
    plain = [ox.Literal(value.value) for value in values]
    raw = store_of(plain).query("SELECT ?o { ?s <http://e/p> ?o }").serialize(format=chosen.results)
    assert passed(raw, chosen, size) == raw
