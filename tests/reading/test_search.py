"""Search in names: any language and script, parts of words, one slip; why each result is one, and in which order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import NotFound, QueryTooLong, WrongUsage
from coopgraph.model.iris import BASE
from coopgraph.model.search_text import folded, is_dense, words_of
from coopgraph.publishing.search_index import IndexedName, IndexedThing, search_index
from coopgraph.reading.search import (
    SearchFacet,
    SearchRequest,
    SearchResults,
    search_file,
    search_names,
)
from coopgraph.reading.search_index import COUNTED, SearchIndex, one_slip

NAMES = {
    "org/rainlily": ("en:RainLily", "zh-Hant:風雨蘭", "+en:Feng Yulan", "+ko:레인릴리"),
    "org/kr-d4u-center": (
        "ko:디지털성범죄피해자지원센터",
        "en:Digital Sex Crime Victim Support Center",
        "+ko:디성센터",
    ),
    "org/seoul-sunflower": ("ko:서울해바라기센터", "en:Seoul Sunflower Center"),
    "org/paps": ("ja:NPO法人ぱっぷす", "en:PAPS"),
    "org/defenseur": ("fr:Défenseur des droits", "en:Defender of Rights"),
    "service/seoul.counselling": ("ko:상담", "en:Counselling"),
    "law/tw-criminal-code": ("zh-Hant:刑法", "en:Criminal Code"),
    "law/hk-crimes-ordinance": ("zh-Hant:刑事罪行條例", "en:Crimes Ordinance"),
    "area/kr-11": ("ko:서울", "en:Seoul", "ja:ソウル", "zh-Hans:首尔", "zh-Hant:首爾"),
    "concept/service-type/counselling": ("ko:상담", "en:Counselling", "zh-Hans:咨询", "zh-Hant:諮詢", "ja:相談"),
    "concept/indicator/victims-supported": ("ko:지원받은 피해자", "en:Victims supported"),
    "source/report": ("en:Seoul counselling report on deepfakes",),
}


AREAS = {
    "org/rainlily": ("hk",),
    "org/kr-d4u-center": ("kr",),
    "org/seoul-sunflower": ("kr-11", "kr"),
    "service/seoul.counselling": ("kr-11", "kr"),
    "area/kr-11": ("kr-11", "kr"),
    "law/hk-crimes-ordinance": ("hk",),
}


def indexed(names: dict[str, tuple[str, ...]]) -> bytes:
    return search_index(
        {
            f"{BASE}id/{path}": IndexedThing(
                {IndexedName(name.startswith("+"), *name.removeprefix("+").split(":", 1)) for name in some},
                AREAS.get(path, ()),
            )
            for path, some in names.items()
        }
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("search") / "search.sqlite3"
    place.write_bytes(indexed(NAMES))
    return place


def found(index: Path, words: str, language: str = "en", **more) -> SearchResults:
    return search_file(index, SearchRequest(words, language, **more))


def counts(facets: tuple[SearchFacet, ...]) -> dict[str, int]:
    return {facet.key: facet.count for facet in facets}


def paths(results: SearchResults) -> list[str]:
    return [result.iri.removeprefix(f"{BASE}id/") for result in results.results]


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("風雨蘭", "exact"),
        ("风雨兰", "script"),
        ("RainLily", "exact"),
        ("rain", "prefix"),
        ("Feng Yulan", "exact"),
        ("yulan feng", "word"),
        ("레인릴리", "exact"),
        ("릴리", "inside"),
        ("雨蘭", "inside"),
        ("雨兰", "script"),
        ("蘭", "inside"),
        ("inlil", "inside"),
        ("ranlily", "spelling"),
        ("rianlily", "spelling"),
        ("rainlilly", "spelling"),
        ("rainlily 레인", "word"),
    ],
)
def test_one_body_is_found_by_all_its_names_and_it_is_said_why(index: Path, words: str, how: str) -> None:
    results = found(index, words)
    assert paths(results) == ["org/rainlily"]
    assert results.results[0].label.text == "RainLily"
    assert results.results[0].matched.how == how


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("센터", "org/kr-d4u-center"),
        ("성범죄", "org/kr-d4u-center"),
        ("디지털 성범죄", "org/kr-d4u-center"),
        ("DÉFENSEUR", "org/defenseur"),
        ("defenseur droits", "org/defenseur"),
        ("ぱっぷす", "org/paps"),
        ("罪行", "law/hk-crimes-ordinance"),
        ("条例", "law/hk-crimes-ordinance"),
        ("刑法", "law/tw-criminal-code"),
        ("咨询", "concept/service-type/counselling"),
        ("諮詢", "concept/service-type/counselling"),
        ("首爾", "area/kr-11"),
        ("피해자", "org/kr-d4u-center"),
        ("victims supported", "concept/indicator/victims-supported"),
        ("Seul", "org/seoul-sunflower"),
        ("conselling", "service/seoul.counselling"),
    ],
)
def test_a_word_in_any_language_comes_first_to_what_it_names(index: Path, words: str, path: str) -> None:
    assert path in paths(found(index, words))


def test_an_exact_name_comes_before_beginnings_these_before_words_and_these_before_parts(index: Path) -> None:
    assert paths(found(index, "seoul")) == ["area/kr-11", "org/seoul-sunflower", "source/report"]
    assert [result.matched.how for result in found(index, "seoul").results] == ["exact", "prefix", "prefix"]
    assert paths(found(index, "counsel"))[:2] == ["service/seoul.counselling", "concept/service-type/counselling"]
    assert paths(found(index, "crime")) == ["law/hk-crimes-ordinance", "org/kr-d4u-center"]


def test_titles_of_documents_come_last_however_well_they_match(index: Path) -> None:
    assert paths(found(index, "seoul co"))[-1] == "source/report"
    assert [result.kind for result in found(index, "counselling").results] == ["service", "concept", "source"]


def test_services_come_before_concepts_of_the_same_name(index: Path) -> None:
    assert paths(found(index, "상담", "ko")) == ["service/seoul.counselling", "concept/service-type/counselling"]


def test_the_name_that_matched_is_shown_beside_the_readers(index: Path) -> None:
    (result,) = found(index, "레인릴리", "zh-Hans").results
    assert (result.label.text, result.label.tag) == ("風雨蘭", "zh-Hant")
    assert (result.matched.text, result.matched.language) == ("레인릴리", "ko")


def test_kinds_are_counted_whatever_kind_is_chosen(index: Path) -> None:
    everything, services = found(index, "상담"), found(index, "상담", kind="service")
    assert counts(everything.kinds) == {"service": 1, "concept": 1}
    assert services.kinds == everything.kinds
    assert (services.total, paths(services)) == (1, ["service/seoul.counselling"])


def test_areas_are_counted_with_what_is_in_their_parts_those_with_most_first(index: Path) -> None:
    results = found(index, "seoul")
    assert counts(results.areas) == {"kr": 2, "kr-11": 2}
    assert counts(found(index, "rainlily").areas) == {"hk": 1}
    assert list(counts(found(index, "센터", "ko").areas).items()) == [("kr", 2), ("kr-11", 1)]


def test_a_result_says_where_it_is_so_that_namesakes_can_be_told_apart(index: Path) -> None:
    assert [result.areas for result in found(index, "상담", "ko").results] == [("kr", "kr-11"), ()]


@pytest.mark.parametrize("words", ["seoul", "Seoul Sunflower Center", "sunf", "flower", "해바라기", "sunflowre"])
def test_an_area_narrows_whichever_way_a_name_matches(index: Path, words: str) -> None:
    assert "org/seoul-sunflower" in paths(found(index, words, area="kr-11"))
    assert "org/seoul-sunflower" in paths(found(index, words, area="kr"))
    assert found(index, words, area="hk").total == 0


def test_kinds_are_counted_in_the_chosen_area_and_areas_of_the_chosen_kind(index: Path) -> None:
    assert counts(found(index, "seoul", area="kr").kinds) == {"org": 1, "area": 1}
    assert counts(found(index, "seoul", area="hk").areas) == {"kr": 2, "kr-11": 2}
    assert counts(found(index, "seoul", kind="org", area="hk").areas) == {"kr": 1, "kr-11": 1}


def test_an_unknown_area_is_refused_with_those_like_it(index: Path) -> None:
    with pytest.raises(WrongUsage) as refused:
        found(index, "a", area="kr-1")
    assert "kr-11" in refused.value.hint.in_language("en")


def test_areas_of_an_index_that_an_older_program_made_are_searched_but_not_counted(tmp_path: Path) -> None:
    place = tmp_path / "search.sqlite3"
    place.write_bytes(indexed(NAMES))
    with closing(sqlite3.connect(place)) as database:
        database.executescript("DROP TABLE area_set; DROP TABLE entity_area_sets")
    assert (paths(found(place, "rainlily", area="hk")), found(place, "rainlily").areas) == (["org/rainlily"], ())


def test_the_index_of_an_older_program_has_no_areas(tmp_path: Path) -> None:
    place = tmp_path / "search.sqlite3"
    place.write_bytes(indexed(NAMES))
    with closing(sqlite3.connect(place)) as database:
        database.executescript("DROP TABLE area; DROP TABLE entity_area")
    assert (paths(found(place, "rainlily")), found(place, "rainlily").areas) == (["org/rainlily"], ())
    with pytest.raises(WrongUsage):
        found(place, "rainlily", area="hk")


def test_words_are_all_looked_for(index: Path) -> None:
    assert paths(found(index, "seoul center")) == ["org/seoul-sunflower"]
    assert found(index, "seoul 4711").total == 0


@pytest.mark.parametrize(
    "words", ["", "   ", "!?", '"', "'\"*", "\0\x07\u202e", "🙂", "NEAR(", "a" * 200, "AND OR NOT", "tokens:x", "^a*"]
)
def test_whatever_is_typed_is_answered(index: Path, words: str) -> None:
    assert found(index, words).total == 0


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_no_words_are_a_fault(index: Path, words: str) -> None:
    assert found(index, words).page == 1


DENSE = [
    (path, name)
    for path, some in NAMES.items()
    for name in (one.partition(":")[2] for one in some)
    if all(map(is_dense, words_of(folded(name))))
]


@given(st.sampled_from(DENSE), st.data())
@settings(max_examples=50)
def test_every_part_of_a_dense_name_finds_it(index: Path, named: tuple[str, str], data: st.DataObject) -> None:
    path, name = named
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : start + data.draw(st.integers(1, len(name)))]
    assert path in paths(found(index, part, limit=100)) or not part.strip()


def test_too_long_a_search_and_impossible_pages_are_refused(index: Path) -> None:
    with pytest.raises(QueryTooLong, match=r"200 characters; this one has 10,?000"):
        SearchRequest("a" * 10_000, "en")
    for page, limit in ((0, 20), (1, 0), (1, 101), (COUNTED, 20)):
        with pytest.raises(WrongUsage):
            SearchRequest("a", "en", page=page, limit=limit)


def test_a_kind_may_be_named_as_in_exports(index: Path) -> None:
    assert found(index, "a", kind="organization") == found(index, "a", kind="org")


def test_an_unknown_kind_is_refused_with_those_there_are(index: Path) -> None:
    with pytest.raises(WrongUsage) as refused:
        found(index, "a", kind="person")
    assert "org, service, law, area, concept, source" in refused.value.hint.in_language("en")


def test_pages_follow_each_other_without_gap_or_repetition(tmp_path: Path) -> None:
    place = tmp_path / "search.sqlite3"
    place.write_bytes(indexed({f"org/{number:03}": (f"en:Body {number}", f"ko:단체 {number}") for number in range(45)}))
    pages = [found(place, "body", page=page, limit=20) for page in (1, 2, 3)]
    assert [len(page.results) for page in pages] == [20, 20, 5]
    assert len({path for page in pages for path in paths(page)}) == 45
    assert {(page.total, page.exact, page.pages) for page in pages} == {(45, True, 3)}


def test_beyond_a_thousand_matches_of_a_kind_are_not_counted(tmp_path: Path) -> None:
    place = tmp_path / "search.sqlite3"
    place.write_bytes(indexed({f"org/{number:04}": (f"en:Body {number}",) for number in range(COUNTED + 5)}))
    results = found(place, "body")
    assert (results.total, results.exact) == (COUNTED, False)


def test_a_release_that_is_not_there_has_nothing_to_search_in(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no release"):
        search_names(tmp_path, "2026-01-31-00000000", SearchRequest("a", "en"))


@pytest.mark.parametrize("other", ["seol", "seouul", "seuol", "sepul", "eoul", "seoulx", "esoul", "seolu", "seoul"])
def test_one_slip_is_a_letter_or_two_that_changed_places(other: str) -> None:
    assert one_slip("seoul", other)
    assert one_slip(other, "seoul")


@pytest.mark.parametrize("other", ["soel", "sol", "lueos", "seoulxy", "", "xeouly"])
def test_two_slips_are_too_many(other: str) -> None:
    assert not one_slip("seoul", other)


@given(st.text("abcdef", min_size=4, max_size=10), st.integers(0, 9), st.sampled_from("abcdefg"))
@settings(max_examples=50)
def test_a_word_with_a_slip_anywhere_is_found_in_the_index(word: str, place: int, letter: str) -> None:
    place %= len(word)
    slips = (
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
    )
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(indexed({"org/one": (f"en:{word}",)}))
        asked = SearchIndex(database)
        assert all(asked.spellings(slip) == [word] for slip in slips if slip != word and len(slip) > 3)
