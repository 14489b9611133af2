"""Derivation (PROV): a triple that the build made, with the curated triple it rests on."""

from __future__ import annotations

from typing import NamedTuple

from coopgraph.rdf.terms import Triple


class Derivation(NamedTuple):
    """``triple`` was made; ``origin`` is the triple in a file that a curator would change to change it."""

    triple: Triple
    origin: Triple
