"""JSON-LD 1.1 with a published context: one flat node, or one tree in the shape that a frame draws.

Built directly, since a general processor needs a millisecond a triple. A context here is one that this project
publishes: prefixes, ``@type`` of ``@id`` or a datatype, ``@container`` of ``@set`` and ``@language``, reverse terms.
The rules of compaction are those of https://www.w3.org/TR/json-ld11-api/#compaction-algorithms. Of framing
(https://www.w3.org/TR/json-ld11-framing/) a frame here uses ``@explicit``, ``@embed`` (``@always``; anything else is a
reference) and properties, reverse ones too. Nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph, Statement
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple

CONTEXT_IRI = BASE + "context/v1.jsonld"
"""The IRI of the published context."""

_TYPE = RDF.type.value

_LARGEST_EXACT_INTEGER = 2**53 - 1  # beyond it JSON readers lose digits (RFC 8259, 6)


@dataclass(frozen=True, slots=True)
class _Definition:
    """What a context says of one of its terms."""

    term: str
    kind: str | None
    language_map: bool
    always_array: bool


@dataclass(frozen=True, slots=True)
class JsonLdFrame:
    """A JSON-LD frame, its keys read as IRIs.

    ``forward`` and ``reverse`` are its properties by IRI, each with the frame of its values. ``always``: values are
    embedded, not referred to. ``explicit``: no property is shown that the frame does not name.
    """

    forward: Mapping[str, JsonLdFrame]
    reverse: Mapping[str, JsonLdFrame]
    explicit: bool
    always: bool


class Context:
    """A published context, turned round: from IRIs to terms."""

    def __init__(self, document: bytes) -> None:
        """Read the context's JSON. Raises :class:`OurFault` where it is none."""
        try:
            entries: Mapping[str, Any] = json.loads(document)["@context"]
            plain = {term: value for term, value in entries.items() if isinstance(value, str)}
            self._prefixes = {term: value for term, value in plain.items() if value[-1] in "/#:?[]@"}
            self._definitions: dict[str, list[_Definition]] = {}
            self._reverse: dict[str, str] = {}
            self._names: dict[str, tuple[str, bool]] = {}
            for term, value in entries.items():
                if term not in self._prefixes and term[0] != "@":
                    self._define(term, {"@id": value} if isinstance(value, str) else value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OurFault(
                Message("The published JSON-LD context cannot be read."), Message("Build the release anew.")
            ) from error
        self._terms = {iri: term for term, (iri, reverse) in self._names.items() if not reverse}
        self._compact = lru_cache(maxsize=1 << 16)(self._compacted)
        self._choose = lru_cache(maxsize=1 << 12)(self._chosen)
        self._id = self._terms.get("@id", "@id")
        self._type = self._terms.get("@type", "@type")
        self._types_always_array = any(item.always_array for item in self._definitions.get("@type", ()))

    def node(self, subject: Node, triples: Iterable[Triple | Statement]) -> dict[str, Any]:
        """Return the compact form of ``subject`` with its ``triples``; links are references."""
        result: dict[str, Any] = {self._id: self._iri(subject)}
        for _, predicate, value in triples:
            # What was read is RDF 1.1, so no triple stands inside a triple.
            self._add(result, predicate.value, cast(Term, value))
        return self._ordered(result)

    def flat(self, graph: Graph, root: NamedNode) -> dict[str, Any]:
        """Return every node of ``graph`` in one ``@graph``, ``root`` first."""
        by_subject: dict[Node, list[Statement]] = {root: []}
        for statement in graph.statements():
            by_subject.setdefault(statement[0], []).append(statement)
        nodes = [self.node(subject, triples) for subject, triples in by_subject.items() if triples]
        return {"@context": CONTEXT_IRI, "@graph": nodes}

    def frame(self, document: Mapping[str, Any]) -> JsonLdFrame:
        """Return the frame that ``document`` draws in the terms of this context."""
        inner = {self._named(key): self.frame(sub) for key, sub in document.items() if isinstance(sub, dict)}
        return JsonLdFrame(
            {iri: sub for (iri, reverse), sub in inner.items() if not reverse},
            {iri: sub for (iri, reverse), sub in inner.items() if reverse},
            explicit=document.get("@explicit") in (True, [True]),
            always=document.get("@embed") in ("@always", ["@always"]),
        )

    def tree(self, graph: Graph, root: NamedNode, frame: JsonLdFrame) -> dict[str, Any]:
        """Return ``graph`` as a tree that begins at ``root`` and has the shape of ``frame``.

        The frame's own ``type`` is not asked: the root is given.
        """
        return {"@context": CONTEXT_IRI, **self._framed(graph, root, frame, ())}

    def _framed(self, graph: Graph, node: Node, frame: JsonLdFrame, above: tuple[Node, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {self._id: self._iri(node)}
        for predicate, values in graph.about(node).items():
            iri = predicate.value
            sub = frame.forward.get("@type" if iri == _TYPE else iri)
            if sub is None and frame.explicit:
                continue
            for value in values:
                if sub is not None and sub.always and not isinstance(value, Literal):
                    self._embed(result, iri, self._branch(graph, value, sub, (*above, node)))
                else:
                    self._add(result, iri, value)
        pointing = graph.pointing(node) if frame.reverse else {}
        for iri, sub in frame.reverse.items():
            for subject in pointing.get(NamedNode(iri), ()):
                form = self._branch(graph, subject, sub, (*above, node)) if sub.always else self._iri(subject)
                _append(result, self._reverse[iri], form, always_array=True)
        return self._ordered(result)

    def _branch(self, graph: Graph, node: Node, frame: JsonLdFrame, above: tuple[Node, ...]) -> dict[str, Any]:
        if node in above:
            return {self._id: self._iri(node)}
        return self._framed(graph, node, frame, above)

    def _embed(self, result: dict[str, Any], predicate: str, branch: dict[str, Any]) -> None:
        definition = self._choose(predicate, "@id")
        _append(result, definition.term, branch, always_array=definition.always_array)

    def _ordered(self, result: dict[str, Any]) -> dict[str, Any]:
        return dict(sorted(result.items(), key=lambda item: (item[0] != self._id, item[0] != self._type, item[0])))

    def _define(self, term: str, value: Mapping[str, Any]) -> None:
        container = value.get("@container", [])
        containers = {container} if isinstance(container, str) else set(container)
        if "@reverse" in value:
            iri = self._expand(value["@reverse"])
            self._names[term] = iri, True
            self._reverse[iri] = term
            return
        iri, kind = self._expand(value["@id"]), value.get("@type")
        self._names[term] = iri, False
        definition = _Definition(
            term, self._expand(kind) if kind else None, "@language" in containers, "@set" in containers
        )
        self._definitions.setdefault(iri, []).append(definition)

    def _named(self, name: str) -> tuple[str, bool]:
        """Return the IRI that a frame's key stands for, and whether it stands for the reverse."""
        return self._names.get(name) or (self._expand(name), False)

    def _expand(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return self._prefixes[prefix] + rest if colon and prefix in self._prefixes else name

    def _add(self, result: dict[str, Any], predicate: str, value: Term) -> None:
        if predicate == _TYPE and not isinstance(value, Literal):
            _append(result, self._type, self._name(value), always_array=self._types_always_array)
            return
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

    def _chosen(self, predicate: str, wanted: str) -> _Definition:
        """Return the definition made for values of the kind ``wanted``, else a plain one, else the IRI itself."""
        definitions = self._definitions.get(predicate, [])
        for item in definitions:
            if (item.language_map and wanted == "@language") or item.kind == wanted:
                return item
        for item in definitions:
            if not item.language_map and item.kind is None:
                return item
        return _Definition(self._compact(predicate), None, language_map=False, always_array=False)

    def _short(self, value: Term) -> str:
        return value.value if isinstance(value, Literal) else self._iri(value)

    def _full(self, value: Term) -> Any:
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
        # Not by its alias: rdflib reads that for types of things alone, and would lose the datatype.
        return {"@type": self._name(value.datatype), "@value": value.value}

    def _iri(self, node: Term) -> str:
        """Return the short form of ``node`` where terms may not stand for IRIs."""
        return f"_:{node.value}" if isinstance(node, BlankNode) else self._compact(node.value)

    def _name(self, node: NamedNode | BlankNode) -> str:
        """Return the short form of ``node`` where terms stand for IRIs."""
        return self._terms.get(node.value) or self._iri(node)

    def _compacted(self, iri: str) -> str:
        fitting = [(len(space), prefix) for prefix, space in self._prefixes.items() if iri.startswith(space)]
        length, prefix = max(fitting, default=(len(iri), ""))
        rest = iri[length:]
        # "prefix:" and "prefix://…" would be read as IRIs of a scheme of that name.
        return f"{prefix}:{rest}" if rest and not rest.startswith("//") else iri


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
