"""Preview of drafts in words: what each file would say that nothing says yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coopgraph.curation.drafts import Draft
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term

_SHOWN = (SKOS.prefLabel, COOP.telephone, COOP.email, COOP.quote)
"""What tells records that are no claims from one another."""

_LONGEST = 200


def preview(draft: Draft, known: Index, readable: Callable[[Term, str], str], language: str) -> Iterator[str]:
    """Yield a line for each claim and each record of a draft that ``known`` does not have.

    ``readable`` gives a term in words of ``language``.
    """
    said = Index(draft.triples)
    for claim in sorted(said.instances(COOP.Claim), key=str):
        if not known.objects(claim, RDF.type):
            for predicate in said.objects(claim, RDF.predicate):
                for value in said.objects(claim, RDF.object):
                    yield _line(predicate, value, readable, language)
    for record, kind in sorted(said.pairs(RDF.type), key=str):
        if kind != COOP.Claim and not known.objects(record, RDF.type):
            values = [value for predicate in _SHOWN for value in said.objects(record, predicate)]
            yield _line(kind, values[0] if values else record, readable, language)


def _line(what: Term, value: Term, readable: Callable[[Term, str], str], language: str) -> str:
    shown = f"{value.value} ({value.language})" if isinstance(value, Literal) and value.language else ""
    text = " ".join((shown or readable(value, language)).split())
    named = readable(what, language) if isinstance(what, NamedNode) else str(what)
    return f"  + {named}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}"
