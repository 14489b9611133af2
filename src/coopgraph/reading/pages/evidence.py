"""Evidence behind a claim or record: passages, rank, basis, verification, notes, defects."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.model.language import choose
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, safe_url
from coopgraph.reading.vocabulary import local_name


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
class Backing:
    """Everything that says how far a statement can be relied on.

    ``rank``, ``basis`` and ``verification`` are the keys of their concepts (``preferred``, ``stated``, ``unchecked``).
    ``last_verified`` is the day of a check, ``as_of`` the time that the source speaks of.
    """

    page: DisplayText
    rank: str
    rank_label: DisplayText | None
    basis: str
    basis_label: DisplayText | None
    verification: str
    verification_label: DisplayText | None
    origin: DisplayText | None
    as_of: str
    valid: str
    last_verified: str
    notes: tuple[DisplayText, ...]
    passages: tuple[Passage, ...]
    defects: tuple[Defect, ...]

    @property
    def remarkable(self) -> bool:
        """Whether a reader should be told more than the value: it is not simply stated, or it is in doubt."""
        return self.rank != "normal" or self.basis != "stated" or self.verification == "disputed" or bool(self.defects)


def backing(view: View, node: NamedNode) -> Backing:
    """Return what stands behind the claim or record ``node``."""
    return view.once(_backing, node)


def _backing(view: View, node: NamedNode) -> Backing:
    graph = view.graph
    rank, basis, verification = (graph.link(node, term) for term in (COOP.hasRank, COOP.hasBasis, COOP.hasVerification))
    origin = graph.link(node, COOP.hasLabelOrigin)
    return Backing(
        page=view.name(node),
        rank=local_name(rank.value) if rank else "normal",
        rank_label=view.label(rank) if rank else None,
        basis=local_name(basis.value) if basis else "stated",
        basis_label=view.label(basis) if basis else None,
        verification=local_name(verification.value) if verification else "unchecked",
        verification_label=view.label(verification) if verification else None,
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
