"""Rules about files, one file broken at a time."""

from __future__ import annotations

from coopgraph.dataset.tree import Tree

from .conftest import Check, line_of, of_rule

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


def test_a_record_in_another_entitys_file_is_found_where_it_stands(check: Check, tree: Tree) -> None:
    append(tree, LANTERN, RECORD)
    (finding,) = of_rule(check(), "RecordInEntityFile")
    assert finding.place is not None
    assert finding.place.line == line_of(tree.data / LANTERN, "svc:open-window.example a")
    assert "svc:open-window.example" in finding.messages["en"]


def test_a_statement_about_another_entity_is_found(check: Check, tree: Tree) -> None:
    append(tree, LANTERN, '\no:open-window dcterms:identifier "open-window" .\n')
    (finding,) = of_rule(check(), "ForeignStatement")
    assert finding.place is not None
    assert finding.place.excerpt.startswith("o:open-window")


def test_a_record_described_in_two_files_is_found_in_both(check: Check, tree: Tree) -> None:
    append(tree, LANTERN, "\nc:lantern.twice.1 a coop:Claim .\n")
    append(tree, "org/open-window.ttl", "\nc:lantern.twice.1 a coop:Claim .\n")
    places = {f.place.path for f in of_rule(check(), "DuplicateEntity") if f.place}
    assert places == {"data/org/lantern.ttl", "data/org/open-window.ttl"}


def test_a_subject_without_a_class_is_found(check: Check, tree: Tree) -> None:
    append(tree, LANTERN, '\nc:lantern.untyped.1 coop:curatorNote "What is this?"@en .\n')
    (finding,) = of_rule(check(), "SubjectHasType")
    assert finding.place is not None
    assert finding.place.excerpt.startswith("c:lantern.untyped.1")


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


def test_a_comment_is_found_on_its_line_but_not_within_a_text(check: Check, tree: Tree) -> None:
    report = check((LANTERN, "o:lantern a coop:Organization ;", "# Our first entry\no:lantern a coop:Organization ;"))
    (finding,) = of_rule(report, "HasComments")
    assert finding.place is not None
    assert finding.place.line == line_of(tree.data / LANTERN, "# Our first entry")
    assert "#" in (tree.data / LANTERN).read_text(encoding="utf-8").replace("# Our first entry", "")


def test_another_form_than_the_house_form_is_noted(check: Check) -> None:
    assert of_rule(check(only=(LANTERN,)), "NotFormatted") == []
    change = (LANTERN, "    rdf:object area:jp ;", "  rdf:object area:jp ;")
    (finding,) = of_rule(check(change, only=(LANTERN,)), "NotFormatted")
    assert finding.severity == "info"
