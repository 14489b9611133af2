"""Comments and statements are found in any text, whole or broken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.turtle_text import comment_lines, statements, turtle_tokens
from tests.conftest import example_count


def test_comments_are_found_and_nothing_else_is_taken_for_one() -> None:
    text = (
        b'# one\n<http://a#b> <urn:p> "# no" , \'# no\' , """\n# no " # no\n""" , \'\'\'\n# no\'\'\' ; # eight\n'
        b'  <urn:q> <http://x/#y> . # nine\n<urn:s> <urn:p> "a\\" # no" .#ten'
    )
    assert comment_lines(text) == (1, 5, 6, 7)
    assert comment_lines(b"@prefix e: <http://x/> .\ne:a\\#b e:p 1 .\n") == ()


def test_a_dot_inside_a_text_an_address_or_a_number_ends_nothing() -> None:
    text = '<http://a.b/> <urn:p> "x . y" , 1.5 , """\n . \n""" .\n  e:a.b e:p 1.\n'
    assert [(item.line, item.column) for item in statements(text)] == [(1, 1), (3, 6), (4, 15)]


@given(st.text(alphabet="ab.\"'\\#<> \n", max_size=60))
def test_the_statements_together_are_the_text(text: str) -> None:
    found = list(statements(text))
    assert "".join(item.text for item in found) == text
    for item in found:
        before = text[: sum(len(other.text) for other in found[: found.index(item)])]
        assert (item.line, item.column) == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


@given(st.text(alphabet="#\"'<>\\a.:@^\n 1;[é"))
@settings(max_examples=example_count(500), deadline=None)
def test_comments_are_where_a_hash_is_in_no_token(text: str) -> None:
    outside = list(text)
    for token in turtle_tokens(text):
        outside[token.start : token.start + len(token.text)] = " " * len(token.text)
    lines = {text.count("\n", 0, at) + 1 for at, character in enumerate(outside) if character == "#"}
    assert set(comment_lines(text.encode())) == lines
