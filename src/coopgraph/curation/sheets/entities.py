"""Entities of a spreadsheet as drafts of files: one row is one entity, with the passages of a source that speak of it.

What the passages say in these words is *stated*; what a curator reads out of them (a type, a topic, a country) is
*inferred*; a name that no passage holds is the curators' own and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coopgraph.curation.drafts import Draft, node
from coopgraph.curation.sheets.cells import CellReader, Codes, free_slug, is_language_tag, parts
from coopgraph.curation.sheets.sources import DETAILS, Evidence, SourceDraft, path_of, source_of
from coopgraph.curation.sheets.table import CellError, Columns, Sheet, TableRow
from coopgraph.messages.message import Message
from coopgraph.model.iris import CONCEPT, entity_name
from coopgraph.model.same_words import holds_words
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

PASSAGES = ("quote", "quote2", "quote3")

OF_SOURCE = (
    "source_slug",
    "source_url",
    "source_title",
    "source_language",
    "source_kind",
    "source_directness",
    "quote",
)
"""Columns about the source that every row fills in; where it is in the graph, only the first and the last."""

MORE_OF_SOURCE = ("source_date", "retrieved_on", "quote2", "quote3")
"""Further columns about the source."""

_EAST_ASIAN_TAGS = ("ko", "ja", "zh")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]"
)
_BETWEEN_NAMES = re.compile(r"[;；] ")
_OFFICIAL = NamedNode(CONCEPT + "label-origin/original")
_TRANSLATED = NamedNode(CONCEPT + "label-origin/editorial-translation")
INFERRED = NamedNode(CONCEPT + "basis/inferred")
_EDITORIAL = NamedNode(CONCEPT + "basis/editorial")

Statements = Callable[[CellReader, "Claims", Evidence, Codes, Index], Iterator[Triple]]


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A kind of entity that a row can hold: its path segment and class, its columns, and what a row states.

    ``required`` are the columns that every row fills in, ``optional`` others, both without those about the source;
    ``tagged`` may have a column for any language tag. ``dates`` and ``telephones`` are columns whose cells a
    spreadsheet program may have made something else of. ``properties`` are the columns, without language tags, by the
    IRI of the property that they are claims of.
    """

    segment: str
    of_class: NamedNode
    required: tuple[str, ...]
    optional: tuple[str, ...]
    tagged: tuple[str, ...]
    dates: tuple[str, ...]
    statements: Statements
    properties: Mapping[str, str]
    telephones: tuple[str, ...] = ()

    @property
    def all_required(self) -> tuple[str, ...]:
        """The columns that a sheet must have."""
        return (*self.required, *OF_SOURCE)

    @property
    def all_optional(self) -> tuple[str, ...]:
        """The columns that a sheet may have besides."""
        return (*self.optional, *MORE_OF_SOURCE)

    @property
    def columns(self) -> Columns:
        """What tells a sheet of this kind from others, and what a program may have made of its cells."""
        return Columns(
            frozenset(self.all_required),
            frozenset((*self.dates, "source_date", "retrieved_on")),
            frozenset(self.telephones),
        )

    @property
    def heading(self) -> str:
        """The heading of an empty sheet as CSV: what is asked of every row first."""
        return ",".join((*self.all_required, "name@ko", *self.all_optional)) + "\r\n"


def entity_drafts(
    sheet: Sheet, kind: SheetKind, known: Index, stated: Mapping[str, Sequence[Triple]]
) -> tuple[tuple[Draft, ...], tuple[CellError, ...]]:
    """Return the files that a sheet asks for, and what is wrong with it; where anything is, the files mean nothing.

    ``known`` is what the tree states, with its schemes: it says which codes there are and which slugs are taken.
    ``stated`` is what each file of the tree states, by path: passages of a source that is there are added to its file.
    """
    faults = [*sheet.faults, *_headings(sheet, kind)]
    codes = Codes(known)
    entities: list[Draft] = []
    sources: dict[str, SourceDraft] = {}
    names = (entity_name(entity.value) for entity, _ in known.pairs(DCTERMS.identifier))
    taken = {name.slug for name in names if name}
    spoiled = frozenset((fault.row, fault.column) for fault in sheet.faults)
    for row in sheet.rows:
        held = stated.get(f"data/{kind.segment}/{row.cells.get('slug', '')}.ttl", ()) if row.cells.get("id") else ()
        of_source = stated.get(path_of(row.cells.get("source_slug", "")), ())
        required = frozenset(OF_SOURCE if held else kind.all_required) - (DETAILS if of_source else frozenset())
        reader = CellReader(row, sheet.letters, required, faults, spoiled)
        if held:
            faults += _unsourced(row, sheet)
        slug = row.cells["slug"] if held else free_slug(reader, "slug", taken)
        source = source_of(reader, sources, of_source, taken, codes)
        if sheet.encoding != "utf-8":
            _look_at_letters(reader, source.language, kind.tagged)
        quotes = tuple(text for column in PASSAGES if (text := reader.text(column)))
        claims = Claims(node(kind.segment, slug), slug, _numbers(held))
        triples = (
            *held,
            Triple(claims.subject, RDF.type, kind.of_class),
            Triple(claims.subject, DCTERMS.identifier, Literal(slug)),
            *kind.statements(reader, claims, Evidence(source, quotes or ("missing",)), codes, known),
        )
        unique = tuple(dict.fromkeys(triples))
        entities.append(Draft(f"data/{kind.segment}/{slug}.ttl", unique, (row.number,), extends=bool(held)))
    files = [*entities, *(source.draft() for source in sources.values())]
    return tuple(files), tuple(sorted(faults, key=lambda fault: (fault.row, len(fault.column), fault.column)))


