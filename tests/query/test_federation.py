from __future__ import annotations

import gzip
import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import FederationFailed, FederationRefused, QuerySyntax, ResultTooLarge
from coopgraph.query.federation import MOST_SERVICE_ROWS, Federation
from coopgraph.sparql.guard import inspect
from coopgraph.sparql.lexer import sparql_tokens
from coopgraph.sparql.service_calls import MOST_SERVICE_CALLS, service_calls, without_service_calls
from coopgraph.store.protocol import CancellationToken

HERE, THERE = "http://here.example/sparql", "http://there.example/sparql"
PREFIXES = "PREFIX s: <http://here.example/> PREFIX : <http://e/> "


class Known:
    """Servers whose answers are known beforehand."""

    def __init__(self, *bodies: bytes | Exception) -> None:
        self.bodies = list(bodies)
        self.asked: list[tuple[str, str]] = []

    def rows(
        self, target: str, query: str, *, timeout: float, token: str | None, cancellation: CancellationToken | None
    ) -> bytes:
        self.asked.append((target, query))
        body = self.bodies.pop(0)
        if isinstance(body, Exception):
            raise body
        return body

    def cancel(self, token: str) -> bool:
        return False


def rows(names: str, *bindings: dict[str, object]) -> bytes:
    return json.dumps({"head": {"vars": names.split()}, "results": {"bindings": bindings}}).encode()


def iri(value: str) -> dict[str, object]:
    return {"type": "uri", "value": value}


def answered(query: str, *bodies: bytes | Exception) -> tuple[str, Known]:
    known = Known(*bodies)
    federation = Federation([HERE, THERE], known)
    asked = inspect(query, length=100_000, allowed=federation.allowed).calls
    return federation.answered(query, asked, timeout=5), known


def test_a_call_is_replaced_by_the_rows_of_its_target_which_join_as_the_call_does() -> None:
    query = PREFIXES + "SELECT * { ?x :p ?y SERVICE s:sparql { ?y :q ?z FILTER(?z != '}') } ?z :r ?w }"
    text, known = answered(
        query, rows("y z", {"y": iri("http://e/b")}, {"y": iri("http://e/c"), "z": iri("http://e/d")})
    )
    assert known.asked[0][0] == HERE
    assert known.asked[0][1].endswith("SELECT * WHERE { ?y :q ?z FILTER(?z != '}') }")
    store = ox.Store()
    store.update(
        "PREFIX : <http://e/> INSERT DATA { :a :p :b, :c . :d :r 1 . :f :r 2 }",
    )
    found = {tuple(str(term) for term in row) for row in store.query(text)}  # type: ignore[union-attr]
    plain = store.query(PREFIXES + "SELECT * { ?x :p ?y { VALUES (?y ?z) { (:b UNDEF) (:c :d) } } ?z :r ?w }")
    assert found == {tuple(str(term) for term in row) for row in plain}  # type: ignore[union-attr]
    assert len(found) == 3


TERMS = st.one_of(
    st.text(max_size=20).filter(lambda text: text.isprintable()).map(ox.Literal),
    st.text(max_size=20, alphabet="\\\"'\n\r\t{}()<>?$#\u0000\u0007\u2028é가").map(ox.Literal),
    st.sampled_from(["en", "zh-Hant", "ko-Latn"]).map(lambda tag: ox.Literal("x", language=tag)),
    st.integers().map(ox.Literal),
    st.sampled_from(["http://e/a", "urn:x:}", "http://e/%20#}"]).filter(lambda text: "}" not in text).map(ox.NamedNode),
)


@given(st.lists(st.tuples(TERMS, st.none() | TERMS), max_size=5))
@settings(deadline=None)
def test_every_term_comes_through_as_it_was(given: list[tuple[ox.Literal, ox.Literal | None]]) -> None:
    body = (
        ox.Store()
        .query(
            "SELECT ?a ?b { VALUES (?a ?b) { "
            + " ".join("(" + " ".join("UNDEF" if term is None else str(term) for term in row) + ")" for row in given)
            + " } }"
        )
        .serialize(format=ox.QueryResultsFormat.JSON)
    )  # type: ignore[call-arg]
    text, _ = answered(f"SELECT ?a ?b {{ SERVICE <{HERE}> {{ ?a ?p ?b }} }}", body)
    assert [tuple(row) for row in ox.Store().query(text)] == given  # type: ignore[union-attr]


def test_the_call_carries_the_prologue_of_the_query() -> None:
    _, known = answered(PREFIXES + f"SELECT * {{ SERVICE <{HERE}> {{ :a ?p <b> }} }}", rows("p"))
    ox.Store().query(known.asked[0][1])


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("SERVICE ?where { ?a ?b ?c }", "is a variable"),
        ("SERVICE <http://else.example/sparql> { ?a ?b ?c }", "http://else.example/sparql"),
        (f"SERVICE <{HERE}/> {{ ?a ?b ?c }}", "not among the servers"),
        (f"SERVICE <{HERE}> {{ SERVICE <{THERE}> {{ ?a ?b ?c }} }}", "within another"),
        (f"FILTER EXISTS {{ SERVICE <{HERE}> {{ ?a ?b ?c }} }}", "within EXISTS"),
        (f"FILTER NOT EXISTS {{ ?a ?b ?c {{ SERVICE <{HERE}> {{ ?a ?b ?c }} }} }}", "within EXISTS"),
        ("SERVICEs:sparql{ ?a ?b ?c }", "touches"),
        (f"SERVICESILENT<{HERE}>{{ ?a ?b ?c }}", "touches"),
        (f"SERVICE <{HERE}> {{ ?a ?b ?c " + "}" * 0, "not followed"),
        ("SERVICE no:prefix { ?a ?b ?c }", "not declared"),
        (f"SERVICE <{HERE}> {{}} " * (MOST_SERVICE_CALLS + 1), f"{MOST_SERVICE_CALLS + 1}th time"),
    ],
)
def test_what_cannot_be_answered_soundly_is_refused_in_words_with_its_place(pattern: str, says: str) -> None:
    query = PREFIXES + "SELECT * {\n ?a ?b ?c . " + pattern + " }"
    with pytest.raises(FederationRefused, match=r"line 2, column \d+") as refused:
        inspect(query if "not followed" not in says else query[:-2], length=100_000, allowed=[HERE, THERE])
    assert says in str(refused.value)


