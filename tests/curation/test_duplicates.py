"""Two descriptions of one body are found by name in any language, homepage or registration number."""

from __future__ import annotations

import pytest

from coopgraph.curation.drafts import node
from coopgraph.curation.duplicates import distinguishing_features, duplicate_candidates
from coopgraph.rdf.namespaces import COOP, FOAF, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple


def _claim(kind: str, slug: str, predicate: NamedNode, value: Term) -> list[Triple]:
    claim = node("claim", f"{slug}.{predicate.value[-5:]}.{abs(hash(value)) % 1000}")
    return [
        Triple(claim, RDF.subject, node(kind, slug)),
        Triple(claim, RDF.predicate, predicate),
        Triple(claim, RDF.object, value),
    ]


@pytest.mark.parametrize(
    ("predicate", "one", "other", "what"),
    [
        (SKOS.prefLabel, Literal("Café de l'Aide", language="fr"), Literal("cafe de l'aide", language="en"), "name"),
        (
            SKOS.altLabel,
            Literal("디지털 성범죄 센터", language="ko"),
            Literal("디지털성범죄센터", language="ko"),
            "name",
        ),
        (FOAF.homepage, NamedNode("https://www.a.example/"), NamedNode("http://a.example"), "homepage"),
        (COOP.registrationNumber, Literal("12-345"), Literal("12345"), "number"),
    ],
)
def test_what_two_bodies_have_in_common_makes_them_candidates(
    predicate: NamedNode, one: Term, other: Term, what: str
) -> None:
    known = distinguishing_features(_claim("org", "there", predicate, other))
    [found] = duplicate_candidates(_claim("org", "new", predicate, one), known)
    assert (found.entity.slug, found.other.slug, found.what) == ("new", "there", what)
    assert "org/there" in str(found.message)


def test_others_of_another_kind_and_what_is_new_alone_are_none() -> None:
    name = Literal("One name", language="en")
    law = distinguishing_features(_claim("law", "x", SKOS.prefLabel, name))
    assert duplicate_candidates(_claim("org", "new", SKOS.prefLabel, name), law) == ()
    two = _claim("org", "a", SKOS.prefLabel, name) + _claim("org", "b", SKOS.prefLabel, name)
    assert duplicate_candidates([], distinguishing_features(two)) == ()
    assert len(duplicate_candidates(two, [])) == 1
