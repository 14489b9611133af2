"""What an engine cannot do, by engine and test; strict: a gap that closes fails the run, and its line goes.

``notimpl``: the engine does not have it. ``notyet``: we do not have it. ``never``: it cannot be had of this engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.conftest import THOROUGH


@dataclass(frozen=True)
class Gap:
    """Which kind of gap, and why."""

    kind: Literal["notimpl", "notyet", "never"]
    reason: str


_DUPLICATES = "several default graphs of a request give a statement once for each, so the store refuses such a question"
_LOWER = "the server keeps language tags in lower case; only comparisons of LANG with constants are adapted to that"
_PATHS = "gives a row once for each way along a property path, or misses a way: its paths are older than SPARQL 1.1"
_ROWS = "gives 200,000 rows at most, which a release has more of by now; the store says so"
_BLANK = "a blank node that comes from a member is not one that can be asked for, so a join over it finds nothing"
_BUSY = "a query that nobody waits for any more holds all threads of the federation until its own time limit ends it"
_TOO_MANY = "takes half a minute to fail as the result of 250,000 rows does: it gives 200,000 at most"
_EXAMPLE = "test_an_example_question_has_the_rows_of_the_embedded_store"


@dataclass(frozen=True)
class At:
    """A place in the contract: an engine, a test, and, where the gap is of one parameter only, a part of its name."""

    engine: str
    test: str
    part: str = ""


GAPS: dict[At, Gap] = {
    At("oxigraph serve", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
    At("oxigraph serve", "test_lang_gives_tags_as_they_are_written"): Gap("never", _LOWER),
    At("RDF4J", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
    At("RDF4J FedX", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
    At("RDF4J FedX", "test_blank_nodes_stay_what_they_are_connected_to"): Gap("never", _BLANK),
    At("Virtuoso", "test_several_default_graphs_are_one_set"): Gap("notimpl", _DUPLICATES),
    At("Virtuoso", "test_lang_gives_tags_as_they_are_written"): Gap("never", _LOWER),
    At("Virtuoso", "test_a_graph_that_is_not_the_releases_is_empty"): Gap(
        "notimpl", "a graph that GRAPH names by its IRI is read whether or not the request's dataset has it"
    ),
    At("Virtuoso", "test_decimals_keep_their_value"): Gap("never", "an integer beyond 2^31 is kept as a decimal"),
    At("Virtuoso", "test_a_year_is_no_number_and_a_date_compares_with_dates"): Gap(
        "notimpl", "an operand of && that is an error ends the query, also where the other one is false"
    ),
    At("Virtuoso", _EXAMPLE, "12-"): Gap("never", "EXISTS within BIND comes out otherwise for some rows"),
    At("Virtuoso", _EXAMPLE, "03-"): Gap("notimpl", "its optimiser fails on the query; the store says so"),
    At("Virtuoso", _EXAMPLE, "18-"): Gap("notimpl", "its compiler fails on the query; the store says so"),
    At("Virtuoso", _EXAMPLE, "04-"): Gap("never", _PATHS),
    At("Virtuoso", _EXAMPLE, "13-"): Gap("never", _PATHS),
    At("Virtuoso", _EXAMPLE, "57-"): Gap("never", "a truth value that a query computes comes as the number 0 or 1"),
    At("Virtuoso", _EXAMPLE, "73-"): Gap("never", "EXISTS within BIND comes out otherwise for some rows"),
    At("Virtuoso", _EXAMPLE, "41-"): Gap("never", "a UNION within OPTIONAL that joins on either side binds nothing"),
    At("Virtuoso", "test_a_large_result_streams_in_small_chunks_and_is_complete"): Gap("never", _ROWS),
    At("Virtuoso", "test_an_answer_may_be_left_half_read"): Gap("never", _ROWS),
}


if THOROUGH:
    # Of the real graph, which it is given then.
    GAPS |= {
        At("RDF4J", _EXAMPLE, "18-"): Gap(
            "never", "rows of an OPTIONAL are lost, which has EXISTS and NOT EXISTS in it"
        ),
        At("RDF4J", _EXAMPLE, "28-"): Gap("never", "loses rows of a path with * that ends in a VALUES"),
    }

SLOW: dict[At, str] = {
    At("RDF4J FedX", _EXAMPLE, "35-"): "takes the federation longer than its own time limit",
    At("RDF4J FedX", _EXAMPLE, "39-"): "takes the federation longer than its own time limit",
    At("RDF4J FedX", _EXAMPLE, "47-"): "takes the federation longer than its own time limit",
    At("RDF4J FedX", _EXAMPLE, "54-"): "takes the federation longer than its own time limit",
    At("RDF4J FedX", "test_a_query_past_its_time_is_stopped_and_the_next_is_answered"): _BUSY,
    At("RDF4J FedX", "test_a_result_of_250000_rows_is_complete_or_visibly_failed"): "takes a minute; seen to hold",
}
"""What an engine is not asked for, as its time would decide the test."""

if not THOROUGH:
    SLOW |= {
        At("Virtuoso", "test_a_large_result_streams_in_small_chunks_and_is_complete"): _TOO_MANY,
        At("Virtuoso", "test_an_answer_may_be_left_half_read"): _TOO_MANY,
    }


def slow(engine: str, test: str, name: str) -> str:
    """Return why ``engine`` is not asked what the test function ``test`` asks; empty where it is."""
    found = (why for at, why in SLOW.items() if (at.engine, at.test) == (engine, test) and at.part in name)
    return next(found, "")


def gap(engine: str, test: str, name: str) -> Gap | None:
    """Return the gap of ``engine`` at the test function ``test`` with the parameters in ``name``."""
    found = (gap for at, gap in GAPS.items() if (at.engine, at.test) == (engine, test) and at.part in name)
    return next(found, None)
