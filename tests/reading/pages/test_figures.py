from __future__ import annotations

from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.figures import assessment, figure

from .conftest import Views

FIGURE = f"{BASE}id/figure/lantern.2020."


def test_a_share_keeps_its_decimals_and_names_what_it_is_a_part_of(views: Views) -> None:
    share = figure(
        views("figure/lantern.2020.assistance-cases.removal-support"),
        NamedNode(FIGURE + "assistance-cases.removal-support"),
    )
    assert (share.value, share.published, share.percent, share.change) == ("75.0", "75.0%", True, False)
    assert share.base is not None
    assert share.base.path == "/doc/figure/lantern.2020.assistance-cases.b"
    assert not share.derived


def test_a_computed_figure_tells_its_formula_its_bounds_and_what_it_is_made_from(views: Views) -> None:
    name = "derived/lantern.2020.assistance-cases.removal-support"
    computed = figure(views(name), NamedNode(f"{BASE}id/{name}"))
    assert computed.derived
    assert computed.formula.startswith("1420 *")
    assert (computed.value, computed.published, computed.bounds) == ("1,065", "", "1,064 – 1,066")
    assert {item.path for item in computed.inputs} == {
        "/doc/figure/lantern.2020.assistance-cases.b",
        "/doc/figure/lantern.2020.assistance-cases.removal-support",
    }
    assert not computed.precise


def test_an_assessment_names_what_it_compares_and_why(views: Views) -> None:
    view = views("figure/lantern.2020.victims-supported")
    found = assessment(view, NamedNode(f"{BASE}id/comparability/victims-supported-2020"))
    assert "/doc/figure/lantern.2020.victims-supported" in {item.path for item in found.compares}
    assert found.verdict is not None
    assert found.rationale
