"""What is linked to: no page that the fact pack calls a mirror or of low trust is shown as a good source."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP

from .coverage import FOLDER
from .figures import key, one

NOTES = tuple(FOLDER / name for name in ("README.md", "facts-americas-asia.md", "facts-europe-africa.md"))
HEADING = r"^## Weak (?:or awkward )?sources.*?$"


def weak_hosts() -> set[str]:
    """Return the hosts that the notes of the packs warn of."""
    sections = [re.split(HEADING, note.read_text(encoding="utf-8"), flags=re.MULTILINE)[-1] for note in NOTES]
    return {
        host
        for section in sections
        for host in re.findall(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\b(?!/)", section.partition("\n## ")[0])
    }


@pytest.mark.skipif(not all(note.exists() for note in NOTES), reason="the fact packs do not lie beside this checkout")
def test_a_weak_source_is_not_linked_or_says_that_it_is_a_copy_or_third_hand(graph: Index) -> None:
    hosts = weak_hosts()
    assert len(hosts) > 20
    linked = [
        key(source)
        for source in graph.instances(COOP.SourceDocument)
        for address in graph.objects(source, COOP.url)
        if any(("." + (urlsplit(address.value).hostname or "")).endswith("." + host) for host in hosts)
        and key(one(graph, source, COOP.hasDirectness)) not in ("mirror", "tertiary")
    ]
    assert not linked


def test_a_source_without_an_address_says_why(graph: Index) -> None:
    for source in graph.instances(COOP.SourceDocument):
        assert graph.objects(source, COOP.url) or graph.objects(source, COOP.curatorNote), key(source)


def test_no_checksum_is_that_of_our_own_quotes(graph: Index) -> None:
    """The only text that was captured whole is the seed page."""
    assert [key(source) for source, _ in graph.pairs(COOP.contentSha256)] == ["paps-seed-page"]


def test_no_two_sources_are_the_same_page(graph: Index) -> None:
    addresses = [
        address.value for source in graph.instances(COOP.SourceDocument) for address in graph.objects(source, COOP.url)
    ]
    assert len(addresses) == len(set(addresses))
