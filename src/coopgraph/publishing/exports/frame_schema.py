"""JSON Schema (2020-12) of the JSON-LD documents that a frame draws, made from the frame, the context and the shapes.

The context says of each term whether its values come in an array, by language, as links or with a datatype; the frame
what is embedded; the shapes what a thing of a class never lacks. Text of the standard:
https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.rdf.namespaces import SH
from coopgraph.rdf.terms import Literal, Triple

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMA_SUFFIX = ".schema.json"
"""How the path of a frame's schema ends."""

MEDIA_TYPE = "application/schema+json"

_TAG = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
_COMPACT_IRI = "^[a-z][a-z0-9-]*:"
_FORMATS = {"xsd:date": "date", "xsd:time": "time", "xsd:anyURI": "iri"}

_TEXTS: Schema = {
    "description": "Texts by the tag of their language (BCP 47).",
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": _TAG},
    "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}
_TEXT: Schema = {
    **_TEXTS,
    "description": "One text for each language, by its tag (BCP 47).",
    "additionalProperties": {"type": "string"},
}
_LINK: Schema = {
    "description": "The IRI of a thing, whole or with a prefix of the context.",
    "type": "string",
    "minLength": 1,
}
_REFERENCE: Schema = {
    "description": "A link, where the term takes values of other kinds too.",
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"$ref": "#/$defs/link"}},
    "additionalProperties": False,
}
_LITERAL: Schema = {
    "description": "A text without language, a whole number, a truth value, or a value with datatype or language.",
    "anyOf": [
        {"type": ["string", "integer", "boolean"]},
        {
            "type": "object",
            "required": ["@value"],
            "properties": {
                "@value": {"type": "string"},
                "@type": {"type": "string"},
                "@language": {"type": "string", "pattern": _TAG},
            },
            "additionalProperties": False,
        },
    ],
}

_INCLUDED: Schema = {
    "description": "Triples of the document beside its tree, such as names and kinds of what the tree only refers to.",
    "type": "array",
    "items": {"$ref": "#/$defs/node"},
    "minItems": 1,
}


def required_properties(shapes: Iterable[Triple]) -> Mapping[str, tuple[str, ...]]:
    """Return by class the properties that a shape demands at least one value of, with the severity of a violation."""
    graph = Graph(shapes)
    found: dict[str, set[str]] = {}
    for shape in graph.described():
        least = graph.literals(shape, SH.minCount)
        path = graph.link(shape, SH.path)
        severity = graph.link(shape, SH.severity) or SH.Violation
        if path is None or severity != SH.Violation or not any(_is_positive(number) for number in least):
            continue
        for target in graph.links(shape, SH.targetClass):
            found.setdefault(target.value, set()).add(path.value)
    return {kind: tuple(sorted(paths)) for kind, paths in sorted(found.items())}


def _is_positive(number: Literal) -> bool:
    return int(number.value) > 0


def frame_schemas(documents: Mapping[str, bytes], context: bytes, shapes: Iterable[Triple]) -> Mapping[str, bytes]:
    """Return the schema of each frame among ``documents`` by its path, such as ``frame/law.schema.json``."""
    schemas = FrameSchemas(context, required_properties(shapes))
    frames = ((path, json.loads(document)) for path, document in documents.items() if path.startswith("frame/"))
    found = {}
    for path, frame in frames:
        stem = path.removesuffix(".jsonld")
        made = schemas.schema(stem.removeprefix("frame/"), frame, f"{BASE}{stem}{SCHEMA_SUFFIX}")
        found[stem + SCHEMA_SUFFIX] = json_text(made)
    return found


