"""Evidence behind claims and records: passages by source, rank, basis, verification, notes, defects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coopgraph.model.iris import local_name
from coopgraph.model.language import choose
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, safe_url


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a source, verbatim, and where they stand."""

    citation: DisplayText
    quote: DisplayText
    locator: str
    source: DisplayText
    url: str
    directness: DisplayText | None
    kind: DisplayText | None
    publisher: DisplayText | None
    retrieved: str


@dataclass(frozen=True, slots=True)
class Defect:
    """A suspected or confirmed error in a passage."""

    page: DisplayText
    kind: DisplayText | None
    status: DisplayText | None
    confirmed: bool
    verbatim: tuple[DisplayText, ...]
    suggested: tuple[DisplayText, ...]
    rationale: tuple[DisplayText, ...]
    passage: Passage | None
    corrections: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a statement can be relied on, in short.

    ``rank``, ``basis`` and ``verification`` are the keys of their concepts (``preferred``, ``stated``, ``unchecked``).
    ``defective``: a passage that it rests on has a defect.
    """

    rank: str
    rank_label: DisplayText | None
    basis: str
    basis_label: DisplayText | None
    verification: str
    verification_label: DisplayText | None
    defective: bool

    @property
    def remarkable(self) -> bool:
        """Whether a reader should be told more than the value: it is not simply stated, or it is in doubt."""
        return self.rank != "normal" or self.basis != "stated" or self.verification == "disputed" or self.defective


@dataclass(frozen=True, slots=True)
class Backing(Standing):
    """Everything that says how far a statement can be relied on.

    ``page`` is its own, a claim's by its property alone. ``last_verified`` is the day of a check, ``as_of`` the time
    that the source speaks of.
    """

    page: DisplayText
    origin: DisplayText | None
    as_of: str
    valid: str
    last_verified: str
    notes: tuple[DisplayText, ...]
    passages: tuple[Passage, ...]
    defects: tuple[Defect, ...]

    @property
    def evidence(self) -> SourcedEvidence:
        """What stands behind this statement alone."""
        return evidence((self,))


@dataclass(frozen=True, slots=True)
class SourcedEvidence:
    """What stands behind one or several statements: each passage once, those of a source together.

    ``statements`` are their pages, those that stand alike together behind one of them.
    """

    sources: tuple[tuple[Passage, ...], ...]
    notes: tuple[DisplayText, ...]
    defects: tuple[Defect, ...]
    statements: tuple[tuple[Backing, tuple[DisplayText, ...]], ...]

    @property
    def of_several(self) -> bool:
        """Whether it is that of more than one statement."""
        return sum(len(pages) for _, pages in self.statements) > 1


def evidence(statements: Iterable[Backing]) -> SourcedEvidence:
    """Return what stands behind ``statements``, each of which counts once."""
    listed = tuple({item.page.path: item for item in statements}.values())
    sources: dict[str, dict[str, Passage]] = {}
    alike: dict[tuple[str, ...], list[Backing]] = {}
    for item in listed:
        origin = item.origin.text if item.origin else ""
        key = (item.verification, item.basis, origin, item.as_of, item.valid, item.last_verified)
        alike.setdefault(key, []).append(item)
        for found in item.passages:
            sources.setdefault(found.source.path, {})[found.citation.path] = found
    return SourcedEvidence(
        sources=tuple(tuple(passages.values()) for passages in sources.values()),
        notes=tuple(dict.fromkeys(note for item in listed for note in item.notes)),
        defects=tuple({defect.page.path: defect for item in listed for defect in item.defects}.values()),
        statements=tuple((items[0], tuple(item.page for item in items)) for items in alike.values()),
    )


def standing(view: View, node: NamedNode) -> Standing:
    """Return in short how far the claim or record ``node`` can be relied on."""
    graph = view.graph
    rank, basis, verification = (graph.link(node, term) for term in (COOP.hasRank, COOP.hasBasis, COOP.hasVerification))
    return Standing(
        rank=local_name(rank.value) if rank else "normal",
        rank_label=view.label(rank) if rank else None,
        basis=local_name(basis.value) if basis else "stated",
        basis_label=view.label(basis) if basis else None,
        verification=local_name(verification.value) if verification else "unchecked",
        verification_label=view.label(verification) if verification else None,
        defective=graph.link(node, COOP.isAffectedBy) is not None,
    )


def backing(view: View, node: NamedNode) -> Backing:
    """Return what stands behind the claim or record ``node``."""
    return view.once(_backing, node)


def _backing(view: View, node: NamedNode) -> Backing:
    graph, short = view.graph, standing(view, node)
    origin, subject = graph.link(node, COOP.hasLabelOrigin), graph.link(node, RDF.subject)
    return Backing(
        rank=short.rank,
        rank_label=short.rank_label,
        basis=short.basis,
        basis_label=short.basis_label,
        verification=short.verification,
        verification_label=short.verification_label,
        defective=short.defective,
        page=view.name(node, subject.value if subject else ""),
        origin=view.label(origin) if origin else None,
        as_of=_date(view, node, COOP.asOf),
        valid=" – ".join(filter(None, (_date(view, node, COOP.validFrom), _date(view, node, COOP.validTo)))),
        last_verified=_date(view, node, COOP.lastVerified),
        notes=(
            *counting_rule(view, node),
            *(
                view.text(note)
                for predicate in (COOP.curatorNote, COOP.comparabilityNote, COOP.limitationNote)
                for note in graph.literals(node, predicate)
            ),
        ),
        passages=tuple(passage(view, citation) for citation in graph.links(node, COOP.hasEvidence)),
        defects=tuple(defect(view, item) for item in graph.links(node, COOP.isAffectedBy)),
    )


def counting_rule(view: View, node: NamedNode) -> tuple[DisplayText, ...]:
    """Return what the source of a figure says that it counts, in the reader's language where that is known."""
    found = choose(view.graph.literals(node, COOP.countingRule), view.language)
    return (DisplayText(found.text, "" if found.exact else conventional(found.tag)),) if found else ()


