"""The kinds of queries that are measured: each a file in ``queries/``, with parameters that give ever new texts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from coopgraph.dataset.generator import AREAS, YEARS
from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.sparql.lexer import bind

TRIPLES_OF_A_BODY = 200
"""About as many triples as the generator makes for one body."""


@dataclass(frozen=True, slots=True)
class QueryKind:
    """One kind of query: its name, the sentence that says what it asks, its text with parameters."""

    name: str
    sentence: str
    text: str

    def asked(self, number: int, triples: int) -> str:
        """Return the query number ``number`` of this kind for data of ``triples`` triples: a text of its own.

        Parameters are chosen by the number; a comment makes texts differ that have none.
        """
        chance = random.Random(number)
        body = chance.randrange(max(1, triples // TRIPLES_OF_A_BODY))
        terms: dict[str, Term] = {
            "body": NamedNode(f"{BASE}id/org/body-{body}"),
            "area": NamedNode(f"{BASE}id/area/{chance.choice(AREAS)}"),
            "period": NamedNode(f"{BASE}id/period/{chance.choice(YEARS)}"),
            "digits": Literal(str(chance.randrange(10, 100))),
        }
        wanted = {name: term for name, term in terms.items() if re.search(rf"\?{name}\b", self.text)}
        return f"{bind(self.text, wanted)}# {number}\n"


def query_kinds() -> tuple[QueryKind, ...]:
    """Return all kinds, in the order of their files."""
    return tuple(_read())


def _read() -> Iterator[QueryKind]:
    folder = files("bench").joinpath("queries")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".rq"):
            first, _, text = file.read_text(encoding="utf-8").partition("\n")
            yield QueryKind(file.name.removesuffix(".rq")[3:].replace("-", " "), first.removeprefix("# "), text)
