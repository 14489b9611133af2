"""SHACL engine in a child process with a deadline; its W3C report is read into results.

An engine that cannot run, dies, or reports what makes no sense is a fault of ours; it never counts as conforming.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import get_args

from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message, verbatim
from coopgraph.rdf.namespaces import OWL, RDF, RDFS, SH
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.validation.engines.child import frame

ENGINES = {"fast": 120.0, "pyshacl": 1800.0}
"""Engine → most processor time for one validation, in seconds."""

BUSY = 5
"""How many times as long a validation may last on a machine that has other things to do."""


MOST_CHILDREN = 4
"""Most processes for one validation: each holds the whole data."""

_TARGETS = frozenset((SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target))
_CLASSES = frozenset((RDFS.Class, OWL.Class))


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One result of a W3C validation report; ``path`` is None where the report has none or no plain property."""

    focus: Term
    path: NamedNode | None
    value: Term | None
    shape: Term
    component: NamedNode
    severity: NamedNode


class ShaclProcessor:
    """A SHACL engine for one validation: child processes that share the shapes between them, and end with it.

    They start at once, so that their libraries load while the caller still reads.
    """

    def __init__(self, name: str, children: int) -> None:
        self.name = name
        self._deadline = ENGINES[name]
        # -P: a folder named coopgraph in the working directory must not take the package's place.
        command = [sys.executable, "-P", "-m", f"coopgraph.validation.engines.{name}", str(round(self._deadline))]
        self._children: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(children):
                child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self._children.append(child)
        except OSError as error:
            self.close()
            raise OurFault(
                Message("The SHACL engine cannot be started."), Message("Are there too many processes?")
            ) from error
        self._threads = ThreadPoolExecutor(len(self._children))
        self._reports: list[Future[bytes]] = []

    @property
    def processes(self) -> tuple[int, ...]:
        """The process identifiers of the children."""
        return tuple(child.pid for child in self._children)

    def begin(self, shapes: Iterable[Triple], data: Iterable[Triple]) -> None:
        """Start validating ``data``; the caller may do other things until it asks for :meth:`results`."""
        shapes = tuple(shapes)
        shapes_bytes, data_bytes = n_triples(shapes), n_triples(data)
        shares = shares_of(shapes, len(self._children))
        for child, share in zip(self._children, shares, strict=False):
            asked = frame("\n".join(share).encode(), shapes_bytes, data_bytes)
            self._reports.append(self._threads.submit(self._ask, child, asked))

    def results(self) -> tuple[ValidationResult, ...]:
        """Return all results of the validation, in no order; none means that the data conforms.

        Raises :class:`OurFault` where the engine did not finish in time, failed, or gave no proper report.
        """
        return tuple(result for report in self._reports for result in read_report(report.result()))

    def close(self) -> None:
        """End what still runs."""
        for child in self._children:
            child.kill()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
            child.wait()

    def _ask(self, child: subprocess.Popen[bytes], asked: bytes) -> bytes:
        try:
            report, complaint = child.communicate(asked, timeout=BUSY * self._deadline)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise engine_overrun(self.name, self._deadline) from error
        if child.returncode == -signal.SIGXCPU:
            raise engine_overrun(self.name, self._deadline)
        if child.returncode != 0:
            raise engine_failure(self.name, complaint, child.returncode)
        return report


def engine_overrun(engine: str, seconds: float) -> OurFault:
    """Return the error of an engine that was stopped after so many seconds."""
    return OurFault(
        Message(
            "SHACL validation with the engine “{engine}” took longer than {seconds:.0f} seconds and "
            "was stopped; nothing is known about the data.",
            engine=engine,
            seconds=seconds,
        ),
        Message("Find the shape that never ends, or check less data."),
    )


def engine_failure(engine: str, complaint: bytes, code: int | None) -> OurFault:
    """Return the error of an engine whose process ended with ``code`` and wrote ``complaint`` on standard error."""
    words = complaint.decode("utf-8", "replace").strip().splitlines()
    return OurFault(
        Message(
            "SHACL validation with the engine “{engine}” failed; nothing is known about the data.",
            engine=engine,
        ),
        verbatim(words[-1][:2000]) if words else Message("Its process ended with {code}.", code=code),
    )


def shares_of(shapes: Iterable[Triple], number: int) -> list[list[str]]:
    """Return the shapes with targets dealt out to ``number`` shares; a single empty share means "all of them".

    Shapes are only dealt out where each that has targets has a name and says its targets outright.
    """
    targeted = {triple.subject for triple in shapes if triple.predicate in _TARGETS}
    implicit = any(triple.object in _CLASSES for triple in shapes if triple.predicate == RDF.type)
    names = sorted(node.value for node in targeted if isinstance(node, NamedNode))
    if implicit or len(names) < max(len(targeted), number):
        return [[]]
    return [names[first::number] for first in range(number)]


def n_triples(triples: Iterable[Triple]) -> bytes:
    """Return ``triples`` as N-Triples, literals exactly as written."""
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def read_report(report: bytes) -> tuple[ValidationResult, ...]:
    """Return the results of a W3C validation report in N-Triples.

    Raises :class:`OurFault` where it is none, or where ``sh:conforms`` and the results contradict each other.
    """
    properties: defaultdict[object, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in parse(report, format=RdfFormat.N_TRIPLES):
            if isinstance(quad.object, get_args(Term)) and not isinstance(quad.subject, Triple):
                properties[quad.subject][quad.predicate].append(quad.object)
    except SyntaxError as error:
        raise OurFault(Message("The SHACL engine gave a report that cannot be read.")) from error
    reports = [node for node, held in properties.items() if SH.ValidationReport in held.get(RDF.type, ())]
    if len(reports) != 1 or len(properties[reports[0]][SH.conforms]) != 1:
        raise OurFault(Message("The SHACL engine gave no validation report; nothing is known about the data."))
    found = properties[reports[0]]
    conforms = found[SH.conforms][0] == Literal(True)
    if conforms == bool(found[SH.result]):
        raise OurFault(
            Message("The SHACL engine gave a report that contradicts itself; nothing is known about the data.")
        )
    return tuple(_result(properties[node]) for node in found[SH.result])


def _result(held: dict[NamedNode, list[Term]]) -> ValidationResult:
    def one(predicate: NamedNode) -> Term | None:
        return next(iter(held.get(predicate, ())), None)

    path, focus, shape = one(SH.resultPath), one(SH.focusNode), one(SH.sourceShape)
    component, severity = one(SH.sourceConstraintComponent), one(SH.resultSeverity)
    if focus is None or shape is None or not isinstance(component, NamedNode) or not isinstance(severity, NamedNode):
        raise OurFault(Message("The SHACL engine gave a result without its parts; nothing is known about the data."))
    return ValidationResult(
        focus, path if isinstance(path, NamedNode) else None, one(SH.value), shape, component, severity
    )
