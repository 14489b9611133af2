"""The Turtle files themselves: syntax, prefixes, no comments."""

import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import SH, Graph, URIRef

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "ontology").rglob("*.ttl"))
NAMES = [str(file.relative_to(ROOT)) for file in FILES]
PREFIX_LINE = re.compile(r"^@prefix ([\w-]*): <([^>]*)> \.$", re.MULTILINE)
OUTSIDE_STRINGS = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^>\s]*>')


def canonical_prefixes() -> dict[str, str]:
    graph = Graph().parse(ROOT / "ontology" / "prefixes.ttl")
    return {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(URIRef("https://w3id.org/coopgraph/def/"), SH.declare)
    }


def used_prefixes(text: str) -> set[str]:
    body = OUTSIDE_STRINGS.sub(" ", PREFIX_LINE.sub("", text))
    return set(re.findall(r"(?<![\w:@-])([A-Za-z][\w-]*):", body))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_both_parsers_read_the_same_number_of_triples(file: Path) -> None:
    triples = {(quad.subject, quad.predicate, quad.object) for quad in parse(path=file, format=RdfFormat.TURTLE)}
    assert len(triples) == len(Graph().parse(file)) > 0


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_there_is_no_comment(file: Path) -> None:
    assert "#" not in OUTSIDE_STRINGS.sub(" ", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_prefixes_are_canonical_sorted_and_used(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    declared = PREFIX_LINE.findall(text)
    canonical = canonical_prefixes()
    assert [name for name, _ in declared] == sorted(name for name, _ in declared)
    assert dict(declared) == {name: canonical[name] for name, _ in declared}
    assert {name for name, _ in declared} == used_prefixes(text)


def test_no_two_prefixes_share_a_name_or_a_namespace() -> None:
    graph = Graph().parse(ROOT / "ontology" / "prefixes.ttl")
    names = [str(name) for name in graph.objects(None, SH.prefix)]
    namespaces = [str(namespace) for namespace in graph.objects(None, SH.namespace)]
    assert len(names) == len(set(names)) == len(namespaces) == len(set(namespaces))
