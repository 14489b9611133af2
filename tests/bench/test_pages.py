"""What pages cost is measured on the current release and on generated data, with the number of round trips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import pages, report
from coopgraph.errors import WrongUsage


@pytest.fixture(autouse=True, scope="module")
def rounds() -> Iterator[None]:
    """Fewer rounds than a measurement takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "PAGE_ROUNDS", 2)
        yield


@pytest.fixture(scope="module")
def costs(published: Path) -> dict[str, pages.PageCost]:
    return {cost.address: cost for cost in pages.of_generated(2000, published)}


@pytest.mark.slow
def test_a_page_takes_three_round_trips_and_a_document_two(costs: dict[str, pages.PageCost]) -> None:
    assert {
        address: (cost.status, cost.round_trips) for address, cost in costs.items() if address in pages.OF_GENERATED
    } == {
        "/en/doc/org/body-7": (200, 3),
        "/en/doc/source/report-7": (200, 3),
        "/doc/org/body-7.ttl": (200, 2),
    }


@pytest.mark.slow
def test_what_is_of_the_release_is_measured_beside_the_generated_data(costs: dict[str, pages.PageCost]) -> None:
    assert {costs[address].round_trips for address in ("/en/list/org", "/ko/list/figure")} == {1}
    assert set(costs) == {*pages.OF_THE_GRAPH, *pages.OF_GENERATED}


@pytest.mark.slow
def test_each_is_made_anew_in_every_round_and_takes_processor_time(costs: dict[str, pages.PageCost]) -> None:
    assert all(len(cost.times) == pages.PAGE_ROUNDS and min(cost.times) > 0 for cost in costs.values())
    assert all(len(cost.beside) == pages.PAGE_ROUNDS for cost in costs.values())
    assert min(costs["/doc/org/body-7.ttl"].beside) > 0


@pytest.mark.slow
def test_the_current_release_is_measured_at_all_its_addresses(published: Path) -> None:
    found = pages.of_release(published)
    assert tuple(cost.address for cost in found) == pages.OF_THE_GRAPH
    assert {cost.address for cost in found if cost.status == 200} >= {"/en/list/org", "/en/list/claim", "/en/quality"}
    table = report.pages_as_markdown(found)
    assert "| `/en/list/org` |" in table
    assert "`/en/doc/org/paps` (404)" in table


def test_without_a_release_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no release"):
        pages.of_release(tmp_path)
