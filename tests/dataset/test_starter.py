"""A new entity's file asks for what is needed, and cannot be published as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.starter import starter, starter_kinds
from coopgraph.dataset.tree import Tree
from coopgraph.errors import WrongUsage
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.rdf.turtle import format_turtle

from .conftest import ROOT, Write

SLUGS = {"period": "2019_2021"}


def _starter(kind: str, tree: Tree) -> bytes:
    return starter(kind, SLUGS.get(kind, f"new-{kind}"), tree, tree_prefixes(tree, limit=1_000_000))


def test_every_kind_with_files_of_its_own_has_a_starter() -> None:
    index = Index(quad.triple for quad in read_rdf((ROOT / "ontology" / "kinds.ttl").read_bytes(), TURTLE))
    own = [kind for kind, value in index.pairs(COOP.hasOwnFile) if str(value).startswith('"true"')]
    segments = [str(value).strip('"') for kind in own for value in index.objects(kind, COOP.pathSegment)]
    assert sorted(segments) == list(starter_kinds())


@pytest.mark.parametrize("kind", starter_kinds())
def test_a_starter_is_in_the_house_form_and_about_its_entity(kind: str, tree: Tree) -> None:
    text = _starter(kind, tree)
    assert format_turtle(text, prefixes=tree_prefixes(tree, limit=1_000_000)) == text
    subjects = {quad.subject for quad in read_rdf(text, TURTLE)}
    assert NamedNode(f"https://w3id.org/coopgraph/id/{kind}/{SLUGS.get(kind, f'new-{kind}')}") in subjects
    assert "SLUG" not in text.decode()


@pytest.fixture(scope="module")
def empty() -> Iterator[Workspace]:
    """A tree without data, to which one file is laid at a time."""
    with TemporaryDirectory() as data:
        tree = Tree(ROOT / "ontology", ROOT / "shapes", Path(data))
        with closing(Workspace.open(tree, input_size=1_000_000)) as opened:
            yield opened


@pytest.mark.slow
@pytest.mark.parametrize("kind", starter_kinds())
def test_a_starter_has_one_finding_that_counts_its_gaps_and_names_their_lines(
    kind: str, tree: Tree, empty: Workspace
) -> None:
    text = _starter(kind, tree)
    path = f"data/{kind}/{SLUGS.get(kind, f'new-{kind}')}.ttl"
    gaps = [number for number, line in enumerate(text.decode().splitlines(), 1) if "fill-in" in line]
    [finding] = empty.with_file(path, text).report(today=date(2026, 1, 1)).findings
    assert finding.rule.endswith("/FillIn")
    assert f" {len(gaps)} places still say fill-in" in finding.messages["en"]
    assert ", ".join(map(str, gaps[:20])) in finding.messages["en"]
    assert finding.place
    assert finding.place.line == gaps[0]


def test_what_is_filled_in_wrongly_is_told_while_other_places_are_left(tree: Tree, empty: Workspace) -> None:
    text = _starter("source", tree).replace(b"dir:fill-in", b"dir:primry")
    found = empty.with_file("data/source/new-source.ttl", text).report(today=date(2026, 1, 1)).findings
    assert {finding.rule.rpartition("/")[2] for finding in found} == {"FillIn"}
    law = _starter("law", tree).replace(
        b"cite:fill-in.p1 ;\n    rdf:object lt:fill-in", b"cite:x.p1 ;\n    rdf:object lt:ac"
    )
    told = empty.with_file("data/law/new-law.ttl", law).report(today=date(2026, 1, 1)).findings
    assert {finding.rule.rpartition("/")[2] for finding in told} >= {"FillIn", "ValueInScheme", "NoDanglingIri"}


def test_claims_of_a_starter_rest_on_the_first_passage_of_a_source(tree: Tree, write: Write) -> None:
    write("source/page.ttl", "".join(f"cite:page.p{number} a coop:Citation .\n" for number in (10, 9, 11)))
    prefixes = tree_prefixes(tree, limit=1_000_000)
    text = starter("org", "new-org", tree, prefixes, "page").decode()
    assert "cite:page.p9" in text
    assert "cite:fill-in" not in text
    with pytest.raises(WrongUsage, match="names no passage"):
        starter("period", "2020", tree, prefixes, "page")
    with pytest.raises(WrongUsage, match=r"no source “pages”\. Did you mean page"):
        starter("org", "new-org", tree, prefixes, "pages")
    write("source/blank.ttl", "src:blank a coop:SourceDocument .")
    with pytest.raises(WrongUsage, match="has no passage yet"):
        starter("org", "new-org", tree, prefixes, "blank")


def test_a_slug_that_any_kind_uses_is_refused(tree: Tree, write: Write) -> None:
    write("law/taken.ttl", "")
    with pytest.raises(WrongUsage, match=r"taken by data/law/taken\.ttl"):
        starter("org", "taken", tree, {})


@pytest.mark.parametrize("slug", ["", "Upper", "a.b", "a--b", "-a", "a_b", "../a", "a/b", "é", "a" * 101, "a\n"])
def test_what_cannot_be_a_slug_is_refused(slug: str, tree: Tree) -> None:
    with pytest.raises(WrongUsage, match="cannot be a slug"):
        starter("org", slug, tree, {})


@pytest.mark.parametrize("slug", ["spring", "20", "2020-1", "2020_", "2020__2021"])
def test_a_period_is_named_by_its_dates(slug: str, tree: Tree) -> None:
    with pytest.raises(WrongUsage, match="is no period"):
        starter("period", slug, tree, {})


def test_names_stand_in_the_place_of_the_name_that_is_to_be_filled_in(tree: Tree) -> None:
    names = [Literal("Harbor Light", language="en"), Literal("항구등", language="ko")]
    prefixes = tree_prefixes(tree, limit=1_000_000)
    text = starter("org", "harbor-light", tree, prefixes, names=names).decode()
    for number, name in enumerate(names, 1):
        claim = text[text.index(f"c:harbor-light.prefLabel.{number} a coop:Claim") :].partition("\n.\n")[0]
        assert f'rdf:object "{name.value}"@{name.language} ;' in claim
        assert "coop:hasEvidence cite:fill-in.p1 ;" in claim
    assert "x-fill-in" not in text.partition("svc:")[0]
    assert 'dcterms:title "Harbor Light"@en' in starter("source", "a", tree, prefixes, names=names).decode()
    with pytest.raises(WrongUsage, match="has no name"):
        starter("period", "2020", tree, prefixes, names=names)
