"""Pictures of a result: a chart of two columns, or a graph of triples; none where the table alone says more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from math import cos, hypot, pi, sin

from coopgraph.messages.message import Message
from coopgraph.rdf.terms import Node
from coopgraph.reading.pages.charts import (
    CHART_WIDTH,
    Chart,
    ChartLabel,
    ChartPeriod,
    ChartPicture,
    ChartSeries,
    ChartShape,
    ChartValue,
    draw,
)
from coopgraph.reading.pages.display_text import DisplayText
from coopgraph.reading.values import number

_MOST_ROWS = 40
MOST_NODES = 24
_MOST_DRAWN_LINKS = 40
_MOST_NAMED_LINKS = 6

_YEAR = re.compile(r"[0-9]{4}")
_LETTERS_OF_A_NAME = 16
_ROUND = 5.0
_SIDE = 95.0


def result_chart(
    columns: Sequence[str], rows: Sequence[Sequence[tuple[str, bool]]], language: str
) -> ChartPicture | None:
    """Return bars of a table with names and numbers, lines where the names are years one after the other.

    A cell is its text, and whether that is a number.
    """
    if len(columns) != 2 or not 2 <= len(rows) <= _MOST_ROWS or not all(row[1][1] for row in rows):
        return None
    names = [row[0][0] for row in rows]
    try:
        amounts = [Decimal(row[1][0]) for row in rows]
    except InvalidOperation:
        return None
    if len(set(names)) < len(names) or not all(amount.is_finite() for amount in amounts):
        return None
    years = len(rows) > 2 and all(map(_YEAR.fullmatch, names)) and all(one < other for one, other in pairwise(names))
    chart = Chart(
        key="picture",
        title=Message("{number} by {name}", number=columns[1], name=columns[0]).in_language(language),
        unit=columns[1],
        form="lines" if years else "bars",
        periods=tuple(
            ChartPeriod(name, int(name) + 0.5 if years else float(place)) for place, name in enumerate(names)
        ),
        series=(
            ChartSeries(
                DisplayText(columns[1]),
                tuple(
                    ChartValue(place, amount, number(str(amount), language), join="solid" if place else "")
                    for place, amount in enumerate(amounts)
                ),
            ),
        ),
    )
    return draw(chart, language)


def result_graph(links: Sequence[tuple[Node, str, Node]], names: dict[Node, str], language: str) -> ChartPicture | None:
    """Return things as points on an ellipse and what joins two of them as lines; the one with most lines inside it.

    ``links`` are the triples between things, each with the label of its property; ``names`` are the labels of things.
    """
    degrees = Counter(end for one, _, other in links for end in (one, other))
    if not links or len(degrees) > MOST_NODES or len(links) > _MOST_DRAWN_LINKS:
        return None
    (centre, most), *_ = degrees.most_common(1)
    ring = sorted(set(degrees) - ({centre} if most > len(links) / 2 and len(degrees) > 3 else set()), key=str)
    rise = max(60.0, len(ring) * 14.0)
    height = 2 * rise + 60
    places = {centre: (CHART_WIDTH / 2, height / 2)}
    for place, node in enumerate(ring):
        angle = 2 * pi * place / len(ring) - pi / 2
        places[node] = (CHART_WIDTH / 2 + _SIDE * cos(angle), height / 2 + rise * sin(angle))
    shapes, labels = [], []
    for one, property_label, other in links:
        words = f"{names[one]} – {property_label} – {names[other]}"
        shapes += _arrow(places[one], places[other], words)
        if len(links) <= _MOST_NAMED_LINKS:
            x, y = ((a + b) / 2 for a, b in zip(places[one], places[other], strict=True))
            labels.append(ChartLabel(round(x, 1), round(y - 3, 1), _short_label(property_label), "middle", "aside"))
    for node, (x, y) in places.items():
        shapes.append(ChartShape(_disc(x, y), "point s0", names[node]))
        left, right = x < CHART_WIDTH / 2 - 1, x > CHART_WIDTH / 2 + 1
        label = _short_label(names[node])
        if left or right:
            beside = round(x - 9 if left else x + 9, 1)
            labels.append(ChartLabel(beside, round(y + 4, 1), label, "end" if left else "start"))
        else:
            labels.append(ChartLabel(x, round(y + (20 if y > height / 2 else -10), 1), label, "middle"))
    return ChartPicture(
        key="picture",
        title=Message("Picture of the triples").in_language(language),
        description=Message(
            "Things: {things}, links between them: {links}. The table has them all.",
            things=len(degrees),
            links=len(links),
        ).in_language(language),
        height=round(height, 1),
        shapes=tuple(shapes),
        labels=tuple(labels),
    )


def _arrow(start: tuple[float, float], end: tuple[float, float], words: str) -> list[ChartShape]:
    """Return the line from one point to another with its head; around the point itself where both are one."""
    (x, y), (to_x, to_y) = start, end
    length = hypot(to_x - x, to_y - y)
    if length < 1:
        return [ChartShape(f"M{x:.1f} {y:.1f}c-18 -22 18 -22 0 0", "line s0 solid", words)]
    dx, dy = (to_x - x) / length, (to_y - y) / length
    tip_x, tip_y = to_x - dx * (_ROUND + 1), to_y - dy * (_ROUND + 1)
    back_x, back_y = tip_x - dx * 7, tip_y - dy * 7
    corners = ((tip_x, tip_y), (back_x - dy * 3, back_y + dx * 3), (back_x + dy * 3, back_y - dx * 3))
    head = "M" + "L".join(f"{corner_x:.1f} {corner_y:.1f}" for corner_x, corner_y in corners) + "z"
    return [
        ChartShape(f"M{x:.1f} {y:.1f}L{back_x:.1f} {back_y:.1f}", "line s0 solid", words),
        ChartShape(head, "point s0"),
    ]


def _disc(x: float, y: float) -> str:
    return f"M{x - _ROUND:.1f} {y:.1f}a{_ROUND} {_ROUND} 0 1 0 {2 * _ROUND} 0a{_ROUND} {_ROUND} 0 1 0 -{2 * _ROUND} 0z"


def _short_label(text: str) -> str:
    return text if len(text) <= _LETTERS_OF_A_NAME else text[: _LETTERS_OF_A_NAME - 1].rstrip() + "…"
