"""Any SPARQL 1.1 server over HTTP as a store, and what a push leaves there."""
