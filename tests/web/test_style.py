from __future__ import annotations

import re
from importlib.resources import files

import pytest

from coopgraph.reading.pages.charts import MOST_LINES

CSS = files("coopgraph.web").joinpath("static", "style.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
)
TEXT_ON_GROUND = [
    ("ink", "paper"),
    ("ink", "raised"),
    ("ink", "tint"),
    ("soft", "paper"),
    ("soft", "raised"),
    ("soft", "tint"),
    ("link", "paper"),
    ("link", "raised"),
    ("link", "tint"),
    ("accent", "raised"),
    ("paper", "accent"),
    ("good", "good-tint"),
    ("good", "raised"),
    ("bad", "bad-tint"),
    ("ink", "bad-tint"),
    ("bad", "raised"),
    ("exit-ink", "exit"),
]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(scheme: dict[str, str], text: str, ground: str) -> None:
    lighter, darker = sorted((luminance(scheme[text]), luminance(scheme[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("series", [f"s{place}" for place in range(MOST_LINES)])
def test_each_series_of_a_chart_stands_out_from_its_ground(scheme: dict[str, str], series: str) -> None:
    for ground in ("paper", "raised"):
        lighter, darker = sorted((luminance(scheme[series]), luminance(scheme[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert not re.search(r"@import|@font-face|url\(", CSS)
