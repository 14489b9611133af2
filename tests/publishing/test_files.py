from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyld import jsonld
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from coopgraph.errors import UnreadableInput
from coopgraph.model.iris import graph_iri
from coopgraph.publishing.files import (
    CLAIMS,
    DESCRIPTION,
    JSON_LD_FILE,
    TURTLE_FILE,
    ReleaseContents,
    Written,
    write_files,
)
from coopgraph.publishing.section_exports import DEFAULT_GRAPH
from coopgraph.publishing.staging import Staging
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.rdf.namespaces import COOP, DCAT, RDF, SPDX

SHAPES = NamedNode(graph_iri("shapes"))


@pytest.fixture(scope="module")
def release(contents: ReleaseContents, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written, Staging]:
    place = tmp_path_factory.mktemp("files") / "release"
    staging = Staging(place)
    return place, write_files(staging, contents, None), staging


@pytest.fixture(scope="module")
def dump(release: tuple[Path, Written, Staging]) -> bytes:
    return gzip.decompress((release[0] / "dump.nq.gz").read_bytes())


@pytest.fixture(scope="module")
def default_graph(dump: bytes) -> bytes:
    """Return the canonical form of the default graph."""
    quads = parse(dump, format=RdfFormat.N_QUADS)
    return canonical_nquads(Quad(q.subject, q.predicate, q.object) for q in quads if q.graph_name in DEFAULT_GRAPH)


def test_the_dump_is_its_own_canonical_form(dump: bytes) -> None:
    assert canonical_nquads(parse(dump, format=RdfFormat.N_QUADS)) == dump


def test_the_dump_holds_all_that_went_in_and_the_catalogue(dump: bytes, contents: ReleaseContents) -> None:
    catalog = NamedNode(graph_iri("catalog"))
    rest = [quad for quad in parse(dump, format=RdfFormat.N_QUADS) if quad.graph_name != catalog]
    assert canonical_nquads(rest) == canonical_nquads(contents.quads)
    assert len(rest) < dump.count(b"\n")


def test_what_is_counted_is_what_is_there(
    release: tuple[Path, Written, Staging], dump: bytes, default_graph: bytes
) -> None:
    written = release[1]
    quads = list(parse(dump, format=RdfFormat.N_QUADS))
    assert written.canonical_hash == hashlib.sha256(dump).hexdigest()
    assert written.triples == default_graph.count(b"\n")
    assert sum(written.graphs.values()) == written.added == len(quads)
    assert written.graphs[SHAPES.value] == sum(quad.graph_name == SHAPES for quad in quads)
    assert written.removed == 0


def test_turtle_says_what_the_default_graph_says(release: tuple[Path, Written, Staging], default_graph: bytes) -> None:
    turtle = gzip.decompress((release[0] / TURTLE_FILE).read_bytes())
    assert canonical_nquads(parse(turtle, format=RdfFormat.TURTLE)) == default_graph
    assert 'ランタン支援センター"@ja'.encode() in turtle
    assert b"@zh-hans" not in turtle


@pytest.mark.slow
def test_jsonld_says_what_the_default_graph_says(
    release: tuple[Path, Written, Staging], default_graph: bytes, contents: ReleaseContents
) -> None:
    context = json.loads(contents.documents["context/v1.jsonld"])["@context"]
    document = json.loads(gzip.decompress((release[0] / JSON_LD_FILE).read_bytes()))
    assert document["@context"] == CONTEXT_IRI
    # Node by node, because PyLD's time grows with the square of a document's size.
    nquads = "".join(
        jsonld.to_rdf({"@context": context, **node}, {"format": "application/n-quads"})
        for node in document["@graph"]
        if not node["id"].startswith("_:")
    )
    named = b"".join(
        line for line in default_graph.splitlines(True) if not line.startswith(b"_:") and b" _:" not in line
    )
    found = b"".join(
        line
        for line in canonical_nquads(parse(nquads, format=RdfFormat.N_QUADS)).splitlines(True)
        if b" _:" not in line
    )
    assert found == named


def test_every_claim_is_a_reifier_in_the_rdf_1_2_download(release: tuple[Path, Written, Staging], dump: bytes) -> None:
    quads = list(parse(dump, format=RdfFormat.N_QUADS))
    claims = {quad.subject for quad in quads if quad.predicate == RDF.type and quad.object == COOP.Claim}
    packed = gzip.decompress((release[0] / CLAIMS).read_bytes())
    triples = [quad.triple for quad in parse(packed, format=RdfFormat.N_TRIPLES)]
    reified = {item.subject: item.object for item in triples if item.predicate == RDF.reifies}
    assert set(reified) == claims
    parts = {(quad.subject, quad.predicate): quad.object for quad in quads}
    for claim, statement in reified.items():
        assert statement.subject == parts[claim, RDF.subject]
        assert statement.predicate == parts[claim, RDF.predicate]
        assert statement.object == parts[claim, RDF.object]


def test_the_description_states_the_checksum_of_every_download(release: tuple[Path, Written, Staging]) -> None:
    place, _, staging = release
    description = (place / DESCRIPTION).read_text(encoding="utf-8")
    for name in ("dump.nq.gz", TURTLE_FILE, JSON_LD_FILE, CLAIMS):
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() in description
        assert staging.files[name].sha256 in description


def test_the_description_is_the_catalogue_of_the_dump_and_the_checksums(
    release: tuple[Path, Written, Staging], dump: bytes
) -> None:
    described = set(parse((release[0] / DESCRIPTION).read_bytes(), format=RdfFormat.TURTLE))
    catalog = NamedNode(graph_iri("catalog"))
    in_dump = {
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in parse(dump, format=RdfFormat.N_QUADS)
        if quad.graph_name == catalog
    }
    assert in_dump < described
    assert {quad.predicate for quad in described - in_dump} == {
        DCAT.byteSize,
        RDF.type,
        SPDX.algorithm,
        SPDX.checksum,
        SPDX.checksumValue,
    }


def test_the_same_contents_in_another_order_give_the_same_bytes(
    contents: ReleaseContents, release: tuple[Path, Written, Staging], tmp_path: Path
) -> None:
    staging = Staging(tmp_path / "again")
    write_files(staging, replace(contents, quads=tuple(reversed(contents.quads))), None)
    assert staging.files == release[2].files


def test_without_a_context_nothing_is_written_as_jsonld_and_the_reason_is_told(
    contents: ReleaseContents, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableInput, match=r"no context/v1\.jsonld"):
        write_files(Staging(tmp_path / "release"), replace(contents, documents={}), None)
