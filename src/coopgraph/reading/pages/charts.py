"""Charts: values of one unit by period, laid out as an SVG picture of bars or lines (https://www.w3.org/TR/SVG2/).

For every page that shows numbers: make a :class:`Chart`, lay it out with :func:`draw`, and give the
:class:`ChartPicture` to the macro ``chart`` of ``chart.html``. Beside it stands a table, which says the same in words.
:mod:`coopgraph.reading.pages.figure_charts` makes charts of the graph's figures.

Lengths are in units of the picture's view box, which is :data:`CHART_WIDTH` wide and scales to its place. Colours and
fonts come from the style sheet by class: a style in the picture itself the content security policy would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor
from typing import Literal

from wcwidth import wcswidth

from coopgraph.messages.message import translated
from coopgraph.reading.pages.display_text import DisplayText
from coopgraph.reading.values import in_words, number

ChartForm = Literal["bars", "lines"]
ChartJoin = Literal["", "solid", "dashed"]

CHART_WIDTH = 400
"""Width of a picture; at the width of a phone its letters are still large enough to read."""

MOST_LINES = 6
"""How many series one can tell apart as lines: each has a colour and a symbol of its own."""

_LETTER = 12
_LINE = 17
_BAR = 11
_ROW = _LINE + _BAR + 9
_PLOT_HEIGHT = 190
_SYMBOL = 4

_Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ChartPeriod:
    """A period: how it is called, and where it stands on an axis of time, in years (the middle of 2020 is 2020.5)."""

    label: str
    at: float


@dataclass(frozen=True, slots=True)
class ChartValue:
    """A value of a series. ``period`` is its position among the chart's periods.

    Without an ``amount`` nothing is drawn, and ``text`` says why. ``low`` and ``high`` are the bounds within which the
    true value lies, where it is rounded or computed. ``note`` is a second line beneath (what a share is a share of).
    ``join`` tells how a line comes from the value before: not at all, or dashed where the two compare with caution.
    """

    period: int
    amount: Decimal | None
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    computed: bool = False
    note: str = ""
    join: ChartJoin = ""


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """Values of one thing over time, at most one a period, in the order of the periods."""

    name: DisplayText
    values: tuple[ChartValue, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What one picture shows. ``key`` names it within its page; ``whole`` is the full length of shares (100)."""

    key: str
    title: str
    unit: str
    form: ChartForm
    periods: tuple[ChartPeriod, ...]
    series: tuple[ChartSeries, ...]
    whole: Decimal | None = None

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """Every amount that is drawn."""
        return tuple(value.amount for item in self.series for value in item.values if value.amount is not None)


