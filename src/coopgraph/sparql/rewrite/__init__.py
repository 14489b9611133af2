"""Rewrites of SPARQL queries, one a module: each says what the engine gets wrong and what it is given instead."""
