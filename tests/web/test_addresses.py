"""Every address that the service publishes about itself is asked for, of a real server, and answers."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from random import Random
from urllib.parse import urljoin

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.query.prepared import select
from coopgraph.web.common.problems import PROBLEM, STATUSES
from tests.conftest import THOROUGH
from tests.running_server import Served

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "src" / "coopgraph" / "web" / "static" / "dist" / "embed.js"
GOOD = {200, 401, 410}
"""What is there at the end of all redirects: an answer, a door, or the reason why there is nothing any more."""


def unanswered(served: Served, addresses: Iterable[str]) -> dict[str, int]:
    """Return those of the addresses here that do not answer, and with what; foreign ones are passed over."""
    found = {}
    for address in sorted(set(addresses)):
        path = "/" + address.removeprefix(BASE) if address.startswith(BASE) else address.removeprefix(served.url)
        if path.startswith("/"):
            status = served.get(path, Accept="*/*").status
            if status not in GOOD:
                found[address] = status
    return found


@pytest.mark.slow
def test_iris_under_the_base_that_the_data_use_answer(served: Served, app_context: AppContext) -> None:
    used = {
        row["iri"].value
        for row in select(
            app_context.query_service,
            f"""SELECT DISTINCT ?iri WHERE {{
              {{ GRAPH ?g {{ ?iri ?p ?o }} }}
              UNION {{ GRAPH ?g {{ ?s ?iri ?o }} }}
              UNION {{ GRAPH ?g {{ ?s ?p ?iri }} }}
              FILTER(isIRI(?iri) && STRSTARTS(STR(?iri), "{BASE}"))
            }}""",
        )
    }
    things = sorted(iri for iri in used if iri.startswith((BASE + "id/", BASE + "def/", BASE + "dataset/coopgraph.")))
    parts = sorted(used.difference(things))
    if not THOROUGH:
        things, parts = Random(7).sample(things, 60), Random(8).sample(parts, 60)
    assert unanswered(served, [*things, *parts]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/catalog", "/void", "/dataset/coopgraph", "/sparql"])
def test_every_address_that_a_description_of_the_service_names_answers(served: Served, path: str) -> None:
    text = served.get(path, Accept="application/n-triples").body.decode()
    named = {iri for iri in re.findall(r"<([^>]*)>", text) if iri.startswith((BASE, served.url))}
    # Each kind of part answers as one of it does.
    parts = sorted(iri for iri in named if re.match(re.escape(BASE) + r"(dataset/coopgraph\.|id/|def/)", iri))
    assert named.difference(parts)
    assert unanswered(served, [*named.difference(parts), *Random(3).sample(parts, min(40, len(parts)))]) == {}


def test_every_graph_that_the_endpoint_names_can_be_read(served: Served) -> None:
    text = served.get("/sparql", Accept="application/n-triples").body.decode()
    graphs = re.findall(r"<http://www.w3.org/ns/sparql-service-description#name> <([^>]*)>", text)
    assert graphs
    for graph in graphs:
        assert served.get(f"/graphs?graph={graph}", Accept="text/turtle").status == 200
        assert served.get(f"/graphs/{graph.rpartition('/')[2]}", Accept="text/turtle").status == 200
        assert served.get(graph.removeprefix(BASE.rstrip("/"))).status == 200


PATHS = (
    *("/", "/en/", "/doc/org/lantern", "/doc/org/lantern.jsonld", "/catalog", "/sparql?query=ASK%7B%7D", "/query"),
    *("/releases", "/examples.ttl", "/graphs?default", "/timemap/doc/org/lantern", "/context/v1.jsonld", "/about"),
)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_every_link_in_a_header_and_every_link_of_its_timemap_answers(served: Served, path: str) -> None:
    links = served.get(path).headers.get_all("Link") or []  # type: ignore[attr-defined]
    targets = [target for link in links for target in re.findall(r"<([^>]*)>", link)]
    assert targets
    timemaps = [target for link in links if "timemap" in link for target in re.findall(r"<([^>]*)>", link)]
    for timemap in timemaps:
        targets += re.findall(r"<([^>]*)>", served.get(timemap.removeprefix(served.url)).body.decode())
    assert unanswered(served, targets) == {}


TOLD = (
    *(
        "/openapi.json",
        f"/oembed?url={BASE}id/org/lantern",
        "/reconcile",
        "/linkset",
        "/query.ipynb?query=ASK%7B%7D",
        "/examples.ttl",
    ),
    *("/sandbox/embed/list.json", "/sandbox/embed/org/lantern.json", "/embed/list.json?area=jp", "/embed/list?area=jp"),
    *("/embed/org/lantern.json", "/feed", "/en/feed.atom", "/ko/feed.atom", "/releases", "/releases/current"),
)
"""What tells programs where things are, beyond the descriptions of the data set."""


@pytest.mark.slow
@pytest.mark.parametrize("path", TOLD)
def test_every_address_that_a_program_is_told_answers(served: Served, path: str) -> None:
    told = served.get(path, Accept="application/json, */*;q=0.5")
    assert told.status == 200
    text = html.unescape(told.body.decode())
    addresses = set(re.findall(rf"(?:{re.escape(served.url)}|{re.escape(BASE)})[^\s\"'<>\\)`|]*", text))
    # What ends so is a namespace or the beginning of an address; what has a brace is a template.
    named = {address for address in addresses if not address.endswith(("/", "#", "=", ":")) and "{" not in address}
    assert unanswered(served, Random(5).sample(sorted(named), min(40, len(named)))) == {}


def test_the_servers_of_the_openapi_document_are_this_one(served: Served) -> None:
    document = served.get("/openapi.json").json()
    assert document["servers"]
    for server in document["servers"]:
        base = urljoin(served.url + "/openapi.json", server["url"]).rstrip("/")
        assert base == served.url


@pytest.mark.parametrize("path", ["/sandbox", "/releases", "/releases/current", "/about", "/about/conformance"])
def test_every_address_on_a_page_about_the_service_answers(served: Served, path: str) -> None:
    page = served.get(path, Accept="text/html").body.decode()
    linked = {html.unescape(found).partition("#")[0] for found in re.findall(r'(?:href|src|action)="(/[^"]*)"', page)}
    paths = linked or set(json.loads(page)["documents"])
    assert paths
    assert unanswered(served, [served.url + target for target in paths]) == {}


@pytest.mark.slow
def test_what_robots_are_told_answers(served: Served) -> None:
    (index,) = re.findall(r"Sitemap: (\S+)", served.get("/robots.txt").body.decode())
    parts = re.findall(r"<loc>([^<]*)</loc>", served.get(index.removeprefix(served.url)).body.decode())
    pages = [
        html.unescape(page)
        for part in parts
        for page in re.findall(r"<loc>([^<]*)</loc>", served.get(part.removeprefix(served.url)).body.decode())
    ]
    assert pages
    assert unanswered(served, [index, *parts, *Random(11).sample(pages, 60)]) == {}


def test_every_type_of_problem_says_what_it_is(served: Served) -> None:
    for kind, _, title, _ in STATUSES:
        address = PROBLEM + kind.type
        assert served.get(address.removeprefix(BASE.rstrip("/"))).json()["title"] == str(title)
    for path in ("/nothing", "/doc/org/never", "/sparql?query=SELECT", "/cite/x", "/releases/x", "/list/nothing"):
        problem = served.get(path, Accept="application/json").json()
        assert problem["type"] == "about:blank" or unanswered(served, [problem["type"]]) == {}


def test_every_context_that_json_names_answers(served: Served) -> None:
    for path in ("/doc/org/lantern", "/dataset/structure", "/examples", "/frame/organization"):
        context = served.get(f"{path}.jsonld").json()["@context"]
        assert context.startswith(BASE)
        assert unanswered(served, [context]) == {}


def test_the_release_names_files_that_are_there(served: Served) -> None:
    manifest = served.get("/releases/current", Accept="application/json").json()
    names = [f"{BASE}releases/{folder}/{name}" for name in manifest["files"] for folder in ("current", manifest["id"])]
    assert names
    assert unanswered(served, names) == {}


ASKED = {"/search": "q=lantern", "/en/figures.csv": "indicator=assistance-cases"}
"""What is asked at addresses that answer nothing else."""


@pytest.mark.slow
def test_the_documents_for_people_name_no_address_that_is_not_there(served: Served) -> None:
    documents = [ROOT / "README.md", ROOT / "CITATION.cff", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(path.read_text("utf-8") for path in documents)
    # The names of prefixes end in a slash, and are no addresses of anything.
    own = {iri for iri in re.findall(re.escape(BASE) + r"[\w./-]*\w", text) if f"{iri}/>" not in text}
    # Paths of files, and of other servers.
    others = ("/tmp", "/proc", "/sys", "/dev", "/etc", "/var", "/opt", "/statements")
    plain = {path for path in re.findall(r"`(/[a-z][\w./-]*)`", text) if not path.startswith(others)}
    if not BUNDLE.exists():
        plain.discard("/embed/v1.js")
    # The server here has an invented graph; what the real one has is where its file is.
    real = {iri for iri in own if _has_a_file(iri.removeprefix(BASE.rstrip("/")))}
    real |= {path for path in plain if _has_a_file(path)}
    asked = {path: query for path in plain for start, query in ASKED.items() if path.startswith(start)}
    assert unanswered(served, [f"{path}?{query}" for path, query in asked.items()]) == {}
    takes_posts = {path for path in plain - real - asked.keys() if served.get(path).status == 405}
    assert takes_posts <= {"/cite", "/sparql/check", "/submissions"}
    assert unanswered(served, {*own, *plain} - takes_posts - real - asked.keys()) == {}


def _has_a_file(path: str) -> bool:
    """Whether a path is the document of an entity of the real tree, such as ``/ko/doc/org/paps``."""
    found = re.fullmatch(r"(?:/[a-z]{2}(?:-Han[st])?)?/(?:doc|id)/([a-z-]+/[a-z0-9-]+)(?:\.[a-z]+)?", path)
    return found is not None and (ROOT / "data" / f"{found[1]}.ttl").is_file()
