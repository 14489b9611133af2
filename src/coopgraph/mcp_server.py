"""Model Context Protocol server: the current release as tools for assistants, so that they answer with its sources.

https://modelcontextprotocol.io. Needs the extra ``mcp``. Four tools, all of which only read: search, get, examples,
query, with the limits of the query service. A result that is too long for a conversation is refused, never cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from coopgraph import __version__
from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError, Gone, NotFound, QuerySyntax, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.query import negotiation
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.json_text import json_text
from coopgraph.reading.data.document import document
from coopgraph.reading.data.search_document import search_json
from coopgraph.reading.description import Moved, Profile, describe_resource
from coopgraph.reading.lookup import iri_of_short_path, nothing_at, short_name
from coopgraph.reading.pages.examples import examples as example_questions
from coopgraph.reading.search import SearchRequest, search_names
from coopgraph.reading.source import ReleaseSource
from coopgraph.sparql.query import SparqlQuery

LONGEST_TOOL_RESULT = 200_000
"""Most bytes of one result."""

INSTRUCTIONS = """\
coopgraph is a knowledge graph of organizations that help victims of digital sexual violence: who they are, the laws
they work under, their services, their published figures. Every statement has a source with its words. Find things by
search, read one with get (Turtle with claims, sources and quotations), learn how to ask from examples, and ask with
query (SPARQL 1.1; the prefixes coop:, skos:, org: and so on are known). Say the source and the release with what you
report; of several values of one figure the graph says which is preferred and why. A telephone number is unchecked
unless its record says that somebody checked it. Never guess a number to call."""

Language = Literal["en", "ko", "ja", "zh-Hans", "zh-Hant"]


def mcp_server(app_context: AppContext) -> MCPServer:
    """Return the server, to be run over standard input and output or HTTP."""
    # It would log what was asked.
    server = MCPServer("coopgraph", instructions=INSTRUCTIONS, version=__version__, log_level="CRITICAL")
    reads = server.tool(annotations=ToolAnnotations(read_only_hint=True), structured_output=False)

    @reads
    def search(words: str, language: Language = "en", kind: str = "", area: str = "") -> str:
        """Find things by their names in any language; a kind (org, service, law, …) and an area (kr, kr-11) narrow."""
        with _told():
            reading = ReleaseSource.of(app_context.query_service)
            asked = SearchRequest(words, language, kind, area=area)
            found = search_names(Path(app_context.var), reading.release, asked)
            return _whole(json_text(search_json(found, app_context.vocabularies.of(reading), language)))

    @reads
    def get(thing: str, profile: Profile = "full") -> str:
        """Read what the graph says of one thing, as Turtle: its IRI, its path (org/paps) or the end of its IRI."""
        with _told():
            reading = ReleaseSource.of(app_context.query_service)
            iri = thing if "://" in thing else iri_of_short_path(thing) if "/" in thing else short_name(reading, thing)
            words = app_context.vocabularies.of(reading)
            try:
                description = describe_resource(reading, iri, profile)
            except (Gone, Moved):
                raise
            except NotFound as error:
                raise nothing_at(reading, words, iri) from error
            body = document(description, TURTLE, profile, words, reading, app_context.published)
            return _whole(body, Message("Ask for the profile “flat”, or for what is needed with a query."))

    @reads
    def examples(language: Language = "en") -> str:
        """List the example questions, each with the SPARQL query that answers it."""
        listed = [
            {"name": item.name, "question": item.question(language).text, "query": item.query}
            for item in example_questions()
        ]
        return _whole(json_text({"examples": listed}))

    @reads
    def query(sparql: str, format: Literal["csv", "json", "ttl"] = "csv") -> str:
        """Answer a SPARQL 1.1 query: rows as CSV or JSON; triples of CONSTRUCT and DESCRIBE as Turtle (ttl)."""
        with _told():
            answer = app_context.query_service.answer(SparqlQuery(sparql), negotiation.by_name(format))
            size, parts = 0, []
            try:
                for chunk in answer.chunks:
                    size += len(chunk)
                    parts.append(chunk)
                    if size > LONGEST_TOOL_RESULT:
                        break
            finally:
                answer.close()
            return _whole(b"".join(parts), Message("Ask for less: LIMIT, fewer columns, or a count."))

    return server


@contextmanager
def _told() -> Iterator[None]:
    """Tell an error of ours in the words that it has."""
    try:
        yield
    except CoopgraphError as error:
        place = f"Line {error.line}, column {error.column}: " if isinstance(error, QuerySyntax) and error.line else ""
        raise ToolError(place + error.in_language("en")) from error


def _whole(body: bytes, hint: Message | None = None) -> str:
    if len(body) > LONGEST_TOOL_RESULT:
        told = WrongUsage(Message("The result has more than {limit:,} bytes.", limit=LONGEST_TOOL_RESULT), hint)
        raise ToolError(told.in_language("en"))
    return body.decode("utf-8")