def _unsourced(row: TableRow, sheet: Sheet) -> Iterator[CellError]:
    """Yield what is wrong with a row that says something new of what there is, where it names no source for that."""
    if not row.cells.get("source_slug") or not row.cells.get("quote"):
        new = next(name for name in row.cells if name not in ("id", "slug"))
        reason = Message(
            "This is new to the graph: name its source in the columns “source_slug” and “quote”, which you may add."
        )
        yield CellError(row.number, sheet.letters.get(new, ""), reason)


def _numbers(held: Sequence[Triple]) -> dict[NamedNode, int]:
    """Return the highest number that a claim has in the statements of a file, by property."""
    predicates = {triple.subject: triple.object for triple in held if triple.predicate == RDF.predicate}
    found: dict[NamedNode, int] = {}
    for claim, predicate in predicates.items():
        number = claim.value.rpartition(".")[2] if isinstance(claim, NamedNode) else ""
        if isinstance(predicate, NamedNode) and number.isdecimal():
            found[predicate] = max(found.get(predicate, 0), int(number))
    return found


def local_languages(
    reader: CellReader, codes: Codes, known: Index, subject: NamedNode, column: str, predicate: NamedNode
) -> tuple[list[Term], set[str]]:
    """Return the areas that a cell names, and the languages of its areas, or of those that the graph gives."""
    areas = codes.find(reader, column, "area")
    claims = [
        claim for claim in known.subjects(RDF.subject, subject) if predicate in known.objects(claim, RDF.predicate)
    ]
    all_areas = areas or [value for claim in claims for value in known.objects(claim, RDF.object)]
    return areas, {tag.value for area in all_areas for tag in known.objects(area, DCTERMS.language)}


def _look_at_letters(reader: CellReader, language: str, tagged: Sequence[str]) -> None:
    """Note texts in East Asian languages without one of their letters: the bytes were read in a wrong encoding."""
    quotes = ((column, language, reader.text(column)) for column in PASSAGES)
    names = (found for column in tagged for found in reader.tagged(column))
    for column, tag, text in (*names, *quotes):
        if tag.startswith(_EAST_ASIAN_TAGS) and not text.isascii() and not _EAST_ASIAN.search(text):
            reader.fault(
                column, Message("“{value}” has no letter of its language; --lang names the wrong encoding.", value=text)
            )


def _headings(sheet: Sheet, kind: SheetKind) -> Iterator[CellError]:
    complete = all(row.cells.get("id") for row in sheet.rows)
    for name in () if complete and sheet.letters.get("id") else kind.all_required:
        if name not in sheet.letters:
            yield CellError(1, "", Message("The column “{name}” is missing.", name=name))
    for name, letter in sheet.letters.items():
        base, _, tag = name.partition("@")
        if name not in (*kind.all_required, *kind.all_optional, "id") and not (
            base in kind.tagged and is_language_tag(tag)
        ):
            yield CellError(1, letter, Message("There is no column “{name}”; see the template.", name=name))


@dataclass(slots=True)
class Claims:
    """Claims about one subject, numbered by property."""

    subject: NamedNode
    slug: str
    _numbers: dict[NamedNode, int] = field(default_factory=dict)

    def make(
        self, predicate: NamedNode, value: Term, citation: NamedNode | None, basis: NamedNode | None, *more: Triple
    ) -> Iterator[Triple]:
        """Yield a new claim; ``more`` are triples about it, whose subject is put right."""
        self._numbers[predicate] = number = self._numbers.get(predicate, 0) + 1
        local = re.split(r"[#/]", predicate.value)[-1]
        claim = node("claim", f"{self.slug}.{local}.{number}")
        yield Triple(claim, RDF.type, COOP.Claim)
        yield Triple(claim, RDF.subject, self.subject)
        yield Triple(claim, RDF.predicate, predicate)
        yield Triple(claim, RDF.object, value)
        if citation:
            yield Triple(claim, COOP.hasEvidence, citation)
        if basis:
            yield Triple(claim, COOP.hasBasis, basis)
        for triple in more:
            yield Triple(claim, triple.predicate, triple.object)


def several_names(predicate: NamedNode, text: str) -> list[str]:
    """Return the names in a cell: other names may be several, with semicolons between; the name itself is one."""
    return [text] if predicate == SKOS.prefLabel else parts(text, _BETWEEN_NAMES)


def claimed_name(
    claims: Claims, predicate: NamedNode, text: str, tag: str, is_local: bool, evidence: Evidence
) -> Iterator[Triple]:
    """Yield a name: as the passage has it, else as the curators' own wording, which is said of it."""
    citation = evidence.citation(lambda quote: holds_words(quote, text, any_case=True))
    origin = Triple(claims.subject, COOP.hasLabelOrigin, _OFFICIAL if citation and is_local else _TRANSLATED)
    note = Literal("Worded by the curators; the passages do not hold this name.", language="en")
    more = () if citation else (Triple(claims.subject, COOP.curatorNote, note),)
    origins = (origin,) if is_local or not citation else ()
    yield from claims.make(
        predicate, Literal(text, language=tag), citation, None if citation else _EDITORIAL, *origins, *more
    )
