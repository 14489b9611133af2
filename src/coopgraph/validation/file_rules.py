"""File rules, which SHACL cannot say, because it never sees files: ``shapes/files.ttl`` has their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from coopgraph.dataset.tree import TreeFile, read_document
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from coopgraph.rdf.turtle import format_turtle
from coopgraph.rdf.turtle_text import comment_lines, with_line_feeds
from coopgraph.validation.characters import oddities
from coopgraph.validation.tree_facts import TreeFacts

_MOST_TOLD = 1_000
"""How many comments and prefixes of a file are told: there may be as many as it has lines."""

_PREFIX = re.compile(r"^\s*@?prefix\s+(?P<name>[^\s:]*):\s*<(?P<space>[^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FileRuleViolation:
    """A file that breaks a file rule: the rule's name, the file, the subject concerned (None: the file as such).

    ``value`` fills the rule's message, and ``words`` its other placeholders. Where the place is one in the text,
    ``offset`` (in characters, from 0) or ``line`` (from 1) is set; where it is that of a statement, ``triple``.
    """

    rule: str
    path: str
    subject: NamedNode | None = None
    value: Term | None = None
    offset: int | None = None
    line: int | None = None
    triple: Triple | None = None
    words: Mapping[str, str] = field(default_factory=dict)


def file_rule_violations(
    facts: TreeFacts, paths: Iterable[str], text: Callable[[str], str]
) -> Iterator[FileRuleViolation]:
    """Yield every breach of a file rule, but for the house form, in the files ``paths``, which could be read.

    ``text`` gives a file's text by its path.
    """
    for path in paths:
        if facts.file(path).graph == "records":
            yield from _of_data(facts, path)
            yield from _of_terms(path, facts.quads(path))
            yield from _of_text(path, text(path), facts.prefixes)
        else:
            yield from _of_vocabulary(facts.file(path), facts.document(path), tuple(facts.prefixes.items()))


def unformatted(path: str, text: str, prefixes: Mapping[str, str]) -> Iterator[FileRuleViolation]:
    """Yield a breach where a readable file does not have the house form. As slow as all other file rules together."""
    data = text.encode()
    if format_turtle(data, prefixes=prefixes) != data:
        yield FileRuleViolation("NotFormatted", path)


def foreign_line_ends(data: Mapping[str, bytes]) -> Iterator[FileRuleViolation]:
    """Yield one breach for all files, given as bytes by path, whose lines do not end with LF: Git does it to all."""
    paths = sorted(path for path, held in data.items() if b"\r" in held and with_line_feeds(held) != held)
    if paths:
        yield FileRuleViolation("LineEnds", paths[0], value=Literal(str(len(paths))))


def own_entity(path: str) -> EntityName | None:
    """Return the entity whose file ``data/{segment}/{slug}.ttl`` is, or None for another path."""
    match = re.fullmatch(r"data/([^/]+)/([^/]+)\.ttl", path)
    return EntityName(*match.groups()) if match else None


def _of_data(facts: TreeFacts, path: str) -> Iterator[FileRuleViolation]:
    quads = facts.quads(path)
    own = own_entity(path)
    typed = {quad.subject for quad in quads if quad.predicate == RDF.type}
    if quads and path.startswith("data/") and (own is None or NamedNode(own.iri) not in typed):
        yield FileRuleViolation("PathMatchesIri", path, value=NamedNode(own.iri) if own else Literal(path))
    for subject in dict.fromkeys(quad.subject for quad in quads):
        if not isinstance(subject, NamedNode) or (own and subject.value == own.iri):
            continue
        name = entity_name(subject.value)
        if name is None or name.segment in facts.own_file or "." not in name.slug:
            yield FileRuleViolation("ForeignStatement", path, subject, subject)
        elif own and name.owner_slug != own.slug:
            yield FileRuleViolation("RecordInEntityFile", path, subject, subject)
        elif subject not in typed:
            yield FileRuleViolation("SubjectHasType", path, subject, subject)
        if facts.described(subject) > 1:
            yield FileRuleViolation("DuplicateEntity", path, subject, subject)


@lru_cache(maxsize=128)
def _of_vocabulary(
    file: TreeFile, document: bytes, prefixes: tuple[tuple[str, str], ...]
) -> tuple[FileRuleViolation, ...]:
    """Return the breaches in a file that is none of records: check after check it is the same."""
    quads, _ = read_document(document, file)
    return (*_of_terms(file.path, quads), *_of_text(file.path, file_text(document), dict(prefixes)))


def file_text(document: bytes) -> str:
    """Return the text of a file, its line ends as line feeds, without a byte order mark."""
    return with_line_feeds(document).decode("utf-8", "replace").removeprefix("\ufeff")


def _of_terms(path: str, quads: Iterable[Quad]) -> Iterator[FileRuleViolation]:
    """Yield what is odd about the characters of a file's texts and IRIs, each term where it first stands."""
    seen: set[object] = set()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if term in seen and not isinstance(term, Literal):
                continue
            seen.add(term)
            for oddity in oddities(term):
                value = term if isinstance(term, Literal | NamedNode) else None
                yield FileRuleViolation(oddity.rule, path, None, value, triple=quad.triple, words=oddity.words)


def _of_text(path: str, text: str, prefixes: Mapping[str, str]) -> Iterator[FileRuleViolation]:
    canonical = {space: name for name, space in prefixes.items()}
    head = text[: text.find("\n\n")] if "\n\n" in text else text
    for match in islice(_PREFIX.finditer(head), _MOST_TOLD):
        if canonical.get(match["space"]) != match["name"]:
            yield FileRuleViolation(
                "UnknownPrefix", path, value=Literal(match["name"] + ":"), offset=match.start("name")
            )
    for line in comment_lines(text.encode())[:_MOST_TOLD]:
        yield FileRuleViolation("HasComments", path, line=line)
