"""Service description of this endpoint, as RDF (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coopgraph.model.iris import graph_iri
from coopgraph.query.service import Limits
from coopgraph.rdf.formats import EXCEL_CSV, GRAPH_FORMATS, RESULT_FORMATS, Format
from coopgraph.rdf.namespaces import DCTERMS, FORMAT_TERMS, MEDIA_TYPES, RDF, RDFS, SCHEMA, SD, SH, VOID, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple

PREFIXES = {
    "dcterms": str(DCTERMS),
    "formats": str(FORMAT_TERMS),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "sd": str(SD),
    "sh": str(SH),
    "void": str(VOID),
    "xsd": str(XSD),
}
"""Prefixes for writing the description."""

_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
}


_SECOND, _BYTE = "SEC", "AD"  # codes of UN/CEFACT, as schema:unitCode has them

_COUNTED = (
    "What SELECT (COUNT(*) AS ?n) { ?s ?p ?o } counts: each statement once, the catalogue with them. VoID's "
    "own number leaves the catalogue out; a dump has a line for each graph that holds a statement."
)


def service_description(
    endpoint: str,
    limits: Limits,
    asks: frozenset[str],
    default_quads: int,
    graphs: dict[str, int],
    presets: Mapping[str, str],
    conformance: str = "",
) -> Iterator[Triple]:
    """Yield the description of the endpoint at the address ``endpoint``.

    ``asks`` are the servers that SERVICE may name. ``default_quads`` counts the default graph, ``graphs`` each named
    graph, in triples. ``presets`` are the prefixes that a query need not declare, with their namespaces; they are
    said as SHACL declares prefixes (https://www.w3.org/TR/shacl/#sparql-prefixes). ``conformance`` is the address of
    the results of the W3C's tests, where there is one.
    """
    service = NamedNode(endpoint)
    dataset, default = BlankNode("dataset"), BlankNode("default")
    yield Triple(service, RDF.type, SD.Service)
    yield Triple(service, SD.endpoint, service)
    yield Triple(service, SD.supportedLanguage, SD.SPARQL11Query)
    for item in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield Triple(service, SD.resultFormat, _format(item))
    if asks:
        yield Triple(service, SD.feature, SD.BasicFederatedQuery)
    yield Triple(service, DCTERMS.description, Literal(_sentence(limits, asks), language="en"))
    for name, value, unit in (
        ("time of a query", f"{limits.time:g}", _SECOND),
        ("length of a query", str(limits.length), _BYTE),
        ("size of a result", str(limits.size), _BYTE),
    ):
        limit = BlankNode(f"limit-{name.replace(' ', '-')}")
        yield Triple(service, SCHEMA.additionalProperty, limit)
        yield Triple(limit, RDF.type, SCHEMA.PropertyValue)
        yield Triple(limit, SCHEMA.name, Literal(name, language="en"))
        yield Triple(limit, SCHEMA.maxValue, Literal(value, datatype=XSD.decimal))
        yield Triple(limit, SCHEMA.unitCode, Literal(unit))
    if conformance:
        yield Triple(service, RDFS.seeAlso, NamedNode(conformance))
    for prefix, namespace in presets.items():
        declaration = BlankNode(f"prefix-{prefix}")
        yield Triple(service, SH.declare, declaration)
        yield Triple(declaration, SH.prefix, Literal(prefix))
        yield Triple(declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI))
    yield Triple(service, SD.defaultDataset, dataset)
    yield Triple(dataset, RDF.type, SD.Dataset)
    yield Triple(dataset, SD.defaultGraph, default)
    yield Triple(default, RDF.type, SD.Graph)
    yield Triple(default, VOID.triples, _count(default_quads))
    if graph_iri("catalog") in graphs:
        yield Triple(default, RDFS.comment, Literal(_COUNTED, language="en"))
    for number, (iri, triples) in enumerate(sorted(graphs.items())):
        named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, SD.namedGraph, named)
        yield Triple(named, RDF.type, SD.NamedGraph)
        yield Triple(named, SD.name, NamedNode(iri))
        yield Triple(named, SD.graph, graph)
        yield Triple(graph, RDF.type, SD.Graph)
        yield Triple(graph, VOID.triples, _count(triples))


def _format(item: Format) -> NamedNode:
    known = _NAMES.get(item.name)
    return FORMAT_TERMS.term(known) if known else MEDIA_TYPES.term(item.media_type)


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def _sentence(limits: Limits, asks: frozenset[str]) -> str:
    service = f"may name {', '.join(sorted(asks))}" if asks else "is refused"
    return (
        f"A query may take {limits.time:g} seconds and {limits.length:,} bytes of text, its result "
        f"{limits.size:,} bytes; rows are not limited. A result comes complete or not at all. SERVICE {service}. "
        "The prefixes that sh:declare lists need no PREFIX; one that a query declares is its own. "
        "FROM and FROM NAMED choose among the graphs held here and fetch nothing; a graph not held is empty. "
        f"format={EXCEL_CSV.name} gives CSV with a byte order mark, which Excel opens right in every language."
    )
