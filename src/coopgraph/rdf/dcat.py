"""DCAT 3 distribution of a file that can be downloaded, its size and its checksum; version of a data set.

Sources: https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution, https://spdx.org/rdf/spdx-terms-v3.0.1/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from coopgraph.model.iris import BASE
from coopgraph.model.release import Manifest, ReleaseFile
from coopgraph.rdf.namespaces import DCAT, DCTERMS, RDF, SPDX, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple

DOWNLOADS = BASE + "releases/current/"
"""How the address of a release's file begins, wherever it is described."""


def checksums(about: Iterable[Triple], files: Mapping[str, ReleaseFile]) -> Iterator[Triple]:
    """Yield size and SHA-256 of each of ``files`` (by name) that ``about`` gives as a download."""
    for triple in about:
        if triple.predicate != DCAT.downloadURL or not isinstance(triple.object, NamedNode):
            continue
        entry = files.get(triple.object.value.removeprefix(DOWNLOADS))
        if entry is not None:
            # RDF/XML wants a name that begins with a letter.
            node = BlankNode(f"sha256-{entry.sha256}")
            yield Triple(triple.subject, DCAT.byteSize, _literal(str(entry.bytes), "nonNegativeInteger"))
            yield Triple(triple.subject, SPDX.checksum, node)
            yield Triple(node, RDF.type, SPDX.Checksum)
            yield Triple(node, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
            yield Triple(node, SPDX.checksumValue, _literal(entry.sha256, "hexBinary"))


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
