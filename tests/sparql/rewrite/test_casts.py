from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from tests.sparql.asked import rows

TEXTS = {
    "boolean": "true", "integer": "5", "decimal": "5.5", "float": "1.5", "double": "2",
    "dateTime": "2020-01-01T00:00:00Z", "date": "2020-01-01", "time": "10:00:00",
    "gYear": "2020", "gYearMonth": "2020-01", "gMonth": "--01", "gDay": "---01",
    "gMonthDay": "--01-01", "duration": "P1D", "dayTimeDuration": "P1D", "yearMonthDuration": "P1Y",
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), TEXTS.items())
@pytest.mark.parametrize("argument", ['" {} "', '"\\t{}\\n"', 'CONCAT(" ", "{} ")', 'xsd:string("{} ")', '"{}"'])
def test_white_space_around_a_text_is_looked_past(name: str, text: str, argument: str) -> None:
    expected = ox.Literal(text, datatype=XSD.term(name))
    assert rows(f"SELECT (xsd:{name}({argument.format(text)}) AS ?x) {{}}") == [(expected,)]
    assert rows(f"SELECT (<{XSD}{name}> ({argument.format(text)}) AS ?x) {{}}") == [(expected,)]


def test_within_a_text_and_for_texts_white_space_counts() -> None:
    assert rows('SELECT (xsd:integer("1 2") AS ?x) (xsd:string(" 5 ") AS ?y) {}') == [(None, ox.Literal(" 5 "))]
    assert rows('SELECT (xsd:integer(xsd:decimal(" 5.5 ")) AS ?x) {}') == [(ox.Literal(5),)]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(sorted(TEXTS)), st.sampled_from(('"5"', "5", "5.5e0", "true", '"x"', "<http://e/a>", "?nothing"))
)
def test_what_has_no_white_space_is_cast_as_before(name: str, argument: str) -> None:
    query = f"SELECT (xsd:{name}({argument}) AS ?x) {{}}"
    assert rows(query) == rows(query, rewritten=False)
