"""Columns come as soon as they have room, and what gives way to them does so no sooner than it must."""

from collections.abc import Callable

import pytest

from app.analysis.health import health_of
from app.views.layers.layer_table_model import LayerColumn
from app.views.layers.panel import LayersPanel
from tests.app.made_up_findings import finding
from tests.app.views.layers.layered_run import USUAL, compared, run

Column = LayerColumn
Is = Callable[[LayersPanel], bool]


@pytest.fixture
def made(show: Callable[..., None]) -> Callable[..., LayersPanel]:
    def make(*, is_of_two: bool = False, has_health: bool = True) -> LayersPanel:
        panel, own = LayersPanel(), run(*USUAL)
        show(panel, 900, 240)
        panel.show_collection(own, compared(own, run(*USUAL, rate=0.5)) if is_of_two else None)  # type: ignore[arg-type]
        if has_health:
            panel.show_health(health_of([finding("dead", "critical", ["stem"], 6)]))
        return panel

    return make


def narrow(panel: LayersPanel, is_so: Is, low: int = 240, high: int = 1100) -> None:
    """Make it as narrow as it can be so."""

    def at(width: int) -> bool:
        panel.resize(width, 240)
        return is_so(panel)

    assert at(high) and not at(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) else (middle, high)
    assert at(high)


def px(panel: LayersPanel, column: Column) -> int:
    return panel.table.columnWidth(column)


def room(panel: LayersPanel) -> int:
    viewport = panel.table.viewport()
    assert viewport is not None
    return viewport.width()


@pytest.mark.parametrize("has_health", [True, False])
@pytest.mark.parametrize("column", [Column.KIND, Column.PARAMETERS, Column.SHAPE, Column.UNITS])
def test_that_a_column_comes_as_soon_as_the_curves_leave_it_room(
    made: Callable[..., LayersPanel], column: Column, has_health: bool
) -> None:
    panel = made(has_health=has_health)
    narrow(panel, lambda shown: not shown.table.isColumnHidden(column))
    assert px(panel, Column.SPARK) == 128


def test_that_the_heading_of_marks_is_told_where_names_have_their_least_beside_it(
    made: Callable[..., LayersPanel],
) -> None:
    panel = made()
    wide = px(panel, Column.HEALTH)
    narrow(panel, lambda shown: px(shown, Column.HEALTH) == wide)
    assert room(panel) == 70 + wide + 128
    assert px(panel, Column.NAME) == 70
    panel.resize(panel.width() - 1, 240)
    assert px(panel, Column.HEALTH) == 34


def test_that_names_are_wider_where_there_is_room_up_to_what_they_need(made: Callable[..., LayersPanel]) -> None:
    panel = made()
    wanted = px(panel, Column.NAME)
    narrow(panel, lambda shown: px(shown, Column.NAME) == wanted)
    assert px(panel, Column.SPARK) == 128
    panel.resize(panel.width() - 1, 240)
    assert (px(panel, Column.NAME), px(panel, Column.SPARK)) == (wanted - 1, 128)


def test_that_beside_another_run_curves_come_where_a_scroll_bar_leaves_them_room(
    made: Callable[..., LayersPanel],
) -> None:
    panel = made(is_of_two=True)
    narrow(panel, lambda shown: not shown.table.isColumnHidden(Column.SPARK))
    assert px(panel, Column.SPARK) == 128 + 20 - (panel.table.width() - room(panel))


def test_that_figures_of_two_are_shortened_where_names_would_not_fit_beside_them(
    made: Callable[..., LayersPanel],
) -> None:
    panel = made(is_of_two=True)
    of_two = (Column.A, Column.B, Column.CHANGE)
    whole, name = [px(panel, each) for each in of_two], int(panel._wanted_px[Column.NAME])
    narrow(panel, lambda shown: [px(shown, each) for each in of_two] == whole)
    assert room(panel) == name + px(panel, Column.HEALTH) + sum(whole)
    assert px(panel, Column.HEALTH) == 34, "of two there is a mark's room for it"
    panel.resize(panel.width() - 1, 240)
    assert px(panel, Column.A) < whole[0]
