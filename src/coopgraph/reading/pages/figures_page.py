"""Page of figures: an indicator, bodies, areas, parts and years chosen, and what is drawn and listed of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.model.iris import AREA, BASE, CONCEPT
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, QB, SKOS, VOID
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.charts import ChartForm
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.figure_charts import FigureCharts, figure_charts
from coopgraph.reading.source import Source, bound_query
from coopgraph.reading.vocabulary import Vocabulary

_INDICATOR = CONCEPT + "indicator/"
_ENTITY = BASE + "id/"
_PART = CONCEPT + "breakdown/"
_TOTAL = "total"
_TERMS = (COOP.Observation, COOP.DerivedObservation, NamedNode(BASE + "id/scheme/indicator"))
_SETS = (QB.DataSet, QB.DataStructureDefinition, QB.ObservationGroup, VOID.Dataset)


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """What a reader chose, by keys: ``victims-supported``, ``org/kr-d4u-center``, ``kr``, ``total``.

    ``about`` and ``part`` are None where nothing was said, and empty for all. A figure belongs to the years from
    ``first`` to ``last`` where its period ends in one of them. ``form`` is how it is drawn, None: as fits best.
    """

    indicator: str = ""
    about: tuple[str, ...] | None = None
    areas: tuple[str, ...] = ()
    part: str | None = None
    first: int | None = None
    last: int | None = None
    form: ChartForm | None = None


@dataclass(frozen=True, slots=True)
class FigureOption:
    """Something to choose: its key, its name, how many figures there are, whether it is chosen."""

    key: str
    label: str
    tag: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """Figures to choose from and those chosen. Without a chosen indicator there are only indicators.

    ``main`` are those that are no share, change or average of another, first those with the most figures.
    ``choice`` says what is shown, with what was chosen for the reader: ``suggested``, where that is the body.
    ``query`` is the SPARQL query whose rows are the figures shown, ``total`` how many of the indicator there are.
    """

    choice: FigureChoice
    indicators: tuple[FigureOption, ...]
    main: tuple[FigureOption, ...]
    indicator: DisplayText | None = None
    definition: Wording | None = None
    related: tuple[FigureOption, ...] = ()
    about: tuple[FigureOption, ...] = ()
    areas: tuple[FigureOption, ...] = ()
    parts: tuple[FigureOption, ...] = ()
    years: tuple[int, ...] = ()
    suggested: bool = False
    total: int = 0
    charts: FigureCharts = field(default_factory=FigureCharts)
    query: str = ""


@dataclass(frozen=True, slots=True)
class _FigureCell:
    figure: NamedNode
    about: str
    area: str
    part: str
    period: NamedNode
    year: int


def figures_page(reading: Source, words: Vocabulary, choice: FigureChoice, language: str) -> FiguresPage:
    """Return the page of figures for ``choice``.

    Raises :class:`NotFound` for a key that no figure has, :class:`WrongUsage` for years the wrong way round.
    """
    counts, families = _indicators(reading)
    view = View(Graph(()), words, language)
    indicators = _options(view.label, language, counts, _INDICATOR, {choice.indicator})
    tellers = {key for head, family in families.items() if head in counts for key in family}
    main = (option for option in indicators if option.key not in tellers)
    ranked = tuple(sorted(main, key=lambda option: -option.count))
    if not choice.indicator:
        return FiguresPage(choice, indicators, ranked)
    if choice.indicator not in counts:
        raise NotFound(
            Message("There are no figures of the indicator “{key}”.", key=choice.indicator),
            Message("Choose one from the list."),
        )
    indicator = NamedNode(_INDICATOR + choice.indicator)
    cells = _cells_of(reading, indicator)
    _must_be_possible(choice, cells)
    resolved, shown = _chosen(choice, cells)
    counted = Counter(cell.about for cell in cells)
    subjects = tuple(NamedNode(_ENTITY + key) for key in sorted(counted))
    records = reading.n_triples("figure-records", figures=tuple(cell.figure for cell in shown)) if shown else b""
    view = View(Graph.of_n_triples(records, reading.n_triples("list", things=subjects)), words, language)
    family = {key: counts[key] for key in _relatives(choice.indicator, families) if key in counts}

    def subject(iri: str) -> DisplayText:
        return view.name(NamedNode(iri))

    return FiguresPage(
        choice=resolved,
        indicators=indicators,
        main=ranked,
        indicator=view.label(indicator),
        definition=choose(view.graph.literals(indicator, SKOS.definition), language),
        related=_options(view.label, language, family, _INDICATOR, set()),
        about=_options(subject, language, counted, _ENTITY, set(resolved.about or ())),
        areas=_options(view.label, language, Counter(cell.area for cell in cells), AREA, set(choice.areas)),
        parts=_options(view.label, language, Counter(cell.part for cell in cells), _PART, {resolved.part or ""}),
        years=tuple(sorted({cell.year for cell in cells})),
        suggested=choice.about is None and bool(resolved.about),
        total=len(cells),
        charts=figure_charts(view, [cell.figure for cell in shown], choice.form),
        query=_query_behind(indicator, shown) if shown else "",
    )


def _indicators(reading: Source) -> tuple[dict[str, int], Mapping[str, set[str]]]:
    """Return how many figures each indicator has, and by indicator those that are shares, changes or averages of it."""
    counts: dict[str, int] = {}
    families: dict[str, set[str]] = defaultdict(set)
    for row in reading.rows("figure-indicators"):
        key = row["indicator"].value.removeprefix(_INDICATOR)
        counts[key] = int(row["count"].value)
        if "of" in row:
            families[row["of"].value.removeprefix(_INDICATOR)].add(key)
    return counts, families


def _relatives(indicator: str, families: Mapping[str, set[str]]) -> set[str]:
    """Return the indicators that tell of the same."""
    heads = {indicator} | {head for head, family in families.items() if indicator in family}
    return heads.union(*(families.get(head, ()) for head in heads)) - {indicator}


def _cells_of(reading: Source, indicator: NamedNode) -> tuple[_FigureCell, ...]:
    return tuple(
        _FigureCell(
            figure=NamedNode(row["figure"].value),
            about=row["about"].value.removeprefix(_ENTITY),
            area=row["area"].value.removeprefix(AREA),
            part=row["part"].value.removeprefix(_PART),
            period=NamedNode(row["period"].value),
            year=int(row["end"].value[:4]),
        )
        for row in reading.rows("figure-cells", indicator=indicator)
    )


def _must_be_possible(choice: FigureChoice, cells: Sequence[_FigureCell]) -> None:
    known: tuple[tuple[Iterable[str], set[str]], ...] = (
        (choice.about or (), {cell.about for cell in cells}),
        (choice.areas, {cell.area for cell in cells}),
        (filter(None, (choice.part,)), {cell.part for cell in cells}),
    )
    for keys, here in known:
        for key in keys:
            if key not in here:
                raise NotFound(
                    Message("This indicator has no figures of “{key}”.", key=key), Message("Choose from the lists.")
                )
    if choice.first and choice.last and choice.first > choice.last:
        raise WrongUsage(
            Message("The first year, {first}, comes after the last, {last}.", first=choice.first, last=choice.last),
            Message("Choose a first year that is not after the last."),
        )


def _chosen(choice: FigureChoice, cells: Sequence[_FigureCell]) -> tuple[FigureChoice, tuple[_FigureCell, ...]]:
    """Return the choice with what it left open, and the figures of it: totals first of all, then the longest series."""
    found = [
        cell
        for cell in cells
        if (not choice.about or cell.about in choice.about)
        and (not choice.areas or cell.area in choice.areas)
        and (choice.first or cell.year) <= cell.year <= (choice.last or cell.year)
    ]
    part = choice.part if choice.part is not None else _TOTAL if any(cell.part == _TOTAL for cell in found) else ""
    found = [cell for cell in found if not part or cell.part == part]
    about = choice.about
    if about is None and not choice.areas and found:
        counted = Counter(cell.about for cell in found)
        about = (min(counted, key=lambda key: (-counted[key], key)),)
        found = [cell for cell in found if cell.about in about]
    return replace(choice, about=about, part=part), tuple(found)


def _options(
    label: Callable[[NamedNode | str], DisplayText] | Callable[[str], DisplayText],
    language: str,
    counts: Mapping[str, int],
    stem: str,
    chosen: set[str],
) -> tuple[FigureOption, ...]:
    options = []
    for key, count in counts.items():
        shown = label(stem + key)
        options.append(FigureOption(key, shown.text, shown.tag, count, key in chosen))
    return tuple(sorted(options, key=lambda option: sort_key(option.label, language)))


def _query_behind(indicator: NamedNode, cells: Sequence[_FigureCell]) -> str:
    """Return the query that gives the figures ``cells``, which are all of their bodies, areas, parts and periods."""
    return bound_query(
        "figure-table",
        indicators=(indicator,),
        subjects=_terms(_ENTITY, (cell.about for cell in cells)),
        areas=_terms(AREA, (cell.area for cell in cells)),
        parts=_terms(_PART, (cell.part for cell in cells)),
        periods=_terms("", (cell.period.value for cell in cells)),
    )


def _terms(stem: str, keys: Iterable[str]) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(stem + key) for key in sorted(set(keys)))


def figures_path(graph: Graph, node: NamedNode) -> str:
    """Return the path of the page of figures that belongs to ``node``, which ``graph`` describes; empty for none.

    A figure or series leads to its like, an indicator to its figures; data sets, the classes of figures and the scheme
    of indicators lead to all.
    """
    indicator, about, part = (graph.link(node, term) for term in (COOP.hasIndicator, COOP.refersTo, COOP.hasBreakdown))
    if indicator and about and part:
        chosen = {
            "indicator": indicator.value.removeprefix(_INDICATOR),
            "about": about.value.removeprefix(_ENTITY),
            "part": part.value.removeprefix(_PART),
        }
        return "/figures?" + urlencode(chosen, safe="/")
    if node.value.startswith(_INDICATOR) and graph.subjects(COOP.hasIndicator, node):
        return "/figures?" + urlencode({"indicator": node.value.removeprefix(_INDICATOR)})
    of_figures = node in _TERMS or any(graph.is_a(node, kind) for kind in _SETS)
    return "/figures" if of_figures else ""
