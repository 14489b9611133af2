"""Documents from curators, in Turtle, N-Triples or JSON-LD: read within limits, and nothing that they name is fetched.

Other RDF is not taken: a parser of RDF/XML expands entities, and TriG names graphs, which are the build's to name.
"""

from __future__ import annotations

import json
from typing import Any

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import JSON_LD, N_TRIPLES, TURTLE
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import DefaultGraph, Triple

SUBMITTED_FORMATS = {item.media_type: item for item in (TURTLE, N_TRIPLES, JSON_LD)}
"""What is taken, by media type."""

MOST_STATED = 50_000
"""How much may be stated in one upload: far more than any entity file, and as much as is checked within seconds."""

DEEPEST_JSON = 64
"""How deep objects and lists of JSON-LD may stand in each other."""


def submitted_triples(body: bytes, media_type: str, context: bytes) -> tuple[Triple, ...]:
    """Return what a document states. ``context`` is the published JSON-LD context, the only one that it may name.

    Raises :class:`SyntaxProblem` with the first fault, and
    :class:`UnreadableInput` for what cannot be read otherwise, or is more than :data:`MOST_STATED`.
    """
    fmt = SUBMITTED_FORMATS[media_type]
    quads = read_rdf(_with_context(body, context) if fmt is JSON_LD else body, fmt, most=MOST_STATED)
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        raise UnreadableInput(
            Message("The document names a graph of its own."), Message("Leave out “@id” beside “@graph”.")
        )
    return tuple(dict.fromkeys(quad.triple for quad in quads))


def _with_context(body: bytes, context: bytes) -> bytes:
    """Return a JSON-LD document with the published context in the place of its name."""
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "1:1"
        raise UnreadableInput(
            Message("This is not JSON, or it is nested too deeply ({place}).", place=place),
            Message("Check it in an editor that knows JSON."),
        ) from error
    if not isinstance(document, dict) or document.get("@context") not in (CONTEXT_IRI, [CONTEXT_IRI]):
        raise _foreign_context()
    document["@context"] = json.loads(context)["@context"]
    _check([value for key, value in document.items() if key != "@context"])
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _check(top: list[Any]) -> None:
    """Raise :class:`UnreadableInput` where what is inside names a context too, or stands too deep."""
    waiting: list[tuple[Any, int]] = [(value, 1) for value in top]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST_JSON:
            raise UnreadableInput(
                Message("The document is nested more than {limit} deep.", limit=DEEPEST_JSON),
                Message("Give the inner nodes “id” and put them beside the others."),
            )
        if isinstance(value, dict):
            if "@context" in value:
                raise _foreign_context()
            waiting += ((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            waiting += ((item, depth + 1) for item in value)


def _foreign_context() -> UnreadableInput:
    return UnreadableInput(
        Message(
            "The document must have one “@context”: {context}. No other is fetched.",
            context=CONTEXT_IRI,
        ),
        Message("Put that address at the beginning, and write the rest in its terms."),
    )


def _no_constant(word: str) -> float:
    raise ValueError(word)
