"""Changes between releases, folded from the differences that they keep, and told in words on a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coopgraph import context
from coopgraph.errors import NotFound
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.publishing.releases import compare
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, Quad
from coopgraph.reading.release_changes import release_changes
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from tests.publishing.conftest import tree, whole_contents

pytestmark = pytest.mark.slow

__all__ = ["tree", "whole_contents"]

MONTHS = ("2016-04", "2016-05", "2016-04", "2016-06")
FOUNDED = Literal("2016-04", datatype=XSD.gYearMonth)


@pytest.fixture(scope="module")
def releases(whole_contents: ReleaseContents, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Manifest]]:
    """Four releases between which an organization was founded in another month; the third is as the first."""
    var = tmp_path_factory.mktemp("changes") / "var"
    made = []
    for day, month in enumerate(MONTHS):
        value = Literal(month, datatype=XSD.gYearMonth)
        quads = tuple(
            Quad(quad.subject, quad.predicate, value if quad.object == FOUNDED else quad.object, quad.graph_name)
            for quad in whole_contents.quads
        )
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        with publishing(var):
            manifest = install_release(replace(whole_contents, quads=quads), var, message="", now=now, built_from=None)
        assert manifest is not None
        made.append(manifest)
    return var, made


@pytest.fixture(scope="module")
def client(releases: tuple[Path, list[Manifest]]) -> Iterator[FlaskClient]:
    served = context.of_releases(Settings(var=str(releases[0]), workers=1))
    yield create_app(served).test_client()
    served.close()


@pytest.mark.parametrize(("before", "after"), [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)])
def test_folded_differences_are_the_difference_of_the_dumps(
    releases: tuple[Path, list[Manifest]], before: int, after: int
) -> None:
    var, made = releases
    changes = release_changes(var, made[after].id, made[before].id)
    lines = [(sign, line.rstrip(b"\n")) for sign, line in compare(var, made[before].id, made[after].id)]
    told = {("A", line) for line in changes.added} | {("D", line) for line in changes.removed}
    assert told == {item for item in lines if not item[1].endswith(f"<{graph_iri('catalog')}> .".encode())}


def test_releases_that_nothing_leads_between_are_told(releases: tuple[Path, list[Manifest]]) -> None:
    var, made = releases
    for after, before in ((made[0].id, ""), (made[0].id, made[1].id), (made[1].id, "2020-01-01-00000000")):
        with pytest.raises(NotFound):
            release_changes(var, after, before)


def test_a_page_tells_in_words_what_changed(client: FlaskClient, releases: tuple[Path, list[Manifest]]) -> None:
    _, made = releases
    page = client.get(f"/releases/{made[1].id}/diff?lang=en", headers={"Accept": "text/html"}).text
    assert "<del>April 2016</del>" in page
    assert "<ins>May 2016</ins>" in page
    assert "changed: 1" in page
    assert '/doc/org/lantern"' in page
    korean = client.get(f"/releases/{made[1].id}/diff?lang=ko", headers={"Accept": "text/html"}).text
    assert "<ins>2016년 5월</ins>" in korean
    whole = client.get(f"/releases/{made[3].id}/diff?lang=en&from={made[0].id}").text
    assert "<del>April 2016</del>" in whole
    assert "<ins>June 2016</ins>" in whole
    nothing = client.get(f"/releases/{made[2].id}/diff?lang=en&from={made[0].id}")
    assert "added: 0, removed: 0" in nothing.text
    assert (
        f"/releases/{made[1].id}/diff"
        in client.get(f"/releases/{made[1].id}?lang=en", headers={"Accept": "text/html"}).text
    )


def test_a_release_that_is_not_there_is_a_problem(client: FlaskClient, releases: tuple[Path, list[Manifest]]) -> None:
    for address in (f"/releases/{releases[1][0].id}/diff", "/releases/2020-01-01-00000000/diff"):
        assert client.get(address).status_code == 404
