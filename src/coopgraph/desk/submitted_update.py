"""SPARQL Update from a curator: what it would do to entities, told by a process that runs it on a copy.

The copy holds what the files state, in the default graph; nothing that an Update names is fetched, and the tree stays
as it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from coopgraph.curation.workspace import Workspace
from coopgraph.errors import OurFault, QueryProblem, QuerySyntax, SyntaxProblem, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import N_TRIPLES
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Triple
from coopgraph.sparql.diagnosis import diagnose
from coopgraph.sparql.guard import read_tokens
from coopgraph.sparql.lexer import keywords

SPARQL_UPDATE = "application/sparql-update"

LONGEST_UPDATE = 1024**2
"""Bytes that an Update may have."""

MOST_STATEMENTS = 20_000
"""Statements that an Update may add and remove together."""

UPDATE_SECONDS = 20
"""Seconds of processor time that an Update may take, with the reading of its copy."""

UPDATE_MEMORY = 1024**3
"""Bytes that an Update may take beyond its copy."""

_BUSY = 3
"""How many times that long it may take by the clock, on a busy machine."""

_PROGRAM = "coopgraph.store.oxigraph.update_effect"

_REFUSED = ("LOAD", "SERVICE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "GRAPH", "WITH", "USING")
"""Words of what is not done here: asking others, and managing graphs, which are the build's."""


def update_effect(body: bytes, files: Workspace) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
    """Return what a SPARQL Update adds and what it removes. The canonical prefixes need no declaration.

    Raises :class:`UnreadableInput` for what is no Update, does what is not done here, or takes too much;
    :class:`OurFault` where its process could not run.
    """
    update = _inspected(body)
    effect = _run(update, files.prefixes, (triple for path in sorted(files.paths) for triple in _said(path, files)))
    if "error" in effect:
        raise _malformed(diagnose(update, effect["error"], files.prefixes))
    if effect["left"] == 0:
        raise UnreadableInput(
            Message("This Update deletes everything that the graph states."),
            Message("Name the entities that it is about. Nothing was changed."),
        )
    if isinstance(effect["added"], int):
        raise UnreadableInput(
            Message(
                "This Update adds {added:,} statements and removes {removed:,}; {most:,} is the most.",
                added=effect["added"],
                removed=effect["removed"],
                most=MOST_STATEMENTS,
            ),
            Message("Name the entities that it is about. Nothing was changed."),
        )
    return _triples(effect["added"]), _triples(effect["removed"])


def _said(path: str, files: Workspace) -> tuple[Triple, ...]:
    return () if path.startswith("shapes/") else files.statements(path)


def _inspected(body: bytes) -> str:
    """Return the text of an Update. Raises :class:`UnreadableInput`."""
    if len(body) > LONGEST_UPDATE:
        raise UnreadableInput(
            Message("An Update has at most {limit:,} bytes here.", limit=LONGEST_UPDATE),
            Message("Send the statements as Turtle."),
        )
    try:
        update = body.decode("utf-8")
        found = read_tokens(update, length=LONGEST_UPDATE, seconds=UPDATE_SECONDS)
    except UnicodeDecodeError as error:
        raise UnreadableInput(Message("The Update is no UTF-8."), Message("Save it as UTF-8.")) from error
    except QueryProblem as error:
        raise _malformed(error) from error
    words = {token.upper for token in keywords(found)}
    if refused := [word for word in _REFUSED if word in words]:
        raise UnreadableInput(
            Message("“{word}” is not done here: an Update changes what the files of entities state.", word=refused[0]),
            Message("Use INSERT and DELETE alone, without naming a graph or another server."),
        )
    if not words & {"INSERT", "DELETE"}:
        raise UnreadableInput(
            Message("This is no SPARQL Update: it neither inserts nor deletes."),
            Message("Queries are asked at /sparql."),
        )
    return update


def _malformed(error: QueryProblem) -> UnreadableInput:
    if isinstance(error, QuerySyntax):
        return SyntaxProblem(error.message, error.hint, line=error.line, column=error.column)
    return UnreadableInput(error.message, error.hint)


def _run(update: str, prefixes: Mapping[str, str], said: Iterable[Triple]) -> dict[str, Any]:
    order = json.dumps(
        {
            "memory": UPDATE_MEMORY,
            "seconds": UPDATE_SECONDS,
            "most": MOST_STATEMENTS,
            "prefixes": dict(prefixes),
        }
    )
    # -P: a folder named coopgraph in the working directory must not take the package's place.
    command = [sys.executable, "-P", "-m", _PROGRAM, order]
    written = update.encode("utf-8")
    given = b"%d\n" % len(written) + written + "".join(f"{triple} .\n" for triple in said).encode("utf-8")
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_BUSY * UPDATE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    except OSError as error:
        raise OurFault(Message("The Update cannot be run."), Message("Are there too many processes?")) from error
    if done.returncode or not done.stdout:
        raise _too_much()
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _too_much() -> UnreadableInput:
    return UnreadableInput(
        Message("The Update took more than {seconds} seconds or too much memory.", seconds=UPDATE_SECONDS),
        Message("Name the entities that it is about. Nothing was changed."),
    )


def _triples(lines: list[str]) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in read_rdf("\n".join(lines).encode("utf-8"), N_TRIPLES))
