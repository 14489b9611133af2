"""Turtle serializer in house form: one way to write a graph, so that every difference is a difference in content.

- Prefixes in alphabetical order, only those used, by their canonical names; other namespaces in full.
- One subject a block, a blank line between. First what the file is about (an ontology, a concept scheme), then
  subjects without a dot in their last part (entities), then those with one (their records); then by name.
- ``a`` first, then properties by prefixed name, each closed by ``;``, the ``.`` alone on the last line: adding a
  statement changes one line. Values in order, one a line where there are several: addresses, then literals by
  language and text, then blank nodes.
- Language tags in the usual case (``zh-Hans``). Numbers and truth values in short where their spelling allows.
  A text with line breaks stands between three quotation marks, any other on one line. Invisible characters are
  escaped.
- Lists as ``( … )``; a blank node that one statement points to stands inside that statement; others have labels,
  numbered in their canonical order (RDFC-1.0).

The form follows from the graph alone, so it is the same however the graph was written before. Comments are no part of
a graph: :func:`.turtle_text.comment_lines` finds them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from pyoxigraph import CanonicalizationAlgorithm, Dataset

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.graph import Statement
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import OWL, RDF, SKOS, XSD
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Quad, Term, Triple

_INDENT = "    "
_WIDTH = 120
_DEEPEST = 64

_HEADS = frozenset((OWL.Ontology, SKOS.ConceptScheme))

_LETTER = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INNER = f"{_LETTER}_0-9\\-\u00b7\u0300-\u036f\u203f-\u2040:"
# PN_LOCAL of Turtle 1.1 without backslash escapes; what would need one is written as a full IRI.
_LOCAL = re.compile(
    f"(?:[{_LETTER}_0-9:]|%[0-9A-Fa-f]{{2}})(?:(?:[{_INNER}.]|%[0-9A-Fa-f]{{2}})*(?:[{_INNER}]|%[0-9A-Fa-f]{{2}}))?"
)

_SHORT = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}

_INVISIBLE = (
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff"
)
_TO_ESCAPE = re.compile(f'[{_INVISIBLE}\\t\\n"\\\\]')
_TO_ESCAPE_IN_LONG = re.compile(f'[{_INVISIBLE}\\t\\\\]|"(?="|\\Z)', re.DOTALL)
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}


def format_turtle(data: bytes, *, prefixes: Mapping[str, str]) -> bytes:
    """Return the house form of a Turtle document. Comments are lost; the graph is the same.

    ``prefixes`` leads from the canonical names to their namespaces. Raises :class:`SyntaxProblem` for bad Turtle.
    """
    return house_form((quad.triple for quad in read_rdf(data, TURTLE)), prefixes)


def house_form(triples: Iterable[Triple | Statement], prefixes: Mapping[str, str]) -> bytes:
    """Return the house form of a graph: UTF-8, LF, nothing at all for the empty graph.

    Raises :class:`UnreadableInput` where unnamed nodes stand too deep in each other. Where blank nodes need labels, the
    time can grow exponentially with their symmetry, as it does for RDFC-1.0.
    """
    triples = tuple(triples)
    names = _Names(prefixes)
    graph = _Graph(triples, names)
    if graph.labelled:
        graph = _Graph(_canonical(triples), names)
    blocks = list(graph.blocks())
    if not blocks:
        return b""
    header = "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(names.used))
    return (header + ("\n" if header else "") + "\n".join(blocks)).encode("utf-8")


class _Names:
    """IRIs and literals as text; remembers which prefixes that took."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.used: set[str] = set()
        self._prefix_of = {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True)}
        longest_first = sorted(self._prefix_of, key=len, reverse=True)
        self._namespace = re.compile("|".join(map(re.escape, longest_first)) or r"\b\B")
        self._known: dict[NamedNode, str] = {}

    def iri(self, node: NamedNode) -> str:
        text = self._known.get(node)
        if text is None:
            text = self._known[node] = self._write(node.value)
        return text

    def _write(self, iri: str) -> str:
        namespace = self._namespace.match(iri)
        if namespace and _LOCAL.fullmatch(iri, namespace.end()):
            prefix = self._prefix_of[namespace.group()]
            self.used.add(prefix)
            return f"{prefix}:{iri[namespace.end() :]}"
        return f"<{iri}>"

    def literal(self, literal: Literal) -> str:
        text = literal.value
        if literal.language:
            return f"{_quoted(text)}@{conventional(literal.language)}"
        datatype = literal.datatype
        if datatype == XSD.string:
            return _quoted(text)
        short = _SHORT.get(datatype)
        if short and short.fullmatch(text):
            return text
        return f"{_quoted(text)}^^{self.iri(datatype)}"


