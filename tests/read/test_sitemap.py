from __future__ import annotations

from coopgraph.assemble import House
from coopgraph.read.reading import Reading
from coopgraph.read.sitemap import STANDING, page_paths
from coopgraph.read.vocabulary import read_vocabulary


def test_pages_that_lead_to_others_come_first_and_each_page_once(house: House) -> None:
    reading = Reading.of(house.door)
    paths = page_paths(reading, read_vocabulary(reading))
    assert paths[: len(STANDING)] == STANDING
    assert len(paths) == len(set(paths))
    assert {"/list/org", "/doc/org/lantern", "/doc/area/jp", "/doc/concept/rank/preferred"} <= set(paths)


def test_a_kind_of_which_there_is_nothing_has_no_list(house: House) -> None:
    reading = Reading.of(house.door)
    words = read_vocabulary(reading)
    listed = {path.removeprefix("/list/") for path in page_paths(reading, words) if path.startswith("/list/")}
    assert listed == {kind.segment for kind in words.kinds if kind.count}
