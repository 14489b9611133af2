"""Latest result of a function: asked again with an equal argument, it is given without being made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Latest(Generic[Given, Made]):
    """Calls ``make`` only with another argument than the last time."""

    def __init__(self, make: Callable[[Given], Made]) -> None:
        self._make = make
        self._latest: tuple[Given, Made] | None = None

    def __call__(self, given: Given) -> Made:
        """Return what the function makes of ``given``."""
        if self._latest is None or self._latest[0] != given:
            self._latest = given, self._make(given)
        return self._latest[1]
