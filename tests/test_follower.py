"""A copy that follows a service has the bytes of its dump, whatever happens on the way."""

from __future__ import annotations

import gzip
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coopgraph.errors import OurFault, StoreDown
from coopgraph.follower import COPY, Followed, Follower
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, Activity, read_activities
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.publishing.releases import withdraw
from coopgraph.rdf.namespaces import SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Quad
from tests.conftest import THOROUGH
from tests.publishing.conftest import contents, tree
from tests.running_server import Served, free_port, serve

__all__ = ["contents", "tree"]

CHANGES = 200 if THOROUGH else 8
ORG = "https://w3id.org/coopgraph/id/org/"
Release = Callable[..., Manifest]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def release(var: Path, contents: ReleaseContents) -> Release:
    """Publish the contents with organizations of these slugs and names, each time on another day."""
    days = iter(range(10_000))

    def released(**names: str) -> Manifest:
        graph = NamedNode(graph_iri("records"))
        more = [Quad(NamedNode(ORG + slug), SKOS.prefLabel, Literal(name), graph) for slug, name in names.items()]
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=next(days))
        with publishing(var):
            made = install_release(
                replace(contents, quads=(*contents.quads, *more)), var, message="", now=now, built_from=None
            )
        assert made is not None
        return made

    return released


@pytest.fixture
def service(var: Path, release: Release, tmp_path: Path) -> Iterator[Served]:
    release(a="First")
    served = serve("--no-build", "--workers", "1", log=tmp_path / "log", settings={"var": var})
    yield served
    served.stop()


def dump(var: Path) -> bytes:
    current = release_folder.current(var)
    assert current is not None
    return gzip.decompress(release_folder.file(var, current, release_folder.DUMP).read_bytes())


def followed(service: Served, into: Path) -> tuple[Followed, list[Activity]]:
    told: list[Activity] = []
    return Follower(service.url, into).follow(told.append), told


@pytest.mark.slow
def test_a_copy_is_made_then_kept_in_step_by_differences(
    service: Served, release: Release, var: Path, tmp_path: Path
) -> None:
    into = tmp_path / "copy"
    done, told = followed(service, into)
    assert (done.changed, done.whole, told) == (True, True, [])
    assert (into / COPY).read_bytes() == dump(var)
    assert followed(service, into)[0].changed is False
    release(a="Second", b="New")
    release(b="New")
    done, told = followed(service, into)
    assert (done.changed, done.whole) == (True, False)
    assert (into / COPY).read_bytes() == dump(var)
    assert [(item.type, item.object.removeprefix(ORG)) for item in told] == [
        ("Update", "a"),
        ("Create", "b"),
        ("Delete", "a"),
    ]
    assert {item.name for item in into.iterdir()} == {COPY, "state.json"}


@pytest.mark.slow
def test_after_a_withdrawal_the_copy_is_fetched_whole_and_holds_nothing_of_it(
    service: Served, release: Release, var: Path, tmp_path: Path
) -> None:
    into = tmp_path / "copy"
    secret = release(a="An address that endangers")
    followed(service, into)
    release(a="Nothing")
    withdraw(var, secret.id, "It named a place.", datetime(2026, 2, 1, tzinfo=UTC))
    assert followed(service, into)[0].whole
    assert (into / COPY).read_bytes() == dump(var)
    assert all(b"endangers" not in item.read_bytes() for item in into.rglob("*"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_any_moment_over_many_changes_it_ends_with_the_same_bytes(
    service: Served, release: Release, var: Path, tmp_path: Path
) -> None:
    into, chance, names, kills = tmp_path / "copy", random.Random(5), {"a": "First"}, 0
    expected: set[Activity] = set()
    told: set[Activity] = set()
    begun = time.monotonic()
    followed(service, into)
    usual = time.monotonic() - begun
    for number in range(CHANGES):
        slug = chance.choice("abcdef")
        if slug in names and chance.random() < 0.4:
            del names[slug]
        else:
            names[slug] = f"Name {number}"
        made = release(**names, always=str(number))
        if number % 5 == 4:
            withdraw(var, chance.choice(release_folder.manifests(var)[1:]).id, "Why.", datetime.now(UTC))
        if chance.random() < 0.6:
            kills += _killed(service.url, into, chance.uniform(0, usual))
        else:
            activities = release_folder.file(var, made.id, ACTIVITIES).read_bytes()
            done, heard = followed(service, into)
            assert (into / COPY).read_bytes() == dump(var)
            if not done.whole:
                expected |= set(read_activities(activities))
                told |= set(heard)
    followed(service, into)
    assert (into / COPY).read_bytes() == dump(var)
    assert expected <= told
    assert kills


def _killed(url: str, into: Path, after: float) -> bool:
    """Follow in a child that is killed after so many seconds; return whether it was still at it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, max(after, 0.001))
            Follower(url, into).follow(lambda activity: None)
            status = 0
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    assert status == 0 or os.WTERMSIG(status) == signal.SIGALRM
    return status != 0


@pytest.mark.slow
def test_a_copy_that_somebody_changed_is_made_right(service: Served, var: Path, tmp_path: Path) -> None:
    into = tmp_path / "copy"
    followed(service, into)
    (into / COPY).write_bytes(b"<urn:x> <urn:y> <urn:z> .\n")
    assert followed(service, into)[0].whole
    assert (into / COPY).read_bytes() == dump(var)


@pytest.mark.slow
def test_a_damaged_file_is_no_copy_and_the_one_before_stays(
    service: Served, release: Release, var: Path, tmp_path: Path
) -> None:
    into = tmp_path / "copy"
    followed(service, into)
    before = (into / COPY).read_bytes()
    damaged = release(a="Second")
    for name in (release_folder.DUMP, "changes.added.nq.gz"):
        place = release_folder.folder(var, damaged.id) / name
        place.write_bytes(place.read_bytes()[:-9] + b"no digest")
    with pytest.raises(OurFault, match="is not what its manifest says"):
        followed(service, into)
    assert (into / COPY).read_bytes() == before


def test_a_service_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreDown, match="does not answer"):
        Follower(f"http://127.0.0.1:{free_port()}/feed", tmp_path).follow(lambda activity: None)
