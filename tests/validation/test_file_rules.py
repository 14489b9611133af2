"""Rules about files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopgraph.dataset.tree import Tree
from coopgraph.validation import file_rules
from coopgraph.validation.report import Report
from coopgraph.validation.run import check_tree

from .conftest import DAY, FIXTURE, ROOT, Check, line_of, of_rule

LANTERN = "org/lantern.ttl"
RECORD = """
svc:open-window.example a coop:Service ;
    coop:isProvidedBy o:lantern ;
.
"""


def append(tree: Tree, path: str, text: str) -> None:
    place = tree.data / path
    place.write_text(place.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_file_must_describe_the_entity_that_its_path_names(check: Check, tree: Tree) -> None:
    (tree.data / LANTERN).rename(tree.data / "org/lamp.ttl")
    (finding,) = of_rule(check(), "PathMatchesIri")
    assert finding.place is not None
    assert finding.place.path == "data/org/lamp.ttl"
    assert "o:lamp" in finding.messages["en"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """Give the report on a tree with several files' rules broken, each once, and the file where most of them are."""
    data = Path(shutil.copytree(FIXTURE, tmp_path_factory.mktemp("broken") / "data"))
    broken = Tree(ROOT / "ontology", ROOT / "shapes", data)
    append(broken, LANTERN, RECORD)
    append(broken, LANTERN, '\no:open-window dcterms:identifier "open-window" .\n')
    append(broken, LANTERN, "\nc:lantern.twice.1 a coop:Claim .\n")
    append(broken, "org/open-window.ttl", "\nc:lantern.twice.1 a coop:Claim .\n")
    append(broken, LANTERN, '\nc:lantern.untyped.1 coop:curatorNote "What is this?"@en .\n')
    append(broken, LANTERN, "\n# Our first entry\n")
    return check_tree(broken, today=DAY, input_size=2**20), data / LANTERN


def test_a_record_in_another_entitys_file_is_found_where_it_stands(broken: tuple[Report, Path]) -> None:
    report, place = broken
    found = {f.place.path: f for f in of_rule(report, "RecordInEntityFile") if f.place}
    assert set(found) == {"data/org/lantern.ttl", "data/org/open-window.ttl"}
    finding = found["data/org/lantern.ttl"]
    assert finding.place is not None
    assert finding.place.line == line_of(place, "svc:open-window.example a")
    assert "svc:open-window.example" in finding.messages["en"]


def test_a_statement_about_another_entity_is_found(broken: tuple[Report, Path]) -> None:
    (finding,) = of_rule(broken[0], "ForeignStatement")
    assert finding.place is not None
    assert finding.place.excerpt.startswith("o:open-window")


def test_a_record_described_in_two_files_is_found_in_both(broken: tuple[Report, Path]) -> None:
    places = {f.place.path for f in of_rule(broken[0], "DuplicateEntity") if f.place}
    assert places == {"data/org/lantern.ttl", "data/org/open-window.ttl"}


def test_a_subject_without_a_class_is_found(broken: tuple[Report, Path]) -> None:
    (finding,) = of_rule(broken[0], "SubjectHasType")
    assert finding.place is not None
    assert finding.place.excerpt.startswith("c:lantern.untyped.1")


def test_a_comment_is_found_on_its_line_but_not_within_a_text(broken: tuple[Report, Path]) -> None:
    report, place = broken
    (finding,) = of_rule(report, "HasComments")
    assert finding.place is not None
    assert finding.place.line == line_of(place, "# Our first entry")
    assert "#" in place.read_text(encoding="utf-8").replace("# Our first entry", "")


def test_a_prefix_of_ones_own_is_found_at_its_declaration(check: Check, tree: Tree) -> None:
    place = tree.data / LANTERN
    place.write_text(place.read_text(encoding="utf-8").replace("area:", "place:"), encoding="utf-8")
    (finding,) = of_rule(check(), "UnknownPrefix")
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (1, 9)
    assert "place:" in finding.messages["ko"]


def test_a_canonical_prefix_bound_to_something_else_is_found(check: Check) -> None:
    report = check(
        (LANTERN, "@prefix area: <https://w3id.org/coopgraph/id/area/>", "@prefix area: <https://example.org/>")
    )
    assert len(of_rule(report, "UnknownPrefix")) == 1


@pytest.mark.slow
def test_another_form_than_the_house_form_is_noted(check: Check) -> None:
    assert of_rule(check(only=(LANTERN,)), "NotFormatted") == []
    change = (LANTERN, "    rdf:object area:jp ;", "  rdf:object area:jp ;")
    (finding,) = of_rule(check(change, only=(LANTERN,)), "NotFormatted")
    assert finding.severity == "info"


def test_of_a_file_of_comments_only_some_are_told() -> None:
    text = "#\n" * 100_000
    assert len([*file_rules._of_text("data/org/x.ttl", text, {})]) < 2_000
    text = "".join(f"@prefix p{number}: <https://e{number}.example/> .\n" for number in range(20_000))
    assert len([*file_rules._of_text("data/org/x.ttl", text, {})]) < 2_000
