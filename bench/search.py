"""Search in the names of a hundred thousand entities: the processor time that one search takes in the web process.

Run as ``python -m bench.search``. The names are made of words that many of them share, which is the hard case: nearly
every word has thousands of matches. Each search opens the index anew, as the service does.
"""

from __future__ import annotations

import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from coopgraph.model.iris import BASE
from coopgraph.publishing.search_index import IndexedName, IndexedThing, search_index
from coopgraph.reading.search import SearchRequest, SearchResults, search_file

ENTITIES = 100_000
"""Entities in the index."""

SEARCH_ROUNDS = 9
"""Times that each search is made."""

_PARTS = {
    "en": (
        (
            "Seoul",
            "Digital",
            "National",
            "Women's",
            "Cyber",
            "Hong Kong",
            "Children's",
            "Gyeonggi",
            "Northern",
            "Online",
        ),
        ("Sexual Violence", "Sex Crime", "Image Abuse", "Safety", "Harassment", "Victim", "Deepfake", "Stalking"),
        ("Support Center", "Helpline", "Counselling", "Commission", "Association", "Act", "Network", "Clinic"),
    ),
    "ko": (
        ("서울", "디지털", "국가", "여성", "사이버", "홍콩", "아동", "경기", "북부", "온라인"),
        ("성폭력", "성범죄", "영상 유포", "안전", "괴롭힘", "피해자", "딥페이크", "스토킹"),
        ("지원센터", "상담전화", "상담", "위원회", "협회", "법", "네트워크", "의원"),
    ),
    "zh-Hant": (
        ("首爾", "數碼", "國家", "婦女", "網絡", "香港", "兒童", "京畿", "北部", "線上"),
        ("性暴力", "性罪行", "影像濫用", "安全", "騷擾", "受害人", "深偽", "跟蹤"),
        ("支援中心", "熱線", "輔導", "委員會", "協會", "條例", "聯盟", "診所"),
    ),
}
_KINDS = (("org", 3), ("service", 3), ("law", 1), ("event", 1), ("source", 2))

_COUNTRIES = ("kr", "jp", "tw", "hk", "us", "gb", "fr", "de")
_PARTS_OF_A_COUNTRY = 20

CHOSEN_AREA = "hk-7"
"""The area, one of many, in which each search is made again."""

SEARCHES = (
    "상담",
    "법",
    "热线",
    "風雨蘭",
    "support",
    "sexual violence seoul",
    "e",
    "hong kong deepfake helpline 4711",
    "counseling",
    "deepfkae helplne",
    "디지털성범죄 지원센터",
    "port cent",
)
"""Words of two letters and of one, of another script, of everybody, of nobody, within words, and with slips."""


@dataclass(frozen=True, slots=True)
class SearchCost:
    """What one search costs, in an area or anywhere: how many results it has, and seconds of each round."""

    words: str
    area: str
    results: SearchResults
    times: tuple[float, ...]


def invented_index(entities: int) -> bytes:
    """Return the index of so many invented entities, the same ones each time."""
    chance, things = random.Random(entities), {}
    kinds = [kind for kind, weight in _KINDS for _ in range(weight)]
    for number in range(entities):
        places = [chance.randrange(len(some)) for some in _PARTS["en"]]
        own = {
            IndexedName(
                False, tag, f"{' '.join(some[place] for some, place in zip(parts, places, strict=True))} {number}"
            )
            for tag, parts in _PARTS.items()
        }
        country = chance.choice(_COUNTRIES)
        areas = (country, f"{country}-{chance.randrange(_PARTS_OF_A_COUNTRY)}")
        things[f"{BASE}id/{chance.choice(kinds)}/thing-{number}"] = IndexedThing(own, areas)
    return search_index(things)


def search_costs(index: Path, searches: Sequence[str] = SEARCHES) -> list[SearchCost]:
    """Return what each search in the file ``index`` costs, anywhere and in :data:`CHOSEN_AREA`."""
    costs = []
    for words, area in itertools.product(searches, ("", CHOSEN_AREA)):
        times = []
        for _ in range(SEARCH_ROUNDS):
            begun = time.thread_time()
            results = search_file(index, SearchRequest(words, "ko", area=area))
            times.append(time.thread_time() - begun)
        costs.append(SearchCost(words, area, results, tuple(times)))
    return costs


@click.command()
@click.option("--entities", default=ENTITIES, show_default=True)
def main(entities: int) -> None:
    """Measure, and write a table in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "search.sqlite3"
        place.write_bytes(invented_index(entities))
        click.echo(f"{entities:,} entities, {place.stat().st_size / 1e6:.0f} MB\n")
        click.echo("| words | area | results | median, ms | slowest, ms |\n| --- | --- | ---: | ---: | ---: |")
        for cost in search_costs(place):
            total = f"{cost.results.total:,}" if cost.results.exact else f"≥ {cost.results.total:,}"
            median, slowest = statistics.median(cost.times) * 1000, max(cost.times) * 1000
            click.echo(f"| {cost.words} | {cost.area} | {total} | {median:.1f} | {slowest:.1f} |")


if __name__ == "__main__":
    main()
