from __future__ import annotations

import pytest

from coopgraph.rdf.namespaces import SKOS, Namespace
from coopgraph.rdf.terms import NamedNode


def test_a_term_is_made_once_and_is_its_namespace_with_its_name() -> None:
    space = Namespace("https://example.org/")
    assert space.thing == space.term("thing") == NamedNode("https://example.org/thing")
    assert space.thing is space.thing
    assert SKOS.prefLabel == NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")


def test_what_python_asks_of_every_object_is_no_term() -> None:
    with pytest.raises(AttributeError):
        _ = Namespace("https://example.org/").__no_such_thing__
