"""Laws page: which jurisdiction makes a crime of which conduct, since when, with what penalty; bills stand apart.

A place where the graph holds no law is a gap of the graph. It is shown as such, never as what is allowed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.model.language import chain
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, ELI, RDF
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.filters import concept_named
from coopgraph.reading.pages.charts import Chart, ChartPeriod, ChartPicture, ChartSeries, ChartValue, draw
from coopgraph.reading.pages.display_text import DisplayText, View, safe_url
from coopgraph.reading.pages.help import WORLD
from coopgraph.reading.source import Source
from coopgraph.reading.values import in_words, number
from coopgraph.reading.vocabulary import Vocabulary

CONDUCT_AT_FIRST = "image-based-sexual-abuse"
"""Key of the conduct that the page is about where none is chosen."""

_CONDUCT = CONCEPT + "conduct/"
_BILL = NamedNode(CONCEPT + "law-type/bill")
_STATUTE = CONCEPT + "source-kind/statute"
_COMMENCEMENT = NamedNode(CONCEPT + "effective-date-source/commencement-record")


@dataclass(frozen=True, slots=True)
class LawEntry:
    """A law, or a section of it, that makes a crime of some conduct.

    ``year`` is empty where no date is recorded; ``statute`` is the address of the statute or gazette that what is said
    of the law is quoted from, where it is quoted from one.
    """

    law: DisplayText
    section: str
    since: str
    year: str
    penalties: tuple[DisplayText, ...]
    statute: str


@dataclass(frozen=True, slots=True)
class JurisdictionRow:
    """What one jurisdiction has, by column; ``within`` names the larger one that it is part of."""

    area: DisplayText
    within: str
    cells: tuple[tuple[LawEntry, ...], ...]


@dataclass(frozen=True, slots=True)
class DatedLaw:
    """A law on the timeline, and the day, month or year by which it was in force."""

    law: DisplayText
    area: DisplayText
    since: str


@dataclass(frozen=True, slots=True)
class Bill:
    """A proposal that is not in force, and the conduct that it would make a crime."""

    law: DisplayText
    area: DisplayText
    conducts: tuple[DisplayText, ...]


@dataclass(frozen=True, slots=True)
class BodyUnderLaw:
    """A body that works under a law or enforces it; ``tie`` says which of the two."""

    body: DisplayText
    tie: DisplayText
    law: DisplayText
    area: DisplayText | None


@dataclass(frozen=True, slots=True)
class ConductOption:
    """A conduct to choose; ``depth`` is 1 below a broader one."""

    key: str
    label: str
    depth: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class LawsPage:
    """The matrix with what stands around it.

    ``without`` are jurisdictions of which the graph holds laws, but none on this conduct; ``undated`` counts the laws
    that a chosen ``year`` leaves out because the date is not recorded.
    """

    conduct: DisplayText
    conducts: tuple[ConductOption, ...]
    year: int | None
    years: tuple[int, ...]
    columns: tuple[DisplayText, ...]
    rows: tuple[JurisdictionRow, ...]
    without: tuple[DisplayText, ...]
    undated: int
    statute: DisplayText
    chart: ChartPicture | None
    timeline: tuple[tuple[str, tuple[DatedLaw, ...]], ...]
    bills: tuple[Bill, ...]
    bodies: tuple[BodyUnderLaw, ...]


def laws_page(
    reading: Source, words: Vocabulary, language: str, conduct: str = "", year: int | None = None
) -> LawsPage:
    """Return the laws on a conduct (its key; the narrower ones are its columns), those in force by the end of ``year``.

    Raises :class:`NotFound` where there is no such conduct.
    """
    chosen = concept_named(words, "conduct", conduct or CONDUCT_AT_FIRST)
    laws = _Laws(View(Graph.of_n_triples(reading.n_triples("laws")), words, language))
    columns = laws.columns(chosen)
    by_area = laws.entries(columns, year)
    areas = sorted(laws.areas, key=laws.place)
    asked = {law for law, of in laws.conducts_of.items() if any(of & column for column in columns.values())}
    return LawsPage(
        conduct=laws.view.label(chosen),
        conducts=laws.options(chosen),
        year=year,
        years=tuple(sorted({int(date[:4]) for law in laws.in_force if (date := laws.date(law))}, reverse=True)),
        columns=tuple(map(laws.view.label, columns)),
        rows=tuple(laws.row(area, by_area[area], len(columns)) for area in areas if area in by_area),
        without=tuple(laws.view.label(area) for area in areas if area not in by_area),
        undated=sum(1 for law in laws.in_force if law in asked and not laws.date(law)) if year else 0,
        statute=laws.view.label(_STATUTE),
        chart=laws.chart(law for law in laws.in_force if law in asked),
        timeline=laws.timeline((law for law in laws.in_force if law in asked), year),
        bills=laws.bills(),
        bodies=laws.bodies(),
    )


class _Laws:
    """The laws of one graph."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.graph = view.graph
        every = self.graph.subjects(RDF.type, COOP.Law)
        self.bill_nodes = [law for law in every if _BILL in self.graph.links(law, ELI.type_document)]
        self.in_force = [law for law in every if law not in set(self.bill_nodes)]
        self.conducts_of = {law: {link.value for link in self.graph.links(law, COOP.criminalizes)} for law in every}
        self.areas = {link.value for law in self.in_force for link in self.graph.links(law, ELI.jurisdiction)}

    def options(self, chosen: str) -> tuple[ConductOption, ...]:
        """Return the conducts that any law makes a crime, and all broader ones, these with theirs beneath."""
        words, language = self.view.words, self.view.language
        used = {conduct for law in self.in_force for conduct in self.conducts_of[law]}
        shown = used | {wider for conduct in used for wider in words.broader_of(conduct)} | {chosen}

        def place(conduct: str) -> tuple[bytes, ...]:
            way = [*reversed(words.broader_of(conduct)), conduct]
            return tuple(sort_key(words.label(item, language).text, language) for item in way)

        return tuple(
            ConductOption(
                conduct.removeprefix(_CONDUCT),
                words.label(conduct, language).text,
                len(words.broader_of(conduct)),
                conduct == chosen,
            )
            for conduct in sorted(shown, key=place)
        )

    def columns(self, chosen: str) -> Mapping[str, set[str]]:
        """Return the conducts that stand above the columns, each with those that count in it.

        They are the ones directly below ``chosen``, before them itself where a law names it.
        """
        words = self.view.words
        used = {conduct for law in self.in_force for conduct in self.conducts_of[law]}
        found: dict[str, set[str]] = {chosen: {chosen}} if chosen in used else {}
        below = [conduct for conduct, wider in words.broader.items() if chosen in wider]
        for column in sorted(below, key=lambda item: -sum(item in self.conducts_of[law] for law in self.in_force)):
            if within := {conduct for conduct in used if conduct == column or column in words.broader_of(conduct)}:
                found[column] = within
        return found or {chosen: {chosen}}

    def entries(self, columns: Mapping[str, set[str]], year: int | None) -> dict[str, dict[int, list[LawEntry]]]:
        """Return what stands in each cell, by jurisdiction and column: sections where they say it, else whole laws."""
        found: dict[str, dict[int, list[LawEntry]]] = defaultdict(lambda: defaultdict(list))
        for law in self.in_force:
            sections = self.graph.subjects(ELI.is_part_of, law)
            for place, within in enumerate(columns.values()):
                saying = [part for part in sections if self._criminalizes(part, within)]
                if not saying and not self.conducts_of[law] & within:
                    continue
                for text in saying or [law]:
                    entry = self._entry(law, text, sections)
                    if year is None or (entry.year and int(entry.year) <= year):
                        for area in self.graph.links(law, ELI.jurisdiction):
                            found[area.value][place].append(entry)
        return found

    def row(self, area: str, cells: Mapping[int, list[LawEntry]], width: int) -> JurisdictionRow:
        """Return the row of a jurisdiction: in each cell the oldest first, those without a date last."""
        wider = next((item for item in self.view.words.broader_of(area) if item != WORLD), "")
        return JurisdictionRow(
            self.view.label(area),
            self.view.label(wider).text if wider else "",
            tuple(
                tuple(sorted(cells.get(place, ()), key=lambda entry: entry.year or "9999")) for place in range(width)
            ),
        )

    def place(self, area: str) -> tuple[bytes, ...]:
        """Return where a jurisdiction stands in a list: parts follow what they are part of."""
        language = self.view.language
        wider = [item for item in self.view.words.broader_of(area) if item != WORLD]
        return tuple(sort_key(self.view.label(item).text, language) for item in (*reversed(wider), area))

    def date(self, text: NamedNode) -> str:
        """Return the date by which a text is known to be in force, empty where none is recorded."""
        return self.graph.plain(text, COOP.effectiveDate)

    def chart(self, laws: Iterable[NamedNode]) -> ChartPicture | None:
        """Return the picture of how many laws came into force in each year."""
        counts = Counter(date[:4] for law in laws if (date := self.date(law)))
        if not counts:
            return None
        language = self.view.language
        years = sorted(counts)
        return draw(
            Chart(
                key="laws-by-year",
                title=Message("Laws by the year in which they came into force").in_language(language),
                unit=Message("Laws").in_language(language),
                form="bars",
                periods=tuple(ChartPeriod(in_words(year, language), int(year) + 0.5) for year in years),
                series=(
                    ChartSeries(
                        DisplayText(Message("Laws").in_language(language)),
                        tuple(
                            ChartValue(place, Decimal(counts[year]), number(str(counts[year]), language))
                            for place, year in enumerate(years)
                        ),
                    ),
                ),
            ),
            language,
        )

    def timeline(self, laws: Iterable[NamedNode], until: int | None) -> tuple[tuple[str, tuple[DatedLaw, ...]], ...]:
        """Return the laws by the year in which they came into force, the newest first."""
        language = self.view.language
        by_year: dict[str, list[NamedNode]] = defaultdict(list)
        for law in laws:
            if (date := self.date(law)) and (until is None or int(date[:4]) <= until):
                by_year[date[:4]].append(law)
        return tuple(
            (
                in_words(year, language),
                tuple(
                    DatedLaw(self.view.name(law), self._area(law), in_words(self.date(law), language))
                    for law in sorted(by_year[year], key=self.date, reverse=True)
                ),
            )
            for year in sorted(by_year, reverse=True)
        )

    def bills(self) -> tuple[Bill, ...]:
        """Return the bills, by jurisdiction."""
        ordered = sorted(self.bill_nodes, key=lambda law: self.place(self._area_iri(law)))
        return tuple(
            Bill(
                self.view.name(law),
                self._area(law),
                tuple(self.view.label(conduct) for conduct in sorted(self.conducts_of[law])),
            )
            for law in ordered
        )

    def bodies(self) -> tuple[BodyUnderLaw, ...]:
        """Return which body works under which law or enforces it, by the body's name."""
        graph, view = self.graph, self.view
        ties = [
            (body, COOP.hasLegalBasis, text)
            for body in graph.described()
            if isinstance(body, NamedNode)
            for text in graph.links(body, COOP.hasLegalBasis)
        ]
        ties += [
            (body, COOP.isEnforcedBy, text)
            for text in graph.described()
            if isinstance(text, NamedNode)
            for body in graph.links(text, COOP.isEnforcedBy)
        ]
        shown = [
            BodyUnderLaw(
                view.name(body), view.label(tie), view.name(text), self._area(law) if (law := self._law(text)) else None
            )
            for body, tie, text in ties
        ]
        return tuple(sorted(shown, key=lambda item: sort_key(item.body.text, view.language)))

    def _entry(self, law: NamedNode, text: NamedNode, sections: list[NamedNode]) -> LawEntry:
        graph = self.graph
        date = self.date(text) or self.date(law)
        penalties = graph.literals(text, COOP.maximumPenalty)
        if text == law:
            of_sections = {value for part in sections for value in graph.literals(part, COOP.maximumPenalty)}
            penalties = [value for value in penalties if value not in of_sections]
        return LawEntry(
            self.view.name(law),
            graph.plain(text, ELI.number) if text != law else "",
            self._since(text, date),
            date[:4],
            tuple(self.view.text(value) for value in _nearest(penalties, self.view.language)),
            next(
                filter(None, (safe_url(graph.plain(item, COOP.url)) for item in graph.links(law, DCTERMS.source))), ""
            ),
        )

    def _since(self, text: NamedNode, date: str) -> str:
        language = self.view.language
        if not date:
            return Message("recorded, without a date").in_language(language)
        shown = in_words(date, language)
        if _COMMENCEMENT in self.graph.links(text, COOP.hasEffectiveDateSource):
            return Message("in force by {date}", date=shown).in_language(language)
        return Message("since {date}", date=shown).in_language(language)

    def _criminalizes(self, text: NamedNode, conducts: set[str]) -> bool:
        return any(link.value in conducts for link in self.graph.links(text, COOP.criminalizes))

    def _law(self, text: NamedNode) -> NamedNode | None:
        if self.graph.is_a(text, COOP.Law):
            return text
        return self.graph.link(text, ELI.is_part_of)

    def _area_iri(self, law: NamedNode) -> str:
        link = self.graph.link(law, ELI.jurisdiction)
        return link.value if link else AREA

    def _area(self, law: NamedNode) -> DisplayText:
        return self.view.label(self._area_iri(law))


def _nearest(texts: list[Literal], language: str) -> list[Literal]:
    """Return the texts in the reader's language, else those in the next that there are any in, else all."""
    for tag in chain(language):
        if found := [text for text in texts if conventional(text.language or "") == tag]:
            return found
    return texts
