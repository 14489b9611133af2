"""The fast engine against the second opinion, on examples of the shapes and on the real data.

pyshacl needs minutes where the fast engine needs a second, so the examples share one graph, each under names of its
own, and the data is gone through once. Where nobody asks for more, each sixteenth example and each hundred-fiftieth
file is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.tree import Tree, TreeContent, TreeFile, read_document, read_tree
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import BlankNode, Literal, Term
from coopgraph.validation.run import check_filled
from tests.conftest import THOROUGH

from .conftest import ROOT

pytestmark = pytest.mark.timeout(1800)

EXAMPLES = ROOT / "tests" / "shapes"
DAY = date(2026, 1, 1)


def shacl_examples() -> list[Path]:
    """Return the example files that an engine gets to see: those of file rules break no shape."""
    rules = (ROOT / "shapes" / "files.ttl").read_text(encoding="utf-8")
    of_files = set(re.findall(r"^shape:(\w+) a coop:FileRule", rules, re.MULTILINE))
    return [file for file in sorted(EXAMPLES.glob("*/*.ttl")) if file.parent.name not in of_files]


def together(vocabulary: TreeContent, examples: Iterable[Path]) -> TreeContent:
    """Return the vocabulary with all examples, the word “example” in each made its own."""
    quads, files, documents = dict(vocabulary.quads), list(vocabulary.files), dict(vocabulary.documents)
    for number, example in enumerate(examples):
        text = re.sub(r"[Ee]xample", rf"\g<0>{number}", example.read_text(encoding="utf-8"))
        file = TreeFile("records", f"data/{number}/{example.name}", example)
        documents[file.path] = text.encode()
        quads[file.path], _ = read_document(documents[file.path], file)
        files.append(file)
    return TreeContent(tuple(files), MappingProxyType(quads), (), MappingProxyType(documents))


def findings(content: TreeContent, engine: str) -> set[tuple[str, ...]]:
    """Return what an engine found, one way to write what the standard lets engines write in several.

    Names of blank nodes and the digits of computed decimals are free. SPARQL constraints on blank nodes are left out:
    rdflib's STR() takes them, though the standard makes that an error.
    """
    report = check_filled(content, materialize(content), today=DAY, engine=engine)
    return {
        (f.rule, written(f.focus), str(f.path), written(f.value), f.component, f.severity, str(f.place))
        for f in report.findings
        if not (isinstance(f.focus, BlankNode) and f.component.endswith("SPARQLConstraintComponent"))
    }


def written(term: Term | None) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    if isinstance(term, Literal) and term.datatype == XSD.decimal:
        return f"{Decimal(term.value).normalize():f}"
    return str(term)


@pytest.mark.parametrize("kind", ["conforms", "fails"])
def test_both_engines_find_the_same_in_the_examples_of_the_shapes(tmp_path: Path, kind: str) -> None:
    examples = [file for file in shacl_examples() if file.stem == kind]
    assert len(examples) > 50
    vocabulary = read_tree(Tree(ROOT / "ontology", ROOT / "shapes", tmp_path))
    if kind == "fails":
        # A few examples mend one another where they share names that hold no “example”.
        fast = findings(together(vocabulary, examples), "fast")
        found = {rule.rpartition("/")[2] for rule, *_ in fast} & {example.parent.name for example in examples}
        assert len(found) > 0.95 * len(examples)
    content = together(vocabulary, examples if THOROUGH else examples[::16])
    assert findings(content, "fast") == findings(content, "pyshacl")


def test_both_engines_find_the_same_in_the_data() -> None:
    content = read_tree(Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "data"))
    if not THOROUGH:
        of_data = [file for file in content.files if file.path.startswith("data/")]
        left_out = {file.path for number, file in enumerate(of_data) if number % 150}
        files = tuple(file for file in content.files if file.path not in left_out)
        quads = {path: quads for path, quads in content.quads.items() if path not in left_out}
        content = replace(content, files=files, quads=MappingProxyType(quads))
    assert findings(content, "fast") == findings(content, "pyshacl")
