"""Activities of a release: which entities it created, updated or deleted, told from the lines of two dumps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.model.activity import REPORTED, Activity
from coopgraph.model.iris import BASE, CONCEPT, EntityName, entity_name
from coopgraph.publishing.changes import Change, difference
from coopgraph.rdf.namespaces import COOP, OWL

_ENTITY = f"<{BASE}id/".encode()
_DEPRECATED = f" {OWL.deprecated} ".encode()
_VERIFY_BY = f' {COOP.verifyAgainBy} "'.encode()


class ActivityLog:
    """Notes, while two releases are compared, what happened to entities.

    An entity is updated where its own statements changed, or those of something whose name begins with its name and a
    dot, as the names of its claims do. One that is withdrawn (``owl:deprecated``) counts as one that is not there.
    """

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._after: set[str] = set()
        self._changed: set[str] = set()
        self._verify_by: dict[str, str] = {}

    def difference(self, before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[Change]:
        """Yield what :func:`coopgraph.publishing.changes.difference` does; all of it must be taken."""
        for sign, line in difference(_noting(before, self._before, {}), _noting(after, self._after, self._verify_by)):
            subject = line.partition(b" ")[0]
            if subject.startswith(_ENTITY):
                self._changed.add(subject[1:-1].decode())
            yield sign, line

    def activities(self) -> Iterator[Activity]:
        """Yield what happened, in no order, each entity once."""
        touched = {concerned for iri in self._changed for concerned in _concerned(iri)}
        for iri in touched & (self._before | self._after):
            if iri not in self._before:
                yield Activity("Create", iri, self._verify_by.get(iri, ""))
            elif iri not in self._after:
                yield Activity("Delete", iri)
            else:
                yield Activity("Update", iri, self._verify_by.get(iri, ""))


def concerned_subjects(changes: Iterable[Change]) -> set[bytes]:
    """Return the subjects of lines that tell, together with the changes, what happened to entities."""
    subjects = {line.partition(b" ")[0] for _, line in changes}
    changed = {subject[1:-1].decode() for subject in subjects if subject.startswith(_ENTITY)}
    return {f"<{concerned}>".encode() for iri in changed for concerned in _concerned(iri)}


def _noting(lines: Iterable[bytes], held: set[str], verify_by: dict[str, str]) -> Iterator[bytes]:
    """Pass on the lines of a dump, which are sorted; note the entities that it holds and did not withdraw, and until
    when each counts as fresh."""
    subject, iri, withdrawn = b"", "", False
    for line in lines:
        found = line.partition(b" ")[0]
        if found != subject:
            if iri and not withdrawn:
                held.add(iri)
            subject, withdrawn = found, False
            iri = _reported(found)
        if iri and line.startswith(_VERIFY_BY, len(found)):
            verify_by[iri] = line[len(found) + len(_VERIFY_BY) :].partition(b'"')[0].decode()
        withdrawn = withdrawn or (bool(iri) and line.startswith(_DEPRECATED, len(found)))
        yield line
    if iri and not withdrawn:
        held.add(iri)


def _reported(subject: bytes) -> str:
    """Return the IRI of a subject that activities tell of; empty for any other."""
    if not subject.startswith(_ENTITY):
        return ""
    iri = subject[1:-1].decode()
    name = entity_name(iri)
    return iri if iri.startswith(CONCEPT) or (name and name.segment in REPORTED) else ""


def _concerned(iri: str) -> Iterator[str]:
    """Yield the IRIs of all that a change of ``iri`` may be a change of, whether or not there is such a thing."""
    yield iri
    name = entity_name(iri)
    parts = name.slug.split(".") if name else []
    for end in range(1, len(parts)):
        for segment in REPORTED:
            yield EntityName(segment, ".".join(parts[:end])).iri
