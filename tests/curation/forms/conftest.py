"""The invented graph as a workspace, the forms of the project, and a way to fill one in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import FormEntry, fill_up, posted_entry
from coopgraph.curation.forms.form_shapes import Forms, read_forms
from coopgraph.curation.forms.statements import FormStatements, statements_of
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree
from coopgraph.rdf.terms import Triple
from tests.conftest import FIXTURE

ROOT = Path(__file__).resolve().parents[3]

Filled = Mapping[str, str | list[str]]
"""The texts of controls, by name without the first part; those of rows as lists, each perhaps with a language tag."""


@pytest.fixture(scope="package")
def workspace() -> Iterator[Workspace]:
    opened = Workspace.open(Tree(ROOT / "ontology", ROOT / "shapes", FIXTURE), input_size=2**24)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def forms(workspace: Workspace) -> Forms:
    tree = Tree(ROOT / "ontology", ROOT / "shapes", FIXTURE)
    return read_forms((place.read_bytes() for place in tree.form_files()), workspace.vocabulary)


def sent(filled: Filled) -> dict[str, str]:
    """Return what a browser sends for a form: ``{"prefLabel": ["A house@en"]}`` is the first row of that field."""
    data: dict[str, str] = {}
    for name, held in filled.items():
        if isinstance(held, str):
            data[name] = held
            continue
        for number, text in enumerate(held):
            key = f"{name}.{number}"
            words, _, tag = (
                text.rpartition("@") if "@" in text and "." not in text.rpartition("@")[2] else (text, "", "")
            )
            data |= {key: "", f"{key}.text": words, f"{key}.language": tag}
    return data


def entry_of(forms: Forms, key: str, filled: Filled, node: str = "") -> FormEntry:
    form = forms.get(key)
    assert form is not None
    return posted_entry(forms, form, sent(filled), node)


def stated(workspace: Workspace, forms: Forms, key: str, filled: Filled, node: str = "") -> FormStatements:
    """Return what a form states that was filled in."""
    entry = entry_of(forms, key, filled, node)
    fill_up(entry, forms, "en")
    return statements_of(entry, forms, Choices(workspace, "en"), held(workspace))


def held(workspace: Workspace) -> Mapping[str, tuple[Triple, ...]]:
    return {path: workspace.statements(path) for path in workspace.paths if path.startswith("data/")}
