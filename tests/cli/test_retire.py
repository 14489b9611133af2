"""``coopgraph retire`` leaves a tombstone or a redirect, and nothing that points into nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .in_process import Ended, coopgraph

ROOT = Path(__file__).parents[2]
NEW = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix coop: <https://w3id.org/coopgraph/def/> .
@prefix per: <https://w3id.org/coopgraph/id/period/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

per:1999 a coop:Period ;
    coop:endDate "1999-12-31"^^xsd:date ;
    coop:startDate "1999-01-01"^^xsd:date ;
    dcterms:identifier "1999" ;
    skos:notation "1999" ;
.
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = Path(shutil.copytree(ROOT / "tests" / "fixture" / "data", tmp_path / "data"))
    (place / "period" / "1999.ttl").write_text(NEW, encoding="utf-8")
    return place


def _retire(data: Path, *arguments: str) -> Ended:
    return coopgraph("--data", str(data), "retire", *arguments, cwd=ROOT)


def test_a_tombstone_has_the_reason_and_nothing_else_of_the_entity(data: Path) -> None:
    place = data / "period" / "1999.ttl"
    done = _retire(data, "https://w3id.org/coopgraph/id/period/1999", "--reason", "Nobody counts it.")
    assert (done.returncode, done.stdout) == (0, f"{place}\n"), done.stderr
    text = place.read_text(encoding="utf-8")
    assert "owl:deprecated true" in text
    assert '"Nobody counts it."@en' in text
    assert "startDate" not in text


def test_a_redirect_names_the_successor(data: Path) -> None:
    others = {file.stem for file in (data / "period").glob("*.ttl")} - {"1999"}
    done = _retire(data, "period/1999", "--successor", sorted(others)[0], "--reason", "바뀌었습니다.", "--lang", "ko")
    assert done.returncode == 0, done.stderr
    text = (data / "period" / "1999.ttl").read_text(encoding="utf-8")
    assert f"dcterms:isReplacedBy per:{sorted(others)[0]}" in text
    assert '"바뀌었습니다."@ko' in text
    assert "owl:deprecated" not in text


def test_what_others_speak_of_what_is_not_there_and_what_replaces_itself_is_left_as_it_is(data: Path) -> None:
    place = data / "org" / "lantern.ttl"
    before = place.read_bytes()
    named = _retire(data, "lantern", "--reason", "x")
    assert named.returncode == 1
    assert "data/" in named.stderr
    assert _retire(data, "lantrn", "--reason", "x").returncode == 2
    assert "Did you mean lantern?" in _retire(data, "lantrn", "--reason", "x").stderr
    assert _retire(data, "period/1999", "--successor", "1999", "--reason", "x").returncode == 2
    assert _retire(data, "lantern", "--reason", " ").returncode == 2
    assert place.read_bytes() == before
