"""The use of a concept is counted, and its query is answered by as many things."""

from __future__ import annotations

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.query.prepared import select
from coopgraph.reading.pages.concept_use import concept_use
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


@pytest.mark.parametrize(
    ("iri", "compact"), [(AREA + "jp", "area:jp"), (CONCEPT + "conduct/non-consensual-dissemination", "cd:")]
)
def test_a_concept_that_is_used_has_a_count_and_a_query_for_what_uses_it(
    app_context: AppContext, iri: str, compact: str
) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    use = concept_use(reading, read_vocabulary(reading), iri)
    assert use.compact.startswith(compact)
    things = {row["thing"] for row in select(app_context.query_service, use.question)}
    assert 0 < len(things) <= use.uses


def test_a_concept_that_nothing_has_is_asked_for_by_nothing(app_context: AppContext) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    use = concept_use(reading, read_vocabulary(reading), CONCEPT + "service-type/contraception")
    assert (use.compact, use.uses, use.question) == ("st:contraception", 0, "")
