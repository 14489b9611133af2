"""Which facts of the fact packs the graph holds, and by what; the rest with the reason: ``docs/data-coverage.md``.

A fact counts as held where a passage of the same source with the same words supports something of a kind that can carry
it (``carriers.tsv``), and what can be compared agrees: the number of a figure, a name, a date, an area, another entity,
an address. Passages may be longer or shorter than the fact's quote: the source page is cut into its sentences, and some
quotes are cut, or replaced by another passage of their source, so that they name nobody; where the words differ, what
can be compared has to agree. What is left out stands in ``left_out.tsv``.

Run it in the root of the checkout: ``python -m tests.data.coverage`` (or ``make coverage``).
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coopgraph import settings
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.tree import locate, read_tree
from coopgraph.model.iris import NOT_IN_DEFAULT_GRAPH, entity_name
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SDMX_MEASURE
from coopgraph.rdf.terms import Literal, Term

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = Path(os.environ.get("SHARED_FOLDER", ROOT.parent / "shared")) / "facts"
PACKS = tuple(
    FOLDER / name
    for name in ("facts.jsonl", "facts-americas-asia.jsonl", "facts-europe-africa.jsonl", "facts-sameas.jsonl")
)
"""The packs, in the order in which they were loaded; ids are unique over all of them."""
DOCUMENT = ROOT / "docs" / "data-coverage.md"

SOURCE_PAGE = "seed"
"""How the pack names the page that the graph began with, which has no address of its own there."""

NAMES = frozenset(
    {"prefLabel", "altLabel", "hiddenLabel", "acronym", "formerName", "registrationNumber", "title", "id_local", "seat"}
)
DATES = frozenset(
    {
        "foundingDate",
        "activeSince",
        "entersIntoForceOn",
        "enactmentDate",
        "publicationDate",
        "amendmentDate",
        "occurredOn",
    }
)
AREAS = frozenset({"isBasedIn", "jurisdiction", "isLocatedIn"})
LINKS = frozenset(
    {"isOperatedBy", "subOrganizationOf", "isFundedBy", "isMemberOf", "worksInSolidarityWith", "amends", "repeals"}
)
REFERS = ("hasEvidence", "isDefectIn", "isCorrectedBy")
"""Properties by which a claim or record rests on a passage."""


@dataclass(frozen=True)
class Fact:
    """One line of a pack."""

    pack: str
    id: str
    about: str
    entity_type: str
    property: str
    value: str
    area: str
    source_url: str
    quote: str
    confidence: str


@dataclass(frozen=True)
class Item:
    """A claim or record: its name, what can be said of it to match a fact, and the values it holds."""

    name: str
    carrier: str
    values: tuple[Term, ...]


@dataclass(frozen=True)
class Coverage:
    """What became of each fact: what holds it, or why nothing does; ``missing`` are neither held nor explained."""

    facts: tuple[Fact, ...]
    held: Mapping[str, tuple[Item, ...]]
    reasons: Mapping[str, str]

    @property
    def missing(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.id not in self.held and fact.id not in self.reasons)


def read_facts(path: Path) -> tuple[Fact, ...]:
    """Return the facts of a pack, in its order."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Fact(
            path.name,
            line["id"],
            line["about"],
            line["entity_type"],
            line["property"],
            str(line["value"]),
            str(line.get("area") or (line["value"] if line["property"] in ("country", "jurisdiction") else "")),
            line["source_url"],
            line["quote"],
            line["confidence"],
        )
        for line in lines
    )


def read_packs(paths: Iterable[Path] = PACKS) -> tuple[Fact, ...]:
    """Return the facts of several packs, one pack after the other."""
    return tuple(fact for path in paths for fact in read_facts(path))


