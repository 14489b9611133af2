from __future__ import annotations

from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.figures import Figure, assessments, differing, figure, figure_groups, figures

from .conftest import Views

FIGURE = f"{BASE}id/figure/lantern.2020."


def rows(view: View) -> tuple[Figure, ...]:
    return figures(view, view.graph.subjects(COOP.refersToOrganization, NamedNode(BASE + "id/org/lantern")))


def test_a_table_is_by_indicator_with_the_total_before_its_parts_and_the_preferred_first(views: Views) -> None:
    found = rows(views("org/lantern"))
    assert [row.indicator.text for row in found] == sorted(row.indicator.text for row in found)
    cases = [row for row in found if row.cell[1].endswith("/assistance-cases")]
    assert [(row.breakdown is None, row.backing.rank) for row in cases] == [
        (True, "preferred"),
        (True, "deprecated"),
        (False, "normal"),
    ]


def test_the_order_in_which_figures_come_does_not_matter(views: Views) -> None:
    view = views("org/lantern")
    nodes = view.graph.subjects(COOP.refersToOrganization, NamedNode(BASE + "id/org/lantern"))
    assert figures(view, nodes) == figures(view, [*reversed(nodes), *nodes])


def test_each_figure_stands_in_one_cell_of_its_period_beside_its_rivals_best_first(views: Views) -> None:
    found = rows(views("org/lantern"))
    tables = [table for group in figure_groups(found) for table in group.tables]
    cells = [(table, at, cell) for table in tables for row in table.rows for at, cell in enumerate(row.cells)]
    assert sorted(item.page.path for _, _, cell in cells for item in cell) == sorted(row.page.path for row in found)
    assert all(item.period == table.periods[at] for table, at, cell in cells for item in cell)
    assert all(item.unit == table.unit for table, _, cell in cells for item in cell)
    assert ["preferred", "deprecated"] in [[item.backing.rank for item in cell] for _, _, cell in cells]


def test_a_share_keeps_its_decimals_and_names_what_it_is_a_part_of(views: Views) -> None:
    share = figure(views("org/lantern"), NamedNode(FIGURE + "assistance-cases.removal-support"))
    assert (share.value, share.published, share.percent, share.change) == ("75.0", "75.0%", True, False)
    assert share.base is not None
    assert share.base.path == "/doc/figure/lantern.2020.assistance-cases.b"
    assert not share.derived


def test_a_computed_figure_tells_its_formula_its_bounds_and_what_it_is_made_from(views: Views) -> None:
    (computed,) = (row for row in rows(views("org/lantern")) if row.derived and row.formula.startswith("1420 *"))
    assert (computed.value, computed.published, computed.bounds) == ("1,065", "", "1,064 – 1,066")
    assert {item.path for item in computed.inputs} == {
        "/doc/figure/lantern.2020.assistance-cases.b",
        "/doc/figure/lantern.2020.assistance-cases.removal-support",
    }
    assert not computed.precise


def test_two_numbers_for_one_cell_are_a_disagreement_with_the_reason(views: Views) -> None:
    (found,) = differing(views("org/lantern"), rows(views("org/lantern")))
    assert [item.value.text for item in found.statements] == ["1,420", "1,240"]
    assert found.reasons


def test_a_single_figure_disagrees_with_nothing(views: Views) -> None:
    view = views("org/lantern")
    assert differing(view, [figure(view, NamedNode(FIGURE + "victims-supported"))]) == ()


def test_an_assessment_is_found_from_each_figure_that_it_compares(views: Views) -> None:
    view = views("figure/lantern.2020.victims-supported")
    (found,) = assessments(view, [NamedNode(FIGURE + "victims-supported")])
    assert "/doc/figure/lantern.2020.victims-supported" in {item.path for item in found.compares}
    assert found.verdict is not None
    assert found.rationale
