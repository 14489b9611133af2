"""Settings come from flags, variables, a file, and defaults, in that order."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from coopgraph.errors import WrongUsage
from coopgraph.settings import Settings, load_settings


def test_every_setting_has_a_sentence_and_a_default() -> None:
    for item in fields(Settings):
        assert item.metadata["sentence"].endswith("."), item.name
        assert item.metadata["sentence"][0].isupper(), item.name
        assert type(item.default) in (str, int, float, bool), item.name


def test_the_stronger_source_wins(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text('host = "file"\nport = 1\nworkers = 7\n', encoding="utf-8")
    environment = {"COOPGRAPH_HOST": "environment", "COOPGRAPH_PORT": "2", "PATH": "/bin"}
    settings, origins = load_settings({"host": "flag", "port": None}, environment, tmp_path)
    assert (settings.host, settings.port, settings.workers, settings.var) == ("flag", 2, 7, "var")
    sources = {origin.name: origin.source for origin in origins}
    assert [sources[name] for name in ("host", "port", "workers", "var")] == [
        "flag",
        "environment",
        "coopgraph.toml",
        "default",
    ]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"COOPGRAPH_PROT": "1"}, "no setting named “prot”"),
        ({"COOPGRAPH_PORT": "many"}, "“port” cannot be “many”. Give a whole number."),
        ({"COOPGRAPH_QUERY_TIMEOUT": "long"}, "“query_timeout” cannot be “long”. Give a number."),
        ({"COOPGRAPH_WORKERS": "0"}, "“workers” cannot be 0"),
        ({"COOPGRAPH_QUERY_TIMEOUT": "-1"}, "“query_timeout” cannot be -1"),
        ({"COOPGRAPH_PROXIES": "-1"}, "“proxies” cannot be -1"),
        ({"COOPGRAPH_CONTAINED": "maybe"}, "“contained” cannot be “maybe”"),
    ],
)
def test_a_value_that_cannot_be_is_refused(environment: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as refused:
        load_settings({}, environment, tmp_path)
    assert words in refused.value.in_language("en")


@pytest.mark.parametrize(("given", "meant"), [("true", True), ("No", False), ("1", True), ("0", False)])
def test_yes_and_no_are_understood(given: str, meant: bool, tmp_path: Path) -> None:
    assert load_settings({}, {"COOPGRAPH_CONTAINED": given}, tmp_path)[0].contained is meant


@pytest.mark.parametrize("text", ["prot = 1\n", "port = \n", "port = 'x'\n"])
def test_a_bad_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongUsage):
        load_settings({}, {}, tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongUsage, match="cannot be read"):
        load_settings({}, {}, tmp_path)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("https://graph.example", "https://graph.example"),
        ("HTTPS://Graph.Example:8443/", "https://graph.example:8443"),
        ("http://[2001:db8::1]", "http://[2001:db8::1]"),
    ],
)
def test_the_public_address_is_a_scheme_and_a_host(written: str, read: str) -> None:
    assert load_settings({}, {"COOPGRAPH_ADDRESS": written})[0].address == read


@pytest.mark.parametrize("written", ["10.5281/zenodo.1", "https://doi.org/10.5281/zenodo.1", "doi:10.5281/zenodo.1"])
def test_a_doi_is_read_as_an_address_too(written: str) -> None:
    assert load_settings({}, {"COOPGRAPH_DOI": written})[0].doi == "10.5281/zenodo.1"


@pytest.mark.parametrize("written", ["zenodo.1", "10.5281", "10.5281/", "10.5281/a b", "https://example.org/10.1/a"])
def test_what_is_no_doi_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(WrongUsage, match="doi") as refused:
        load_settings({}, {"COOPGRAPH_DOI": written})
    assert "10.5281/zenodo" in str(refused.value.hint)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "graph.example",
            "ftp://graph.example",
            "https://",
            "https://graph.example/path",
            "https://a?b",
            "https://a#b",
        ),
        *("https://me@graph.example", "https://그래프.example", "https://a..b", "https://a:0", "https://a:65536"),
        *("https://a\r\nX-Header: y", "https://a b", " "),
    ],
)
def test_what_is_no_public_address_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        load_settings({}, {"COOPGRAPH_ADDRESS": written})
    assert "“address”" in str(refused.value)
    assert "https://graph.example" in str(refused.value.hint)