@dataclass(frozen=True, slots=True)
class ChartShape:
    """A path of the picture: its data (SVG 2, section 9.3), its classes, and what it says when one points at it."""

    path_data: str
    classes: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChartLabel:
    """A line of text of the picture; ``anchor`` is the end of it that stands at ``x``."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    classes: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class ChartPicture:
    """A chart laid out, with the sentence that says in words what it shows."""

    key: str
    title: str
    description: str
    height: float
    shapes: tuple[ChartShape, ...]
    labels: tuple[ChartLabel, ...]


@dataclass(slots=True)
class _Canvas:
    height: float = 0
    shapes: list[ChartShape] = field(default_factory=list)
    labels: list[ChartLabel] = field(default_factory=list)


def draw(chart: Chart, language: str) -> ChartPicture:
    """Return ``chart`` as a picture for a reader of ``language``.

    Raises ValueError for lines of more than :data:`MOST_LINES` series, which nobody could tell apart.
    """
    if chart.form == "lines" and len(chart.series) > MOST_LINES:
        raise ValueError(f"{len(chart.series)} lines in one picture, {MOST_LINES} are the most")
    canvas = _Canvas()
    if chart.form == "bars":
        _bars(chart, canvas)
    else:
        _lines(chart, language, canvas)
    return ChartPicture(
        key=chart.key,
        title=chart.title,
        description=_description(chart, language),
        height=round(canvas.height, 1),
        shapes=tuple(canvas.shapes),
        labels=tuple(canvas.labels),
    )


def tick_values(low: Decimal, high: Decimal, about: int = 4) -> tuple[Decimal, ...]:
    """Return round numbers (1, 2 or 5 times a power of ten apart) that reach from ``low`` or less to ``high`` or more.

    There are some ``about`` + 1 of them; zero is one wherever it lies between.
    """
    span = high - low if high > low else Decimal(1)
    magnitude = Decimal(1).scaleb((span / about).adjusted())
    step = next(times * magnitude for times in (1, 2, 5, 10) if times * magnitude * about >= span)
    first, last = floor(low / step), ceil(high / step)
    return tuple(step * place for place in range(first, max(last, first + 1) + 1))


def _bars(chart: Chart, canvas: _Canvas) -> None:
    """Lay out one row a value: its name and number in a line of text, its bar beneath; periods as headings."""
    single = len(chart.series) == 1
    low, high = _domain(chart)
    unit = CHART_WIDTH / float(high - low)
    zero = abs(float(low)) * unit
    top = 0.0
    for place, period in enumerate(chart.periods):
        rows = [
            (number_of, item.name, value)
            for number_of, item in enumerate(chart.series)
            for value in item.values
            if value.period == place
        ]
        if rows and not single and len(chart.periods) > 1:
            canvas.labels.append(ChartLabel(0, top + _LETTER, _fitting(period.label, CHART_WIDTH), classes="heading"))
            top += _LINE + 3
        for number_of, name, value in rows:
            words = period.label if single else name.text
            room = CHART_WIDTH - _width(value.text) - 12
            tag = "" if single else name.tag
            canvas.labels.append(ChartLabel(0, top + _LETTER, _fitting(words, room), tag=tag))
            canvas.labels.append(ChartLabel(CHART_WIDTH, top + _LETTER, value.text, "end", "value"))
            _bar(canvas, chart, value, number_of % MOST_LINES, zero, unit, top + _LINE, f"{words}: {value.text}")
            top += _ROW
            if value.note:
                canvas.labels.append(ChartLabel(0, top + 3, _fitting(value.note, CHART_WIDTH), classes="aside"))
                top += _LINE
    canvas.height = max(top, _ROW)
    if low < 0:
        canvas.shapes.append(ChartShape(f"M{zero:.1f} 0V{canvas.height:.1f}", "axis"))


def _bar(
    canvas: _Canvas, chart: Chart, value: ChartValue, colour: int, zero: float, unit: float, top: float, words: str
) -> None:
    if chart.whole is not None:
        canvas.shapes.append(ChartShape(_box(zero, top, float(chart.whole) * unit, _BAR), "track"))
    if value.amount is None:
        return
    end = zero + float(value.amount) * unit
    # What is nearly nothing is still seen.
    width = max(abs(end - zero), 1.0)
    classes = f"bar s{colour}" + (" computed" if value.computed else "")
    canvas.shapes.append(ChartShape(_box(min(zero, end), top, width, _BAR), classes, words))
    if value.low is not None and value.high is not None and value.low < value.high:
        left, right = (zero + float(bound) * unit for bound in (value.low, value.high))
        middle = top + _BAR / 2
        canvas.shapes.append(
            ChartShape(
                f"M{left:.1f} {top + 2:.1f}v{_BAR - 4}m0 -{(_BAR - 4) / 2}H{right:.1f}m0 -{(_BAR - 4) / 2}v{_BAR - 4}"
                if right - left >= 2
                else f"M{left:.1f} {middle:.1f}H{right:.1f}",
                "bounds",
            )
        )


def _lines(chart: Chart, language: str, canvas: _Canvas) -> None:
    """Lay out values over an axis of time, with the names of the series beneath."""
    low, high = _domain(chart)
    ticks = tick_values(low, high)
    texts = [number(format(tick.normalize(), "f"), language) for tick in ticks]
    left, right, top = max(map(_width, texts)) + 8, CHART_WIDTH - 10, 16
    bottom = top + _PLOT_HEIGHT
    rise = _PLOT_HEIGHT / float(ticks[-1] - ticks[0])
    first = floor(min((period.at for period in chart.periods), default=0))
    last = max(ceil(max((period.at for period in chart.periods), default=1)), first + 1)
    year = (right - left) / (last - first)

    def x_of(value: ChartValue) -> float:
        return left + (chart.periods[value.period].at - first) * year

    def y_of(amount: Decimal) -> float:
        return bottom - float(amount - ticks[0]) * rise

    for tick, text in zip(ticks, texts, strict=True):
        canvas.shapes.append(ChartShape(f"M{left:.1f} {y_of(tick):.1f}H{right}", "axis" if tick == 0 else "grid"))
        canvas.labels.append(ChartLabel(left - 6, y_of(tick) + 4, text, "end", "tick"))
    canvas.labels.extend(_years(first, last, left, year, bottom + _LINE, language))
    taken: list[_Rectangle] = []
    for place, item in enumerate(chart.series):
        drawn = [value for value in item.values if value.amount is not None]
        points = [(x_of(value), y_of(value.amount), value) for value in drawn if value.amount is not None]
        for (x0, y0, _), (x1, y1, value) in pairwise(points):
            if value.join:
                canvas.shapes.append(ChartShape(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}", f"line s{place} {value.join}"))
        for x, y, value in points:
            if value.low is not None and value.high is not None and value.low < value.high:
                canvas.shapes.append(
                    ChartShape(f"M{x:.1f} {y_of(value.low):.1f}V{y_of(value.high):.1f}", f"bounds s{place}")
                )
            words = f"{item.name.text}, {chart.periods[value.period].label}: {value.text}"
            classes = f"point s{place}" + (" computed" if value.computed else "")
            canvas.shapes.append(ChartShape(_symbol(place, x, y), classes, words))
            taken.append((x - 5, y - 5, x + 5, y + 5))
    canvas.labels.extend(_numbers(chart, x_of, y_of, bottom, taken))
    top_of_names = bottom + _LINE + 10
    for place, item in enumerate(chart.series):
        y = top_of_names + place * _LINE
        canvas.shapes.append(ChartShape(_symbol(place, 6, y + 8), f"point s{place}"))
        canvas.labels.append(ChartLabel(18, y + _LETTER, _fitting(item.name.text, CHART_WIDTH - 18), tag=item.name.tag))
    canvas.height = top_of_names + len(chart.series) * _LINE + 4


def _years(first: int, last: int, left: float, year: float, y: float, language: str) -> Iterator[ChartLabel]:
    texts = [in_words(str(place), language) for place in range(first, last)]
    every = max(1, ceil((max(map(_width, texts)) + 6) / year))
    for place, text in enumerate(texts):
        if place % every == 0:
            yield ChartLabel(round(left + (place + 0.5) * year, 1), y, text, "middle", "tick")


def _numbers(
    chart: Chart,
    x_of: Callable[[ChartValue], float],
    y_of: Callable[[Decimal], float],
    bottom: float,
    taken: list[_Rectangle],
) -> Iterator[ChartLabel]:
    """Yield the number of each value for which there is room above ``bottom``, beside symbols and other numbers."""
    values = [value for item in chart.series for value in reversed(item.values)]
    for value in values:
        if value.amount is None:
            continue
        half = _width(value.text) / 2 + 2
        middle = min(max(x_of(value), half), CHART_WIDTH - half)
        height = y_of(value.amount)
        own = (x_of(value) - 5, height - 5, x_of(value) + 5, height + 5)
        for baseline in (height - 8, height + _LETTER + 7):
            box = (middle - half, baseline - _LETTER + 2, middle + half, baseline + 2)
            if box[3] <= bottom and not any(_overlap(box, other) for other in taken if other != own):
                taken.append(box)
                yield ChartLabel(round(middle, 1), round(baseline, 1), value.text, "middle", "value")
                break


def _overlap(one: _Rectangle, other: _Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _domain(chart: Chart) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest that the picture has to hold; zero is always within."""
    bounds = [
        bound
        for item in chart.series
        for value in item.values
        if value.amount is not None
        for bound in (value.low, value.high)
        if bound is not None
    ]
    all_of_them: Iterable[Decimal] = (*chart.amounts, *bounds, Decimal(0), chart.whole or Decimal(0))
    low, high = min(all_of_them), max(all_of_them)
    return (low, high) if low < high else (Decimal(0), Decimal(1))


