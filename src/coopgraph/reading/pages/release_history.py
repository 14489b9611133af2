"""Release history: what each release added, changed and withdrew, in a reader's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, ACTIVITY_TYPES, Activity, ActivityType, read_activities
from coopgraph.model.iris import BASE
from coopgraph.model.release import Manifest, ReleaseId
from coopgraph.reading.naming import names_of
from coopgraph.reading.pages.display_text import DisplayText, page_path
from coopgraph.reading.source import Source
from coopgraph.reading.values import in_words
from coopgraph.reading.vocabulary import Vocabulary

MOST_NAMED = 40
"""Most entries that a release's account names; one that changed more counts them."""


@dataclass(frozen=True, slots=True)
class KindChanges:
    """How many things of one kind (its name for a list) a release created, updated and deleted."""

    kind: str
    created: int
    updated: int
    deleted: int


@dataclass(frozen=True, slots=True)
class ReleaseAccount:
    """A release in words: its day, the message of whoever published it, and what became of entries.

    ``told`` is false for a release without a list of activities; ``named`` are the entries by type of activity, empty
    where they are more than :data:`MOST_NAMED`.
    """

    id: ReleaseId
    day: str
    message: str
    first: bool
    told: bool
    changes: tuple[KindChanges, ...]
    named: tuple[tuple[ActivityType, tuple[DisplayText, ...]], ...]


def release_history(var: Path, reading: Source, words: Vocabulary, language: str) -> tuple[ReleaseAccount, ...]:
    """Return the accounts of the releases in the folder ``var``, newest first; names are those of ``reading``."""
    manifests = release_folder.manifests(var)
    activities = {item.id: _activities(var, item) for item in manifests}
    few = [item for listed in activities.values() if len(listed) <= MOST_NAMED for item in listed]
    names = names_of(reading, words, {item.object for item in few}, language)
    return tuple(
        ReleaseAccount(
            id=manifest.id,
            day=in_words(manifest.created[:10], language),
            message=manifest.message,
            first=manifest.previous is None,
            told=ACTIVITIES in manifest.files,
            changes=_by_kind(activities[manifest.id], words, language),
            named=_by_type(activities[manifest.id], names) if len(activities[manifest.id]) <= MOST_NAMED else (),
        )
        for manifest in manifests
    )


def _activities(var: Path, manifest: Manifest) -> tuple[Activity, ...]:
    if ACTIVITIES not in manifest.files:
        return ()
    return read_activities(release_folder.file(var, manifest.id, ACTIVITIES).read_bytes())


def _by_kind(activities: Iterable[Activity], words: Vocabulary, language: str) -> tuple[KindChanges, ...]:
    counted = Counter((item.object.removeprefix(BASE + "id/").partition("/")[0], item.type) for item in activities)
    changed = {segment for segment, _ in counted}
    return tuple(
        KindChanges(
            kind=words.plural(kind, language).text,
            created=counted[kind.segment, "Create"],
            updated=counted[kind.segment, "Update"],
            deleted=counted[kind.segment, "Delete"],
        )
        for kind in words.kinds
        if kind.segment in changed
    )


def _by_type(
    activities: Iterable[Activity], names: dict[str, str]
) -> tuple[tuple[ActivityType, tuple[DisplayText, ...]], ...]:
    listed = {type_: [item.object for item in activities if item.type == type_] for type_ in ACTIVITY_TYPES}
    return tuple(
        (type_, tuple(DisplayText(names[iri], path=page_path(iri)) for iri in iris))
        for type_, iris in listed.items()
        if iris
    )
