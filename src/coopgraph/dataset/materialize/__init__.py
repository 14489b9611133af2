"""Materialization: the triples that follow from claims, records and figures, each with what it was derived from."""
