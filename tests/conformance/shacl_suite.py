"""The W3C SHACL test suite as values: shapes, data and expected results of each test of its manifests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse, serialize

SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

Held = Mapping[object, Mapping[str, list[object]]]
Signature = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Case:
    """A test: its name in the suite, shapes and data as N-Triples, and what is to come out.

    ``expected`` counts results by their parts; None where the engine is to refuse the shapes.
    """

    name: str
    shapes: bytes
    data: bytes
    expected: Signature | None


def cases(suite: Path) -> Iterator[Case]:
    """Yield the tests of all files under ``suite``, by name."""
    for file in sorted(suite.rglob("*.ttl")):
        quads = quads_of(file)
        held = by_subject(quads)
        for test in [
            quad.subject for quad in quads if quad.predicate == TYPE and quad.object == node(SHT + "Validate")
        ]:
            action = held[test][MF + "action"][0]
            result = held[test][MF + "result"][0]
            yield Case(
                f"{file.relative_to(suite).with_suffix('').as_posix()}",
                n_triples(held[action][SHT + "shapesGraph"][0]),
                n_triples(held[action][SHT + "dataGraph"][0]),
                None if result == node(SHT + "Failure") else signature(held, result),
            )


def report_signature(report: bytes) -> Signature:
    """Return the results of a validation report in N-Triples, counted by their parts."""
    quads = list(parse(report, format=RdfFormat.N_TRIPLES))
    (root,) = [q.subject for q in quads if q.predicate == TYPE and q.object == node(SH + "ValidationReport")]
    return signature(by_subject(quads), root)


def signature(held: Held, report: object) -> Signature:
    """Return the results of ``report`` by focus, path, value, component and severity.

    Paths that are more than a property are blank nodes, and so all alike: the engines do not describe them.
    """
    parts = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "resultSeverity")
    return Counter(
        tuple(" ".join(text(value) for value in held[result].get(SH + part, [])) for part in parts)
        for result in held[report].get(SH + "result", [])
    )


def text(term: object) -> str:
    """Return a term as text: language tags in small letters, since engines change their case, blank nodes all alike."""
    if isinstance(term, BlankNode):
        return "_:"
    return str(term).lower() if "@" in str(term) else str(term)


def quads_of(file: Path) -> list[Quad]:
    return list(parse(file.read_bytes(), format=RdfFormat.TURTLE, base_iri=file.as_uri()))


def by_subject(quads: Iterable[Quad]) -> Held:
    held: defaultdict[object, defaultdict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        held[quad.subject][quad.predicate.value].append(quad.object)
    return held


def n_triples(document: object) -> bytes:
    assert isinstance(document, NamedNode)
    triples = [quad.triple for quad in quads_of(Path(unquote(urlsplit(document.value).path)))]
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def node(iri: str) -> NamedNode:
    return NamedNode(iri)
