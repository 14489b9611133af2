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
from itertools import chain

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.graph import TextsBySubject, texts_by_subject
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import OWL, RDF, SKOS, XSD
from coopgraph.rdf.ntriples_terms import literal_parts, unescaped
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Triple

_INDENT = "    "
_WIDTH = 120
_DEEPEST = 64

_TYPE, _FIRST, _REST, _NIL = (str(term) for term in (RDF.type, RDF.first, RDF.rest, RDF.nil))
_HEADS = frozenset((str(OWL.Ontology), str(SKOS.ConceptScheme)))

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
    str(XSD.integer): re.compile(r"[+-]?[0-9]+"),
    str(XSD.decimal): re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    str(XSD.boolean): re.compile(r"true|false"),
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


def house_form(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return the house form of triples: UTF-8, LF, nothing at all for none.

    Raises :class:`UnreadableInput` where unnamed nodes stand too deep in each other. Where blank nodes need labels, the
    time can grow exponentially with their symmetry, as it does for RDFC-1.0.
    """
    texts = dict.fromkeys((str(triple.subject), str(triple.predicate), str(triple.object)) for triple in triples)
    return house_form_of_texts(texts_by_subject(texts), prefixes)


def house_form_of_texts(texts: TextsBySubject, prefixes: Mapping[str, str]) -> bytes:
    """Return the house form of triples whose terms are given as N-Triples, as :func:`house_form` does."""
    names = _Names(prefixes)
    graph = _Graph(texts, names)
    if graph.labelled:
        graph = _Graph(_canonical(texts), names)
    blocks = list(graph.blocks())
    if not blocks:
        return b""
    header = "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(names.used))
    return (header + ("\n" if header else "") + "\n".join(blocks)).encode("utf-8")


class _Names:
    """IRIs and literals in Turtle, by what they are in N-Triples; remembers which prefixes that took."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.used: set[str] = set()
        self._prefixes: dict[str, list[tuple[str, str]]] = {}
        longest_first = sorted(sorted(prefixes.items()), key=lambda item: len(item[1]), reverse=True)
        for prefix, namespace in longest_first:
            self._prefixes.setdefault(_head(namespace), []).append((namespace, prefix))
        self._known: dict[str, str] = {}

    def iri(self, text: str) -> str:
        written = self._known.get(text)
        if written is None:
            written = self._known[text] = self._write(text)
        return written

    def _write(self, text: str) -> str:
        # No local name has a slash or number sign in it, so no shorter namespace will do.
        iri = text[1:-1]
        for namespace, prefix in self._prefixes.get(_head(iri), ()):
            if iri.startswith(namespace):
                if _LOCAL.fullmatch(iri, len(namespace)):
                    self.used.add(prefix)
                    return f"{prefix}:{iri[len(namespace) :]}"
                break
        return text

    def literal(self, text: str) -> tuple[str, str]:
        """Return the language tag of a literal, empty where it has none, and its text."""
        lexical, tag, datatype = literal_parts(text)
        # A text that is all visible, without escapes, is written alike in both.
        plain = "\\" not in lexical and lexical.isprintable()
        short = _SHORT.get(datatype) if plain else None
        if short and short.fullmatch(lexical):
            return "", lexical
        written = f'"{lexical}"' if plain else _quoted(unescaped(lexical))
        if tag:
            return tag.lower(), f"{written}@{conventional(tag)}"
        return "", f"{written}^^{self.iri(datatype)}" if datatype else written


def _head(iri: str) -> str:
    """Return an IRI up to the last slash or number sign in it."""
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def _quoted(text: str) -> str:
    if "\n" in text:
        return f'"""{_TO_ESCAPE_IN_LONG.sub(_escape, text)}"""'
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


class _Graph:
    """A graph with the decision which blank nodes stand inside other statements, and which need a label."""

    def __init__(self, about: TextsBySubject, names: _Names) -> None:
        self._names = names
        self._about = about
        values = chain.from_iterable(chain.from_iterable(said.values() for said in about.values()))
        self._uses = Counter([value for value in values if value[0] == "_"])
        self._lists: dict[str, tuple[str, ...]] = {}
        self._within: set[str] = set()
        self._labels: dict[str, str] = {}
        self._known: dict[str, tuple[int, str, str]] = {}
        # Properties stand in order of their names, with "a" before all of them.
        self._properties = {
            predicate: "" if predicate == _TYPE else names.iri(predicate)
            for predicate in dict.fromkeys(chain.from_iterable(about.values()))
        }
        if self._uses or any(subject[0] == "_" for subject in about):
            self._find_lists()
            self._label()

    @property
    def labelled(self) -> bool:
        """Whether any blank node needs a label."""
        return bool(self._labels)

    def blocks(self) -> Iterator[str]:
        """Yield the block of each subject that stands by itself, in order, each with its final line feed."""
        named = [subject for subject in self._about if subject[0] != "_"]
        yield from (self._block(subject, self._names.iri(subject)) for subject in sorted(named, key=self._rank))
        for node, label in self._labels.items():
            if node in self._about:
                yield self._block(node, label)
        loose = (node for node in self._about if node[0] == "_" and not self._uses[node])
        yield from sorted(self._block(node, "[]") for node in loose)

    def _rank(self, subject: str) -> tuple[int, str]:
        text = self._names.iri(subject)
        if not _HEADS.isdisjoint(self._about[subject].get(_TYPE, ())):
            return 0, text
        last = subject[max(subject.rfind("/"), subject.rfind("#")) :]
        return (2 if "." in last else 1), text

    def _block(self, subject: str, text: str) -> str:
        lines = self._statements(subject, 1)
        begin = f"{text} " if _TYPE in self._about[subject] else f"{text}\n{_INDENT}"
        return begin + f" ;\n{_INDENT}".join(lines) + " ;\n.\n"

    def _statements(self, subject: str, level: int) -> list[str]:
        """Return property and values, one text a property, ``a`` first; values go on one level deeper."""
        about, names, known = self._about[subject], self._properties, self._known
        lines = []
        for predicate in sorted(about, key=names.__getitem__):
            values = about[predicate]
            first = known.get(values[0]) if len(values) == 1 else None
            written = first[2] if first else self._list(values, level + 1)
            lines.append(f"{names[predicate] or 'a'} {written}")
        return lines

    def _list(self, values: list[str], level: int) -> str:
        written = sorted([self._value(value, level) for value in values])
        return (" ,\n" + _INDENT * level).join([text for _, _, text in written])

    def _value(self, value: str, level: int) -> tuple[int, str, str]:
        """Return the text of a value, after what it is sorted by."""
        known = self._known.get(value)
        if known is not None:
            return known
        if value[0] == "_":
            return 2, "", self._labels.get(value) or self._inline(value, level)
        if value[0] == "<":
            known = 0, "", "()" if value == _NIL else self._names.iri(value)
        else:
            known = 1, *self._names.literal(value)
        self._known[value] = known
        return known

    def _inline(self, node: str, level: int) -> str:
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
                items.append(self._about[node][_FIRST][0])
                node = self._rest(node)
                behind.append(node)
            if node == _NIL:
                self._lists[head] = tuple(items)
                self._within.update(behind)
                if not self._uses[head]:
                    self._open(head)

    def _rest(self, cell: str) -> str:
        return self._about[cell][_REST][0]

    def _open(self, head: str) -> None:
        """Let the head of a list stand by itself, so that the list begins with the next cell."""
        items = self._lists.pop(head, ())[1:]
        if items:
            self._lists[self._rest(head)] = items
            self._within.discard(self._rest(head))

    def _is_cell(self, node: str) -> bool:
        statements = self._about[node]
        return (
            node[0] == "_"
            and self._uses[node] <= 1
            and statements.keys() == {_FIRST, _REST}
            and all(len(values) == 1 for values in statements.values())
        )

    def _label(self) -> None:
        """Give a label to each blank node that cannot stand inside: one used twice, and one of each circle."""
        nodes = sorted({*self._uses, *(n for n in self._about if n[0] == "_")}, key=_number)
        shared = {node for node in nodes if self._uses[node] > 1}
        reached: set[str] = set()
        waiting = [(node, 0) for node in self._about if node[0] != "_" or self._uses[node] != 1]
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
                waiting += ((part, depth + 1) for part in self._parts(node, reached) if part[0] == "_")
            # A circle through a list is cut at its head, for the cells behind that stand inside with it.
            if start not in reached and start not in self._within:
                shared.add(start)
                self._open(start)
                waiting = [(start, 0)]
        self._labels = {node: f"_:b{number}" for number, node in enumerate(n for n in nodes if n in shared)}

    def _parts(self, node: str, reached: set[str]) -> Iterator[str]:
        """Yield what stands inside the text of ``node``; the cells of a list count as reached with their head."""
        if node in self._lists:
            yield from self._lists[node]
            while node[0] == "_":
                reached.add(node)
                node = self._rest(node)
        else:
            for values in self._about.get(node, {}).values():
                yield from values


def _canonical(texts: TextsBySubject) -> TextsBySubject:
    """Name blank nodes canonically, so that nothing depends on the names they came with."""
    lines = "".join(
        f"{subject} {predicate} {value} .\n"
        for subject, said in texts.items()
        for predicate, values in said.items()
        for value in values
    )
    dataset = Dataset(parse(lines, RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return texts_by_subject((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in dataset)


def _number(node: str) -> tuple[int, str]:
    """Sort ``c14n2`` before ``c14n10``."""
    return len(node), node
