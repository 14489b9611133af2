"""Quality page: the measurements in a release's catalogue, as tables for readers.

What is measured, how, and under which names stands in the graph (https://www.w3.org/TR/vocab-dqv/). Here measurements
are only put in order: by dimension, by metric, then by the part of the graph that each is limited to. A metric with
decimals for values gives percentages, one with integers counts things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coopgraph.messages.message import translated
from coopgraph.model.iris import CONCEPT, DATASET
from coopgraph.model.language import LANGUAGES
from coopgraph.model.language_names import language_name
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, OWL, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.reading.pages.display_text import DisplayText, View, page_path
from coopgraph.reading.source import Source
from coopgraph.reading.values import in_words, number
from coopgraph.reading.vocabulary import Vocabulary

QUALITY_QUERY = "quality"
"""The query behind the page, by its name among this room's queries."""

METRICS = (
    "things",
    "things-in-area",
    "filled",
    "named",
    "sources-by-language",
    "sources-by-directness",
    "statements-by-directness",
    "statements-by-basis",
    "sources-by-year",
    "statements-by-verification",
)
"""Metrics in the order of the page; one that is not named here comes after these."""

_STEM = DATASET + "quality."
_BY_VERIFICATION = "statements-by-verification"
_UNCHECKED = NamedNode(CONCEPT + "verification/unchecked")


@dataclass(frozen=True, slots=True)
class MeasurementCell:
    """One measurement: its value in words, its part of the whole (0 to 1, None where there is no whole), its page."""

    value: str
    share: float | None
    share_in_words: str
    path: str


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One line of a table: what it is about, and a cell for each column; None where nothing was measured."""

    names: tuple[DisplayText, ...]
    cells: tuple[MeasurementCell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All measurements of one metric. Without ``columns``, each line has one cell."""

    key: str
    metric: DisplayText
    percent: bool
    heads: tuple[str, ...]
    columns: tuple[DisplayText, ...]
    lines: tuple[MeasurementRow, ...]

    @property
    def shares(self) -> bool:
        """Whether its values are parts of a whole."""
        return any(cell is not None and cell.share is not None for line in self.lines for cell in line.cells)


