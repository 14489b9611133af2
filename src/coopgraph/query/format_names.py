"""Format names as people and clients write them in ``format=``, and the formats that they mean.

Clients' constants differ (SPARQLWrapper, rdflib, Jena, Virtuoso), and a ``+`` in an address is a blank to a server. So
only letters and digits count, in any case.
"""

from __future__ import annotations

from functools import lru_cache

from coopgraph.rdf.formats import (
    BY_NAME,
    CSV,
    EXCEL_CSV,
    FORMER_MEDIA_TYPES,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    SHARED_MEDIA_TYPES,
    TSV,
    TURTLE,
    XML,
    Format,
)

_FURTHER = {
    (JSON, JSON_LD): ("json",),
    (XML, RDF_XML): ("xml",),
    (JSON,): ("sparql-results+json", "sparql-json"),
    (XML,): ("sparql-results+xml", "sparql-xml"),
    (CSV,): ("application/csv",),
    (EXCEL_CSV,): ("csv-excel", "csv-bom"),
    (TSV,): ("text/tsv", "tab-separated-values"),
    (TURTLE,): ("turtle", "n3", "longturtle"),
    (RDF_XML,): ("rdf+xml", "rdf/xml-abbrev", "pretty-xml"),
    (JSON_LD,): ("ld+json",),
    (N_TRIPLES,): ("ntriples", "n-triple", "nt11"),
    (N_QUADS,): ("nquads", "n-quad"),
}
"""Names beside those in the table of formats."""


def meant(name: str) -> tuple[Format, ...]:
    """Return the formats that ``name`` means, at most one for rows and one for graphs; none where it is unknown."""
    return _BY_FOLDED.get(_folded(name), ())


@lru_cache(maxsize=256)
def _folded(name: str) -> str:
    # What follows a semicolon is a parameter of a media type, such as a charset.
    return "".join(character for character in name.partition(";")[0].lower() if character.isalnum())


def _named() -> dict[str, tuple[Format, ...]]:
    named: dict[str, tuple[Format, ...]] = {}
    for item in BY_NAME.values():
        for name in (item.name, item.suffix, item.media_type):
            named.setdefault(_folded(name), (item,))
    for media_type, item in FORMER_MEDIA_TYPES.items():
        named[_folded(media_type)] = (item,)
    for media_type, both in SHARED_MEDIA_TYPES.items():
        named[_folded(media_type)] = both
    return named | {_folded(name): formats for formats, names in _FURTHER.items() for name in names}


_BY_FOLDED = _named()
