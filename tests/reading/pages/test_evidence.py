from __future__ import annotations

from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.evidence import backing, defect, passage

from .conftest import Views


def node(name: str) -> NamedNode:
    return NamedNode(f"{BASE}id/{name}")


def test_a_statement_of_which_nothing_is_said_stands_as_stated_unchecked_and_normal(views: Views) -> None:
    standing = backing(views("org/lantern"), node("claim/lantern.isBasedIn.1"))
    assert (standing.rank, standing.basis, standing.verification) == ("normal", "stated", "unchecked")
    assert (standing.last_verified, standing.defects) == ("", ())
    assert not standing.remarkable


def test_what_is_inferred_disputed_or_not_normal_is_remarkable(views: Views) -> None:
    view = views("org/lantern")
    inferred = backing(view, node("claim/lantern.hasOrganizationType.1"))
    assert (inferred.basis, inferred.remarkable) == ("inferred", True)
    wrong = backing(view, node("figure/lantern.2020.assistance-cases"))
    assert (wrong.rank, wrong.verification, wrong.remarkable) == ("deprecated", "disputed", True)
    assert wrong.rank_label is not None
    assert wrong.rank_label.text
    assert backing(view, node("figure/lantern.2020.assistance-cases.b")).rank == "preferred"


def test_every_citation_of_a_statement_is_a_passage_with_its_words_and_document(views: Views) -> None:
    view = views("org/lantern")
    passages = backing(view, node("figure/lantern.2020.victims-supported")).passages
    assert {item.citation.path for item in passages} == {
        "/doc/citation/bridge-page.s03",
        "/doc/citation/lantern-report-2020.p2",
    }
    for item in passages:
        assert item.quote.text
        assert item.source.path.startswith("/doc/source/")
        assert item.url.startswith("https://")


def test_a_defect_tells_the_faulty_passage_the_words_and_what_corrects_them(views: Views) -> None:
    view = views("org/lantern")
    (found,) = backing(view, node("figure/lantern.2020.assistance-cases")).defects
    assert found == defect(view, node("defect/bridge-page.case-count"))
    assert found.passage == passage(view, node("citation/bridge-page.s03"))
    assert all(item.text in found.passage.quote.text for item in found.verbatim)
    assert found.rationale
    assert found.kind is not None
    assert found.status is not None
