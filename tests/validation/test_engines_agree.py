"""The fast engine against the second opinion, on examples of the shapes and on the real data.

pyshacl needs minutes where the fast engine needs a second, and goes through vocabulary and schemes each time. So the
examples share one graph with the data, each under names of its own. Where nobody asks for more, each sixteenth example
and each hundred-fiftieth file is looked at.
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
from coopgraph.dataset.tree import Tree, TreeContent, TreeFile, load_tree, parse_tree, read_document
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import BlankNode, Literal, Term
from coopgraph.validation.processors import started
from coopgraph.validation.run import cut_offs, with_prefixes
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


def results(content: TreeContent, engine: str) -> set[tuple[str, ...]]:
    """Return what an engine found, one way to write what the standard lets engines write in several.

    Names of blank nodes and the digits of computed decimals are free. SPARQL constraints on blank nodes are left out:
    rdflib's STR() takes them, though the standard makes that an error.
    """
    filled = materialize(content)
    with started(engine) as processor:
        processor.begin(
            with_prefixes(filled.graphs["shapes"], filled.graphs["vocabulary"]), [*filled.data_graph(), *cut_offs(DAY)]
        )
        return {
            (written(r.shape), written(r.focus), str(r.path), written(r.value), str(r.component), str(r.severity))
            for r in processor.results()
            if not (isinstance(r.focus, BlankNode) and r.component.value.endswith("SPARQLConstraintComponent"))
        }


def written(term: Term | None) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    if isinstance(term, Literal) and term.datatype == XSD.decimal:
        return f"{Decimal(term.value).normalize():f}"
    return str(term)


def real_data() -> TreeContent:
    """Return the tree, with each hundred-fiftieth of its files of records where nobody asks for more."""
    loaded = load_tree(Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "data"))
    records = [file.path for file in loaded.files if file.graph == "records"]
    left_out = set() if THOROUGH else {path for number, path in enumerate(records) if number % 150}
    files = tuple(file for file in loaded.files if file.path not in left_out)
    return parse_tree(replace(loaded, files=files))


@pytest.mark.slow
def test_both_engines_find_the_same_in_the_examples_of_the_shapes_and_in_the_data() -> None:
    examples = [file for kind in ("conforms", "fails") for file in shacl_examples() if file.stem == kind]
    content = together(real_data(), examples if THOROUGH else examples[::16])
    expected = results(content, "fast")
    assert len({rule for rule, *_ in expected}) > 5
    assert expected == results(content, "pyshacl")
