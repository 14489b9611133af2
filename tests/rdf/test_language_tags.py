"""Tags get the case that people write, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.rdf.formats import N_TRIPLES
from coopgraph.rdf.language_tags import conventional, restore_lines
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Literal, NamedNode, Triple


@pytest.mark.parametrize(
    "tag",
    ["en", "ko-Latn", "zh-Hans", "zh-Hant-HK", "de-CH-1996", "en-CA-x-ca", "x-fill-in", "sl-rozaj", "en-a-bb-x-cccc"],
)
def test_the_usual_case_comes_back(tag: str) -> None:
    assert conventional(tag.lower()) == conventional(tag.upper()) == tag


@given(st.text(max_size=20), st.sampled_from(["en", "zh-Hans"]))
def test_a_text_is_never_taken_for_a_tag(text: str, tag: str) -> None:
    line = f"{Triple(NamedNode('urn:s'), NamedNode('urn:p'), Literal(text + '@zh-hans', language=tag))} .\n".encode()
    restored = restore_lines(line)
    (quad,) = read_rdf(restored, N_TRIPLES)
    assert isinstance(quad.object, Literal)
    assert quad.object.value == text + "@zh-hans"
    assert restored.endswith(f"@{tag} .\n".encode())
