"""DCAT 3 distribution of a file that can be downloaded, its size and its checksum; version of a data set; its making.

Sources: https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution, https://spdx.org/rdf/spdx-terms-v3.0.1/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from coopgraph.model.iris import BASE, DATASET
from coopgraph.model.release import Manifest, ReleaseFile
from coopgraph.rdf.namespaces import DCAT, DCTERMS, MEDIA_TYPES, PROV, RDF, RDFS, SPDX, VOID, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Triple

DOWNLOADS = BASE + "releases/current/"
"""How the address of a release's file begins, wherever it is described."""


def checksums(about: Iterable[Triple], files: Mapping[str, ReleaseFile]) -> Iterator[Triple]:
    """Yield size and SHA-256 of each of ``files`` (by name) that ``about`` gives as a download."""
    for triple in about:
        if triple.predicate != DCAT.downloadURL or not isinstance(triple.object, NamedNode):
            continue
        entry = files.get(triple.object.value.removeprefix(DOWNLOADS))
        if entry is not None:
            yield from _size_and_checksum(triple.subject, entry)


def _size_and_checksum(distribution: Node | Triple, entry: ReleaseFile) -> Iterator[Triple]:
    # RDF/XML wants a name that begins with a letter.
    node = BlankNode(f"sha256-{entry.sha256}")
    yield Triple(distribution, DCAT.byteSize, _literal(str(entry.bytes), "nonNegativeInteger"))
    yield Triple(distribution, SPDX.checksum, node)
    yield Triple(node, RDF.type, SPDX.Checksum)
    yield Triple(node, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    yield Triple(node, SPDX.checksumValue, _literal(entry.sha256, "hexBinary"))


PREFIXES_OF_RELEASES = {
    **{"dcat": str(DCAT), "dcterms": str(DCTERMS), "prov": str(PROV), "rdfs": str(RDFS), "spdx": str(SPDX)},
    **{"void": str(VOID), "xsd": str(XSD)},
}
"""Prefixes for writing :func:`release_provenance`."""


def release_provenance(manifest: Manifest) -> Iterator[Triple]:
    """Yield what made a release, of what, when, and which files came of it (https://www.w3.org/TR/prov-o/)."""
    this = NamedNode(f"{BASE}releases/{manifest.id}")
    build, software = NamedNode(f"{this.value}#build"), NamedNode(f"{this.value}#software")
    ended = Literal(manifest.created, datatype=XSD.dateTime)
    yield Triple(this, RDF.type, DCAT.Dataset)
    yield Triple(this, RDF.type, PROV.Entity)
    yield Triple(this, DCAT.isVersionOf, NamedNode(DATASET + "coopgraph"))
    yield Triple(this, DCAT.version, Literal(manifest.id))
    yield Triple(this, DCTERMS.issued, ended)
    yield Triple(this, VOID.triples, _literal(str(manifest.triples), "integer"))
    yield Triple(this, PROV.wasGeneratedBy, build)
    yield Triple(build, RDF.type, PROV.Activity)
    yield Triple(build, PROV.endedAtTime, ended)
    yield Triple(build, PROV.wasAssociatedWith, software)
    yield Triple(software, RDF.type, PROV.SoftwareAgent)
    yield Triple(software, RDFS.label, Literal(manifest.software))
    if manifest.message:
        yield Triple(build, RDFS.comment, Literal(manifest.message))
    if manifest.previous:
        before = NamedNode(f"{BASE}releases/{manifest.previous}")
        yield Triple(this, DCAT.previousVersion, before)
        yield Triple(this, PROV.wasRevisionOf, before)
        yield Triple(build, PROV.used, before)
    for path, entry in manifest.files.items():
        file = NamedNode(f"{this.value}/{path}")
        yield Triple(this, DCAT.distribution, file)
        yield Triple(file, RDF.type, DCAT.Distribution)
        yield Triple(file, DCAT.downloadURL, file)
        yield Triple(file, DCAT.mediaType, MEDIA_TYPES.term(entry.media_type))
        yield Triple(file, PROV.wasGeneratedBy, build)
        yield from _size_and_checksum(file, entry)


def release_version(about: Iterable[Triple], manifest: Manifest) -> Iterator[Triple]:
    """Yield the release, its day and its predecessor of each data set that ``about`` gives downloads of."""
    for dataset in {triple.subject for triple in about if triple.predicate == DCAT.distribution}:
        published = Literal(manifest.created, datatype=XSD.dateTime)
        yield Triple(dataset, DCTERMS.issued, published)
        yield Triple(dataset, DCTERMS.modified, published)
        yield Triple(dataset, DCAT.version, Literal(manifest.id))
        if manifest.previous:
            yield Triple(dataset, DCAT.previousVersion, NamedNode(f"{BASE}releases/{manifest.previous}"))


def _literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=XSD.term(datatype))
