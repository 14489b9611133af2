"""The Model Context Protocol server, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mcp import ClientSession

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("mcp") is None, reason="the extra mcp is not installed: requirements-dev.lock"
)

COMMAND = "from coopgraph.cli.main import main; main()"
Asking = Callable[["ClientSession"], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="module")
def asked(published: Path) -> Callable[[Asking], Any]:
    """Start the server for one conversation."""
    from mcp import ClientSession, StdioServerParameters, stdio_client

    async def conversation(asking: Asking) -> Any:
        environment = {**os.environ, "COOPGRAPH_VAR": str(published), "COOPGRAPH_WORKERS": "1"}
        started = StdioServerParameters(command=sys.executable, args=["-c", COMMAND, "mcp"], env=environment)
        async with stdio_client(started) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await asking(session)

    return lambda asking: asyncio.run(conversation(asking))


def text(result: Any) -> str:
    (part,) = result.content
    return str(part.text)


@pytest.mark.slow
def test_its_tools_find_read_list_and_query(asked: Callable[[Asking], Any]) -> None:
    async def asking(session: ClientSession) -> Any:
        tools = await session.list_tools()
        found = await session.call_tool("search", {"words": "lantern"})
        read = await session.call_tool("get", {"thing": "org/lantern"})
        listed = await session.call_tool("examples", {"language": "ko"})
        rows = await session.call_tool("query", {"sparql": "SELECT (COUNT(*) AS ?n) { ?s a org:Organization }"})
        return tools, found, read, listed, rows

    tools, found, read, listed, rows = asked(asking)
    assert {tool.name for tool in tools.tools} == {"search", "get", "examples", "query"}
    assert any(result["id"].endswith("/id/org/lantern") for result in json.loads(text(found))["results"])
    assert "coop:Claim" in text(read)
    assert len(json.loads(text(listed))["examples"]) > 50
    assert int(text(rows).split()[1]) > 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("get", {"thing": "org/lantrn"}, "org/lantern"),
        ("query", {"sparql": "SELECT * {"}, "Line 1"),
        ("query", {"sparql": "DELETE WHERE { ?s ?p ?o }"}, ""),
        ("query", {"sparql": "SELECT * { ?s ?p ?o }", "format": "json"}, "more than 200,000 bytes"),
        ("search", {"words": "x" * 10_000}, ""),
        ("get", {"thing": "a://b c>"}, ""),
        ("get", {"thing": "org/\x00"}, ""),
        ("get", {"thing": "x" * 100_000}, ""),
        ("get", {"thing": "urn://x> ; DROP"}, ""),
    ],
)
def test_what_it_cannot_do_it_says_in_words(
    asked: Callable[[Asking], Any], tool: str, arguments: dict[str, str], words: str
) -> None:
    result = asked(lambda session: session.call_tool(tool, arguments))
    assert result.is_error
    assert words in text(result)
    assert "Traceback" not in text(result)
