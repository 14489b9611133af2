from __future__ import annotations

from coopgraph.context import AppContext
from coopgraph.reading.data.sitemap import STANDING_PAGES, page_paths
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


def test_pages_that_lead_to_others_come_first_and_each_page_once(app_context: AppContext) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    paths = page_paths(reading, read_vocabulary(reading))
    assert paths[: len(STANDING_PAGES)] == STANDING_PAGES
    assert len(paths) == len(set(paths))
    assert {"/list/org", "/doc/org/lantern", "/doc/area/jp", "/doc/concept/rank/preferred"} <= set(paths)


def test_a_kind_of_which_there_is_nothing_has_no_list(app_context: AppContext) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)
    listed = {path.removeprefix("/list/") for path in page_paths(reading, words) if path.startswith("/list/")}
    assert listed == {kind.segment for kind in words.kinds if kind.count}
