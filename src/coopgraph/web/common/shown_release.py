"""Shown release: which release an address shows, so that a cache before the application knows what is fresh."""

from __future__ import annotations

import re
from collections.abc import Callable

from coopgraph.web.common.request_context import release_in

_OF_ALL_RELEASES = re.compile(r"(?:/at/[^/]+)?/releases(?:/|$)")
"""Addresses whose answers change when any release comes or is withdrawn."""


class ShownRelease:
    """``current`` gives the release that is served, or None where the data may change beneath its name.

    ``stands`` says whether another release may still be read.
    """

    def __init__(self, current: Callable[[], str | None], stands: Callable[[str], bool]) -> None:
        self.current = current
        self.stands = stands
        self.pinned = release_in

    def is_of_one(self, path: str) -> bool:
        """Return whether what is at an address follows from one release alone."""
        return not _OF_ALL_RELEASES.match(path)