def _symbol(place: int, x: float, y: float) -> str:
    """Return the path of the symbol of a series: disc, square, triangle, diamond, triangle on its head, cross."""
    s, a = _SYMBOL, _SYMBOL - 1.5
    outlines: Sequence[str] = (
        f"M{x - s:.1f} {y:.1f}a{s} {s} 0 1 0 {2 * s} 0a{s} {s} 0 1 0 -{2 * s} 0z",
        f"M{x - s:.1f} {y - s:.1f}h{2 * s}v{2 * s}h-{2 * s}z",
        f"M{x:.1f} {y - s - 1:.1f}l{s + 1} {2 * s}h-{2 * (s + 1)}z",
        f"M{x:.1f} {y - s - 1:.1f}l{s + 1} {s + 1}l-{s + 1} {s + 1}l-{s + 1} -{s + 1}z",
        f"M{x:.1f} {y + s + 1:.1f}l{s + 1} -{2 * s}h-{2 * (s + 1)}z",
        f"M{x - s:.1f} {y - 1.5:.1f}h{a}v-{a}h3v{a}h{a}v3h-{a}v{a}h-3v-{a}h-{a}z",
    )
    return outlines[place]


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:g}h-{width:.1f}z"


def _width(text: str) -> float:
    """Return about how wide a text is: letters of East Asia take a square each, others a good half of one."""
    return max(wcswidth(text), len(text) // 2) * _LETTER * 0.56


def _fitting(text: str, room: float) -> str:
    """Return ``text`` as far as there is room for it."""
    if _width(text) <= room:
        return text
    kept = text
    while kept and _width(kept + "…") > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _description(chart: Chart, language: str) -> str:
    named = [
        (value.amount, value.text, chart.periods[value.period].label, item.name.text)
        for item in chart.series
        for value in item.values
        if value.amount is not None
    ]
    if not named:
        return translated("No value can be drawn; the table says why.", language)
    least, greatest = min(named, key=lambda value: value[0]), max(named, key=lambda value: value[0])

    def where(value: tuple[Decimal, str, str, str]) -> str:
        return value[2] if len(chart.series) == 1 else f"{value[3]}, {value[2]}"

    return translated(
        "Values: {count}, unit: {unit}. The least is {least} ({where_least}), the greatest {greatest}"
        " ({where_greatest}). The table has them all.",
        language,
        count=number(str(len(named)), language),
        unit=chart.unit,
        least=least[1],
        where_least=where(least),
        greatest=greatest[1],
        where_greatest=where(greatest),
    )
