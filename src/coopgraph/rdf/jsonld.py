"""JSON-LD 1.1 with a published context: one flat node, or one tree in the shape that a frame draws.

Built directly, since a general processor needs a millisecond a triple. A context here is one that this project
publishes: prefixes, ``@type`` of ``@id`` or a datatype, ``@container`` of ``@set`` and ``@language``, reverse terms.
The rules of compaction are those of https://www.w3.org/TR/json-ld11-api/#compaction-algorithms. Of framing
(https://www.w3.org/TR/json-ld11-framing/) a frame here uses ``@explicit``, ``@embed`` (``@always``; anything else is a
reference) and properties, reverse ones too. What a tree leaves out of its graph can follow it under ``@included``
(https://www.w3.org/TR/json-ld11/#included-nodes). Nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph, TextsBySubject
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.ntriples_terms import literal_parts, unescaped
from coopgraph.rdf.terms import NamedNode, Node, Triple

CONTEXT_IRI = BASE + "context/v1.jsonld"
"""The IRI of the published context."""

_TYPE = RDF.type.value
_BOOLEAN, _INTEGER = str(XSD.boolean), str(XSD.integer)

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
        self.properties = {term: iri for term, (iri, reverse) in self._names.items() if not reverse}
        """The IRIs of the terms, but for those that name a property the other way round."""
        self._terms = {iri: term for term, (iri, reverse) in self._names.items() if not reverse}
        self._longest_first = sorted(self._prefixes.items(), key=lambda item: (len(item[1]), item[0]), reverse=True)
        self._iri = lru_cache(maxsize=1 << 16)(self._compacted)
        self._choose = lru_cache(maxsize=1 << 12)(self._chosen)
        self._id = self._terms.get("@id", "@id")
        self._type = self._terms.get("@type", "@type")
        self._order = _KeyOrder({self._id: (0, ""), self._type: (1, "")})
        self._types_always_array = any(item.always_array for item in self._definitions.get("@type", ()))
        self.language_maps = frozenset(
            item.term for items in self._definitions.values() for item in items if item.language_map
        )
        """The terms whose texts stand by language."""

    def node(self, subject: Node, triples: Iterable[Triple]) -> dict[str, Any]:
        """Return the compact form of ``subject`` with its ``triples``; links are references."""
        said = [(str(triple.predicate), str(triple.object)) for triple in triples]
        return self.node_of_texts(str(subject), said)

    def node_of_texts(self, subject: str, said: Collection[tuple[str, str]]) -> dict[str, Any]:
        """Return the node of ``subject`` with the predicates and values ``said``, all as in N-Triples.

        One with an IRI that would be read as a prefixed name of this context (``<org:x>``) comes in expanded form, for
        which no context counts.
        """
        try:
            return self._node(subject, said)
        except _ConfusedWithPrefix:
            return _expanded_node(subject, said)

    def flat(self, graph: Graph, root: NamedNode) -> dict[str, Any]:
        """Return every node of ``graph`` in one ``@graph``, ``root`` first."""
        first = str(root)
        nodes = [
            self._node(subject, ((predicate, value) for predicate, values in said.items() for value in sorted(values)))
            for subject, said in sorted(graph.n_triples.items(), key=lambda item: (item[0] != first, item[0]))
        ]
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
        return {"@context": CONTEXT_IRI, **_Framing(self, graph.n_triples).branch(str(root), frame, ()).form}

    def whole(self, graph: Graph, root: NamedNode, frame: JsonLdFrame) -> dict[str, Any]:
        """Return the :meth:`tree` and, under ``@included``, what it leaves out: together all triples of ``graph``."""
        framing = _Framing(self, graph.n_triples)
        tree = {"@context": CONTEXT_IRI, **framing.branch(str(root), frame, ()).form}
        rest = [self._node(subject, said) for subject, said in framing.left_out()]
        return {**tree, "@included": rest} if rest else tree

    def _node(self, subject: str, said: Iterable[tuple[str, str]]) -> dict[str, Any]:
        result: dict[str, Any] = {self._id: self._iri(subject)}
        for predicate, value in said:
            self._add(result, predicate[1:-1], value)
        return self._ordered(result)

    def _embed(self, result: dict[str, Any], predicate: str, branch: dict[str, Any]) -> None:
        definition = self._choose(predicate, "@id")
        _append(result, definition.term, branch, always_array=definition.always_array)

    def _embed_reverse(self, result: dict[str, Any], predicate: str, branch: Any) -> None:
        _append(result, self._reverse[predicate], branch, always_array=True)

    def _ordered(self, result: dict[str, Any]) -> dict[str, Any]:
        for term in self.language_maps.intersection(result):
            if isinstance(words := result[term], dict) and len(words) > 1:
                result[term] = dict(sorted(words.items()))
        return {key: result[key] for key in sorted(result, key=self._order.__getitem__)}

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

    def _add(self, result: dict[str, Any], predicate: str, value: str) -> None:
        if value[0] != '"':
            if predicate == _TYPE:
                _append(result, self._type, self._name(value), always_array=self._types_always_array)
                return
            definition = self._choose(predicate, "@id")
            form: Any = self._iri(value) if definition.kind else {self._id: self._iri(value)}
            _append(result, definition.term, form, always_array=definition.always_array)
            return
        lexical, tag, datatype = literal_parts(value)
        text = unescaped(lexical)
        definition = self._choose(predicate, "@language" if tag else datatype[1:-1] or XSD.string.value)
        if definition.language_map and tag:
            words = result.setdefault(definition.term, {})
            _append(words, conventional(tag), text, always_array=definition.always_array)
        else:
            form = text if definition.kind else self._full(text, tag, datatype)
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
        return _Definition(self._iri(f"<{predicate}>"), None, language_map=False, always_array=False)

    def _full(self, text: str, tag: str, datatype: str) -> Any:
        if tag:
            return {"@language": conventional(tag), "@value": text}
        if not datatype:
            return text
        if datatype == _BOOLEAN and text in ("true", "false"):
            return text == "true"
        if datatype == _INTEGER and _is_exact_number(text):
            return int(text)
        # Not by its alias: rdflib reads that for types of things alone, and would lose the datatype.
        return {"@type": self._name(datatype), "@value": text}

    def _name(self, node: str) -> str:
        """Return the short form of ``node`` where terms stand for IRIs."""
        return self._terms.get(node[1:-1]) or self._iri(node)

    def _compacted(self, node: str) -> str:
        """Return the short form of a node, given in N-Triples, where terms may not stand for IRIs."""
        if node[0] == "_":
            return node
        iri = node[1:-1]
        for prefix, space in self._longest_first:
            if iri.startswith(space):
                rest = iri[len(space) :]
                # "prefix:" and "prefix://…" would be read as IRIs of a scheme of that name.
                return f"{prefix}:{rest}" if rest and not rest.startswith("//") else iri
        scheme, _, rest = iri.partition(":")
        if scheme in self._prefixes and not rest.startswith("//"):
            raise _ConfusedWithPrefix
        return iri


class _ConfusedWithPrefix(Exception):
    """An IRI whose scheme is called as a prefix is (https://www.w3.org/TR/json-ld11-api/#iri-compaction, step 8)."""


def _expanded_node(subject: str, said: Iterable[tuple[str, str]]) -> dict[str, Any]:
    node: dict[str, Any] = {"@context": None, "@id": _plain(subject)}
    for predicate, value in said:
        if value[0] != '"':
            key = "@type" if predicate[1:-1] == _TYPE else predicate[1:-1]
            form: Any = _plain(value) if key == "@type" else {"@id": _plain(value)}
        else:
            lexical, tag, datatype = literal_parts(value)
            kind = {"@language": conventional(tag)} if tag else {"@type": datatype[1:-1]} if datatype else {}
            key, form = predicate[1:-1], {**kind, "@value": unescaped(lexical)}
        _append(node, key, form, always_array=True)
    return node


def _plain(node: str) -> str:
    return node if node[0] == "_" else node[1:-1]


class _KeyOrder(dict[str, tuple[int, str]]):
    """The order of keys in a node: those it was made with, then by name."""

    def __missing__(self, key: str) -> tuple[int, str]:
        order = self[key] = 2, key
        return order


class _Branch(NamedTuple):
    """A node with what is embedded in it, and all nodes that this took."""

    form: dict[str, Any]
    nodes: frozenset[str]


class _Framing:
    """The branches of a graph's trees by node and frame; one that occurs again is the same object."""

    def __init__(self, context: Context, texts: TextsBySubject) -> None:
        self._context = context
        self._texts = texts
        self._made: dict[tuple[str, int], _Branch] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._subjects: dict[str, dict[str, list[str]]] = {}

    def branch(self, node: str, frame: JsonLdFrame, above: tuple[str, ...]) -> _Branch:
        """Return the branch of ``node``, which ends where a node of those ``above`` comes again."""
        known = self._made.get((node, id(frame)))
        if known is not None and known.nodes.isdisjoint(above):
            return known
        if node in above:
            return _Branch({self._context._id: self._context._iri(node)}, frozenset((node,)))
        made = self._framed(node, frame, (*above, node))
        if made.nodes.isdisjoint(above):
            self._made[node, id(frame)] = made
        return made

    def left_out(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield each subject with those of its predicates and values that no branch tells, in order."""
        told = self._told
        for subject, said in sorted(self._texts.items()):
            rest = [
                (predicate, value)
                for predicate, values in said.items()
                for value in sorted(values)
                if (subject, predicate, value) not in told
            ]
            if rest:
                yield subject, rest

    def _framed(self, node: str, frame: JsonLdFrame, path: tuple[str, ...]) -> _Branch:
        context, told = self._context, self._told
        result: dict[str, Any] = {context._id: context._iri(node)}
        nodes = {node}
        for predicate, values in self._texts.get(node, {}).items():
            iri = predicate[1:-1]
            sub = frame.forward.get("@type" if iri == _TYPE else iri)
            if sub is None and frame.explicit:
                continue
            for value in sorted(values) if len(values) > 1 else values:
                told.add((node, predicate, value))
                if sub is not None and sub.always and value[0] != '"':
                    branch = self.branch(value, sub, path)
                    nodes |= branch.nodes
                    context._embed(result, iri, branch.form)
                else:
                    context._add(result, iri, value)
        for iri, sub in frame.reverse.items():
            for subject in self._pointing(iri).get(node, ()):
                told.add((subject, f"<{iri}>", node))
                if sub.always:
                    branch = self.branch(subject, sub, path)
                    nodes |= branch.nodes
                    context._embed_reverse(result, iri, branch.form)
                else:
                    context._embed_reverse(result, iri, context._iri(subject))
        return _Branch(context._ordered(result), frozenset(nodes))

    def _pointing(self, predicate: str) -> Mapping[str, list[str]]:
        """Return the subjects of ``predicate`` by its value, in order."""
        found = self._subjects.get(predicate)
        if found is None:
            found = self._subjects[predicate] = {}
            for subject, said in sorted(self._texts.items()):
                for value in said.get(f"<{predicate}>", ()):
                    found.setdefault(value, []).append(subject)
        return found


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
