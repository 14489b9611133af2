from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.errors import WrongUsage
from coopgraph.model.iris import BASE
from coopgraph.reading.data.entity_list import entity_page
from coopgraph.reading.list_order import ListedThing, ListOrder
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

KIND = EntityKind(f"{BASE}def/kind", "org", f"{BASE}def/Organization", 1, "organization", own_file=True, count=0)
WORDS = Vocabulary(labels={}, plurals={}, kinds=(KIND,), prefixes={})


def order(slugs: list[str]) -> ListOrder:
    return ListOrder(ListedThing(f"{BASE}id/org/{slug}", (), ()) for slug in slugs)


@given(st.lists(st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True), unique=True, max_size=30), st.integers(1, 7))
def test_pages_one_after_the_other_hold_everything_once_in_order(slugs: list[str], limit: int) -> None:
    listed = order(slugs)
    found: list[str] = []
    after = ""
    while True:
        page = entity_page(WORDS, KIND, listed, after=after, limit=limit)
        found += [thing.value for thing in page.things]
        after = page.next
        if not after:
            break
    assert found == list(listed.whole.iris)


def test_a_place_in_a_list_stays_one_when_its_entity_is_gone() -> None:
    first = entity_page(WORDS, KIND, order(["a", "b", "c", "d"]), limit=2)
    later = entity_page(WORDS, KIND, order(["a", "c", "d"]), after=first.next, limit=2)
    assert [thing.value[-1] for thing in later.things] == ["c", "d"]


@pytest.mark.parametrize("token", ["é", "a", "!!!!", "_w"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(WrongUsage):
        entity_page(WORDS, KIND, order(["a"]), after=token)
