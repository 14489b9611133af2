"""Pages made beside the server are those that it would make, and are made whatever becomes of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.rdf.graph import Graph
from coopgraph.reading.description import Description, page_description
from coopgraph.reading.pages import page_process
from coopgraph.reading.pages.page_process import PageProcess
from coopgraph.reading.pages.resource_page import Page, page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary

OF_A_SERVER = """
import time
from coopgraph.reading.pages.page_process import PageProcess

process = PageProcess()
process.start()
print(process._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def words(app_context: AppContext) -> Vocabulary:
    return read_vocabulary(ReleaseSource.of(app_context.query_service))


@pytest.fixture(scope="module")
def described(app_context: AppContext) -> Description:
    return page_description(ReleaseSource.of(app_context.query_service), f"{BASE}id/org/lantern")


@pytest.fixture
def process() -> Iterator[PageProcess]:
    with closing(PageProcess()) as process:
        process.start()
        yield process


@pytest.fixture
def made_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages of the pages that were not made by the process."""
    languages: list[str] = []

    def noting(description: Description, words: Vocabulary, language: str) -> Page:
        languages.append(language)
        return page(description, words, language)

    monkeypatch.setattr(page_process, "page", noting)
    return languages


def test_it_makes_the_same_pages_with_the_words_that_came_last(
    process: PageProcess, described: Description, words: Vocabulary, made_here: list[str]
) -> None:
    unnamed = Vocabulary({}, {}, words.kinds, words.prefixes)
    for known, language in ((words, "ko"), (words, "en"), (unnamed, "en"), (words, "en")):
        assert process.page(described, known, language) == page(described, known, language)
    assert made_here == []


def test_what_is_asked_before_it_is_ready_or_while_it_is_at_work_is_made_by_who_asks(
    process: PageProcess, described: Description, words: Vocabulary, made_here: list[str]
) -> None:
    with process._lock:
        assert process.page(described, words, "ja") == page(described, words, "ja")
    assert made_here == ["ja"]
    with closing(PageProcess()) as begun:
        begun.page(described, words, "zh-Hant")
    assert made_here == ["ja", "zh-Hant"]


def test_one_that_was_killed_leaves_no_page_unmade_and_is_followed_by_another(
    process: PageProcess,
    described: Description,
    words: Vocabulary,
    made_here: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_process, "START_AGAIN", 0.0)
    os.kill(process._process.pid, signal.SIGKILL)
    assert process.page(described, words, "ko") == page(described, words, "ko")
    process.start()
    process.page(described, words, "en")
    assert made_here == ["ko"]


def test_an_error_is_raised_where_the_page_was_asked_for(
    process: PageProcess, words: Vocabulary, made_here: list[str]
) -> None:
    with pytest.raises(ValueError, match="unpack"):
        process.page(Description(f"{BASE}id/org/a", Graph.of_n_triples(b"nothing .\n")), words, "en")
    assert made_here == ["en"]


def test_it_ends_with_the_server_however_that_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", OF_A_SERVER], stdout=subprocess.PIPE, text=True) as server:
        number = int(server.stdout.readline())
        server.kill()
    for _ in range(500):
        if not _runs(number):
            return
        time.sleep(0.02)
    pytest.fail("the process runs on")


def _runs(number: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False
