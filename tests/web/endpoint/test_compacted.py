"""CONSTRUCT and DESCRIBE as JSON-LD: compacted with the release's context, and the same triples as in N-Triples."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyld import jsonld
from pyoxigraph import RdfFormat, parse

from coopgraph.model.iris import BASE
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.jsonld import CONTEXT_IRI

LANTERN = f"{BASE}id/org/lantern"


@pytest.mark.parametrize(
    "query",
    [
        f"DESCRIBE <{LANTERN}>",
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o . ?s (<urn:x>|!<urn:x>) <{LANTERN}> }}",
        "CONSTRUCT { <org:x> <schema:y> [ a <time:z> ] } WHERE {}",
    ],
)
def test_a_graph_is_compacted_with_the_published_context_and_loses_nothing(client: FlaskClient, query: str) -> None:
    def known(url: str, options: object = None) -> dict[str, Any]:
        assert url == CONTEXT_IRI
        document = client.get("/context/v1.jsonld").json
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    found = client.get("/sparql", query_string={"query": query}, headers={"Accept": "application/ld+json"})
    assert found.mimetype == "application/ld+json"
    document = json.loads(found.data)
    assert document["@context"] == CONTEXT_IRI
    text = jsonld.to_rdf(document, {"documentLoader": known, "format": "application/n-quads"})
    plain = client.get("/sparql", query_string={"query": query}, headers={"Accept": "application/n-triples"})
    ours, theirs = parse(text.encode(), RdfFormat.N_QUADS), parse(plain.data, RdfFormat.N_TRIPLES)
    assert canonical_nquads(ours).lower() == canonical_nquads(theirs).lower()


def test_texts_stand_by_language_as_in_the_documents(client: FlaskClient) -> None:
    found = client.get("/sparql", query_string={"query": f"DESCRIBE <{LANTERN}>", "format": "jsonld"})
    (node,) = [node for node in json.loads(found.data)["@graph"] if node["id"] == LANTERN]
    assert node["label"] == client.get("/doc/org/lantern.jsonld").json["label"]
    assert isinstance(node["type"], list)


def test_a_graph_by_its_name_comes_compacted_too(client: FlaskClient) -> None:
    found = client.get("/graphs?default", headers={"Accept": "application/ld+json"})
    assert json.loads(found.data)["@context"] == CONTEXT_IRI
