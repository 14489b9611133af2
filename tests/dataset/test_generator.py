import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.cli.main import cli
from coopgraph.dataset.generator import generate


@given(st.integers(1, 4000))
@settings(max_examples=20, deadline=None)
def test_it_gives_exactly_as_many_different_triples_as_asked(triples: int) -> None:
    text = "".join(generate(triples)).encode()
    assert len({*ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}) == triples


@given(st.integers(1, 2000), st.integers(1, 2000))
@settings(max_examples=20, deadline=None)
def test_a_smaller_set_is_the_beginning_of_a_larger_one(first: int, second: int) -> None:
    small, large = sorted((first, second))
    assert "".join(generate(large)).startswith("".join(generate(small)))


def test_every_kind_of_thing_the_questions_ask_for_is_in_it() -> None:
    text = "".join(generate(20_000))
    for term in ("Organization", "Claim", "Service", "Observation", "quote", "refPeriod", "@zh-Hant"):
        assert term in text


@pytest.mark.parametrize("arguments", [["--triples", "0"], ["--triples", "many"], []])
def test_a_senseless_size_is_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["generate", *arguments]).exit_code == 2
