"""Registration numbers are identifiers of org-id.guide where the register is known."""

from __future__ import annotations

import re

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP

from .figures import key

LISTS = {"gb": r"GB-(CHC|COH|SC)-\w+", "jp": r"JP-JCN-[0-9]{13}", "us": r"US-EIN-[0-9]{2}-[0-9]{7}"}
"""The lists whose codes the numbers of an area begin with."""


def test_a_number_of_a_known_register_begins_with_the_code_of_its_list(graph: Index) -> None:
    numbered = [
        (LISTS[key(area)], number.value)
        for body, number in graph.pairs(COOP.registrationNumber)
        for area in graph.objects(body, COOP.isBasedIn)
        if key(area) in LISTS
    ]
    assert len(numbered) >= 8
    assert not [number for form, number in numbered if not re.fullmatch(form, number)]
