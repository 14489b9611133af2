"""A contact detail is in the words of its source, and nothing says that somebody has tried it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
import pytest

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import Term

from .figures import key, one


@pytest.fixture(scope="module")
def channels(graph: Index) -> list[Term]:
    return list(graph.instances(COOP.ServiceChannel))


def words(graph: Index, channel: Term) -> str:
    """Return the passages that a channel rests on."""
    passages = graph.objects(channel, COOP.hasEvidence)
    return " ".join(quote.value for passage in passages for quote in graph.objects(passage, COOP.quote))


KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
"""Letters as they stand on the keys of a telephone."""


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def digits_with_words_for_digits(text: str) -> str:
    """Return the digits of a text in which a number such as 0508 NETSAFE is dialled as its letters."""
    return digits(re.sub(r"(?<=[0-9][ .-])[A-Z]{4,}", lambda word: word[0].translate(KEYS), text))


def numbers_as_dialled_at_home(telephone: str) -> Iterable[str]:
    """Yield the digits of a number without the country code, which a curator may have added."""
    country, _, rest = telephone.removeprefix("+").partition("-")
    yield digits(rest if telephone.startswith("+") else country + rest)


def test_every_telephone_number_is_printed_in_its_source(graph: Index, channels: list[Term]) -> None:
    numbers = [(channel, number.value) for channel in channels for number in graph.objects(channel, COOP.telephone)]
    assert numbers
    assert not [
        number
        for channel, number in numbers
        if not any(
            home in printed(words(graph, channel))
            for home in numbers_as_dialled_at_home(number)
            for printed in (digits, digits_with_words_for_digits)
        )
    ]


def test_every_address_of_a_mailbox_is_printed_in_its_source(graph: Index, channels: list[Term]) -> None:
    boxes = [(channel, box.value) for channel in channels for box in graph.objects(channel, COOP.email)]
    assert boxes
    assert not [box for channel, box in boxes if box not in words(graph, channel)]


def addresses_of_sources(graph: Index, channel: Term) -> str:
    """Return the addresses of the pages that a channel rests on: a page that lies on a site shows that it is there."""
    sources = [
        source for it in graph.objects(channel, COOP.hasEvidence) for source in graph.objects(it, COOP.isQuotedFrom)
    ]
    return " ".join(address.value for source in sources for address in graph.objects(source, COOP.url)).casefold()


def test_every_website_of_a_channel_is_printed_in_its_source_or_holds_it(graph: Index, channels: list[Term]) -> None:
    sites = [(channel, site.value) for channel in channels for site in graph.objects(channel, COOP.url)]
    assert sites
    hosts = [(channel, re.sub(r"^https?://(www\.)?", "", site).partition("/")[0]) for channel, site in sites]
    assert not [
        host
        for channel, host in hosts
        if host not in words(graph, channel).casefold() and host not in addresses_of_sources(graph, channel)
    ]


def test_no_contact_passes_for_tried_before_somebody_tried_it(graph: Index, channels: list[Term]) -> None:
    """A day of verification is the source's; a channel checked live would say so with its own verification."""
    for channel in channels:
        assert key(one(graph, channel, COOP.hasVerification)) == "unchecked", key(channel)


def test_every_international_number_is_a_number_of_its_country(graph: Index, channels: list[Term]) -> None:
    numbers = [number.value for channel in channels for number in graph.objects(channel, COOP.telephone)]
    assert not [
        number
        for number in numbers
        if number.startswith("+") and not phonenumbers.is_possible_number(phonenumbers.parse(number))
    ]


def test_every_other_number_is_a_short_code(graph: Index, channels: list[Term]) -> None:
    numbers = [number.value for channel in channels for number in graph.objects(channel, COOP.telephone)]
    long = [number for number in numbers if not number.startswith("+") and len(digits(number)) > 6]
    assert not long
