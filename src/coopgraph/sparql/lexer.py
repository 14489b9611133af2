"""Lexer of SPARQL queries: no string, comment, address or prefixed name is ever taken for a keyword.

Tokens follow SPARQL 1.1, section 19.8. Text that is no token (an unclosed string, say) comes out character by
character, so nothing is ever skipped. The query engine reads without tokens and takes keywords that touch their
neighbours (``SERVICEex:a{``): :func:`keywords` finds those as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from pyoxigraph import RdfFormat, parse

from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import BlankNode, NamedNode, Term

_KEYWORDS = """
    BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING ORDER ASC DESC LIMIT
    OFFSET VALUES OPTIONAL GRAPH SERVICE SILENT BIND UNDEF MINUS UNION FILTER IN NOT EXISTS STR LANG LANGMATCHES
    DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS
    STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384
    SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN
    MAX AVG SAMPLE GROUP_CONCAT SEPARATOR TRUE FALSE A
"""
KEYWORDS = frozenset(_KEYWORDS.split())
"""Keywords and functions of SPARQL 1.1, in upper case (section 19.8 of the specification)."""

AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
"""Set functions of SPARQL 1.1 (section 11.3), in upper case."""

_START = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
_START += "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME = _START + "_0-9\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"[{_START}](?:\.*+[{_NAME}\-]++)*+"
_LOCAL = rf"(?:[{_NAME}:]|{_ESCAPED})(?:\.*+(?:[{_NAME}:\-]++|{_ESCAPED}))*+"
_PIECES = (
    r"(?P<number>(?:[0-9]++\.[0-9]*+|\.?[0-9]++)(?:[eE][+-]?[0-9]++)?)",
    r"(?P<word>[A-Za-z_][A-Za-z0-9_]*+)",
    r"(?P<sign>&&|\|\||!=|<=|>=|\^\^|.)",
)
_PIECE = re.compile("|".join(_PIECES), re.DOTALL)
_COMMENT = re.compile(r"#[^\r\n]*+")
_GAP = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_TOKEN = re.compile(
    _GAP
    + "(?:"
    + "|".join(
        (
            r"(?P<iri><(?:[^\x00-\x20<>\"{}|^`\\]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)",
            r"(?P<string>[\"'])",
            r"(?P<tag>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)",
            rf"(?P<variable>[?$][{_NAME}]++)",
            rf"(?P<blank>_:[{_NAME}](?:\.*+[{_NAME}\-]++)*+)",
            rf"(?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)",
            rf"(?P<run>{_PREFIX})",
            *_PIECES,
        )
    )
    + ")?",
    re.DOTALL,
)
"""A token after white space and comments, or nothing at the end of a query."""

_OPENED = {
    quote: re.compile(body, re.DOTALL)
    for quote, body in (
        ('"""', r'"""(?:"{0,2}(?:[^"\\]++|\\.))*+'),
        ("'''", r"'''(?:'{0,2}(?:[^'\\]++|\\.))*+"),
        ('"', r'"(?:[^"\\\r\n]++|\\.)*+'),
        ("'", r"'(?:[^'\\\r\n]++|\\.)*+"),
    )
}
"""How each kind of string begins and goes on, up to where it must be closed."""


class SparqlToken(NamedTuple):
    """A token: its kind (``iri``, ``string``, ``tag``, ``variable``, ``blank``, ``name``, ``number``, ``word``,
    ``sign``), its text, and where it begins, in characters from 0."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        """The text in upper case, for keywords."""
        return self.text.upper()


class TextPosition(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


@lru_cache(maxsize=8)
def sparql_tokens(query: str) -> tuple[SparqlToken, ...]:
    """Return the tokens of ``query`` in order, without white space and comments; rewrites ask again and again."""
    return tuple(scan(query))


def scan(query: str) -> Iterator[SparqlToken]:
    """Yield the tokens of ``query`` as they are found, in time that grows with its length alone."""
    position = end_of_run = 0
    length = len(query)
    # What was once found to be no name, or not to be closed, is not tried again from each place within.
    unclosed = dict.fromkeys(_OPENED, 0)
    while position < length:
        match = (_PIECE if position < end_of_run else _TOKEN).match(query, position)
        assert match is not None
        kind = match.lastgroup
        if kind is None:
            return
        position, end = match.span(kind)
        if kind == "run":
            end_of_run = end
            continue
        if kind == "string":
            closed = _closed(query, position, unclosed)
            kind, end = ("string", closed) if closed else ("sign", end)
        yield SparqlToken(kind, query[position:end], position)
        position = end


def without_comments(query: str) -> str:
    """Return ``query`` without its comments; lines stay where they were."""
    parts = []
    end = 0
    for token in scan(query):
        parts += [_COMMENT.sub("", query[end : token.start]), token.text]
        end = token.start + len(token.text)
    return "".join(parts) + _COMMENT.sub("", query[end:])


def _closed(query: str, start: int, unclosed: dict[str, int]) -> int:
    """Return where the string that begins at ``start`` ends, or 0 where it does not.

    ``unclosed`` says for each kind of quotation marks up to where it is known that none is closed.
    """
    for quote, opened in _OPENED.items():
        if query.startswith(quote, start) and start >= unclosed[quote]:
            match = opened.match(query, start)
            assert match is not None
            if query.startswith(quote, match.end()):
                return match.end() + len(quote)
            unclosed[quote] = match.end()
    return 0


def keywords(query: tuple[SparqlToken, ...]) -> Iterator[SparqlToken]:
    """Yield the words of ``query``, and the names that the engine would read as a keyword before a name."""
    for position, token in enumerate(query):
        if token.kind == "word":
            yield token
        elif token.kind == "name" and query[position + 1 : position + 2]:
            before = query[position - 1].upper if position else ""
            if query[position + 1].text == "{" and before not in ("GRAPH", "FROM", "NAMED", "DESCRIBE"):
                yield SparqlToken("word", token.text.partition(":")[0], token.start)


def text_position(query: str, position: int) -> TextPosition:
    """Return line and column of the character at ``position``."""
    before = query[:position]
    return TextPosition(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


def position(query: str, line: int, column: int) -> int:
    """Return the position of a line and column, the reverse of :func:`text_position`."""
    start = 0
    for _ in range(line - 1):
        start = query.find("\n", start) + 1
    return min(start + column - 1, len(query))


def bind(query: str, terms: Mapping[str, Term | tuple[Term, ...]]) -> str:
    """Return ``query`` with every variable that ``terms`` names replaced by its term, or its terms side by side.

    Only tokens are replaced, and terms are written by the RDF library, so no text can break out. A parameter stands
    anywhere but among the result variables. Raises ValueError for a term whose variable the query does not have, and
    for a blank node (which would be a variable).
    """
    found = [token for token in _variables(query) if token.text[1:] in terms]
    missing = set(terms) - {token.text[1:] for token in found}
    if missing:
        raise ValueError(f"the query has no parameter {', '.join(sorted(missing))}")
    parts = []
    end = 0
    for token in found:
        value = terms[token.text[1:]]
        values = value if isinstance(value, tuple) else (value,)
        if any(isinstance(item, BlankNode) for item in values):
            raise ValueError("a blank node cannot be bound")
        parts += [query[end : token.start], " ".join(str(item) for item in values)]
        end = token.start + len(token.text)
    return "".join(parts) + query[end:]


@lru_cache(maxsize=64)
def _variables(query: str) -> tuple[SparqlToken, ...]:
    return tuple(token for token in sparql_tokens(query) if token.kind == "variable")


def prologue(query: tuple[SparqlToken, ...]) -> tuple[SparqlToken, ...]:
    """Return the tokens of the BASE and PREFIX declarations that ``query`` begins with."""
    end = 0
    while end < len(query):
        head = tuple(token.kind if token.kind != "word" else token.upper for token in query[end : end + 3])
        if head[:2] == ("BASE", "iri"):
            end += 2
        elif head == ("PREFIX", "name", "iri"):
            end += 3
        else:
            break
    return query[:end]


def undeclared(query: tuple[SparqlToken, ...]) -> frozenset[str]:
    """Return the prefixes, without their colon, that ``query`` uses and its prologue does not declare."""
    declarations = prologue(query)
    declared = {token.text[:-1] for token in declarations if token.kind == "name"}
    used = {token.text.partition(":")[0] for token in query[len(declarations) :] if token.kind == "name"}
    return frozenset(used - declared)


def declared(query: str) -> dict[str, str]:
    """Return the prefixes, without their colon, that the prologue of ``query`` declares, with their namespaces.

    A relative IRI without BASE is resolved against the base of the graph. There are none where one cannot be resolved.
    """
    head = takewhile(lambda token: token.kind != "word" or token.upper in ("BASE", "PREFIX"), scan(query))
    declarations = prologue(tuple(head))
    if not declarations:
        return {}
    parser = parse(_turtle(declarations), RdfFormat.TURTLE, base_iri=BASE)
    try:
        # All of it is read before the prefixes are known.
        for _ in parser:
            pass
    except SyntaxError:
        return {}
    return parser.prefixes


def declare(prefixes: Iterable[tuple[str, str]]) -> str:
    """Return declarations of ``prefixes``, pairs with a namespace. Raises ValueError for a namespace that is no IRI."""
    return " ".join(f"PREFIX {prefix}: {NamedNode(namespace)}" for prefix, namespace in prefixes)


def resolve(declarations: tuple[SparqlToken, ...], names: tuple[SparqlToken, ...]) -> tuple[str, ...]:
    """Return the IRIs that ``names`` (tokens ``iri`` or ``name``) stand for under a prologue.

    A relative IRI without BASE is resolved against the base of the graph. Raises ValueError for an undeclared prefix.
    """
    if not names:
        return ()
    subject = "<urn:x-coopgraph:s>"
    statements = [f"{subject} {subject} {name.text} ." for name in names]
    try:
        quads = tuple(parse(_turtle(declarations, *statements), RdfFormat.TURTLE, base_iri=BASE))
    except SyntaxError as error:
        raise ValueError("an IRI cannot be resolved") from error
    return tuple(quad.object.value for quad in quads if isinstance(quad.object, NamedNode))


def _turtle(declarations: tuple[SparqlToken, ...], *statements: str) -> bytes:
    # BASE and PREFIX are written alike in Turtle, whose parser resolves them as RFC 3986 says.
    return "\n".join((" ".join(token.text for token in declarations), *statements)).encode("utf-8")
