from __future__ import annotations

from pyoxigraph import RdfFormat, parse

from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.timeline import timeline
from coopgraph.reading.vocabulary import Vocabulary

HISTORY = f"""
PREFIX coop: <{BASE}def/>
PREFIX ev: <{BASE}id/event/>
PREFIX o: <{BASE}id/org/>
PREFIX rank: <{BASE}id/concept/rank/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
o:harbour coop:foundingDate "2018-04"^^xsd:gYearMonth, "2019"^^xsd:gYear .
ev:opening skos:prefLabel "Opening"@en ; coop:concernsOrganization o:harbour ; coop:occurredOn "2018-06-01"^^xsd:date .
ev:before skos:prefLabel "Before"@en ; coop:concernsOrganization o:harbour ; coop:occurredOn "2017"^^xsd:gYear .
<{BASE}id/claim/c> rdf:subject o:harbour ; rdf:predicate coop:foundingDate ; rdf:object "2019"^^xsd:gYear ;
    coop:hasRank rank:deprecated .
"""
HARBOUR = NamedNode(f"{BASE}id/org/harbour")


def view_of(text: str) -> View:
    return View(Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE)), Vocabulary({}, {}, (), {}), "en")


def test_dates_of_a_thing_and_events_around_it_are_in_order_without_what_is_not_to_be_used() -> None:
    found = [(entry.when, entry.what.text, entry.what.path) for entry in timeline(view_of(HISTORY), HARBOUR)]
    assert found == [
        ("2017", "Before", "/doc/event/before"),
        ("April 2018", "foundingDate", ""),
        ("1 June 2018", "Opening", "/doc/event/opening"),
    ]


def test_a_single_date_is_no_timeline() -> None:
    lonely = "\n".join(line for line in HISTORY.splitlines() if not line.startswith("ev:"))
    assert timeline(view_of(lonely), HARBOUR) == ()
