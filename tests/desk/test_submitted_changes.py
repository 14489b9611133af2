"""Bodies of submissions: what is taken, by media type."""

from __future__ import annotations

import pytest

from coopgraph.desk.submitted_changes import require_taken
from coopgraph.errors import UnknownFormat


@pytest.mark.parametrize("media_type", ["application/rdf+xml", "application/trig", "text/html", "", "text/n3"])
def test_other_formats_are_not_even_looked_at(media_type: str) -> None:
    with pytest.raises(UnknownFormat):
        require_taken(media_type)
