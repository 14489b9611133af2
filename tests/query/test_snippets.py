from __future__ import annotations

import ast
import json
import re
import shlex

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.query.snippets import notebook, snippets

TEXTS = st.text(alphabet=st.sampled_from("aé한 {}?\\\"'()-#$`\n\t%"), max_size=60)
ENDPOINT = "https://graph.example/sparql"


def texts(query: str, *, triples: bool = False) -> dict[str, str]:
    return {item.language: item.text for item in snippets(query, ENDPOINT, triples=triples)}


@settings(max_examples=50)
@given(TEXTS)
def test_a_shell_gives_curl_the_query_as_it_is(query: str) -> None:
    assert f"query={query}" in shlex.split(texts(query)["curl"])


@settings(max_examples=50)
@given(TEXTS)
def test_python_reads_the_query_as_it_is(query: str) -> None:
    tree = ast.parse(texts(query)["Python"])
    values = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "query"]  # type: ignore[attr-defined]
    assert ast.literal_eval(values[0]) == query


@settings(max_examples=50)
@given(TEXTS)
def test_r_reads_the_query_as_it_is(query: str) -> None:
    text = texts(query)["R"]
    begun = re.search(r'query <- r"(-*)\(', text)
    assert begun is not None
    assert text[begun.end() :].split(f'){begun[1]}"', 1)[0] == query


@settings(max_examples=50)
@given(TEXTS, st.booleans())
def test_a_notebook_is_of_nbformat_4_5_and_its_cells_are_python_that_names_the_release(query: str, graph: bool) -> None:
    document = json.loads(notebook(query, ENDPOINT, "2026-01-31-abc", triples=graph))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in document["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-zA-Z0-9_-]{1,64}", name) for name in names)
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    source = "\n".join(cell["source"] for cell in code if not cell["source"].startswith("%"))
    ast.parse(source)
    assert "release='2026-01-31-abc'" in source


def test_a_query_for_triples_is_asked_for_as_such() -> None:
    assert "client.graph" in texts("DESCRIBE <urn:x>", triples=True)["Python"]
    assert "text/turtle" in texts("DESCRIBE <urn:x>", triples=True)["curl"]
