"""A record is begun in the file of what it belongs to, which then has one finding more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.record_starter import record_kinds, with_record
from coopgraph.dataset.starter import starter
from coopgraph.dataset.tree import Tree
from coopgraph.errors import UnreadableInput, WrongUsage
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.turtle import format_turtle
from tests.conftest import FIXTURE

from .conftest import ROOT, Write

TREE = Tree(ROOT / "ontology", ROOT / "shapes", FIXTURE)
PREFIXES = tree_prefixes(TREE, limit=1_000_000)

SLUGS = {
    "channel": ("lantern.removal-support.chat",),
    "citation": ("lantern-report-2020.p9",),
    "claim": ("lantern.homepage.9", "lantern.removal-support.asOf.1", "image-abuse-act.prefLabel.9"),
    "defect": ("lantern-report-2020.total",),
    "figure": ("lantern.2030.reports-received", "image-abuse-act.2030.cases"),
    "participation": ("lantern.spring",),
    "provision": ("image-abuse-act.art-9",),
    "quotation": ("lantern.aim", "image-abuse-act.purpose"),
    "service": ("lantern.new-line",),
}


@pytest.fixture(scope="module")
def fixture() -> Iterator[Workspace]:
    with closing(Workspace.open(TREE, input_size=1_000_000)) as opened:
        yield opened


def test_every_kind_of_record_that_a_form_asks_for_can_be_begun() -> None:
    forms = (ROOT / "shapes" / "forms").glob("*.ttl")
    asked = {name for form in forms for name in re.findall(r"form:([a-z]+) a sh:NodeShape", form.read_text("utf-8"))}
    own = {"org", "law", "event", "source", "period", "comparability"}
    named = {"passage": "citation"}
    assert {named.get(name, name) for name in asked} - own == set(record_kinds()) == set(SLUGS)


@pytest.mark.parametrize(("kind", "slug"), [(kind, slug) for kind, slugs in SLUGS.items() for slug in slugs])
def test_a_file_with_a_record_begun_has_one_finding_that_counts_its_gaps(
    kind: str, slug: str, fixture: Workspace
) -> None:
    file, text = with_record(kind, slug, TREE, PREFIXES)
    before = {quad.triple for quad in read_rdf(file.place.read_bytes(), TURTLE)}
    after = {quad.triple for quad in read_rdf(text, TURTLE)}
    assert before < after
    assert f"/id/{kind}/{slug}>" in " ".join(str(triple.subject) for triple in after - before)
    assert format_turtle(text, prefixes=PREFIXES) == text
    assert not re.search("OWNER|SLUG", text.decode())
    gaps = [number for number, line in enumerate(text.decode().splitlines(), 1) if "fill-in" in line]
    findings = fixture.with_file(file.path, text).report([file.path], today=date(2026, 1, 1)).findings
    [finding] = [item for item in findings if item.severity != "info"]
    assert finding.rule.endswith("/FillIn")
    assert f" {len(gaps)} places still say fill-in" in finding.messages["en"]


def test_a_record_without_a_name_of_its_own_is_to_be_given_one() -> None:
    file, text = with_record("figure", "lantern", TREE, PREFIXES)
    assert "fig:lantern.fill-in a coop:Observation ;" in text.decode()
    assert file.path == "data/org/lantern.ttl"


def test_a_record_belongs_to_the_thing_with_most_of_its_slug() -> None:
    text = with_record("claim", "lantern.removal-support.asOf.1", TREE, PREFIXES)[1].decode()
    begun = text[text.index("c:lantern.removal-support.asOf.1 a coop:Claim") :].partition("\n.\n")[0]
    assert "rdf:subject svc:lantern.removal-support ;" in begun


def test_what_a_record_states_rests_on_the_passage_that_is_named() -> None:
    text = with_record("figure", "lantern.2030.new", TREE, PREFIXES, "bridge-page")[1].decode()
    assert "cite:bridge-page.s01" in text[text.index("fig:lantern.2030.new") :].partition("\n.\n")[0]
    with pytest.raises(WrongUsage, match="names no passage"):
        with_record("citation", "bridge-page.p77", TREE, PREFIXES, "bridge-page")


@pytest.mark.parametrize(
    ("kind", "slug", "told"),
    [
        ("service", "lanterm.line", "Did you mean lantern"),
        ("service", "", "cannot name a record"),
        ("service", "../lantern.x", "cannot name a record"),
        ("service", "lantern..x", "cannot name a record"),
        ("provision", "lantern.art-1", "Nothing in data/org/lantern.ttl can have a provision"),
        ("channel", "lantern.no-such-service.chat", "has no service/lantern.no-such-service.chat"),
        ("service", "lantern.removal-support", "has service/lantern.removal-support already"),
    ],
)
def test_what_cannot_be_begun_is_told(kind: str, slug: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=re.escape(told)):
        with_record(kind, slug, TREE, PREFIXES)


def test_a_file_that_would_lose_something_is_left_as_it_is(tree: Tree, write: Write) -> None:
    body = starter("org", "body", tree, PREFIXES)
    write("org/body.ttl", "# a comment\n" + body.decode())
    with pytest.raises(WrongUsage, match=r"line [0-9]+, would be lost"):
        with_record("service", "body.line", tree, PREFIXES)
    write("org/body.ttl", body.decode() + "o:body coop:oops")
    with pytest.raises(UnreadableInput, match="cannot be read"):
        with_record("service", "body.line", tree, PREFIXES)


def test_a_starter_with_a_record_begun_still_has_one_finding(tree: Tree, write: Write) -> None:
    write("org/body.ttl", starter("org", "body", tree, PREFIXES).decode())
    file, text = with_record("figure", "body", tree, PREFIXES)
    with closing(Workspace.open(tree, input_size=1_000_000)) as opened:
        found = opened.with_file(file.path, text).report([file.path], today=date(2026, 1, 1)).findings
    assert [item.rule.rpartition("/")[2] for item in found] == ["FillIn"]


def test_the_place_of_a_record_is_the_file_on_disk() -> None:
    assert with_record("service", "lantern.other", TREE, PREFIXES)[0].place == Path(FIXTURE / "org" / "lantern.ttl")
