"""Docstrings: what is public says in its first line what it is, in words that a search finds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "coopgraph"
MODULES = sorted(PACKAGE.rglob("*.py"))
FEWEST_WORDS = 4
"""Words below which a first line says less than the name that it stands under."""


def _public(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """Yield the public definitions in ``node`` by their names, with their docstrings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield f"{name}{child.name}", ast.get_docstring(child) or ""
            if isinstance(child, ast.ClassDef):
                yield from _public(child, f"{name}{child.name}.")


@pytest.mark.parametrize("folder", sorted({module.relative_to(PACKAGE).parts[0] for module in MODULES}))
def test_the_first_line_of_what_is_public_says_more_than_its_name(folder: str) -> None:
    poor = [
        f"{module.relative_to(PACKAGE)}: {name}: {said!r}"
        for module in MODULES
        if module.relative_to(PACKAGE).parts[0] == folder
        for name, said in _public(ast.parse(module.read_text(encoding="utf-8")), "")
        if len(re.findall(r"[\w'-]+", said.partition("\n")[0])) < FEWEST_WORDS
    ]
    assert poor == []


def test_the_glossary_is_in_no_doubt_about_a_word() -> None:
    lines = (PACKAGE.parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    words = [word.strip() for line in lines if line.startswith("| ") for word in line.split("|")[1].split(",")]
    assert sorted(words) == sorted(set(words))
