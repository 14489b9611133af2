"""SPARQL query text: how its parts are found, and how it is rewritten before the engine reads it."""
