"""Namespaces of the vocabularies in use: ours, and those of others by their customary prefixes."""

from __future__ import annotations

from coopgraph.model.iris import BASE, DEFINITION
from coopgraph.rdf.terms import NamedNode


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


ACTIVITY_STREAMS = Namespace("https://www.w3.org/ns/activitystreams#")
COOP = Namespace(DEFINITION)
CPSV = Namespace("http://purl.org/vocab/cpsv#")
DASH = Namespace("http://datashapes.org/dash#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
DQV = Namespace("http://www.w3.org/ns/dqv#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
FORM_SHAPES = Namespace(BASE + "form/")
FORMAT_TERMS = Namespace("http://www.w3.org/ns/formats/")
LDES = Namespace("https://w3id.org/ldes#")
MEDIA_TYPES = Namespace("https://www.iana.org/assignments/media-types/")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SDMX_ATTRIBUTE = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#")
SDMX_DIMENSION = Namespace("http://purl.org/linked-data/sdmx/2009/dimension#")
SDMX_MEASURE = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
TREE = Namespace("https://w3id.org/tree#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
