"""A whole check on the invented graph with something broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopgraph.dataset.tree import Tree
from coopgraph.errors import UnreadableInput
from coopgraph.model.language import LANGUAGES
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document, check_tree

from .conftest import DAY, FIXTURE, ROOT, Check, line_of, of_rule

LANTERN = "org/lantern.ttl"


def test_the_invented_graph_has_no_violation_and_no_warning(check: Check) -> None:
    report = check()
    assert report.conforms
    assert report.count("warning") == 0
    assert report.left_out == ()
    assert report.files > 50
    assert report.triples > 5000


FOUNDED = "c:lantern.foundingDate.1 a coop:Claim ;\n"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """Give the report on a tree with five mistakes in one file, none of which has to do with another, and the file."""
    data = Path(shutil.copytree(FIXTURE, tmp_path_factory.mktemp("broken") / "data"))
    place = data / LANTERN
    text = place.read_text(encoding="utf-8")
    for words, replacement in (
        (FOUNDED + "    coop:hasEvidence cite:bridge-page.s02 ;\n", FOUNDED),
        ('"2016-04"^^xsd:gYearMonth', '"2016-02-30"^^xsd:date'),
        ("coop:hasChannelType ch:phone ;", "coop:hasChannelType ch:phome ;"),
        ("rdf:object ot:victim-support-center ;", "rdf:object ot:victim-support-centre ;"),
        ('"Lantern Support Center"@en', '"Lantern Support Center"@xx'),
    ):
        assert words in text
        text = text.replace(words, replacement, 1)
    place.write_text(text, encoding="utf-8")
    return check_tree(Tree(ROOT / "ontology", ROOT / "shapes", data), today=DAY, input_size=2**20), place


@pytest.mark.slow
def test_a_missing_source_is_found_at_the_claim_that_lacks_it(broken: tuple[Report, Path]) -> None:
    report, place = broken
    (finding,) = of_rule(report, "ClaimHasSource")
    assert finding.place is not None
    assert (finding.place.path, finding.place.line) == (
        "data/org/lantern.ttl",
        line_of(place, "c:lantern.foundingDate.1 a"),
    )
    assert finding.place.excerpt == FOUNDED.rstrip()
    assert set(finding.messages) == set(LANGUAGES)
    assert not report.conforms


def test_a_day_that_does_not_exist_is_found_at_the_value(broken: tuple[Report, Path]) -> None:
    report, place = broken
    wrong = [f for f in report.findings if f.place and f.place.excerpt.strip().startswith('rdf:object "2016-02-30"')]
    assert wrong
    assert all(f.place and f.place.line == line_of(place, "2016-02-30") for f in wrong)
    assert all(f.place and f.place.column == 16 for f in wrong)


@pytest.mark.slow
def test_a_wrong_datatype_is_found_at_the_value(check: Check) -> None:
    report = check((LANTERN, '"2016-04"^^xsd:gYearMonth', "2016"))
    assert any(f.place and f.place.excerpt.strip() == "rdf:object 2016 ;" for f in report.findings)
    assert not report.conforms


def test_an_unknown_property_is_found_where_it_is_written(check: Check, tree: Tree) -> None:
    report = check(
        ("source/bridge-page.ttl", " a coop:SourceDocument ;", " a coop:SourceDocument ;\n    coop:nosuch 1 ;"),
        (LANTERN, "rdf:predicate coop:foundingDate ;", "rdf:predicate coop:nosuch ;"),
    )
    found = [f.place for f in of_rule(report, "KnownProperty") if f.place]
    assert {(place.path, place.excerpt.strip()) for place in found} == {
        ("data/source/bridge-page.ttl", "coop:nosuch 1 ;"),
        ("data/org/lantern.ttl", "rdf:predicate coop:nosuch ;"),
    }


def test_a_wrong_code_is_answered_with_the_nearest_of_its_scheme(broken: tuple[Report, Path]) -> None:
    (finding,) = (f for f in of_rule(broken[0], "ValueInScheme") if "ch:phome" in f.messages["en"])
    assert finding.messages["en"].endswith(" Did you mean ch:phone?")
    assert all("ch:phone" in finding.messages[language] for language in LANGUAGES)


def test_a_wrong_code_of_a_claim_is_answered_with_the_nearest_of_the_claimed_property(
    broken: tuple[Report, Path],
) -> None:
    (finding,) = (f for f in of_rule(broken[0], "ValueInScheme") if "support-centre" in f.messages["en"])
    assert "ot:victim-support-center" in finding.messages["en"].partition(" Did you mean ")[2]


@pytest.mark.slow
def test_a_wrong_class_or_property_is_answered_with_the_nearest_of_the_vocabulary(check: Check) -> None:
    report = check(
        (LANTERN, "o:lantern a coop:Organization ;", "o:lantern a coop:Organisation ;"),
        ("source/bridge-page.ttl", " a coop:SourceDocument ;", " a coop:SourceDocument ;\n    coop:hasSourceKnd 1 ;"),
    )
    assert "coop:Organization" in of_rule(report, "KnownClass")[0].messages["ko"]
    assert "coop:hasSourceKind" in of_rule(report, "KnownProperty")[0].messages["ja"]


def test_a_link_that_leads_nowhere_is_answered_with_the_nearest_of_its_kind(check: Check) -> None:
    report = check((LANTERN, "coop:hasEvidence cite:bridge-page.s02 ;", "coop:hasEvidence cite:bridge-pgae.s02 ;"))
    (finding, *_) = of_rule(report, "NoDanglingIri")
    question = finding.messages["en"].partition(" Did you mean ")[2]
    assert "cite:bridge-page.s02" in question
    assert all(name.startswith("cite:") for name in question.removesuffix("?").replace(" or ", " ").split())


def test_an_unknown_language_tag_is_found_at_the_text(broken: tuple[Report, Path]) -> None:
    found = of_rule(broken[0], "LanguageTagKnown")
    assert found
    assert all(f.place and '"Lantern Support Center"@xx' in f.place.excerpt for f in found)


def test_a_slug_of_two_entities_is_a_violation_at_both(check: Check, tree: Tree) -> None:
    (tree.data / "event" / "lantern.ttl").write_text(
        "@prefix coop: <https://w3id.org/coopgraph/def/> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix ev: <https://w3id.org/coopgraph/id/event/> .\n\nev:lantern a coop:Event ;\n"
        '    dcterms:identifier "lantern" ;\n.\n',
        encoding="utf-8",
    )
    paths = {f.place.path for f in of_rule(check(), "UniqueSlug") if f.place}
    assert paths == {"data/event/lantern.ttl", "data/org/lantern.ttl"}


@pytest.mark.slow
def test_all_syntax_errors_of_all_files_come_in_one_report(check: Check, tree: Tree) -> None:
    first, second = tree.data / LANTERN, tree.data / "org/open-window.ttl"
    for place in (first, second):
        text = place.read_text(encoding="utf-8")
        place.write_text(text + "\nnoprefix:x a 1 .\n\no:y coop:z ;;; ) .\n", encoding="utf-8")
    report = check()
    found = of_rule(report, "SyntaxError")
    assert {f.place.path for f in found if f.place} == {"data/org/lantern.ttl", "data/org/open-window.ttl"}
    assert len(found) == 4
    assert report.left_out == ("data/org/lantern.ttl", "data/org/open-window.ttl")


def test_of_a_file_with_syntax_errors_nothing_else_is_said(check: Check, tree: Tree) -> None:
    place = tree.data / LANTERN
    place.write_text(place.read_text(encoding="utf-8") + "\nx:y z .\n", encoding="utf-8")
    report = check((LANTERN, "    coop:hasEvidence cite:bridge-page.s02 ;\n", ""))
    assert {f.rule for f in report.findings if f.place and f.place.path == "data/org/lantern.ttl"} == {
        "https://w3id.org/coopgraph/shape/SyntaxError"
    }


@pytest.mark.slow
def test_only_the_files_asked_for_are_reported_on(check: Check) -> None:
    claim = "c:lantern.foundingDate.1 a coop:Claim ;\n"
    broken = (LANTERN, claim + "    coop:hasEvidence cite:bridge-page.s02 ;\n", claim)
    assert check(broken, only=("org/open-window.ttl",)).findings == ()
    report = check(only=(LANTERN,))
    assert report.files == 1
    assert {f.place.path for f in report.findings if f.place} == {"data/org/lantern.ttl"}


@pytest.mark.slow
def test_a_document_takes_the_place_of_its_entitys_file(check: Check, tree: Tree) -> None:
    text = (tree.data / LANTERN).read_text(encoding="utf-8")
    draft = text.replace("    coop:hasEvidence cite:bridge-page.s02 ;\n", "", 1)
    report = check(documents=(Document(draft.encode(), "draft.ttl"),))
    assert [f.rule.rpartition("/")[2] for f in report.findings if f.severity == "violation"] == ["ClaimHasSource"]
    assert {f.place.path for f in report.findings if f.place} == {"draft.ttl"}
    assert check(documents=(Document(text.encode(), "same.ttl"),)).conforms
    assert (tree.data / LANTERN).read_text(encoding="utf-8") == text


@pytest.mark.slow
def test_two_documents_of_one_entity_are_both_told_so(check: Check, tree: Tree) -> None:
    data = (tree.data / LANTERN).read_bytes()
    report = check(documents=(Document(data, "one.ttl"), Document(data, "two.ttl")))
    assert {f.place.path for f in of_rule(report, "DuplicateEntity") if f.place} == {"one.ttl", "two.ttl"}


def test_a_document_of_no_entity_is_checked_too(check: Check) -> None:
    report = check(documents=(Document(b"<https://example.org/x> a <https://example.org/Y> .\n", "-"),))
    assert not report.conforms
    assert {f.place.path for f in report.findings if f.place} == {"-"}


def test_what_is_no_turtle_is_named_for_what_it_is(check: Check) -> None:
    given = {
        "NotTurtle": b"name,area\nLantern,jp\nWindow,kr\n",
        "EmptyFile": b"",
        "NotUtf8": b"\xff\xfe",
        "ControlCharacter": b"<a:b> <a:c> <a:\0> .",
        "SyntaxError": b"<a:b> <a:c> ",
    }
    report = check(documents=tuple(Document(data, rule) for rule, data in given.items()))
    found = [(f.rule.rpartition("/")[2], f.place.path) for f in report.findings if f.place]
    assert sorted(found) == sorted((rule, rule) for rule in given)
    assert all("{" not in "".join(f.messages.values()) for f in report.findings)


def test_a_byte_that_is_not_utf_8_has_its_place(check: Check) -> None:
    (finding,) = check(documents=(Document(b'<a:b>\n  <a:c> "\xff" .\n', "-"),)).findings
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (2, 10)


@pytest.mark.slow
def test_a_file_past_the_size_limit_is_left_out_in_words(check: Check, tree: Tree) -> None:
    with (tree.data / "org" / "large.ttl").open("wb") as stream:
        stream.truncate(100 * 1024**2)
    report = check(only=("org/large.ttl",))
    assert [f.rule.rpartition("/")[2] for f in report.findings] == ["FileTooLarge"]
    assert report.left_out == ("data/org/large.ttl",)


def test_a_claim_of_a_wrong_value_is_shown_at_the_claim_not_at_the_entity(check: Check, tree: Tree) -> None:
    report = check((LANTERN, "rdf:object area:jp ;", "rdf:object area:zz ;"))
    places = {(f.place.path, f.place.line) for f in report.findings if f.place and f.severity == "violation"}
    assert places == {("data/org/lantern.ttl", line_of(tree.data / LANTERN, "area:zz"))}


@pytest.mark.slow
def test_messages_name_things_by_their_labels(check: Check) -> None:
    report = check((LANTERN, "rdf:object area:jp ;", "rdf:object area:kr ;"))
    (finding,) = of_rule(report, "LabelOwnLanguage")
    assert "South Korea (area:kr)" in finding.messages["en"]
    assert "대한민국 (area:kr)" in finding.messages["ko"]


@pytest.mark.slow
def test_a_list_of_texts_takes_no_place_from_what_else_is_in_a_file(check: Check, tree: Tree) -> None:
    place = tree.data / LANTERN
    place.write_text(
        place.read_text(encoding="utf-8") + '\n<urn:a> <urn:list> ( "a" [ <urn:b> ( "b"@en 1 ) ] ) ;\n.\n',
        encoding="utf-8",
    )
    report = check((LANTERN, '"Lantern Support Center"@en', '"Lantern Support Center "@en'))
    (finding,) = of_rule(report, "TextTidy")
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (line_of(place, 'Center "@en'), 16)
    assert "U+0020 SPACE stands on line 1, character 23, of “Lantern Support Center ”" in finding.messages["en"]


def test_a_character_that_does_not_belong_is_told_in_five_languages_with_name_and_place(check: Check) -> None:
    report = check((LANTERN, '"Lantern Support Center"@en', '"Lantern \\u200BSupport\\u0092 Center"@en'))
    (unseen,) = of_rule(report, "TextVisible")
    (undecoded,) = of_rule(report, "TextDecoded")
    assert set(unseen.messages) == set(undecoded.messages) == set(LANGUAGES)
    assert all("U+200B ZERO WIDTH SPACE" in message for message in unseen.messages.values())
    assert all("17" in message for message in undecoded.messages.values())
    assert unseen.place
    assert "\\u200B" in unseen.place.excerpt
    assert not report.conforms


@pytest.mark.slow
def test_windows_line_ends_are_told_once_and_change_no_text(check: Check, tree: Tree) -> None:
    files = sorted(tree.data.rglob("*.ttl"))
    before = check()
    for place in files:
        place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    report = check()
    (finding,) = of_rule(report, "LineEnds")
    assert f"may write them: {len(files)}." in finding.messages["en"]
    assert report.conforms
    assert len(report.findings) == len(before.findings) + 1


def test_a_file_with_carriage_returns_alone_has_lines_too(check: Check, tree: Tree) -> None:
    place = tree.data / LANTERN
    line = line_of(place, '"Lantern Support Center"@en')
    text = place.read_text(encoding="utf-8").replace('"Lantern Support Center"@en', '"Lantern Support Center"@xx')
    place.write_bytes(text.replace("\n", "\r").encode())
    found = of_rule(check(), "LanguageTagKnown")
    assert {finding.place.line for finding in found if finding.place} == {line}


@pytest.mark.slow
def test_a_slug_that_windows_keeps_is_a_violation(check: Check, tree: Tree) -> None:
    text = (tree.data / LANTERN).read_text(encoding="utf-8").replace("o:lantern ", "o:nul ")
    report = check(documents=(Document(text.encode(), "nul.ttl"),))
    assert of_rule(report, "SlugReserved")


def test_rules_that_are_too_large_to_be_read_are_told_as_that(tree: Tree) -> None:
    with pytest.raises(UnreadableInput, match=r"shapes/\w+\.ttl has [\d,]+ bytes") as caught:
        check_tree(tree, today=DAY, input_size=2000)
    assert "input_size" in str(caught.value.hint)
