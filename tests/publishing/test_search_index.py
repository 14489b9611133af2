"""The search index that a release has: of which things and names, and that it is the same for the same names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.model.search_index import SEARCH_INDEX
from coopgraph.publishing.files import ReleaseContents, content_hash
from coopgraph.publishing.search_index import IndexedName, names_in, search_index
from coopgraph.rdf.namespaces import COOP, DCTERMS, OWL, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Quad

LANTERN = NamedNode(f"{BASE}id/org/lantern")
GONE = NamedNode(f"{BASE}id/org/gone")
GRAPH = NamedNode(f"{BASE}graph/asserted")


def names(*quads: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> dict[str, set[tuple[bool, str, str]]]:
    found = names_in(Quad(*quad, GRAPH) for quad in quads)  # type: ignore[call-arg]
    return {iri.rpartition("/")[2]: set(some) for iri, some in found.items()}


def test_all_kinds_of_names_are_read_the_preferred_ones_first() -> None:
    found = names(
        (LANTERN, SKOS.prefLabel, Literal("Lantern", language="en")),
        (LANTERN, SKOS.hiddenLabel, Literal("Lanterne", language="fr")),
        (LANTERN, COOP.acronym, Literal("LTN")),
        (LANTERN, SKOS.definition, Literal("A light", language="en")),
        (NamedNode(f"{BASE}id/source/page"), DCTERMS.term("title"), Literal("Page", language="en")),
    )
    assert found == {
        "lantern": {(False, "en", "Lantern"), (True, "fr", "Lanterne"), (True, "", "LTN")},
        "page": {(False, "en", "Page")},
    }


def test_what_was_withdrawn_or_replaced_is_not_found() -> None:
    named = ((thing, SKOS.prefLabel, Literal("Name", language="en")) for thing in (LANTERN, GONE))
    withdrawn = (GONE, OWL.deprecated, Literal("true"))
    assert names(*named, withdrawn).keys() == {"lantern"}
    named = ((thing, SKOS.prefLabel, Literal("Name", language="en")) for thing in (LANTERN, GONE))
    assert names(*named, (GONE, DCTERMS.isReplacedBy, LANTERN)).keys() == {"lantern"}


def test_claims_and_terms_have_no_place_in_it() -> None:
    assert names((NamedNode(f"{BASE}id/claim/a.b"), SKOS.prefLabel, Literal("Name"))) == {}
    assert names((NamedNode(f"{BASE}def/Claim"), SKOS.prefLabel, Literal("Name"))) == {}


def test_the_same_names_in_another_order_make_the_same_bytes() -> None:
    some = {f"{BASE}id/org/{slug}": {IndexedName(False, "en", slug), IndexedName(True, "ko", "이름")} for slug in "abc"}
    assert search_index(some) == search_index(dict(reversed(some.items())))


def test_no_names_make_an_index_of_nothing() -> None:
    assert search_index({}).startswith(b"SQLite format 3\0")


def test_a_release_has_it_and_is_named_without_it(contents: ReleaseContents, publish, tmp_path: Path) -> None:
    manifest = publish(contents)
    place = release_folder.file(tmp_path, manifest.id, SEARCH_INDEX)
    with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM entity").fetchone()[0] > 10
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    others = {path: entry for path, entry in manifest.files.items() if path != SEARCH_INDEX}
    assert content_hash(others) == content_hash(manifest.files)


def test_a_release_of_an_older_program_without_one_is_made_anew(
    contents: ReleaseContents, publish, tmp_path: Path
) -> None:
    first = publish(contents)
    place = release_folder.folder(tmp_path, first.id)
    (place / SEARCH_INDEX).unlink()
    manifest = place / release_folder.MANIFEST
    text = manifest.read_text(encoding="utf-8")
    entry = text[text.index(f'    "{SEARCH_INDEX}"') : text.index('    "void.ttl"')]
    manifest.write_text(text.replace(entry, ""), encoding="utf-8")
    again = publish(contents)
    assert again.id == first.id
    assert release_folder.file(tmp_path, again.id, SEARCH_INDEX).exists()
    assert publish(contents) is None