class FrameSchemas:
    """The schemas of the frames of one context. ``required`` are properties by class, by IRI."""

    def __init__(self, context: bytes, required: Mapping[str, Iterable[str]]) -> None:
        entries: Mapping[str, Any] = json.loads(context)["@context"]
        self._prefixes = {
            name: value for name, value in entries.items() if isinstance(value, str) and value[-1] in "/#"
        }
        self._terms: dict[str, Mapping[str, Any]] = {
            name: {"@id": value} if isinstance(value, str) else value
            for name, value in entries.items()
            if name not in self._prefixes and name[0] != "@" and name not in ("id", "type")
        }
        self._by_iri = {
            self._expanded(definition["@id"]): name for name, definition in self._terms.items() if "@id" in definition
        }
        self._required = required

    def schema(self, name: str, frame: Mapping[str, Any], address: str) -> Schema:
        """Return the schema of the documents that ``frame``, named ``name``, draws; it is published at ``address``."""
        return {
            "$schema": DIALECT,
            "$id": address,
            "title": f"{name} (profile full)",
            "description": (
                f"A JSON-LD document of coopgraph in the frame “{name}”. Read as plain JSON: terms whose names end an "
                "array are arrays always, texts stand by language, links are IRIs. Decimals come as texts with their "
                "datatype, since a JSON number would be read as a double."
            ),
            **self._node(frame, {"@context": {"const": CONTEXT_IRI}}),
            "required": ["@context", "id", "type"],
            "allOf": list(self._demands()),
            "$defs": {
                "text": _TEXT,
                "texts": _TEXTS,
                "link": _LINK,
                "reference": _REFERENCE,
                "literal": _LITERAL,
                "types": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "node": {
                    "description": "What is said of another thing that the tree leaves out.",
                    "type": "object",
                    "required": ["id"],
                    **self._open({}),
                },
            },
        }

    def _demands(self) -> Iterable[Schema]:
        for kind, paths in self._required.items():
            terms = [self._by_iri[path] for path in paths if path in self._by_iri]
            if kind in self._by_iri and terms:
                of_kind = {"contains": {"const": self._by_iri[kind]}}
                yield {"if": {"properties": {"type": of_kind}}, "then": {"required": terms}}

    def _node(self, frame: Mapping[str, Any], more: Schema) -> Schema:
        framed = {self._term(key): sub for key, sub in frame.items() if isinstance(sub, Mapping)}
        drawn = {term: self._values(term, sub) for term, sub in framed.items() if term in self._terms}
        if frame.get("@explicit") is not True:
            return {"type": "object", **self._open({**more, **drawn, "@included": _INCLUDED})}
        own = {"id": {"$ref": "#/$defs/link"}} | ({"type": {"$ref": "#/$defs/types"}} if "type" in framed else {})
        return {"type": "object", "required": ["id"], "properties": own | drawn, "additionalProperties": False}

    def _open(self, drawn: Schema) -> Schema:
        """Return what a node may say that is not narrowed to what a frame names: any term of the context."""
        forward = {name: self._values(name, None) for name, said in self._terms.items() if "@id" in said}
        known = {"id": {"$ref": "#/$defs/link"}, "type": {"$ref": "#/$defs/types"}, **forward, **drawn}
        classes = {name for name in self._terms if name[0].isupper()}
        return {
            "properties": {name: value for name, value in sorted(known.items()) if name not in classes},
            "patternProperties": {_COMPACT_IRI: {"description": "A property without a term of its own."}},
            "additionalProperties": False,
        }

    def _values(self, term: str, frame: Mapping[str, Any] | None) -> Schema:
        definition = self._terms[term]
        container = definition.get("@container", [])
        containers = {container} if isinstance(container, str) else set(container)
        if "@language" in containers:
            return {"$ref": "#/$defs/texts" if "@set" in containers else "#/$defs/text"}
        one = self._value(definition, frame)
        return {"type": "array", "items": one, "minItems": 1} if "@set" in containers else one

    def _value(self, definition: Mapping[str, Any], frame: Mapping[str, Any] | None) -> Schema:
        kind = definition.get("@type")
        embedded = frame is not None and frame.get("@embed") == "@always"
        if embedded:
            assert frame is not None
            node = self._node(frame, {})
            return node if kind == "@id" else {"anyOf": [node, {"$ref": "#/$defs/literal"}]}
        if kind == "@id":
            return {"$ref": "#/$defs/link"}
        if kind:
            return {"type": "string"} | ({"format": _FORMATS[kind]} if kind in _FORMATS else {})
        return {"anyOf": [{"$ref": "#/$defs/literal"}, {"$ref": "#/$defs/reference"}]}

    def _term(self, key: str) -> str:
        return key if key in self._terms else self._by_iri.get(self._expanded(key), key)

    def _expanded(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return self._prefixes[prefix] + rest if colon and prefix in self._prefixes else name
