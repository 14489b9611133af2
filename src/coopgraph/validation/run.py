"""Validation of a tree: what could not be read, then the file rules, then SHACL, as one report.

The whole tree is always the context; where only some files are asked for, only what stands in these is reported. A
file that could not be wholly read still lends what was read of it to the context, so that no reference into it looks
broken, but nothing else is said of it until it can be read. Of a file with gaps, where it still says “fill-in”, one
finding speaks; what may come from the gaps alone is not said until they are filled in.

Whether files have the house form is said only where some are named: ``coopgraph fmt --check`` says it of the whole tree
in the time that it takes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from coopgraph.dataset.materialize import graphs as dataset_fill
from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.dataset.tree import FileProblem, Tree, TreeContent, read_tree
from coopgraph.errors import OurFault, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.freshness import FRESH_RECORD, FRESH_SERVICE
from coopgraph.model.iris import BASE, SHAPE, entity_name, graph_iri
from coopgraph.model.nearest_names import did_you_mean
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import COOP, RDF, SH, XSD
from coopgraph.rdf.read import examine
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.validation import shacl
from coopgraph.validation.file_rules import (
    FileRuleViolation,
    file_rule_violations,
    file_text,
    foreign_line_ends,
    own_entity,
    unformatted,
)
from coopgraph.validation.gaps import Gaps, gaps_in
from coopgraph.validation.messages import ReadableNames, fill_message, read_names, rule_named
from coopgraph.validation.processors import Validation, started
from coopgraph.validation.report import Finding, Report, Rule, SourceLocation, sorted_findings
from coopgraph.validation.source_locations import SourceLocations
from coopgraph.validation.suggestions import Suggestions
from coopgraph.validation.tree_facts import DECLARATIONS, TreeFacts, WholeTree

FILE_COMPONENT = COOP.FileRule.value
"""IRI that file rules are reported under where SHACL has a constraint component."""

MOST_NAMED_LINES = 20
"""How many lines a finding names at most."""

_WORDS = frozenset((SH.name, SH.description, SH.message))
"""Properties with words for people: a third of all shapes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A Turtle document from outside the tree, and the name that the report gives it."""

    data: bytes
    name: str


def check_tree(
    tree: Tree,
    *,
    today: date,
    input_size: int,
    engine: str = "fast",
    only: Iterable[Path] = (),
    documents: Iterable[Document] = (),
) -> Report:
    """Check a tree with ``documents`` laid over it; report on these and the files ``only``, or on all if none is named.

    A document takes the place of the file of the entity that it describes. ``today`` decides what is overdue; files
    above ``input_size`` bytes are not read. Raises :class:`UnreadableInput` for a missing folder, and
    :class:`OurFault` where SHACL could not run.
    """
    with started(engine) as child:
        content = read_tree(tree, input_size=input_size)
        laid = document_paths(documents)
        wanted = set(laid) | {file.path for place in only if (file := tree.file(place))}
        content = content.with_documents({path: document.data for path, document in laid.items()})
        wanted = wanted or {file.path for file in content.files}
        return _check(content, dataset_fill.materialize(content), child, today, wanted, _names(laid))


def check_filled(content: TreeContent, filled: MaterializedGraphs, *, today: date, engine: str = "fast") -> Report:
    """Check a tree that was read and materialized; see :func:`check_tree`."""
    with started(engine) as child:
        return _check(content, filled, child, today, {file.path for file in content.files}, {})


def check_documents(content: TreeContent, documents: Iterable[Document], *, today: date) -> Report:
    """Check a tree that was read with ``documents`` laid over it, and report on these; see :func:`check_tree`."""
    laid = document_paths(documents)
    content = content.with_documents({path: document.data for path, document in laid.items()})
    return check_content(content, today=today, only=laid, shown=_names(laid))


def check_content(
    content: TreeContent,
    *,
    today: date,
    only: Collection[str],
    shown: Mapping[str, str],
    house_form: bool = True,
    engine: str = "fast",
) -> Report:
    """Check a tree that was read, and report on the files ``only``, given by path; ``shown`` renames them.

    Without ``house_form`` nothing is said of that.
    """
    with started(engine) as child:
        filled = dataset_fill.materialize(content)
        return _check(content, filled, child, today, set(only), shown, house_form=house_form)


def document_paths(documents: Iterable[Document]) -> dict[str, Document]:
    """Return the documents by the path of the file that each replaces.

    One that describes no entity, or the entity of one before it, has its own name as path and replaces nothing.
    """
    laid: dict[str, Document] = {}
    for document in documents:
        subjects = (quad.subject for quad in examine(document.data, TURTLE)[0] if quad.predicate == RDF.type)
        names = (entity_name(subject.value) for subject in subjects if isinstance(subject, NamedNode))
        paths = (f"data/{name.segment}/{name.slug}.ttl" for name in names if name and "." not in name.slug)
        path = next(paths, document.name)
        laid[document.name if path in laid else path] = document
    return laid


def _names(laid: Mapping[str, Document]) -> Mapping[str, str]:
    """Return what the report calls the files that documents replace, by path."""
    return {path: document.name for path, document in laid.items()}


def _check(
    content: TreeContent,
    filled: MaterializedGraphs,
    engine: Validation,
    today: date,
    wanted: set[str],
    shown: Mapping[str, str],
    *,
    house_form: bool = True,
) -> Report:
    facts = WholeTree(content, filled)
    demand_rules(facts)
    shapes = with_prefixes(filled.graphs["shapes"], filled.graphs["vocabulary"])
    engine.begin(shapes, [*facts.data, *cut_offs(today)])
    told = house_form and len(wanted) < len(content.files)
    return report_on(facts, wanted, engine.results, shown=shown, house_form=told, engine=engine.name)


def with_prefixes(shapes: Iterable[Triple], vocabulary: Iterable[Triple]) -> list[Triple]:
    """Return shapes as an engine needs them: without words, with the declarations of the prefixes of their queries."""
    return [
        *(triple for triple in shapes if triple.predicate not in _WORDS),
        *(triple for triple in vocabulary if triple.predicate in DECLARATIONS),
    ]


def report_on(
    facts: TreeFacts,
    wanted: Collection[str],
    results: Callable[[], Iterable[shacl.ValidationResult]],
    *,
    shown: Mapping[str, str],
    house_form: bool,
    engine: str,
) -> Report:
    """Return the report on the files ``wanted``, given by path, from the results of SHACL, which come last.

    With ``house_form`` it says which files do not have that. ``shown`` renames paths.
    """
    rules, prefixes = facts.rules, facts.prefixes
    text = _texts(facts)
    places = SourceLocations(facts, text, shown)
    faulty = {problem.path for problem in facts.problems}
    unread = {problem.path for problem in facts.problems if problem.rule != "EmptyFile"}
    found = [_of_problem(problem, rules, places) for problem in facts.problems if problem.path in wanted]
    paths = sorted(set(wanted) - faulty)
    gaps = {path: held for path in paths if (held := gaps_in(facts.quads(path), text(path)))}
    breaches = [
        *file_rule_violations(facts, paths, text),
        *(_unfilled(path, text, held) for path, held in gaps.items()),
    ]
    if house_form:
        breaches += (breach for path in paths for breach in unformatted(path, text(path), prefixes))
    breaches += foreign_line_ends({path: facts.document(path) for path in wanted if path not in unread})
    found += (_of_breach(breach, rules, places, prefixes) for breach in breaches)
    # Engines give results in no order, and of links that lead nowhere only the first are answered.
    validated = sorted(results(), key=str)
    named = [term for result in validated for term in (result.focus, result.path, result.value) if term is not None]
    names = read_names(facts.labels, prefixes, named)
    suggestions = Suggestions(facts)
    for result in validated:
        located = places.find(result.focus, result.path, result.value)
        if located and located[0] in gaps and gaps[located[0]].explain(result):
            continue
        if located is None or (located[0] in wanted and located[0] not in unread):
            near = [names.short(term) for term in suggestions.of(result)]
            found.append(_of_result(result, rules, names, located[1] if located else None, near))
    left_out = tuple(sorted(places.shown(path) for path in unread.intersection(wanted)))
    return Report(sorted_findings(found), len(wanted), facts.size, engine, rules, left_out)


def _unfilled(path: str, text: Callable[[str], str], gaps: Gaps) -> FileRuleViolation:
    breaks = [match.start() for match in re.finditer("\n", text(path))]
    lines = sorted({bisect_right(breaks, offset) + 1 for offset in gaps.offsets})
    words = {"lines": ", ".join(map(str, lines[:MOST_NAMED_LINES])) + (" …" if len(lines) > MOST_NAMED_LINES else "")}
    return FileRuleViolation("FillIn", path, value=Literal(str(len(lines))), offset=gaps.offsets[0], words=words)


def demand_rules(facts: TreeFacts) -> None:
    """Raise :class:`UnreadableInput` where a file of shapes could not be read that has the words for saying so."""
    for problem in facts.problems:
        if not problem.path.startswith("shapes/") or SHAPE + problem.rule in facts.rules:
            continue
        if problem.rule == "FileTooLarge":
            raise UnreadableInput(
                Message(
                    "{path} has {size:,} bytes, more than are read, so the rules are missing.",
                    path=problem.path,
                    size=int(str(problem.value)),
                ),
                Message("Raise the setting “input_size”."),
            )
        raise UnreadableInput(
            Message(
                "{path}:{line}:{column} cannot be read, so the rules are missing: {problem}",
                path=problem.path,
                line=problem.line,
                column=problem.column,
                problem=problem.value,
            ),
            problem.hint or Message("Restore the file."),
        )


def cut_offs(today: date) -> Iterator[Triple]:
    """Yield the days before which something last verified is overdue; shapes compare with them."""
    for predicate, period in ((COOP.servicesOverdueBefore, FRESH_SERVICE), (COOP.recordsOverdueBefore, FRESH_RECORD)):
        yield Triple(NamedNode(BASE), predicate, Literal((today - period).isoformat(), datatype=XSD.date))


def _texts(facts: TreeFacts) -> Callable[[str], str]:
    return cache(lambda path: file_text(facts.document(path)))


def _of_problem(problem: FileProblem, rules: Mapping[str, Rule], places: SourceLocations) -> Finding:
    readable = problem.rule in ("SyntaxError", "ControlCharacter", "NotUtf8")
    place = places.at(problem.path, (problem.line, problem.column)) if readable else places.start(problem.path)
    said = tuple(part for part in (problem.value, problem.hint) if part is not None)

    def show(name: str, lang: str) -> str:
        return " ".join(part.in_language(lang) for part in said) if name == "value" else ""

    return _of_file(rule_named(rules, problem.rule), problem.path, Literal(show("value", "en")), show, place)


def _of_breach(
    breach: FileRuleViolation, rules: Mapping[str, Rule], places: SourceLocations, prefixes: Mapping[str, str]
) -> Finding:
    if breach.offset is not None:
        place = places.offset(breach.path, breach.offset)
    elif breach.line is not None:
        place = places.at(breach.path, (breach.line, 1))
    elif breach.triple is not None:
        place = places.triple(breach.path, breach.triple)
    else:
        place = places.subject(breach.path, breach.subject) if breach.subject else places.start(breach.path)
    rule = rule_named(rules, breach.rule)
    shown = ReadableNames({}, prefixes).readable(breach.value, "en") if breach.value is not None else ""
    words = {"value": shown, **breach.words}
    return _of_file(rule, breach.path, breach.value, lambda name, _: words.get(name, ""), place)


def _of_file(
    rule: Rule, path: str, value: Term | None, show: Callable[[str, str], str], place: SourceLocation
) -> Finding:
    own = own_entity(path)
    focus = NamedNode(own.iri if own else graph_iri("records"))
    messages = fill_message(rule.messages, show)
    return Finding(rule.iri, rule.severity, messages, focus, None, value, place, FILE_COMPONENT)


def _of_result(
    result: shacl.ValidationResult,
    rules: Mapping[str, Rule],
    names: ReadableNames,
    place: SourceLocation | None,
    near: Sequence[str],
) -> Finding:
    if not isinstance(result.shape, NamedNode) or result.shape.value not in rules:
        raise OurFault(
            Message("A result comes from the shape {shape}, which has no message.", shape=result.shape),
            Message("Give the shape sh:message."),
        )
    rule = rules[result.shape.value]
    terms = {"this": result.focus, "path": result.path, "value": result.value}

    def show(name: str, lang: str) -> str:
        term = terms.get(name)
        return names.readable(term, lang) if term is not None else ""

    messages = fill_message(rule.messages, show)
    if near:
        question = did_you_mean(near)
        messages = {tag: f"{message} {question.in_language(tag)}" for tag, message in messages.items()}
    return Finding(
        rule.iri,
        rule.severity,
        messages,
        result.focus,
        result.path,
        result.value,
        place,
        result.component.value,
    )
