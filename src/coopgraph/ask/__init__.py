"""Answer SPARQL."""
