"""SPARQL endpoint: query operation, graph store protocol, citations, health."""
