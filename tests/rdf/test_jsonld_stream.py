from __future__ import annotations

import io
import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import RdfFormat, Store, parse

from coopgraph.rdf import jsonld_stream
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.jsonld_stream import write_compacted
from coopgraph.rdf.namespaces import COOP, RDF, SKOS, XSD
from coopgraph.rdf.result_sink import NotExpressible
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Triple
from tests.conftest import example_count

DOCUMENT = (Path(__file__).parents[2] / "ontology" / "context" / "v1.jsonld").read_bytes()
CONTEXT = Context(DOCUMENT)
# Of IRIs that anybody may write into a query some have a scheme that is called as a prefix of ours is.
IRIS = st.sampled_from(["https://w3id.org/coopgraph/id/org/lantern", "org:x", "schema:", "time://x", "urn:x:y"]).map(
    NamedNode
)
NODES = IRIS | st.sampled_from([BlankNode("c14n0"), BlankNode("c14n1")])
PREDICATES = st.sampled_from(
    [RDF.type, SKOS.prefLabel, SKOS.altLabel, COOP.foundingDate, COOP.url, COOP.hasEvidence, NamedNode("org:p")]
)
LITERALS = st.one_of(
    st.builds(Literal, st.sampled_from(["", 'a "b" \\ c\n', "@id", "org:x", "93.10"])),
    st.builds(Literal, st.just("이름"), language=st.sampled_from(["ko", "zh-hans", "en-gb"])),
    st.builds(
        Literal,
        st.sampled_from(["1", "01", "true", "93.10", "2009", "9007199254740993"]),
        datatype=st.sampled_from([XSD.integer, XSD.boolean, XSD.decimal, XSD.gYear, NamedNode("org:d")]),
    ),
)
GRAPHS = st.sets(st.builds(Triple, NODES, PREDICATES, NODES | LITERALS), max_size=12)


def written(triples: list[Triple]) -> dict[str, Any]:
    stream = io.BytesIO()
    write_compacted(triples, CONTEXT, stream)
    document: dict[str, Any] = json.loads(stream.getvalue())
    return document


def known(url: str, options: object = None) -> dict[str, Any]:
    assert url == CONTEXT_IRI
    document = json.loads(DOCUMENT)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


@settings(max_examples=example_count(200))
@given(GRAPHS)
def test_a_reference_processor_reads_the_same_triples(triples: set[Triple]) -> None:
    text = jsonld.to_rdf(written(list(triples)), {"documentLoader": known, "format": "application/n-quads"})
    read = parse(text.encode(), format=RdfFormat.N_QUADS)
    assert canonical_nquads(read).lower() == canonical_nquads(Quad(*triple) for triple in triples).lower()


def test_a_subject_is_one_node_however_its_triples_come_and_texts_stand_by_language() -> None:
    one, two = NamedNode("https://w3id.org/coopgraph/id/org/a"), NamedNode("https://w3id.org/coopgraph/id/org/b")
    names = [Triple(thing, SKOS.prefLabel, Literal("A", language=tag)) for tag in ("en", "ko") for thing in (two, one)]
    document = written([*names, Triple(one, RDF.type, COOP.Organization)])
    assert document["@context"] == CONTEXT_IRI
    assert document["@graph"] == [
        {"id": two.value, "label": {"en": "A", "ko": "A"}},
        {"id": one.value, "type": ["Organization"], "label": {"en": "A", "ko": "A"}},
    ]


def test_of_a_long_result_no_more_is_held_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonld_stream, "GATHERED", 2)
    drawn = 0

    def endless() -> Any:
        nonlocal drawn
        for drawn in range(1, 7):
            yield Triple(NamedNode("urn:x:s"), COOP.hasEvidence, NamedNode(f"urn:x:{drawn}"))

    class Stream(io.BytesIO):
        def write(self, data: Any) -> int:
            assert drawn <= 2 * (self.getvalue().count(b"\n") + 1)
            return super().write(data)

    stream = Stream()
    write_compacted(endless(), CONTEXT, stream)
    nodes = json.loads(stream.getvalue())["@graph"]
    assert [node["id"] for node in nodes] == ["urn:x:s"] * 3
    values = list(chain.from_iterable(node["evidence"] for node in nodes))
    assert values == [f"urn:x:{number}" for number in range(1, 7)]


def test_what_is_empty_is_a_document_without_nodes() -> None:
    assert written([])["@graph"] == []


def test_a_triple_term_is_refused_rather_than_written_as_something_else() -> None:
    results = Store().query("CONSTRUCT { <urn:x:a> <urn:x:b> <<( <urn:x:c> <urn:x:d> 1 )>> } {}")
    with pytest.raises(NotExpressible):
        write_compacted(results, CONTEXT, io.BytesIO())  # type: ignore[arg-type]
