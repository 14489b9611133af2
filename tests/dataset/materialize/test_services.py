"""What the build makes of services: names composed from their types."""

from __future__ import annotations

import pytest

from coopgraph.dataset.materialize.services import composed_names
from coopgraph.model.iris import BASE, CONCEPT
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.index import Index
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Triple

SERVICE = NamedNode(f"{BASE}id/service/lantern.line")
HELPLINE, ORDER = (NamedNode(f"{CONCEPT}service-type/{key}") for key in ("helpline", "formal-order"))


def labels(concept: NamedNode, *texts: str) -> list[Triple]:
    named = zip(LANGUAGES, texts, strict=True)
    return [Triple(concept, SKOS.prefLabel, Literal(text, language=language)) for language, text in named]


SCHEMES = Index(
    [
        *labels(HELPLINE, "Helpline", "상담 전화", "電話相談", "求助热线", "求助專線"),
        *labels(ORDER, "Order to remove", "삭제 명령", "削除命令", "删除令", "移除命令"),
        Triple(HELPLINE, SKOS.altLabel, Literal("Hotline", language="en")),
    ]
)


def composed(*types: NamedNode, **names: str) -> dict[str, str]:
    records = [Triple(SERVICE, RDF.type, COOP.Service)]
    records += [Triple(SERVICE, COOP.hasServiceType, kind) for kind in types]
    records += [Triple(SERVICE, SKOS.prefLabel, Literal(name, language=tag)) for tag, name in names.items()]
    made = [item.triple for item in composed_names(Index(records), SCHEMES)]
    assert all(triple.predicate == COOP.composedName for triple in made)
    return {
        conventional(value.language or "x"): value.value
        for triple in made
        if isinstance(value := triple.object, Literal)
    }


@pytest.mark.parametrize(
    ("english", "korean", "japanese"),
    [
        ("Helpline", "상담 전화", "電話相談"),
        ("hotline", "상담 전화", "電話相談"),
        ("Helpline: 3018", "상담 전화: 3018", "電話相談：3018"),
        ("Safe to talk", "상담 전화: Safe to talk", "電話相談：Safe to talk"),
    ],
)
def test_a_name_is_composed_of_the_type_and_of_what_the_name_says_beyond_it(
    english: str, korean: str, japanese: str
) -> None:
    made = composed(HELPLINE, en=english)
    assert (made["ko"], made["ja"]) == (korean, japanese)
    assert "en" not in made


def test_no_name_is_composed_in_a_language_in_which_a_source_names_the_service() -> None:
    assert set(composed(HELPLINE, en="Helpline", ko="전화")) == {"ja", "zh-Hans", "zh-Hant"}


def test_several_types_are_joined_and_without_a_type_there_is_no_name() -> None:
    assert composed(ORDER, HELPLINE, en="Helpline")["ko"] == "삭제 명령, 상담 전화"
    assert composed(en="Helpline") == {}