def table(name: str) -> list[list[str]]:
    """Return the rows of a table beside this file, without its heading."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t"))[1:]


def the_graph() -> Index:
    """Return the graph of this checkout, without the shapes."""
    chosen, _ = settings.load_settings({}, {})
    graphs = materialize(read_tree(locate(chosen))).graphs
    return Index(triple for name, triples in graphs.items() if name not in NOT_IN_DEFAULT_GRAPH for triple in triples)


def cover(facts: tuple[Fact, ...], graph: Index) -> Coverage:
    """Match every fact with what holds it."""
    carriers = {(kind, name): frozenset(carried.split()) for kind, name, carried in table("carriers.tsv")}
    reasons = dict(table("left_out.tsv"))
    passages = Passages(graph)
    held: dict[str, tuple[Item, ...]] = {}
    for fact in facts:
        wanted = carriers.get((fact.entity_type, fact.property)) or carriers.get((fact.entity_type, "*"), frozenset())
        same_words = [item for item in passages.same_words(fact) if item.carrier in wanted]
        items = [item for item in same_words if agreement(fact, item) is not False] or [
            item for item in passages.same_source(fact) if item.carrier in wanted and agreement(fact, item)
        ]
        if items and fact.id not in reasons:
            held[fact.id] = tuple(items)
    return Coverage(facts, held, reasons)


class Passages:
    """The passages of the graph by source, and what rests on each."""

    def __init__(self, graph: Index) -> None:
        self._graph = graph
        self._by_address: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        self._unlinked: list[tuple[str, Term]] = []
        for citation in graph.instances(COOP.Citation):
            (quote,) = graph.objects(citation, COOP.quote)
            (source,) = graph.objects(citation, COOP.isQuotedFrom)
            passage = (plain(quote.value), citation)
            addresses = [address.value for address in graph.objects(source, COOP.url)]
            for address in addresses:
                self._by_address[address].append(passage)
            if not addresses:
                self._unlinked.append(passage)
            if source.value.endswith("/paps-seed-page"):
                self._by_address[SOURCE_PAGE].append(passage)

    def same_words(self, fact: Fact) -> list[Item]:
        """Return what rests on a passage of the fact's source with its words, in the order of names."""
        words = plain(fact.quote)
        passages = self._by_address.get(fact.source_url) or self._unlinked
        return self._resting({citation for quote, citation in passages if words in quote or quote in words})

    def same_source(self, fact: Fact) -> list[Item]:
        """Return what rests on any passage of the fact's source, in the order of names."""
        return self._resting({citation for _, citation in self._by_address.get(fact.source_url, ())})

    def _resting(self, citations: Iterable[Term]) -> list[Item]:
        resting: set[Term] = set()
        for citation in citations:
            resting.update(self._graph.objects(citation, COOP.isQuotedFrom))
            for name in REFERS:
                resting.update(self._graph.subjects(COOP.term(name), citation))
        return [self._item(subject) for subject in sorted(resting, key=str)]

    def _item(self, subject: Term) -> Item:
        graph = self._graph
        name = entity_name(subject.value)
        assert name is not None
        if name.segment == "claim":
            (predicate,) = graph.objects(subject, RDF.predicate)
            ends = (*graph.objects(subject, RDF.object), *graph.objects(subject, RDF.subject))
            return Item(f"{name.segment}/{name.slug}", local_name(predicate), ends)
        return Item(
            f"{name.segment}/{name.slug}",
            name.segment,
            tuple(
                value
                for predicate in (
                    SDMX_MEASURE.obsValue,
                    COOP.refersTo,
                    COOP.telephone,
                    COOP.email,
                    DCTERMS.term("title"),
                    COOP.url,
                )
                for value in graph.objects(subject, predicate)
            ),
        )


def agreement(fact: Fact, item: Item) -> bool | None:
    """Return whether what can be compared of the fact and the item is the same; None where nothing can be compared."""
    texts = [value.value for value in item.values]
    if item.carrier == "figure":
        numbers = [float(value.value) for value in item.values if isinstance(value, Literal)]
        return float(fact.value) in numbers and any(text.endswith("/" + fact.about) for text in texts)
    if item.carrier == "channel":
        return plain(fact.value) in map(plain, texts) or digits(fact.value).lstrip("0") in "".join(map(digits, texts))
    if item.carrier in NAMES and fact.property in ("name", "alternate_name", "acronym", "formerly_named", "short_name"):
        return name_of(fact.value) in map(name_of, texts)
    if item.carrier in DATES and re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", fact.value):
        return fact.value in texts
    if item.carrier in AREAS and fact.property in ("country", "jurisdiction"):
        return any(text.endswith("/area/" + fact.value.lower()) for text in texts)
    if item.carrier in LINKS and re.fullmatch(r"[a-z0-9-]+", fact.value):
        return any(text.endswith("/" + fact.value) for text in texts)
    if item.carrier == "homepage":
        return fact.value.removeprefix("https://") in [text.removeprefix("https://") for text in texts]
    return None


