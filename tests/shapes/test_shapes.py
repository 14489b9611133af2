"""Each shape says its rule in five languages and keeps to what both engines run alike."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import RDF, SH
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode

from .conftest import EXAMPLES, FILE_RULES, HELD, NAMES, SHAPE

LANGUAGES = ["en", "ja", "ko", "zh-Hans", "zh-Hant"]
SEVERITIES = {SH.Violation, SH.Warning, SH.Info}
TARGETS = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}

NOT_IN_ONE_FILE = {
    "DuplicateEntity": "takes two files",
    "FaultyCell": "is about tables",
    "FileTooLarge": "is a matter of size",
    "UnreadableFile": "is a matter of permissions",
}
"""File rules that no content of a single file can break, and why."""

_QUANTIFIER = r"(?:[*+]|\{\d+,\d*\})"
_NESTED = re.compile(rf"\([^()]*{_QUANTIFIER}[^()]*\){_QUANTIFIER}")


def _values(name: str, predicate: NamedNode) -> list[object]:
    return HELD[NamedNode(SHAPE + name)].get(predicate, [])


def _texts(name: str, predicate: NamedNode) -> dict[str, str]:
    values = [value for value in _values(name, predicate) if isinstance(value, Literal)]
    return {conventional(value.language or ""): value.value for value in values}


def _queries() -> Iterator[tuple[str, str]]:
    for node, held in HELD.items():
        for select in held.get(SH.select, []):
            assert isinstance(node, NamedNode)
            assert isinstance(select, Literal)
            yield node.value.removeprefix(SHAPE).removesuffix("-q"), select.value


QUERIES = dict(_queries())


def test_everything_with_a_target_or_a_message_has_an_iri_and_one_severity() -> None:
    ruling = [node for node, held in HELD.items() if held.keys() & {SH.message, *TARGETS}]
    assert {node.value for node in ruling if isinstance(node, NamedNode)} == {SHAPE + name for name in NAMES}
    assert not [node for node in ruling if isinstance(node, BlankNode)]
    for name in NAMES:
        assert len(_values(name, SH.severity)) == 1
        assert _values(name, SH.severity)[0] in SEVERITIES


def test_a_shape_has_one_name_description_and_message_in_each_of_five_languages() -> None:
    for name, predicate in itertools.product(NAMES, (SH.name, SH.description, SH.message)):
        assert sorted(_texts(name, predicate)) == LANGUAGES, name
        assert len(_values(name, predicate)) == len(LANGUAGES), name
        assert all(text.strip() for text in _texts(name, predicate).values()), name


def test_a_message_has_the_same_placeholders_in_all_languages_and_the_shape_can_fill_them() -> None:
    for name in NAMES:
        used = {tag: set(re.findall(r"\{[^}]*\}", text)) for tag, text in _texts(name, SH.message).items()}
        assert len({frozenset(holders) for holders in used.values()}) == 1, name
        places = {"{?character}", "{?composed}", "{?line}", "{?lines}", "{?position}"} if name in FILE_RULES else set()
        assert used["en"] <= {"{?value}", "{?path}", "{$this}"} | places, name
        if name in QUERIES:
            answered = QUERIES[name].partition("WHERE")[0]
            assert not ("{?value}" in used["en"] and "?value" not in answered), name
            assert not ("{?path}" in used["en"] and "?path" not in answered), name


def test_a_shape_has_a_target_of_its_own_and_is_itself_what_results_name_as_their_source() -> None:
    for name in NAMES:
        if name in FILE_RULES:
            continue
        held = HELD[NamedNode(SHAPE + name)]
        assert held.keys() & TARGETS, name
        assert (SH.path in held) == (SH.PropertyShape in held[RDF.type]), name
        # A nested property shape would report under its own name, which has no message.
        assert SH.property not in held, name


def test_a_query_keeps_to_what_both_engines_evaluate_alike() -> None:
    assert QUERIES
    for name, query in QUERIES.items():
        assert re.match(r"SELECT (DISTINCT )?\$this\b", query), name
        assert not re.search(
            r"\b(VALUES|MINUS|SERVICE|GRAPH|FROM|ORDER|LIMIT|OFFSET|LANG\([^()]*\)\s*=\s*\")", query
        ), name
        assert query.count("SELECT") == 1, name
        assert "{?" not in query, name
        assert _values(name, SH.sparql) == [NamedNode(f"{SHAPE}{name}-q")], name


def test_every_pattern_has_a_longest_length_and_no_quantifier_inside_another() -> None:
    patterns = [(held[SH.pattern], held) for held in HELD.values() if SH.pattern in held]
    assert patterns
    for values, held in patterns:
        assert len(held.get(SH.maxLength, [])) == 1
        for value in values:
            assert isinstance(value, Literal)
            assert not _NESTED.search(value.value)


def test_no_shape_refers_to_itself() -> None:
    def reached(node: object, seen: frozenset[object]) -> Iterator[object]:
        for values in HELD[node].values() if node in HELD else ():
            for value in values:
                yield value
                if value not in seen:
                    yield from reached(value, seen | {value})

    for node in list(HELD):
        assert node not in set(reached(node, frozenset({node})))


def test_each_shape_has_a_conforming_and_a_failing_example_and_each_example_a_shape() -> None:
    expected = {f"{name}/{kind}.ttl" for name in NAMES if name not in NOT_IN_ONE_FILE for kind in ("conforms", "fails")}
    assert {f"{file.parent.name}/{file.name}" for file in EXAMPLES.glob("*/*.ttl")} == expected
    assert NOT_IN_ONE_FILE.keys() <= FILE_RULES
