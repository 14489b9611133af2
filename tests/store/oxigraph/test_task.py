"""What a worker is told is what was asked."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from coopgraph.query.negotiation import by_header
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.oxigraph import frames, task

GRAPHS = st.none() | st.lists(st.text(st.characters(codec="utf-8")), max_size=3).map(tuple)
ACCEPT = ("", "text/csv", "text/turtle", "application/sparql-results+xml, application/n-triples")


def sent(asked: task.Task, slice: float) -> bytes:
    """Send a task through a pipe; return what its frame holds."""
    reading, writing = os.pipe()
    frames.write_frame(writing, asked.frame(slice))
    os.close(writing)
    frame = frames.FrameReader(reading).read()
    os.close(reading)
    assert frame is not None
    assert frame.kind is frames.FrameKind.QUESTION
    return frame.payload


TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


PREFIXES = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)


@given(TEXT, GRAPHS, GRAPHS, PREFIXES, st.sampled_from(ACCEPT), st.sampled_from([0, 0.05]))
def test_a_task_comes_as_it_was_sent(
    query: str,
    default: tuple[str, ...] | None,
    named: tuple[str, ...] | None,
    prefixes: tuple[tuple[str, str], ...],
    accept: str,
    slice: float,
) -> None:
    asked = task.to_answer(SparqlQuery(query, default, named, prefixes), by_header(accept))
    assert task.read_task(sent(asked, slice)) == task.Task(query, asked.how, slice)


def test_a_query_that_is_only_parsed_has_no_format() -> None:
    read = task.read_task(sent(task.to_check("ASK\n{}"), 0))
    assert read.query == "ASK\n{}"
    assert read.how.choice is None
