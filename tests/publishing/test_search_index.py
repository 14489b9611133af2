"""The search index that a release has: of which things and names, and that it is the same for the same names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.model.search_index import SEARCH_INDEX
from coopgraph.publishing.files import ReleaseContents, content_hash
from coopgraph.publishing.search_index import IndexedName, IndexedThing, indexed_things, search_index
from coopgraph.rdf.namespaces import COOP, DCTERMS, ELI, OWL, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Triple

LANTERN = NamedNode(f"{BASE}id/org/lantern")
GONE = NamedNode(f"{BASE}id/org/gone")


def names(*triples: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> dict[str, set[tuple[bool, str, str]]]:
    return {slug: set(thing.names) for slug, thing in things(*triples).items()}


def things(*triples: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> dict[str, IndexedThing]:
    found = indexed_things(Triple(*item) for item in triples)  # type: ignore[call-arg]
    return {iri.rpartition("/")[2]: thing for iri, thing in found.items()}


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


def test_a_thing_is_in_its_areas_and_in_what_these_are_parts_of_a_provision_where_its_law_is() -> None:
    country, city = (NamedNode(f"{BASE}id/area/{key}") for key in ("kr", "kr-11"))
    law, provision = NamedNode(f"{BASE}id/law/act"), NamedNode(f"{BASE}id/provision/act.1")
    found = things(
        *((thing, SKOS.prefLabel, Literal("Name", language="en")) for thing in (LANTERN, law, provision, city)),
        (LANTERN, COOP.isBasedIn, city),
        (city, SKOS.broader, country),
        (law, ELI.jurisdiction, country),
        (provision, ELI.is_part_of, law),
    )
    assert {slug: set(thing.areas) for slug, thing in found.items()} == {
        "lantern": {"kr-11", "kr"},
        "kr-11": {"kr-11", "kr"},
        "act": {"kr"},
        "act.1": {"kr"},
    }


def test_areas_that_are_parts_of_each_other_do_no_harm() -> None:
    one, other = (NamedNode(f"{BASE}id/area/{key}") for key in ("aa", "bb"))
    found = things(
        (one, SKOS.prefLabel, Literal("Name", language="en")), (one, SKOS.broader, other), (other, SKOS.broader, one)
    )
    assert found["aa"].areas == {"aa", "bb"}


def test_the_same_names_in_another_order_make_the_same_bytes() -> None:
    own = IndexedThing({IndexedName(False, "en", "name"), IndexedName(True, "ko", "이름")}, {"kr", "jp"})
    some = {f"{BASE}id/org/{slug}": own for slug in "abc"}
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


@pytest.mark.slow
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
