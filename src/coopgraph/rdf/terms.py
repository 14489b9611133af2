"""Our names for pyoxigraph's frozen, hashable, sortable terms, and the namespaces we speak of in code."""

from __future__ import annotations

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from coopgraph.model.iris import DEFINITION

__all__ = [
    "COOP",
    "CPSV",
    "DCTERMS",
    "ELI",
    "OWL",
    "PROV",
    "QB",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SDMX_DIMENSION",
    "SDMX_MEASURE",
    "SH",
    "SKOS",
    "XSD",
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Namespace",
    "Node",
    "Quad",
    "Term",
    "Triple",
]

Term = NamedNode | BlankNode | Literal
"""A term as it stands in RDF 1.1: subject, predicate or object."""


Node = NamedNode | BlankNode
"""What can be a subject in RDF 1.1."""


class Namespace(str):
    """A namespace whose attributes are its terms: ``SKOS.prefLabel``. Each is made at its first use and then kept."""

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        made = NamedNode(self + name)
        # Only code names attributes, so there are never more than it does.
        self.__dict__[name] = made
        return made

    def term(self, name: str) -> NamedNode:
        """Return the term ``name``, for names that are no Python identifiers or clash with ``str``."""
        return NamedNode(self + name)


COOP = Namespace(DEFINITION)
CPSV = Namespace("http://purl.org/vocab/cpsv#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SDMX_DIMENSION = Namespace("http://purl.org/linked-data/sdmx/2009/dimension#")
SDMX_MEASURE = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