def plain(text: str) -> str:
    """Return a text without what typesetting changes: forms of characters, white space, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def name_of(text: str) -> str:
    return plain(text).strip("《》")


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def local_name(term: Term) -> str:
    return re.split(r"[#/]", term.value)[-1]


def document(coverage: Coverage, packs: Mapping[str, str], graph: Index) -> str:
    """Return the page: what is held by pack, kind, confidence and area, what holds it, what is left out.

    ``packs`` gives the checksum of each pack. No fact's words are on the page.
    """
    facts, held = coverage.facts, coverage.held
    area = areas(facts)
    lines = [
        "# What the graph holds of the fact packs",
        "",
        "Made by `make coverage`; do not edit. A test makes it again and fails where it differs, or where less than",
        "97 percent is held.",
        "",
        f"The packs have {len(facts):,} facts.",
        f"**{len(held):,} are in the graph ({100 * len(held) / len(facts):.1f} %)**: a passage of the same source with",
        "the same words supports something that can carry the fact, and what can be compared agrees: numbers, names,",
        "dates, areas, other entities, addresses.",
        f"{len(coverage.reasons)} are left out on purpose, {len(coverage.missing)} are missing.",
        "",
        *by_two(coverage, "pack", lambda fact: fact.pack, lambda fact: fact.entity_type),
        *(f"- `{name}`: SHA-256 `{checksum}`" for name, checksum in packs.items()),
        "",
        "The type of a service is the compiler's reading in a pack (`inferred`) and the curators' in the graph: see",
        "the scope note of `coop:hasServiceType`. A fact marked `conflicts` is in the graph beside its rival, with",
        "rank and reason, or as a defect of its source; what a note alone tells stands in",
        "`tests/data/conflicts_in_notes.tsv` with the reason.",
        "",
        "## By kind of entity and confidence",
        "",
        *by_two(coverage, "kind", lambda fact: fact.entity_type, lambda fact: fact.confidence),
        "## By country or area",
        "",
        *by_two(coverage, "area", area, lambda fact: fact.entity_type),
        "## What holds them",
        "",
        *numbers("held by", Counter(item.carrier for items in held.values() for item in items[:1])),
        "## What the graph has",
        "",
        *numbers("class", Counter({name: len(graph.instances(COOP.term(name))) for name in CLASSES})),
        "## Left out",
        "",
        "| fact | reason |",
        "| --- | --- |",
        *(f"| `{fact}` | {reason} |" for fact, reason in sorted(coverage.reasons.items())),
    ]
    if coverage.missing:
        lines += ["", "## Missing", "", *(f"- `{fact.id}`" for fact in coverage.missing)]
    return "\n".join(lines) + "\n"


CLASSES = (
    "Organization",
    "Law",
    "Provision",
    "Event",
    "Service",
    "Activity",
    "ServiceChannel",
    "Observation",
    "DerivedObservation",
    "ComparabilityAssessment",
    "Quotation",
    "Claim",
    "Citation",
    "SourceDocument",
    "SourceDefect",
)


def areas(facts: tuple[Fact, ...]) -> Callable[[Fact], str]:
    """Return what tells the area of a fact: its own, else that of the entity it is about."""
    homes = {fact.about: fact.area for fact in facts if fact.property in ("country", "jurisdiction")}
    return lambda fact: fact.area or homes.get(fact.about.partition("/")[0], "none")


def by_two(
    coverage: Coverage, heading: str, row: Callable[[Fact], str], column: Callable[[Fact], str]
) -> Iterable[str]:
    """Yield a table that says for each row and column how many facts are held of how many."""
    every, held = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for fact in coverage.facts:
        for cell in ((row(fact), column(fact)), (row(fact), "all")):
            every[cell] += 1
            held[cell] += fact.id in coverage.held
    columns = [*sorted({column(fact) for fact in coverage.facts}), "all"]
    yield f"| {heading} | " + " | ".join(columns) + " |"
    yield "| --- |" + " ---: |" * len(columns)
    for name in sorted({row(fact) for fact in coverage.facts}):
        cells = (f"{held[name, it]} of {every[name, it]}" if every[name, it] else "" for it in columns)
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""


def numbers(heading: str, counted: Counter[str]) -> Iterable[str]:
    """Yield a table of numbers, greatest first."""
    yield f"| {heading} | number |"
    yield "| --- | ---: |"
    for name, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"| {name} | {number:,} |"
    yield ""


def main() -> int:
    """Write the document; return 1 where a fact is held by nothing and explained nowhere."""
    if not all(path.exists() for path in PACKS):
        print("The fact packs are not beside this checkout; set SHARED_FOLDER to their folder.", file=sys.stderr)
        return 3
    graph = the_graph()
    coverage = cover(read_packs(), graph)
    DOCUMENT.write_text(document(coverage, fingerprints(), graph), encoding="utf-8")
    for fact in coverage.missing:
        print(f"missing: {fact.id}", file=sys.stderr)
    print(f"{len(coverage.held)} of {len(coverage.facts)} facts are in the graph.")
    return 1 if coverage.missing else 0


def fingerprints() -> dict[str, str]:
    """Return the SHA-256 of each pack, by the name of its file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in PACKS}


if __name__ == "__main__":
    sys.exit(main())
