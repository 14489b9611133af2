"""A new entity's file asks for what is needed, and cannot be published as it is."""

from __future__ import annotations

from datetime import date

import pytest

from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.starter import starter, starter_kinds
from coopgraph.dataset.tree import Tree
from coopgraph.errors import WrongUsage
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import format_turtle
from coopgraph.validation.run import check_tree

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


@pytest.mark.parametrize("kind", starter_kinds())
def test_every_gap_of_a_starter_fails_the_check_where_it_stands(kind: str, tree: Tree, write: Write) -> None:
    text = _starter(kind, tree)
    path = f"{kind}/{SLUGS.get(kind, f'new-{kind}')}.ttl"
    write(path, text)
    report = check_tree(tree, today=date(2026, 1, 1), input_size=1_000_000, only=(tree.data / path,))
    told = {finding.place.line for finding in report.findings if finding.severity == "violation" and finding.place}
    gaps = {number for number, line in enumerate(text.decode().splitlines(), 1) if "fill-in" in line}
    gaps -= {number for number, line in enumerate(text.decode().splitlines(), 1) if ".fill-in" in line}
    gaps -= {number for number, line in enumerate(text.decode().splitlines(), 1) if "https://fill-in" in line}
    assert gaps <= told


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


def test_an_unknown_kind_is_refused_with_those_there_are(tree: Tree) -> None:
    with pytest.raises(WrongUsage) as caught:
        starter("orgs", "a", tree, {})
    assert "org" in str(caught.value.hint)