def test_a_silent_call_that_fails_is_one_row_without_values_and_another_fails_the_query() -> None:
    failure = FederationFailed("no")
    text, _ = answered(f"SELECT * {{ VALUES ?a {{ 1 2 }} SERVICE SILENT <{HERE}> {{ ?a ?b ?c }} }}", failure)
    assert len(list(ox.Store().query(text))) == 2  # type: ignore[arg-type]
    with pytest.raises(FederationFailed):
        answered(f"SELECT * {{ SERVICE <{HERE}> {{ ?a ?b ?c }} }}", failure)


def test_a_limit_is_told_even_where_the_call_is_silent() -> None:
    many = rows("a", *({"a": iri("http://e/a")} for _ in range(MOST_SERVICE_ROWS + 1)))
    with pytest.raises(ResultTooLarge):
        answered(f"SELECT * {{ SERVICE SILENT <{HERE}> {{ ?a ?b ?c }} }}", many)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b"\xff\xfe",
        b"<html>busy</html>",
        b'{"head":{},"boolean":true}',
        rows("a")[:-1],
        rows("a", {"a": {"type": "bnode", "value": "b0"}}),
        rows("a", {"a": iri("not an iri")}),
        rows("a", {"a": {"type": "literal", "value": 5}}),
        rows("a", {"a": {"type": "literal"}}),
        rows("a", {"a": {"type": "triple", "value": {"subject": iri("http://e/s")}}}),
        rows("a", {"a": {"type": "literal", "value": "\ud800"}}),
        rows("a", {"a": {"type": "literal", "value": "x", "xml:lang": "not a tag"}}),
        rows("a outer", {"a": iri("http://e/a"), "outer": iri("http://e/b")}),
        json.dumps({"head": {"vars": ["a) {} } #"]}, "results": {"bindings": []}}).encode(),
        json.dumps({"head": {"vars": [["a"]]}, "results": {"bindings": []}}).encode(),
        json.dumps({"head": {"vars": ["a", "a"]}, "results": {"bindings": []}}).encode(),
        gzip.compress(rows("a"), mtime=0),
        json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": {"a": 1}}}).encode(),
    ],
)
def test_what_is_no_result_fails_the_query_and_never_becomes_part_of_it(body: bytes) -> None:
    with pytest.raises(FederationFailed):
        answered(f"SELECT * {{ ?outer ?p ?o SERVICE <{HERE}> {{ ?a ?b ?c }} }}", body)


SPACES = st.sampled_from([" ", "\n", " # SERVICE\n", "\t"])


@given(
    keyword=st.sampled_from(["SERVICE", "service", "Service"]),
    silent=st.sampled_from(["", "SILENT", "silent"]),
    target=st.sampled_from(["<http://h/>", "s:x", ":", "?x"]),
    spaces=st.tuples(SPACES, SPACES, SPACES),
    pattern=st.sampled_from(["?a ?b ?c", "", "{ SELECT ?a { ?a ?b ?c } }", "FILTER(?a = 'SERVICE')", "?a ?b }", "?a"]),
)
@settings(deadline=None)
def test_a_query_without_its_calls_is_as_long_and_as_well_formed_and_calls_nobody(
    keyword: str, silent: str, target: str, spaces: tuple[str, str, str], pattern: str
) -> None:
    call = f"{keyword}{spaces[1]}{silent}{spaces[2]}{target} {{ {pattern} }}"
    query = f"{PREFIXES} SELECT * {{ ?s ?p ?o .{spaces[0]}{call} }}"
    quiet = without_service_calls(query)
    assert len(quiet) == len(query)
    assert service_calls(quiet, sparql_tokens(quiet), (), []) == ()
    assert _error(quiet) == _error(query)


def _error(query: str) -> str | None:
    # A SELECT is not run before its first row is taken, so that nobody is asked here.
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        return str(error).split(":")[0]
    except RuntimeError:
        return None
    return None


def test_a_query_that_asks_others_is_not_repeatable() -> None:
    assert not inspect(f"SELECT * {{ SERVICE <{HERE}> {{}} }}", length=1000, allowed=[HERE]).repeatable


def test_the_list_of_allowed_servers_opens_nothing_else() -> None:
    with pytest.raises(QuerySyntax):
        inspect("SELECT * FROM no:x { ?s ?p ?o }", length=1000, allowed=[HERE])


def test_a_preset_prefix_is_declared_to_the_server_that_is_asked() -> None:
    query = "SELECT * { SERVICE s:sparql { ?y ex:q ?z } }"
    presets = {"s": "http://here.example/", "ex": "http://e/", "other": "http://o/"}
    (call,) = inspect(query, length=1000, allowed=[HERE], presets=presets).calls
    assert call.target == HERE
    ox.Store().query(call.query)
    assert "PREFIX ex: <http://e/>" in call.query
    assert "other" not in call.query