@dataclass(frozen=True, slots=True)
class Group:
    """The tables of one dimension of quality."""

    key: str
    dimension: DisplayText
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """All measurements of a release by dimension, and its known gaps as sentences."""

    groups: tuple[Group, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What a measurement is limited to: a class or property (``type`` says which), a concept of a scheme, a literal."""

    term: Term
    type: Term | None
    scheme: Term | None

    @property
    def is_class(self) -> bool:
        return self.type == OWL.Class

    @property
    def year(self) -> int:
        """The year that this is, 0 for anything else."""
        return int(self.term.value) if isinstance(self.term, Literal) and self.term.datatype == XSD.gYear else 0


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measurement. ``parts``: the class first, where it is limited to one."""

    node: NamedNode
    metric: NamedNode
    dimension: NamedNode
    value: Literal
    parts: tuple[_Part, ...]

    @property
    def percent(self) -> bool:
        return self.value.datatype == XSD.decimal

    @property
    def amount(self) -> Decimal:
        return Decimal(self.value.value)


def quality(reading: Source, words: Vocabulary, language: str) -> Quality:
    """Return the measurements of the release looked at, for a reader of ``language``."""
    found = _measured(reading)
    view = View(Graph(()), words, language)
    by_metric: dict[NamedNode, list[_Measured]] = defaultdict(list)
    for item in found:
        by_metric[item.metric].append(item)
    grouped: dict[NamedNode, list[Table]] = defaultdict(list)
    for metric in sorted(by_metric, key=_place):
        grouped[by_metric[metric][0].dimension].append(_table(view, metric, by_metric[metric]))
    groups = (Group(_key(node), view.label(node), tuple(tables)) for node, tables in grouped.items())
    return Quality(tuple(groups), tuple(_gaps(found, language)))


def _measured(reading: Source) -> tuple[_Measured, ...]:
    rows: dict[Term, list[Mapping[str, Term]]] = defaultdict(list)
    for row in reading.rows(QUALITY_QUERY):
        rows[row["measurement"]].append(row)
    found = []
    for node, of_node in rows.items():
        first = of_node[0]
        # A term of two types or schemes comes in several rows, of which the first is taken.
        parts = {
            row["part"]: _Part(row["part"], row.get("type"), row.get("scheme"))
            for row in reversed(of_node)
            if "part" in row
        }
        match node, first["metric"], first["dimension"], first["value"]:
            case NamedNode(), NamedNode() as metric, NamedNode() as dimension, Literal() as value:
                ordered = sorted(parts.values(), key=lambda part: (not part.is_class, str(part.term)))
                found.append(_Measured(node, metric, dimension, value, tuple(ordered)))
    return tuple(found)


def _table(view: View, metric: NamedNode, items: Sequence[_Measured]) -> Table:
    """Return a metric's table: classes across where each is measured by the same parts, else one line for each."""
    crossed = all(_is_class_by_part(item) for item in items)
    columns = _columns(view, items) if crossed else ()
    lines: dict[tuple[_Part, ...], dict[Term, _Measured]] = defaultdict(dict)
    totals: dict[Term, Decimal] = defaultdict(Decimal)
    for item in items:
        column = item.parts[0].term if crossed else metric
        lines[item.parts[1:] if crossed else item.parts][column] = item
        totals[column] += item.amount
    order = sorted(lines, key=lambda parts: _rank(view, parts, lines[parts].values()))
    across = [part.term for part in columns] if crossed else [metric]
    return Table(
        key=_key(metric),
        metric=view.label(metric),
        percent=all(item.percent for item in items),
        heads=tuple(_head(view, part) for part in (order[0] if order else ())),
        columns=tuple(_name(view, part) for part in columns),
        lines=tuple(
            MeasurementRow(
                tuple(_name(view, part) for part in parts),
                tuple(_cell(view, lines[parts].get(column), totals[column]) for column in across),
            )
            for parts in order
        ),
    )


def _is_class_by_part(item: _Measured) -> bool:
    return [part.type for part in item.parts] == [OWL.Class, None]


def _columns(view: View, items: Iterable[_Measured]) -> tuple[_Part, ...]:
    order = {kind.of_class: kind.order for kind in view.words.kinds}
    parts = {item.parts[0] for item in items}
    return tuple(sorted(parts, key=lambda part: (order.get(part.term.value, len(order)), part.term.value)))


def _rank(view: View, parts: tuple[_Part, ...], items: Iterable[_Measured]) -> tuple[object, ...]:
    """Return where a line stands: years newest first, anything else greatest first, each class by itself."""
    names = [_name(view, part).text.casefold() for part in parts]
    return names[:-1], [-part.year for part in parts], -sum(item.amount for item in items), names[-1:]


def _head(view: View, part: _Part) -> str:
    if isinstance(part.term, Literal):
        return translated("Year", view.language) if part.year else translated("Language", view.language)
    if part.scheme:
        return view.label(part.scheme.value).text
    return translated("Kind", view.language) if part.is_class else translated("What is recorded", view.language)


def _name(view: View, part: _Part) -> DisplayText:
    term = part.term.value
    if isinstance(part.term, Literal):
        return DisplayText(
            in_words(term, view.language) if part.year else language_name(conventional(term), view.language)
        )
    kind = next((kind for kind in view.words.kinds if kind.of_class == term), None)
    if kind is None:
        return view.label(term)
    plural = view.words.plural(kind, view.language)
    return DisplayText(plural.text, "" if plural.exact else plural.tag, path=f"/list/{kind.segment}")


def _cell(view: View, item: _Measured | None, total: Decimal) -> MeasurementCell | None:
    if item is None:
        return None
    path = page_path(item.node.value)
    if item.percent:
        shown = _percent(item.amount, view.language)
        return MeasurementCell(shown, float(item.amount / 100), shown, path)
    shown = number(item.value.value, view.language)
    if total == 0 or all(part.is_class for part in item.parts):
        return MeasurementCell(shown, None, "", path)
    return MeasurementCell(shown, float(item.amount / total), _percent(100 * item.amount / total, view.language), path)


def _gaps(found: Iterable[_Measured], language: str) -> Iterable[str]:
    """Yield what is known to be missing, each as a sentence with its measured number; nothing where nothing is."""
    values = {(_key(item.metric), *(part.term for part in item.parts)): item.amount for item in found}

    def lacking(kind: NamedNode, metric: str, part: Term) -> Decimal:
        value = values.get((metric, kind, part))
        return 100 - value if value is not None and values.get(("things", kind)) else Decimal()

    named = [(tag, lacking(COOP.Organization, "named", Literal(tag))) for tag in LANGUAGES]
    unnamed = [f"{language_name(tag, language)} {_percent(share, language)}" for tag, share in named if share]
    if unnamed:
        yield translated(
            "Organizations for which no name is recorded in a language: {languages}",
            language,
            languages=translated(", ", language).join(unnamed),
        )
    if share := lacking(COOP.SourceDocument, "filled", DCTERMS.issued):
        yield translated("Sources without a date of issue: {share}", language, share=_percent(share, language))
    if share := lacking(COOP.Service, "filled", COOP.isAvailableThrough):
        yield translated(
            "Services without a telephone number, an address or another way to reach them: {share}",
            language,
            share=_percent(share, language),
        )
    statements = sum((value for (metric, *_), value in values.items() if metric == _BY_VERIFICATION), Decimal())
    if unchecked := values.get((_BY_VERIFICATION, _UNCHECKED)):
        yield translated(
            "Statements that nobody has compared with their source since they were entered: {number} of {total}",
            language,
            number=number(str(unchecked), language),
            total=number(str(statements), language),
        )


def _percent(value: Decimal, language: str) -> str:
    return f"{number(str(value), language, 1)}%"


def _place(metric: NamedNode) -> tuple[int, str]:
    key = _key(metric)
    return (METRICS.index(key) if key in METRICS else len(METRICS)), key


def _key(node: NamedNode) -> str:
    return node.value.removeprefix(_STEM)
