"""Stores: SPARQL engines behind one small protocol."""
