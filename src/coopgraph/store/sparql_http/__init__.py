"""SPARQL over HTTP: any SPARQL 1.1 server as a store, and what a push leaves there."""