def _quoted(text: str) -> str:
    if "\n" in text:
        return f'"""{_TO_ESCAPE_IN_LONG.sub(_escape, text)}"""'
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


class _Graph:
    """A graph with the decision which blank nodes stand inside other statements, and which need a label."""

    def __init__(self, triples: Iterable[Triple | Statement], names: _Names) -> None:
        self._names = names
        self._about: dict[Node, dict[NamedNode, dict[Term, None]]] = {}
        for statement in triples:
            subject, predicate, value = cast(Statement, statement)
            self._about.setdefault(subject, {}).setdefault(predicate, {})[value] = None
        self._uses: Counter[Node] = Counter(
            value
            for statements in self._about.values()
            for values in statements.values()
            for value in values
            if isinstance(value, BlankNode)
        )
        self._lists: dict[Node, tuple[Term, ...]] = {}
        self._within: set[Node] = set()
        self._labels: dict[Node, str] = {}
        self._find_lists()
        self._label()

    @property
    def labelled(self) -> bool:
        """Whether any blank node needs a label."""
        return bool(self._labels)

    def blocks(self) -> Iterator[str]:
        """Yield the block of each subject that stands by itself, in order, each with its final line feed."""
        named = [subject for subject in self._about if isinstance(subject, NamedNode)]
        yield from (self._block(subject, self._names.iri(subject)) for subject in sorted(named, key=self._rank))
        for node, label in self._labels.items():
            if node in self._about:
                yield self._block(node, label)
        loose = (node for node in self._about if isinstance(node, BlankNode) and not self._uses[node])
        yield from sorted(self._block(node, "[]") for node in loose)

    def _rank(self, subject: NamedNode) -> tuple[int, str]:
        text = self._names.iri(subject)
        if not _HEADS.isdisjoint(self._about[subject].get(RDF.type, ())):
            return 0, text
        return (2 if "." in re.split(r"[/#]", subject.value)[-1] else 1), text

    def _block(self, subject: Node, text: str) -> str:
        lines = self._statements(subject, 1)
        first = f"{text} {lines.pop(0)} ;" if RDF.type in self._about[subject] else text
        return "".join([first, *(f"\n{_INDENT}{line} ;" for line in lines), "\n.\n"])

    def _statements(self, subject: Node, level: int) -> list[str]:
        """Return property and values, one text a property, ``a`` first; values go on one level deeper."""
        separator = " ,\n" + _INDENT * (level + 1)
        lines = []
        for predicate, values in self._about[subject].items():
            name = "a" if predicate == RDF.type else self._names.iri(predicate)
            written = sorted(self._value(value, level + 1) for value in values)
            lines.append((predicate != RDF.type, name, separator.join(text for _, _, text in written)))
        return [f"{name} {values}" for _, name, values in sorted(lines)]

    def _value(self, value: Term, level: int) -> tuple[int, str, str]:
        if isinstance(value, NamedNode):
            return 0, "", "()" if value == RDF.nil else self._names.iri(value)
        if isinstance(value, Literal):
            return 1, value.language or "", self._names.literal(value)
        return 2, "", self._labels.get(value) or self._inline(value, level)

    def _inline(self, node: BlankNode, level: int) -> str:
        outer, inner = "\n" + _INDENT * level, "\n" + _INDENT * (level + 1)
        if node in self._lists:
            items = [self._value(item, level + 1)[2] for item in self._lists[node]]
            line = f"( {' '.join(items)} )"
            if "\n" not in line and len(_INDENT * level + line) < _WIDTH:
                return line
            return "(" + "".join(inner + item for item in items) + outer + ")"
        if node not in self._about:
            return "[]"
        lines = self._statements(node, level + 1)
        if len(lines) == 1 and "\n" not in lines[0]:
            return f"[ {lines[0]} ]"
        return "[" + "".join(f"{inner}{line} ;" for line in lines) + outer + "]"

    def _find_lists(self) -> None:
        """Find the heads of lists that ``( … )`` can stand for: each cell used once, with nothing else said of it."""
        cells = {node for node in self._about if self._is_cell(node)}
        inner = {self._rest(node) for node in cells}
        for head in cells - inner:
            items, behind, node = [], [], head
            while node in cells:
                items.append(next(iter(self._about[node][RDF.first])))
                node = self._rest(node)
                behind.append(node)
            if node == RDF.nil:
                self._lists[head] = tuple(items)
                self._within.update(behind)
                if not self._uses[head]:
                    self._open(head)

    def _rest(self, cell: Node) -> Node:
        return cast(Node, next(iter(self._about[cell][RDF.rest])))

    def _open(self, head: Node) -> None:
        """Let the head of a list stand by itself, so that the list begins with the next cell."""
        items = self._lists.pop(head, ())[1:]
        if items:
            self._lists[self._rest(head)] = items
            self._within.discard(self._rest(head))

    def _is_cell(self, node: Node) -> bool:
        statements = self._about[node]
        return (
            isinstance(node, BlankNode)
            and self._uses[node] <= 1
            and statements.keys() == {RDF.first, RDF.rest}
            and all(len(values) == 1 for values in statements.values())
        )

    def _label(self) -> None:
        """Give a label to each blank node that cannot stand inside: one used twice, and one of each circle."""
        nodes = sorted({*self._uses, *(n for n in self._about if isinstance(n, BlankNode))}, key=_number)
        shared = {node for node in nodes if self._uses[node] > 1}
        reached: set[Node] = set()
        waiting = [(node, 0) for node in self._about if isinstance(node, NamedNode) or self._uses[node] != 1]
        waiting += [(node, 0) for node in shared - self._about.keys()]
        for start in nodes:
            while waiting:
                node, depth = waiting.pop()
                if node in reached:
                    continue
                reached.add(node)
                if depth > _DEEPEST:
                    raise UnreadableInput(
                        Message("Brackets stand more than {limit} deep in each other.", limit=_DEEPEST),
                        Message("Give the inner nodes a name."),
                    )
                waiting += ((part, depth + 1) for part in self._parts(node, reached) if isinstance(part, BlankNode))
            # A circle through a list is cut at its head, for the cells behind that stand inside with it.
            if start not in reached and start not in self._within:
                shared.add(start)
                self._open(start)
                waiting = [(start, 0)]
        self._labels = {node: f"_:b{number}" for number, node in enumerate(n for n in nodes if n in shared)}

    def _parts(self, node: Node, reached: set[Node]) -> Iterator[Term]:
        """Yield what stands inside the text of ``node``; the cells of a list count as reached with their head."""
        if node in self._lists:
            yield from self._lists[node]
            while isinstance(node, BlankNode):
                reached.add(node)
                node = self._rest(node)
        else:
            for values in self._about.get(node, {}).values():
                yield from values


def _canonical(triples: Iterable[Triple | Statement]) -> Iterable[Triple]:
    """Name blank nodes canonically, so that nothing depends on the names they came with."""
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return (quad.triple for quad in dataset)


def _number(node: Node) -> tuple[int, str]:
    """Sort ``c14n2`` before ``c14n10``."""
    return len(node.value), node.value
