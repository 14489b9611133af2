from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.sparql.rewrite import language_tags

DATA = {"zh-Hans": "王", "zh-Hant": "汪", "ko": "홍길동", "en-US": "Hong"}


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    for tag, text in DATA.items():
        store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal(text, language=tag)))
    return store


def found(store: ox.Store, pattern: str, projection: str = "?o") -> set[str]:
    query = f"SELECT {projection} WHERE {{ ?s ?p ?o {pattern} }}"
    results = store.query(
        language_tags.adapt(query), custom_functions={language_tags.FUNCTION: language_tags.customary}
    )
    return {solution[0].value for solution in results}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('FILTER(LANG(?o) = "zh-Hans")', {"王"}),
        ('FILTER("zh-Hans" = lang(?o))', {"王"}),
        ('FILTER(LANG(?o) != "zh-Hans" && LANGMATCHES(LANG(?o), "zh-Hans") = false)', {"汪", "홍길동", "Hong"}),
        ('FILTER(LANG(?o) IN ("zh-Hant", "ko"))', {"汪", "홍길동"}),
        ('FILTER(LANG(?o) NOT IN ("zh-Hant", "ko"))', {"王", "Hong"}),
        ('FILTER(LANGMATCHES(LANG(?o), "zh"))', {"王", "汪"}),
        ('FILTER(STRSTARTS(LANG(?o), "zh-H"))', {"王", "汪"}),
        ('VALUES ?l { "zh-Hans" } FILTER(LANG(?o) = ?l)', {"王"}),
        ('FILTER(REGEX(LANG(?o), "US$"))', {"Hong"}),
        ('FILTER(LANG(?o) = "zh-hans")', {"王"}),
        ('FILTER(LANG(?o) = "ZH-HANS")', set()),
        ("FILTER(LANG(?o) = '''en-US''')", {"Hong"}),
    ],
)
def test_a_tag_is_found_by_the_case_it_is_written_in(store: ox.Store, pattern: str, expected: set[str]) -> None:
    assert found(store, pattern) == expected


def test_lang_gives_the_tags_in_their_usual_case(store: ox.Store) -> None:
    assert found(store, "BIND(LANG(?o) AS ?l)", "?l") == set(DATA)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "LANG(?x)" }',
        "SELECT * { ?s <http://e/lang(> ?o } # LANG(?x)",
        "PREFIX lang: <http://e/> SELECT * { ?s lang:lang ?lang }",
    ],
)
def test_what_only_looks_like_lang_stays(query: str) -> None:
    assert language_tags.adapt(query) == query


@given(st.text(alphabet='LANGlang(?x)= "zh-Hans,IN#\\\n', max_size=60))
def test_any_text_keeps_its_length_and_its_lines(text: str) -> None:
    adapted = language_tags.adapt(text)
    assert len(adapted) == len(text)
    assert [i for i, c in enumerate(adapted) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


@given(
    st.lists(st.tuples(st.text("ab", max_size=2), st.sampled_from(("en", "ko", "fr", "de"))), max_size=8),
    st.sampled_from(
        (
            'FILTER(LANG(?o) = "{}")',
            'FILTER("{}" != LANG(?o))',
            'FILTER(LANG(?o) IN ("{}", "ja"))',
            'FILTER(LANGMATCHES(LANG(?o), "{}"))',
            'FILTER(STRSTARTS(LANG(?o), "{}"))',
            'BIND(CONCAT(LANG(?o), "{}") AS ?l)',
            'VALUES ?l {{ "{}" }} FILTER(LANG(?o) = ?l)',
            'OPTIONAL {{ ?s ?q ?o2 FILTER(LANG(?o2) < "{}") }}',
        )
    ),
    st.sampled_from(("en", "ko", "fr", "")),
)
def test_solutions_are_those_of_the_query_as_it_was_written_where_tags_have_one_case(
    texts: list[tuple[str, str]], pattern: str, tag: str
) -> None:
    subject, predicate = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    asked = ox.Store()
    asked.extend(ox.Quad(subject, predicate, ox.Literal(text, language=of)) for text, of in texts)
    query = f"SELECT * {{ ?s ?p ?o {pattern.format(tag)} }}"
    ours = {language_tags.FUNCTION: language_tags.customary}

    def solutions(query: str) -> list[str]:
        return sorted(map(str, asked.query(query, custom_functions=ours)))

    assert solutions(language_tags.adapt(query)) == solutions(query)
