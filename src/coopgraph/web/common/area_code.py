"""Area code (ISO 3166, in part UN M49) that a request names: partners and people write it in capitals too."""

from __future__ import annotations

from collections.abc import Mapping


def asked_area(parameters: Mapping[str, str]) -> str:
    """Return the key of the area that the parameter ``area`` names (``KR`` and ``kr``: ``kr``), or the empty text."""
    return area_key(parameters.get("area", ""))


def area_key(code: str) -> str:
    """Return the key of an area, the last part of its IRI, by its code in any case."""
    return code.lower()
