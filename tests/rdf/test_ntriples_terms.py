from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.ntriples_terms import literal_parts, unescaped
from coopgraph.rdf.terms import Literal

TEXTS = st.text(max_size=8) | st.lists(st.sampled_from('"\\\n\t@^\u2028u'), max_size=6).map("".join)
LITERALS = st.builds(Literal, TEXTS) | st.builds(lambda text: Literal(text, language="zh-Hant"), TEXTS)


@settings(max_examples=50)
@given(LITERALS | st.builds(lambda text: Literal(text, datatype=XSD.date), TEXTS))
def test_the_parts_of_a_literal_are_those_that_it_was_made_of(literal: Literal) -> None:
    lexical, tag, datatype = literal_parts(str(literal))
    assert (unescaped(lexical), tag) == (literal.value, literal.language or "")
    assert not datatype or datatype == str(literal.datatype)


def test_every_escape_is_read() -> None:
    assert unescaped(r"\t\b\n\r\f\"\'\\\u00e9\U0001F600") == "\t\b\n\r\f\"'\\é😀"
