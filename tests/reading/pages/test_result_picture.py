from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.terms import NamedNode, Node
from coopgraph.reading.pages.charts import CHART_WIDTH
from coopgraph.reading.pages.result_picture import MOST_NODES, result_chart, result_graph


def cells(*rows: tuple[str, str]) -> list[list[tuple[str, bool]]]:
    return [[(name, False), (value, True)] for name, value in rows]


def test_names_with_numbers_are_bars_and_years_are_a_line() -> None:
    bars = result_chart(("body", "n"), cells(("a", "3"), ("b", "5")), "en")
    assert bars is not None
    assert [shape.words for shape in bars.shapes if shape.words] == ["a: 3", "b: 5"]
    line = result_chart(("year", "n"), cells(("2019", "3"), ("2020", "5"), ("2021", "4")), "en")
    assert line is not None
    assert any("line" in shape.classes for shape in line.shapes)


def test_what_no_chart_can_show_is_none() -> None:
    assert result_chart(("a",), [], "en") is None
    assert result_chart(("a", "n"), cells(("x", "1"), ("x", "2")), "en") is None
    assert result_chart(("a", "n"), cells(("x", "1"), ("y", "NaN")), "en") is None
    assert result_chart(("a", "n"), cells(*((str(i), "1") for i in range(99))), "en") is None


NODES = st.integers(0, 12).map(lambda number: NamedNode(f"urn:n{number}"))


@settings(max_examples=50)
@given(st.lists(st.tuples(NODES, st.just("knows"), NODES), min_size=1, max_size=30))
def test_a_graph_has_a_point_for_each_thing_within_the_picture(links: list[tuple[Node, str, Node]]) -> None:
    names = {end: end.value for one, _, other in links for end in (one, other)}
    picture = result_graph(links, names, "en")
    assert picture is not None
    assert len([shape for shape in picture.shapes if shape.words in names.values()]) == len(names)
    assert all(0 <= label.x <= CHART_WIDTH and 0 <= label.y <= picture.height for label in picture.labels)


def test_a_graph_of_too_many_things_is_left_to_the_table() -> None:
    links: list[tuple[Node, str, Node]] = [
        (NamedNode("urn:a"), "p", NamedNode(f"urn:{place}")) for place in range(MOST_NODES + 1)
    ]
    assert result_graph(links, {end: "x" for one, _, other in links for end in (one, other)}, "en") is None
    assert result_graph([], {}, "en") is None
