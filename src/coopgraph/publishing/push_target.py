"""Push target: another SPARQL server that takes updates and graphs, and is counted."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode

from coopgraph.errors import OurFault, StoreDown
from coopgraph.messages.message import Message
from coopgraph.rdf import results
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.push_marker import LOADED, VOID_TRIPLES

_NOTED = f'INSERT DATA {{ GRAPH <{LOADED}> {{ <{LOADED}> <{VOID_TRIPLES}> "0" }} }}'
_MESSAGE_SIZE = 2048


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server takes queries, updates, and (``graphs``, empty where it does not) the Graph Store Protocol."""

    query: str
    update: str
    graphs: str


class Remote:
    """The server at ``addresses``. Its methods raise StoreDown where it fails, OurFault where it does not let us."""

    def __init__(self, addresses: Addresses, client: SparqlHttpClient) -> None:
        self.addresses = addresses
        self._client = client

    def probe(self) -> None:
        """Ask something small, and leave a note among our own, to see whether we may."""
        for address in dict.fromkeys((self.addresses.query, self.addresses.update)):
            self._client.greet(address)
        self.rows("SELECT (1 AS ?subject) (1 AS ?value) WHERE { }")
        self.update(_NOTED)

    def rows(self, query: str) -> list[tuple[str, str]]:
        """Return ``?subject`` and ``?value`` of each row of a SELECT query, as text."""
        try:
            response = self._client.ask(self.addresses.query, query, results.ROWS_FORM.media_type)
        except HTTPError as error:
            raise _refused(error) from error
        with response:
            try:
                return results.pairs(response.read())
            except (SyntaxError, OSError, http.client.HTTPException) as error:
                raise StoreDown(
                    Message("The server's answer is no SPARQL result."),
                    Message("Check that the address is its SPARQL service."),
                ) from error

    def update(self, *operations: str) -> None:
        """Carry out a SPARQL Update: all of it at once where the server can."""
        try:
            with self._client.update(self.addresses.update, " ;\n".join(operations)) as response:
                response.read()
        except HTTPError as error:
            raise _refused(error) from error

    def post(self, graph: str, lines: Sequence[bytes]) -> None:
        """Add N-Triples to a graph by the Graph Store Protocol."""
        request = urllib.request.Request(
            f"{self.addresses.graphs}?{urlencode({'graph': graph})}",
            data=b"".join(lines),
            headers={"Content-Type": "application/n-triples", "User-Agent": "coopgraph"},
            method="POST",
        )
        try:
            with self._client.open(request) as response:
                response.read()
        except HTTPError as error:
            raise _refused(error) from error


def _refused(error: HTTPError) -> OurFault | StoreDown:
    with error:
        words = error.read(_MESSAGE_SIZE).decode("utf-8", "replace")
    if error.code in (401, 403) or "permission" in words:
        return OurFault(
            Message("The server does not let us write."),
            Message("Give a name with --user, and its password in COOPGRAPH_PASSWORD or when asked."),
        )
    line = next((line for line in words.splitlines() if line.strip()), "nothing")
    shown = "".join(character for character in line if character.isprintable())[:200]
    return StoreDown(
        Message("The server refused with the status {status}. It says: {shown}", status=error.code, shown=shown),
        Message("Run the same command again to go on; its own log may say more."),
    )
