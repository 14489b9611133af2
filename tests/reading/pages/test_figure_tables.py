from __future__ import annotations

from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.figure_tables import (
    FigureInTable,
    differing,
    figure_groups,
    figure_in_table,
    figures_in_tables,
)

from .conftest import Views

FIGURE = f"{BASE}id/figure/lantern.2020."


def rows(view: View) -> tuple[FigureInTable, ...]:
    return figures_in_tables(view, view.graph.subjects(COOP.refersToOrganization, NamedNode(BASE + "id/org/lantern")))


def test_a_table_is_by_indicator_with_the_total_before_its_parts_and_the_preferred_first(views: Views) -> None:
    found = rows(views("org/lantern"))
    assert [row.indicator.text for row in found] == sorted(row.indicator.text for row in found)
    cases = [row for row in found if row.cell[1].endswith("/assistance-cases")]
    assert [(not row.breakdown, row.standing.rank) for row in cases] == [
        (True, "preferred"),
        (True, "deprecated"),
        (False, "normal"),
    ]


def test_the_order_in_which_figures_come_does_not_matter(views: Views) -> None:
    view = views("org/lantern")
    nodes = view.graph.subjects(COOP.refersToOrganization, NamedNode(BASE + "id/org/lantern"))
    assert figures_in_tables(view, nodes) == figures_in_tables(view, [*reversed(nodes), *nodes])


def test_each_figure_stands_in_one_cell_of_its_period_beside_its_rivals_best_first(views: Views) -> None:
    found = rows(views("org/lantern"))
    tables = [table for group in figure_groups(found) for table in group.tables]
    cells = [(table, at, cell) for table in tables for row in table.rows for at, cell in enumerate(row.cells)]
    assert sorted(item.path for _, _, cell in cells for item in cell) == sorted(row.path for row in found)
    assert all(item.period == table.periods[at] for table, at, cell in cells for item in cell)
    assert all(item.unit == table.unit and item.kind == table.kind for table, _, cell in cells for item in cell)
    assert ["preferred", "deprecated"] in [[item.standing.rank for item in cell] for _, _, cell in cells]


def test_a_share_keeps_its_decimals(views: Views) -> None:
    share = figure_in_table(views("org/lantern"), NamedNode(FIGURE + "assistance-cases.removal-support"))
    assert (share.value, share.published, share.kind, share.derived) == ("75.0%", "75.0%", "share", False)


def test_a_computed_figure_tells_its_bounds_and_that_it_was_not_published(views: Views) -> None:
    (computed,) = (row for row in rows(views("org/lantern")) if row.derived and row.amount == "1065")
    assert (computed.value, computed.published, computed.bounds) == ("1,065", "", "1,064 – 1,066")
    assert computed.precision


def test_counts_shares_and_growth_stand_in_tables_of_their_own_in_this_order(views: Views) -> None:
    for group in figure_groups(rows(views("org/lantern"))):
        kinds = [table.kind for table in group.tables]
        assert kinds == sorted(kinds, key=["count", "share", "growth"].index)


def test_two_numbers_for_one_cell_are_a_disagreement_with_the_reason(views: Views) -> None:
    (found,) = differing(views("org/lantern"), rows(views("org/lantern")))
    assert [item.value.text for item in found.statements] == ["1,420", "1,240"]
    assert found.sentence.startswith("Sources give 1,420 and 1,240. Preferred is 1,420, which stands in “")
    assert found.reasons


def test_a_single_figure_disagrees_with_nothing(views: Views) -> None:
    view = views("org/lantern")
    assert differing(view, [figure_in_table(view, NamedNode(FIGURE + "victims-supported"))]) == ()
