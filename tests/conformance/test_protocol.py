"""The query operation of the SPARQL 1.1 Protocol and reading by the Graph Store HTTP Protocol, request by request.

The cases are those that the W3C lists for the two (https://www.w3.org/2009/sparql/docs/tests/, protocol and
http-rdf-update), as far as they ask and do not change, in requests of our own; and what HTTP itself asks of a server.
"""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from tests.running_server import Served, serve_dataset

EX = "http://example.org/"
ONE, TWO, THREE = (EX + name for name in ("one", "two", "three"))
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

COUNT_DEFAULT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    def number(self) -> int:
        (row,) = json.loads(self.body)["results"]["bindings"]
        return int(row["n"]["value"])

    def values(self) -> list[str]:
        return [str(row[0].value) for row in ox.parse_query_results(self.body, format=ox.QueryResultsFormat.JSON)]  # type: ignore[union-attr]


@dataclass(frozen=True)
class Client:
    """Sends exactly what it is told to, and adds no header of its own."""

    served: Served

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.served.url).netloc, timeout=30)
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        return reply

    def get(self, query: str, *dataset: tuple[str, str], **headers: str) -> Reply:
        return self.send("GET", "/sparql?" + urllib.parse.urlencode([("query", query), *dataset]), **headers)

    def form(self, query: str, *dataset: tuple[str, str], **headers: str) -> Reply:
        body = urllib.parse.urlencode([("query", query), *dataset]).encode()
        return self.send("POST", "/sparql", body, Content_Type=FORM, **headers)

    def direct(self, query: str, *dataset: tuple[str, str], **headers: str) -> Reply:
        path = "/sparql?" + urllib.parse.urlencode(dataset) if dataset else "/sparql"
        return self.send("POST", path, query.encode(), Content_Type=QUERY, **headers)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The default graph has one triple, graph one two, graph two three, of which one is in graph one too."""
    path = tmp_path_factory.mktemp("protocol") / "data.nq"
    lines = [f"<{EX}s> <{EX}p> <{EX}default> ."]
    lines += [f"<{EX}s> <{EX}p> <{EX}o{i}> <{ONE}> ." for i in (1, 2)]
    lines += [f"<{EX}s> <{EX}p> <{EX}o{i}> <{TWO}> ." for i in (2, 3, 4)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    served = serve_dataset(path)
    yield Client(served)
    served.stop()


WAYS = ["get", "form", "direct"]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_query_is_taken_in_each_of_the_three_ways(client: Client, way: str) -> None:
    reply = getattr(client, way)("ASK { ?s ?p ?o }")
    assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "dataset", "count"),
    [
        (COUNT_DEFAULT, [], 1),
        (COUNT_NAMED, [], 5),
        (COUNT_DEFAULT, [("default-graph-uri", ONE)], 2),
        (COUNT_DEFAULT, [("default-graph-uri", ONE), ("default-graph-uri", TWO)], 4),
        (COUNT_DEFAULT, [("default-graph-uri", THREE)], 0),
        (COUNT_NAMED, [("named-graph-uri", TWO)], 3),
        (COUNT_NAMED, [("named-graph-uri", ONE), ("named-graph-uri", TWO)], 5),
        (COUNT_DEFAULT, [("named-graph-uri", ONE)], 0),
        (COUNT_NAMED, [("default-graph-uri", ONE)], 0),
        (COUNT_DEFAULT, [("default-graph-uri", ONE), ("named-graph-uri", TWO)], 2),
        (COUNT_NAMED, [("default-graph-uri", ONE), ("named-graph-uri", TWO)], 3),
    ],
)
def test_the_dataset_is_what_the_parameters_say(
    client: Client, way: str, query: str, dataset: list[tuple[str, str]], count: int
) -> None:
    assert getattr(client, way)(query, *dataset).number() == count


@pytest.mark.parametrize("way", WAYS)
def test_the_parameters_go_before_the_clauses_of_the_query(client: Client, way: str) -> None:
    query = f"SELECT DISTINCT ?g FROM <{ONE}> FROM NAMED <{ONE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert getattr(client, way)(query).values() == [ONE]
    assert getattr(client, way)(query, ("named-graph-uri", TWO)).values() == [TWO]
    assert getattr(client, way)(query, ("default-graph-uri", TWO)).values() == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("SELECT * { ?s ?p ?o }", {JSON, XML, "text/csv", "text/tab-separated-values"}),
        ("ASK {}", {JSON, XML}),
        (f"DESCRIBE <{EX}s>", {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}),
        ("CONSTRUCT WHERE { ?s ?p ?o }", {"text/turtle", "application/rdf+xml", "application/n-triples"}),
    ],
)
def test_each_form_comes_in_a_format_of_its_own(client: Client, way: str, query: str, taken: set[str]) -> None:
    assert getattr(client, way)(query).media_type in taken
    for media_type in taken:
        assert getattr(client, way)(query, Accept=media_type).media_type == media_type


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (f"{XML};q=0.4, {JSON};q=0.5", JSON),
        (f"{XML}, {JSON};q=0.9", XML),
        (f"{JSON};q=0, */*;q=0.1", XML),
        ("application/*;q=0.3, text/csv;q=0.2", JSON),
        ("image/png, text/csv", "text/csv"),
        ("application/json", JSON),
        ("application/xml", XML),
        (BROWSER, XML),
        ("TEXT/CSV", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("", JSON),
    ],
)
def test_the_format_is_the_one_that_the_client_prefers(client: Client, accept: str, given: str) -> None:
    reply = client.get("SELECT * { ?s ?p ?o }", Accept=accept)
    assert (reply.status, reply.media_type) == (200, given)
    assert "accept" in reply.headers["Vary"].lower()


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT * { ?s ?p ?o }", "image/png"),
        ("SELECT * { ?s ?p ?o }", "text/turtle"),
        ("ASK {}", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv"),
        ("ASK {}", "*/*;q=0"),
    ],
)
def test_a_form_that_the_client_takes_in_no_format_is_not_acceptable(client: Client, query: str, accept: str) -> None:
    reply = client.get(query, Accept=accept)
    assert reply.status == 406
    assert "Choose one of: " in json.loads(reply.body)["detail"]


DIRECT = {"Content_Type": QUERY}
WRONG = {
    "a method that asks nothing": (405, "PUT", "/sparql?query=ASK%7B%7D", b"", {}),
    "a deletion without a token": (405, "DELETE", "/sparql?query=ASK%7B%7D", b"", {}),
    "two queries in the address": (400, "GET", "/sparql?query=ASK%7B%7D&query=SELECT%20*%20%7B%7D", None, {}),
    "two queries in the form": (400, "POST", "/sparql", b"query=ASK%7B%7D&query=ASK%7B%7D", {"Content_Type": FORM}),
    "a query in the body and one in the address": (400, "POST", "/sparql?query=ASK%7B%7D", b"ASK {}", DIRECT),
    "a body of another type": (415, "POST", "/sparql", b"ASK {}", {"Content_Type": "text/plain"}),
    "a form that is not called one": (415, "POST", "/sparql", b"query=ASK%7B%7D", {}),
    "a query that is not called one": (415, "POST", "/sparql", b"ASK {}", {}),
    "a form of several parts": (415, "POST", "/sparql", b"--x--", {"Content_Type": "multipart/form-data; boundary=x"}),
    "a form without a query": (400, "POST", "/sparql", b"default-graph-uri=http%3A%2F%2Fe", {"Content_Type": FORM}),
    "a query in UTF-16": (400, "POST", "/sparql", "ASK {}".encode("utf-16"), DIRECT),
    "a query that says UTF-16": (
        415,
        "POST",
        "/sparql",
        "ASK {}".encode("utf-16"),
        {"Content_Type": QUERY + "; charset=UTF-16"},
    ),
    "an address that is not UTF-8": (400, "GET", "/sparql?query=ASK%20%7B%7D%23%FF", None, {}),
    "a malformed query": (400, "GET", "/sparql?query=ASK%20%7B", None, {}),
    "an empty query": (400, "GET", "/sparql?query=", None, {}),
    "an empty body": (400, "POST", "/sparql", b"", DIRECT),
    "a dataset of a relative IRI": (400, "GET", "/sparql?query=ASK%7B%7D&default-graph-uri=one", None, {}),
    "a time that is none": (400, "GET", "/sparql?query=ASK%7B%7D&timeout=soon", None, {}),
    "a query that is packed": (415, "POST", "/sparql", b"ASK {}", DIRECT | {"Content_Encoding": "gzip"}),
    "a host that is none": (400, "GET", "/sparql?query=ASK%7B%7D", None, {"Host": 'a">b'}),
    "an update": (400, "POST", "/sparql", b"CLEAR ALL", {"Content_Type": UPDATE}),
    "an update in a form": (400, "POST", "/sparql", b"update=CLEAR+ALL", {"Content_Type": FORM}),
    "an update beside a query": (400, "POST", "/sparql", b"update=CLEAR+ALL&query=ASK%7B%7D", {"Content_Type": FORM}),
    "an update as a query": (400, "POST", "/sparql", b"CLEAR ALL", DIRECT),
    "an update in the address": (400, "GET", "/sparql?update=CLEAR%20ALL", None, {}),
    "a body beyond the limit": (413, "POST", "/sparql", b"#" * (1024**2 + 1), DIRECT),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_gets_its_status_and_a_reason(client: Client, case: str) -> None:
    status, method, path, body, headers = WRONG[case]
    reply = client.send(method, path, body, **headers)
    assert reply.status == status
    assert reply.media_type == "application/problem+json"
    problem = json.loads(reply.body)
    assert problem["status"] == status
    assert problem["detail"].endswith(".")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_an_update_is_told_where_changes_go(client: Client) -> None:
    assert (
        "entity files" in json.loads(client.send("POST", "/sparql", b"CLEAR ALL", Content_Type=UPDATE).body)["detail"]
    )


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_query_in_utf_8_may_say_so(client: Client, charset: str) -> None:
    body = 'SELECT ("도움" AS ?x) {}'.encode()
    reply = client.send("POST", "/sparql", body, Content_Type=f"{QUERY}; charset={charset}", Accept="text/csv")
    assert reply.body.decode() == "x\r\n도움\r\n"
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_head_says_of_a_result_what_get_says_and_sends_none(client: Client) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o }"})
    head, get = client.send("HEAD", path), client.send("GET", path)
    assert (head.status, head.body) == (200, b"")
    assert {name: head.headers[name] for name in ("Content-Length", "Content-Type", "ETag", "Vary")} == {
        name: get.headers[name] for name in ("Content-Length", "Content-Type", "ETag", "Vary")
    }
    assert client.send("HEAD", "/sparql?query=ASK%20%7B").status == 400


def test_a_browser_is_told_that_any_page_may_ask(client: Client) -> None:
    reply = client.send(
        "OPTIONS",
        "/sparql",
        Origin="https://a.example",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type,x-query-token",
    )
    assert reply.status in (200, 204)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert {"content-type", "x-query-token", "range", "if-none-match"} <= listed(reply, "Access-Control-Allow-Headers")
    assert "Access-Control-Allow-Credentials" not in reply.headers


def listed(reply: Reply, name: str) -> set[str]:
    return {part.strip().lower() for part in reply.headers[name].split(",")}


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql?query=ASK%7B", "/sparql", "/graphs?default"])
def test_a_page_of_another_origin_sees_what_the_headers_say(client: Client, path: str) -> None:
    """Of a refusal too: when to come back, and what else may be done."""
    reply = client.send("GET", path, Origin="https://a.example")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {"etag", "link", "repr-digest", "retry-after", "allow", "x-coopgraph-release", "x-coopgraph-rows"}
    assert exposed <= listed(reply, "Access-Control-Expose-Headers")


def test_what_may_be_done_is_said_with_405_and_to_options(client: Client) -> None:
    for reply in (client.send("PUT", "/sparql", b""), client.send("OPTIONS", "/sparql")):
        assert {"GET", "HEAD", "OPTIONS", "POST"} <= {name.strip() for name in reply.headers["Allow"].split(",")}


def test_the_endpoint_describes_itself_where_nothing_is_asked(client: Client) -> None:
    reply = client.send("GET", "/sparql", Accept="text/turtle")
    graph = ox.Store()
    graph.load(reply.body, ox.RdfFormat.TURTLE)
    query = """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
      SELECT ?name ?n { ?s a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ;
        sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON> ; sd:defaultDataset ?d .
        ?d a sd:Dataset ; sd:namedGraph [ a sd:NamedGraph ; sd:name ?name ; sd:graph [ void:triples ?n ] ] ;
          sd:defaultGraph [ void:triples 1 ]
        FILTER NOT EXISTS { ?s sd:feature sd:BasicFederatedQuery } } ORDER BY ?name"""
    found = [(row["name"].value, row["n"].value) for row in graph.query(query)]  # type: ignore[union-attr]
    assert found == [(ONE, "2"), (TWO, "3")]


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D", "/sparql"])
def test_a_condition_is_held_against_the_version_that_would_be_given(client: Client, path: str, coding: str) -> None:
    def status(**condition: str) -> int:
        return client.send("GET", path, Accept_Encoding=coding, **condition).status

    tag = client.send("GET", path, Accept_Encoding=coding).headers["ETag"]
    assert [status(If_Match=value) for value in (tag, "*", f'"other", {tag}')] == [200, 200, 200]
    assert [status(If_Match=value) for value in ('"other"', f"W/{tag}")] == [412, 412]
    assert [status(If_None_Match=value) for value in (tag, "*", f'"other", {tag}', f"W/{tag}")] == [304] * 4
    assert status(If_None_Match='"other"') == 200


def named(graph: str) -> str:
    return "/graphs?" + urllib.parse.urlencode({"graph": graph})


def triples(reply: Reply, form: ox.RdfFormat = ox.RdfFormat.TURTLE) -> int:
    return len(list(ox.parse(reply.body, format=form)))


@pytest.mark.parametrize(
    ("path", "count"), [(named(ONE), 2), (named(TWO), 3), ("/graphs?default", 1), ("/graphs?default=", 1)]
)
def test_a_graph_is_given_by_its_name_in_the_address(client: Client, path: str, count: int) -> None:
    reply = client.send("GET", path)
    assert (reply.status, reply.media_type, triples(reply)) == (200, "text/turtle", count)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("text/turtle;q=0.1, application/n-quads", ox.RdfFormat.N_QUADS),
    ],
)
def test_a_graph_comes_in_the_syntax_that_is_asked_for(client: Client, accept: str, form: ox.RdfFormat) -> None:
    assert triples(client.send("GET", named(TWO), Accept=accept), form) == 3


def test_head_of_a_graph_says_what_get_says(client: Client) -> None:
    head, get = client.send("HEAD", named(ONE)), client.send("GET", named(ONE))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.body))
    assert head.headers["ETag"] == get.headers["ETag"]
    assert client.send("GET", named(ONE), If_None_Match=get.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        (404, "GET", named(THREE), {}),
        (404, "HEAD", named(THREE), {}),
        (404, "GET", "/graphs/records", {}),
        (400, "GET", "/graphs", {}),
        (400, "GET", "/graphs?default&" + named(ONE).partition("?")[2], {}),
        (400, "GET", named("relative"), {}),
        (406, "GET", named(ONE), {"Accept": "image/png"}),
        (406, "GET", named(ONE), {"Accept": "text/csv"}),
        (405, "PUT", named(ONE), {"Content_Type": "text/turtle"}),
        (405, "POST", named(ONE), {"Content_Type": "text/turtle"}),
        (405, "DELETE", named(ONE), {}),
        (405, "PATCH", named(ONE), {"Content_Type": UPDATE}),
    ],
)
def test_what_no_graph_can_answer_gets_its_status(
    client: Client, status: int, method: str, path: str, headers: dict[str, str]
) -> None:
    assert client.send(method, path, b"" if method not in ("GET", "HEAD") else None, **headers).status == status


@pytest.mark.slow
def test_a_graph_whose_name_is_its_address_is_given_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("direct") / "data.nq"
    host = "graphs.example:8000"
    path.write_text(f"<{EX}s> <{EX}p> <{EX}o> <http://{host}/graphs/mine> .\n", encoding="utf-8")
    served = serve_dataset(path)
    try:
        reply = Client(served).send("GET", "/graphs/mine", Host=host)
        assert (reply.status, triples(reply)) == (200, 1)
    finally:
        served.stop()
