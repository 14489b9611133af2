from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopgraph.errors import CoopgraphError
from coopgraph.model import release_folder
from coopgraph.reading.data.contexts import PublishedContexts


@pytest.fixture
def var(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "var"))


def test_a_context_and_a_frame_are_read_once(var: Path) -> None:
    kept, release = PublishedContexts(var), release_folder.current(var)
    assert release is not None
    assert kept.context(release) is kept.context(release)
    assert kept.frame(release, "organization") is kept.frame(release, "organization") is not None
    assert kept.frame(release, "nothing") is None


def test_nothing_is_kept_of_a_release_that_does_not_stand_any_more(var: Path) -> None:
    kept, release = PublishedContexts(var), release_folder.current(var)
    assert release is not None
    kept.frame(release, "organization")
    shutil.rmtree(release_folder.folder(var, release))
    with pytest.raises(CoopgraphError):
        kept.context(release)
    with pytest.raises(CoopgraphError):
        kept.frame(release, "organization")
