"""The default graph as JSON-LD 1.1: flat, compacted with the published context, one node a line.

Built directly while streaming, since a general processor needs a millisecond a triple. A context here is one that this
project publishes: prefixes, ``@type`` of ``@id`` or a datatype, ``@container`` of ``@set`` and ``@language``; reverse
terms are for frames and left alone. The rules are those of https://www.w3.org/TR/json-ld11-api/#compaction-algorithms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import IO, Any

from coopgraph.errors import UnreadableInput
from coopgraph.model.iris import BASE
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import RDF, XSD, BlankNode, Literal, NamedNode, Term, Triple

CONTEXT = BASE + "context/v1.jsonld"

_LARGEST_EXACT_INTEGER = 2**53 - 1  # beyond it JSON readers lose digits (RFC 8259, 6)


@dataclass(frozen=True, slots=True)
class _Definition:
    """What a context says of one of its terms."""

    term: str
    kind: str | None
    language_map: bool
    always_array: bool


class Context:
    """A published context, turned round: from IRIs to terms."""

    def __init__(self, document: bytes) -> None:
        """Read the context's JSON. Raises :class:`UnreadableInput` where it is none."""
        try:
            entries: Mapping[str, Any] = json.loads(document)["@context"]
            plain = {term: value for term, value in entries.items() if isinstance(value, str)}
            self._prefixes = {term: value for term, value in plain.items() if value[-1] in "/#:?[]@"}
            self._terms = {self._expand(value): term for term, value in plain.items() if term not in self._prefixes}
            self._definitions: dict[str, list[_Definition]] = {}
            for term, value in entries.items():
                if term not in self._prefixes and (isinstance(value, str) or (term[0] != "@" and "@id" in value)):
                    self._define(term, {"@id": value} if isinstance(value, str) else value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableInput("The file ontology/context/v1.jsonld is not a JSON-LD context.") from error
        self._compact = lru_cache(maxsize=1 << 16)(self._compacted)
        self._id = self._terms.get("@id", "@id")
        self._type = self._terms.get("@type", "@type")

    def node(self, subject: NamedNode | BlankNode, triples: Iterable[Triple]) -> dict[str, Any]:
        """Return the compact form of ``subject`` with its ``triples``."""
        result: dict[str, Any] = {self._id: self._iri(subject)}
        types: list[str] = []
        for triple in triples:
            if triple.predicate == RDF.type and not isinstance(triple.object, Literal):
                types.append(self._name(triple.object))
            else:
                self._add(result, triple.predicate.value, triple.object)
        if types:
            result[self._type] = types if len(types) > 1 else types[0]
        return dict(sorted(result.items(), key=lambda item: (item[0] != self._id, item[0] != self._type, item[0])))

    def _define(self, term: str, value: Mapping[str, Any]) -> None:
        container = value.get("@container", [])
        containers = {container} if isinstance(container, str) else set(container)
        kind = value.get("@type")
        definition = _Definition(
            term, self._expand(kind) if kind else None, "@language" in containers, "@set" in containers
        )
        self._definitions.setdefault(self._expand(value["@id"]), []).append(definition)

    def _expand(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return self._prefixes[prefix] + rest if colon and prefix in self._prefixes else name

    def _add(self, result: dict[str, Any], predicate: str, value: Term | Triple) -> None:
        match value:
            case Literal() if value.language:
                wanted = "@language"
            case Literal():
                wanted = value.datatype.value
            case _:
                wanted = "@id"
        definition = self._choose(predicate, wanted)
        if definition.language_map and isinstance(value, Literal) and value.language:
            words = result.setdefault(definition.term, {})
            _append(words, conventional(value.language), value.value, always_array=definition.always_array)
        else:
            form = self._short(value) if definition.kind else self._full(value)
            _append(result, definition.term, form, always_array=definition.always_array)

    def _choose(self, predicate: str, wanted: str) -> _Definition:
        """Return the definition made for values of the kind ``wanted``, else a plain one, else the IRI itself."""
        definitions = self._definitions.get(predicate, [])
        for item in definitions:
            if (item.language_map and wanted == "@language") or item.kind == wanted:
                return item
        for item in definitions:
            if not item.language_map and item.kind is None:
                return item
        return _Definition(self._compact(predicate), None, language_map=False, always_array=False)

    def _short(self, value: Term | Triple) -> str:
        return value.value if isinstance(value, Literal) else self._iri(value)

    def _full(self, value: Term | Triple) -> Any:
        if not isinstance(value, Literal):
            return {self._id: self._iri(value)}
        if value.language:
            return {"@language": conventional(value.language), "@value": value.value}
        if value.datatype == XSD.string:
            return value.value
        if value.datatype == XSD.boolean and value.value in ("true", "false"):
            return value.value == "true"
        if value.datatype == XSD.integer and _is_exact_number(value.value):
            return int(value.value)
        return {self._type: self._name(value.datatype), "@value": value.value}

    def _iri(self, node: Term | Triple) -> str:
        """Return the short form of ``node`` where terms may not stand for IRIs."""
        if isinstance(node, BlankNode):
            return f"_:{node.value}"
        assert isinstance(node, NamedNode)
        return self._compact(node.value)

    def _name(self, node: Term | Triple) -> str:
        """Return the short form of ``node`` where terms stand for IRIs."""
        term = self._terms.get(node.value) if isinstance(node, NamedNode) else None
        return term or self._iri(node)

    def _compacted(self, iri: str) -> str:
        fitting = [(len(space), prefix) for prefix, space in self._prefixes.items() if iri.startswith(space)]
        length, prefix = max(fitting, default=(len(iri), ""))
        rest = iri[length:]
        # "prefix:" and "prefix://…" would be read as IRIs of a scheme of that name.
        return f"{prefix}:{rest}" if rest and not rest.startswith("//") else iri


def write(triples: Iterable[Triple], context: Context, stream: IO[bytes]) -> None:
    """Write ``triples``, which come grouped by subject and free of duplicates, as one JSON-LD document."""
    stream.write(f'{{"@context":"{CONTEXT}","@graph":[\n'.encode())
    for number, line in enumerate(_lines(triples, context)):
        stream.write((",\n" if number else "").encode() + line)
    stream.write(b"\n]}\n")


def _lines(triples: Iterable[Triple], context: Context) -> Iterator[bytes]:
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        node = context.node(subject, group)
        yield json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode()


def _append(target: dict[str, Any], key: str, value: Any, *, always_array: bool) -> None:
    if key not in target:
        target[key] = [value] if always_array else value
    elif isinstance(target[key], list):
        target[key].append(value)
    else:
        target[key] = [target[key], value]


def _is_exact_number(text: str) -> bool:
    try:
        return len(text) < 20 and str(int(text)) == text and abs(int(text)) <= _LARGEST_EXACT_INTEGER
    except ValueError:
        return False
