from __future__ import annotations

from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.evidence import backing
from coopgraph.reading.pages.property_values import disagreements, facts, reasons

from .conftest import Views

LANTERN = NamedNode(BASE + "id/org/lantern")


def test_each_claimed_value_is_told_once_with_what_stands_behind_it(views: Views) -> None:
    found = {fact.key: fact for fact in facts(views("org/lantern"), LANTERN)}
    (founded,) = found["foundingDate"].statements
    assert founded.value.text == "April 2016"
    assert founded.backing is not None
    assert founded.backing.page.path == "/doc/claim/lantern.foundingDate.1"
    assert [item.citation.path for item in founded.backing.passages] == ["/doc/citation/bridge-page.s02"]


def test_the_type_comes_before_the_seat_and_the_seat_before_the_day(views: Views) -> None:
    keys = [fact.key for fact in facts(views("org/lantern"), LANTERN)]
    assert keys.index("hasOrganizationType") < keys.index("isBasedIn") < keys.index("foundingDate")


def test_names_in_several_languages_say_which_in_the_readers(views: Views) -> None:
    (names,) = (fact for fact in facts(views("org/lantern", "ko"), LANTERN) if fact.key == "prefLabel")
    assert {"영어", "일본어"} <= {item.language_name for item in names.statements}


def test_what_is_left_out_is_not_told(views: Views) -> None:
    view = views("org/lantern")
    kept = facts(view, LANTERN, without={SKOS.prefLabel, COOP.foundingDate})
    assert {fact.key for fact in facts(view, LANTERN)} - {fact.key for fact in kept} == {"prefLabel", "foundingDate"}


def test_values_that_do_not_compete_are_no_disagreement(views: Views) -> None:
    assert disagreements(views("org/lantern"), LANTERN) == ()


def test_a_reason_behind_several_statements_is_given_once(views: Views) -> None:
    view = views("org/lantern")
    wrong = backing(view, NamedNode(BASE + "id/figure/lantern.2020.assistance-cases"))
    assert len(reasons([wrong])) == len(reasons([wrong, wrong])) > 0
