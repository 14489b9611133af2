from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, Activity, activities_json
from coopgraph.model.iris import BASE
from coopgraph.model.release import ReleaseFile, ReleaseId
from coopgraph.reading.pages.release_history import MOST_NAMED, KindChanges, release_history
from coopgraph.reading.source import ReleaseSource

LATER = ReleaseId("2026-02-01-00000000")


def with_a_later_release(published: Path, folder: Path, *activities: Activity) -> Path:
    """The folder of the published release and of one that says it did ``activities``."""
    var = folder / "var"
    shutil.copytree(published, var)
    (first,) = release_folder.manifests(var)
    listed = activities_json(activities)
    files = {ACTIVITIES: ReleaseFile(hashlib.sha256(listed).hexdigest(), len(listed), "application/json")}
    later = replace(
        first, id=LATER, created="2026-02-01T00:00:00Z", previous=first.id, message="Hours of Lantern", files=files
    )
    place = var / "releases" / LATER
    place.mkdir()
    (place / ACTIVITIES).write_bytes(listed)
    (place / "manifest.json").write_text(later.to_json(), encoding="utf-8")
    return var


def test_each_release_says_how_many_of_each_kind_changed_and_names_a_few(
    app_context: AppContext, published: Path, tmp_path: Path
) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    words = app_context.vocabularies.of(reading)
    changed, gone = f"{BASE}id/org/lantern", f"{BASE}id/org/gone"
    var = with_a_later_release(published, tmp_path, Activity("Update", changed), Activity("Delete", gone))
    later, first = release_history(var, reading, words, "ko")
    assert (later.day, later.message, later.first, first.first) == ("2026년 2월 1일", "Hours of Lantern", False, True)
    assert later.changes == (KindChanges("단체", created=0, updated=1, deleted=1),)
    (_, updated), (_, deleted) = later.named
    assert [(name.text, name.path) for name in updated] == [("Lantern Support Center", "/doc/org/lantern")]
    assert [name.text for name in deleted] == ["gone"]
    assert first.told
    assert not first.named
    assert KindChanges("단체", created=3, updated=0, deleted=0) in first.changes


def test_a_release_of_many_changes_counts_them_and_names_none(
    app_context: AppContext, published: Path, tmp_path: Path
) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    many = [Activity("Create", f"{BASE}id/org/body-{number}") for number in range(MOST_NAMED + 1)]
    var = with_a_later_release(published, tmp_path, *many)
    later, _ = release_history(var, reading, app_context.vocabularies.of(reading), "en")
    assert later.changes[0].created == MOST_NAMED + 1
    assert not later.named
