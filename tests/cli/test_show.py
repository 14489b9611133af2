from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, parse

from coopgraph.cli.show import iri_of, show
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.model.iris import BASE
from coopgraph.settings import Settings


@cache
def shown(published: Path, *arguments: str) -> Result:
    return CliRunner().invoke(show, arguments, obj=Settings(var=str(published), workers=1))


@pytest.mark.parametrize(
    "thing",
    [
        BASE + "id/org/paps",
        BASE + "doc/org/paps",
        "http://w3id.org/coopgraph/id/org/paps",
        "org/paps",
        "/id/org/paps",
        "/doc/org/paps",
        "data/org/paps.ttl",
        "org/paps.ttl",
        r"data\org\paps.ttl",
    ],
)
def test_a_thing_is_named_by_iri_by_path_or_by_file(thing: str) -> None:
    assert iri_of(thing) == BASE + "id/org/paps"


def test_terms_are_named_by_their_path() -> None:
    assert iri_of("def/Organization") == BASE + "def/Organization"
    assert iri_of("/def") == BASE + "def/"
    assert iri_of("shape/ClaimParts") == BASE + "shape/ClaimParts"


def test_a_foreign_address_is_refused() -> None:
    with pytest.raises(WrongUsage, match="not an address of this graph"):
        iri_of("https://example.org/id/org/paps")


def test_without_options_turtle_is_written(published: Path) -> None:
    result = shown(published, "org/lantern")
    assert result.exit_code == 0, result.exception
    subjects = {str(quad.subject) for quad in parse(result.stdout, RdfFormat.TURTLE)}
    assert f"<{BASE}id/org/lantern>" in subjects


@pytest.mark.slow
def test_a_frame_gives_a_tree(published: Path) -> None:
    tree = json.loads(shown(published, "org/lantern", "--frame", "organization").stdout)
    assert tree["id"] == BASE + "id/org/lantern"
    assert tree["services"][0]["availableThrough"][0]["telephone"] == ["+81-3-0000-0000"]
    assert json.loads(shown(published, "org/lantern", "--frame").stdout) == tree


@pytest.mark.slow
def test_an_unknown_frame_and_an_unknown_thing_are_errors_in_words(published: Path) -> None:
    assert isinstance(shown(published, "org/lantern", "--frame", "nonsense").exception, WrongUsage)
    assert isinstance(shown(published, "org/nobody").exception, NotFound)


@pytest.mark.slow
@pytest.mark.parametrize("thing", ["lantern", "LANTERN", "lantern.ttl", "o:lantern", f"<{BASE}id/org/lantern>"])
def test_a_thing_is_found_by_its_short_and_by_its_prefixed_name(published: Path, thing: str) -> None:
    result = shown(published, thing)
    assert result.exit_code == 0, result.exception
    assert result.stdout == shown(published, "org/lantern").stdout


@pytest.mark.slow
def test_of_several_things_with_one_name_the_case_decides_or_all_are_listed(published: Path) -> None:
    assert shown(published, "Organization").stdout == shown(published, "def/Organization").stdout
    error = shown(published, "ORGANIZATION").exception
    assert isinstance(error, WrongUsage)
    assert str(error.hint) == "Name one: concept/unit/organization, def/Organization."


@pytest.mark.slow
@pytest.mark.parametrize("thing", ["lantrn", "org/lantrn", "law/lantern", "o:lantrn"])
def test_an_unknown_name_leads_to_the_nearest(published: Path, thing: str) -> None:
    error = shown(published, thing).exception
    assert isinstance(error, NotFound)
    assert str(error.hint) == "Did you mean org/lantern?"


def test_an_unknown_prefix_is_told_as_that(published: Path) -> None:
    error = shown(published, "nosuch:lantern").exception
    assert isinstance(error, NotFound)
    assert "no prefix “nosuch:”" in str(error)
