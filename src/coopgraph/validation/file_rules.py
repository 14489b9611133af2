"""File rules, which SHACL cannot say, because it never sees files: ``shapes/files.ttl`` has their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from coopgraph.dataset.tree import TreeContent
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.rdf.turtle import format_turtle
from coopgraph.rdf.turtle_text import comment_lines, with_line_feeds
from coopgraph.validation.characters import oddities

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
    content: TreeContent, text: Callable[[str], str], prefixes: Mapping[str, str]
) -> Iterator[FileRuleViolation]:
    """Yield every breach of a file rule, but for the house form, in the files of a tree that could be read.

    ``text`` gives a file's text by its path; ``prefixes`` are the canonical ones.
    """
    own_file = _segments_with_own_file(content)
    described = _described(content)
    unread = {problem.path for problem in content.problems}
    for file in content.files:
        if file.path in unread:
            continue
        if file.graph == "records":
            yield from _of_data(content, file.path, own_file, described)
        yield from _of_terms(content, file.path)
        yield from _of_text(file.path, text(file.path), prefixes)


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


def _of_data(
    content: TreeContent, path: str, own_file: frozenset[str], described: Mapping[object, list[str]]
) -> Iterator[FileRuleViolation]:
    quads = content.quads[path]
    own = own_entity(path)
    typed = {quad.subject for quad in quads if quad.predicate == RDF.type}
    if quads and path.startswith("data/") and (own is None or NamedNode(own.iri) not in typed):
        yield FileRuleViolation("PathMatchesIri", path, value=NamedNode(own.iri) if own else Literal(path))
    for subject in dict.fromkeys(quad.subject for quad in quads):
        if not isinstance(subject, NamedNode) or (own and subject.value == own.iri):
            continue
        name = entity_name(subject.value)
        if name is None or name.segment in own_file or "." not in name.slug:
            yield FileRuleViolation("ForeignStatement", path, subject, subject)
        elif own and name.owner_slug != own.slug:
            yield FileRuleViolation("RecordInEntityFile", path, subject, subject)
        elif subject not in typed:
            yield FileRuleViolation("SubjectHasType", path, subject, subject)
        if len(described.get(subject, ())) > 1:
            yield FileRuleViolation("DuplicateEntity", path, subject, subject)


def _of_terms(content: TreeContent, path: str) -> Iterator[FileRuleViolation]:
    """Yield what is odd about the characters of a file's texts and IRIs, each term where it first stands."""
    seen: set[object] = set()
    for quad in content.quads[path]:
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
    for match in _PREFIX.finditer(head):
        if canonical.get(match["space"]) != match["name"]:
            yield FileRuleViolation(
                "UnknownPrefix", path, value=Literal(match["name"] + ":"), offset=match.start("name")
            )
    for line in comment_lines(text.encode()):
        yield FileRuleViolation("HasComments", path, line=line)


def _segments_with_own_file(content: TreeContent) -> frozenset[str]:
    kinds: defaultdict[object, dict[object, object]] = defaultdict(dict)
    for quads in content.quads.values():
        for quad in quads:
            if quad.predicate in (COOP.pathSegment, COOP.hasOwnFile):
                kinds[quad.subject][quad.predicate] = quad.object
    return frozenset(
        segment.value
        for held in kinds.values()
        if held.get(COOP.hasOwnFile) == Literal(True) and isinstance(segment := held.get(COOP.pathSegment), Literal)
    )


def _described(content: TreeContent) -> Mapping[object, list[str]]:
    found: defaultdict[object, list[str]] = defaultdict(list)
    for file in content.files:
        if file.graph == "records":
            for subject in {quad.subject for quad in content.quads[file.path] if quad.predicate == RDF.type}:
                found[subject].append(file.path)
    return found
