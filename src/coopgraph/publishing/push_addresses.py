"""Addresses of a SPARQL server, from one of them: where it takes queries, updates and graphs.

The protocols leave these addresses to each server, and no server's description tells all three. So the layouts of the
servers in use are tried in turn with questions that change nothing.
"""

from __future__ import annotations

import re
import urllib.request
from urllib.error import HTTPError

from coopgraph.errors import CoopgraphError, StoreDown
from coopgraph.publishing.push_target import Addresses, Remote
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.push_marker import LOADED

_SIZE = 1024**2
_TAIL = re.compile(r"/(?:query|sparql|sparql-auth|update|store|data|statements)?$")

_SERVICES = (
    ("{given}", "{given}"),  # a Fuseki data set; Neptune
    ("{base}/query", "{base}/update"),  # Oxigraph, Fuseki, Stardog
    ("{base}/sparql-auth", "{base}/sparql-auth"),  # Virtuoso
    ("{base}", "{base}/statements"),  # RDF4J, GraphDB
)
"""Where servers take queries and updates."""

_GRAPHS = ("{given}", "{base}/store", "{base}/data", "{base}/sparql-graph-crud-auth", "{base}/rdf-graphs/service")
"""Where they speak the Graph Store Protocol."""


def find(given: str, client: SparqlHttpClient) -> Remote:
    """Return the server that ``given`` is an address of. Raises StoreDown or OurFault where none takes our updates."""
    base = _TAIL.sub("", given)
    trouble: list[CoopgraphError] = []
    for query, update in dict.fromkeys(_filled(given, base)):
        remote = Remote(Addresses(query, update, ""), client)
        try:
            remote.probe()
        except CoopgraphError as error:
            trouble.append(error)
            continue
        places = (place.format(given=given, base=base) for place in _GRAPHS)
        graphs = next((place for place in places if _takes_graphs(place, client)), "")
        return Remote(Addresses(query, update, graphs), client)
    # What says most is what a server said that does take queries.
    raise next((error for error in trouble if not isinstance(error, StoreDown)), trouble[0])


def _filled(given: str, base: str) -> list[tuple[str, str]]:
    return [
        (query.format(given=given, base=base), update.format(given=given, base=base)) for query, update in _SERVICES
    ]


def _takes_graphs(place: str, client: SparqlHttpClient) -> bool:
    """Whether the Graph Store Protocol is spoken at ``place``: it gives the graph that the probe has left."""
    client.greet(place)
    request = urllib.request.Request(f"{place}?graph={LOADED}", headers={"Accept": "application/n-triples"})
    try:
        with client.open(request) as response:
            return f"<{LOADED}>".encode() in response.read(_SIZE)
    except HTTPError as error:
        error.close()
        return False
    except StoreDown:
        return False
