"""Use of a concept in a release: its compact name, how many things have it, and the query that asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

CONCEPT_KINDS = frozenset({"area", "concept"})
"""Path segments of the kinds of concepts."""


@dataclass(frozen=True, slots=True)
class ConceptUse:
    """How a concept is written in a query (``st:counselling``), how many things have it, and a query for these."""

    compact: str
    uses: int
    question: str


def concept_use(reading: Source, words: Vocabulary, iri: str) -> ConceptUse:
    """Return the use of the concept ``iri``; the query asks by the property that most things have it with."""
    rows = reading.rows("concept-uses", this=NamedNode(iri))
    compact = words.short_name(iri)
    counts = [(row["property"], int(uses.value)) for row in rows if isinstance(uses := row["uses"], Literal)]
    question = ""
    if counts and isinstance(commonest := counts[0][0], NamedNode):
        names = [words.short_name(term) or f"<{term}>" for term in (commonest.value, iri)]
        prefixes = sorted({name.partition(":")[0] for name in (*names, "rdfs:label") if not name.startswith("<")})
        declared = "".join(f"PREFIX {prefix}: <{words.prefixes[prefix]}>\n" for prefix in prefixes)
        question = (
            f"{declared}\nSELECT ?thing ?name WHERE {{\n  ?thing {names[0]} {names[1]} .\n"
            "  OPTIONAL { ?thing rdfs:label ?name }\n}\nORDER BY ?thing\nLIMIT 100\n"
        )
    return ConceptUse(compact, sum(uses for _, uses in counts), question)