def passage(view: View, citation: NamedNode) -> Passage:
    """Return the quoted words of ``citation`` and their document."""
    return view.once(_passage, citation)


def _passage(view: View, citation: NamedNode) -> Passage:
    graph = view.graph
    source = graph.link(citation, COOP.isQuotedFrom)
    quote = next((view.text(item) for item in graph.literals(citation, COOP.quote)), DisplayText(""))
    sentence = graph.plain(citation, COOP.sentence)
    directness = graph.link(source, COOP.hasDirectness) if source else None
    kind = graph.link(source, COOP.hasSourceKind) if source else None
    publisher = graph.link(source, DCTERMS.publisher) if source else None
    return Passage(
        citation=view.name(citation),
        quote=quote,
        locator=graph.plain(citation, COOP.locator) or sentence,
        source=view.name(source) if source else DisplayText(""),
        url=safe_url(graph.plain(source, COOP.url)) if source else "",
        directness=view.label(directness) if directness else None,
        kind=view.label(kind) if kind else None,
        publisher=view.name(publisher) if publisher else None,
        retrieved=_date(view, source, COOP.retrievedOn) if source else "",
    )


def defect(view: View, node: NamedNode) -> Defect:
    """Return the defect ``node`` with the passage it is in and those that correct it."""
    return view.once(_defect, node)


def _defect(view: View, node: NamedNode) -> Defect:
    graph = view.graph
    kind, status = graph.link(node, COOP.hasDefectKind), graph.link(node, COOP.hasDefectStatus)
    faulty = graph.link(node, COOP.isDefectIn)
    return Defect(
        page=view.name(node),
        kind=view.label(kind) if kind else None,
        status=view.label(status) if status else None,
        confirmed=bool(status and local_name(status.value) == "confirmed"),
        verbatim=tuple(view.text(item) for item in graph.literals(node, COOP.verbatim)),
        suggested=tuple(view.text(item) for item in graph.literals(node, COOP.suggestedReading)),
        rationale=tuple(view.text(item) for item in graph.literals(node, COOP.rationale)),
        passage=passage(view, faulty) if faulty else None,
        corrections=tuple(passage(view, item) for item in graph.links(node, COOP.isCorrectedBy)),
    )


def _date(view: View, node: NamedNode, predicate: NamedNode) -> str:
    return next((view.value(predicate, item).text for item in view.graph.literals(node, predicate)), "")
