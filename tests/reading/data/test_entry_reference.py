"""References to entries are read by the programs that they are written for."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from coopgraph.model.language import LANGUAGES
from coopgraph.reading.data.entry_reference import EntryReference

HARD = EntryReference(
    title="50 % {of} A&B_C\nَتقرير",
    iri="https://w3id.org/coopgraph/id/org/lantern",
    release="2026-01-31-0123abcd",
    day="2026-01-31",
    address="https://example.org/at/2026-01-31-0123abcd/doc/org/lantern",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_title_release_day_and_address_in_every_language(language: str) -> None:
    sentence = HARD.sentence(language)
    assert all(part in sentence for part in (HARD.title, HARD.release, HARD.address, "2026"))


def test_csl_json_is_one_data_set_with_the_day_as_numbers() -> None:
    (item,) = json.loads(HARD.csl_json())
    assert (item["id"], item["type"], item["title"]) == (HARD.iri, "dataset", HARD.title)
    assert item["issued"] == {"date-parts": [[2026, 1, 31]]}
    assert (item["version"], item["URL"]) == (HARD.release, HARD.address)


def test_bibtex_has_balanced_braces_and_escapes_what_tex_would_read() -> None:
    text = HARD.bibtex()
    bare = re.sub(r"\\.", "", text)
    assert bare.count("{") == bare.count("}")
    assert r"50 \% \{of\} A\&B\_C" in text
    assert text.startswith("@misc{coopgraph-org-lantern-2026-01-31,\n")
    assert f"url = {{{HARD.address}}}" in text


def test_ris_has_one_field_a_line_and_begins_and_ends_as_it_must() -> None:
    lines = HARD.ris().split("\r\n")[:-1]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert (lines[0], lines[-1]) == ("TY  - DATA", "ER  - ")
    assert "DA  - 2026/01/31" in lines


def test_the_doi_of_the_collection_is_in_every_form_where_there_is_one() -> None:
    named = replace(HARD, doi="10.5281/zenodo.1234567")
    assert "https://doi.org/10.5281/zenodo.1234567" in named.sentence("ja")
    assert "  doi = {10.5281/zenodo.1234567},\n" in named.bibtex()
    assert "DO  - 10.5281/zenodo.1234567\r\n" in named.ris()
    assert json.loads(named.csl_json())[0]["DOI"] == "10.5281/zenodo.1234567"
    assert not re.search("doi", HARD.sentence("en") + HARD.bibtex() + HARD.csl_json(), re.IGNORECASE)


def test_a_reference_without_a_known_day_invents_none() -> None:
    unknown = EntryReference(HARD.title, HARD.iri, "draft", "", HARD.address)
    assert "issued" not in json.loads(unknown.csl_json())[0]
    assert "year" not in unknown.bibtex()
    assert "PY" not in unknown.ris()
    assert unknown.address in unknown.sentence("ko")
