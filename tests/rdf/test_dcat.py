from __future__ import annotations

from coopgraph.model.release import ReleaseFile
from coopgraph.rdf.dcat import DOWNLOADS, checksums
from coopgraph.rdf.namespaces import DCAT, SPDX
from coopgraph.rdf.terms import Literal, NamedNode, Triple

EX = "http://example.org/"


def test_every_download_of_the_release_gets_its_size_and_checksum_and_no_other_does() -> None:
    files = {name: ReleaseFile(f"{number:064x}", number, "application/gzip") for number, name in enumerate("abc")}
    about = [
        *(Triple(NamedNode(EX + name), DCAT.downloadURL, NamedNode(DOWNLOADS + name)) for name in "abx"),
        Triple(NamedNode(EX + "c"), DCAT.accessURL, NamedNode(DOWNLOADS + "c")),
        Triple(NamedNode(EX + "c"), DCAT.downloadURL, Literal(DOWNLOADS + "c")),
    ]
    found = list(checksums(about, files))
    assert {item.subject.value: item.object.value for item in found if item.predicate == DCAT.byteSize} == {
        EX + "a": "0",
        EX + "b": "1",
    }
    nodes = {item.object for item in found if item.predicate == SPDX.checksum}
    values = {item.object.value for item in found if item.predicate == SPDX.checksumValue}
    assert values == {files["a"].sha256, files["b"].sha256}
    assert nodes == {item.subject for item in found if item.predicate == SPDX.checksumValue}
