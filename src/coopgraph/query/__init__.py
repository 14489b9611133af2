"""SPARQL query service: requests, formats, limits, citations."""
