"""SHACL processors: for one validation of a whole tree, the engine of a name, in as many processes as it is worth."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from coopgraph.rdf.namespaces import RDFS
from coopgraph.rdf.terms import Triple
from coopgraph.validation import resident
from coopgraph.validation.resident import ResidentValidator
from coopgraph.validation.shacl import MOST_CHILDREN, ShaclProcessor, ValidationResult, n_triples, shares_of

WORTH_SHARING = 50_000
"""Triples from which a second process gains more than loading the data once more costs."""


class Validation(Protocol):
    """A SHACL engine for one validation."""

    @property
    def name(self) -> str:
        """The name of the engine."""

    def begin(self, shapes: Iterable[Triple], data: Iterable[Triple]) -> None:
        """Start validating ``data``; the caller may do other things until it asks for :meth:`results`."""

    def results(self) -> tuple[ValidationResult, ...]:
        """Return all results of the validation, in no order; none means that the data conforms.

        Raises :class:`OurFault` where the engine did not finish in time, failed, or gave no proper report.
        """


class ResidentProcessor:
    """The engine whose processes stay: the next validation by the same shapes finds them prepared."""

    name = ResidentValidator.name

    def __init__(self, children: int) -> None:
        self._most = children
        self._validators: list[ResidentValidator] = []
        self._threads = ThreadPoolExecutor(children)
        self._results: list[Future[tuple[ValidationResult, ...]]] = []
        # Its libraries load while the caller still reads.
        resident.start_one()

    def begin(self, shapes: Iterable[Triple], data: Iterable[Triple]) -> None:
        """Start validating; see :meth:`Validation.begin`."""
        shapes, data = tuple(shapes), tuple(data)
        classes = [triple for triple in data if triple.predicate == RDFS.subClassOf]
        given = n_triples(data)
        for share in shares_of(shapes, self._most if len(data) >= WORTH_SHARING else 1):
            validator = ResidentValidator(shapes, classes)
            self._validators.append(validator)
            self._results.append(self._threads.submit(validator.results, share, given))

    def results(self) -> tuple[ValidationResult, ...]:
        """Return all results; see :meth:`Validation.results`."""
        return tuple(result for share in self._results for result in share.result())

    def close(self) -> None:
        """Leave the processes to the next validation, but for those whose results nobody has waited for."""
        for validator, result in zip(self._validators, self._results, strict=False):
            if not result.done():
                validator.stop()
        self._threads.shutdown()
        for validator in self._validators:
            validator.close()


@contextlib.contextmanager
def started(name: str, children: int | None = None) -> Iterator[Validation]:
    """Give the engine ``name`` (of :data:`.shacl.ENGINES`), started, for one validation.

    Without ``children`` there is at most one process for each processor, up to :data:`.shacl.MOST_CHILDREN`.
    """
    most = children or min(os.cpu_count() or 1, MOST_CHILDREN)
    engine = ResidentProcessor(most) if name == ResidentValidator.name else ShaclProcessor(name, most)
    try:
        yield engine
    finally:
        engine.close()
