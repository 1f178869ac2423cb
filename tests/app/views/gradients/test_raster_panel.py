"""The sign raster as a user has it: by wheel and mouse, and by what it says."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_range import RasterRange
from app.views.gradients.analysis.sign_colours import ON_DARK, ON_LIGHT
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.raster_axes import ABOVE_PX, Places, paint_bands
from app.views.gradients.raster_panel import HOW_TO, NO_ROW, NO_ROW_YET, NOT_OPEN, NOT_RECORDED, RasterPanel
from app.window.theme import apply_theme
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.schema import Band
from tests.app.views.gradients.raster_run import (
    INTERVAL,
    N_COLUMNS,
    classes,
    header,
    insight,
    shares,
    write_row,
    write_run,
    write_wide_run,
)
from tests.app.views.gradients.raster_user import N_ROWS, WORDS, Shown


@pytest.mark.parametrize("column", [0, 50, 108, 114, 700, N_COLUMNS - 1])
def test_that_the_wheel_leads_to_single_parameters_and_hovering_names_them(shown: Shown, column: int) -> None:
    shown.zoom_to(column, 7)
    at = shown.place(column + 0.5, 7.5)

    shown.move(at)

    name = shown.panel._bands.name_of(column)
    assert shown.panel.readout.text() == f"{name} · step {7 * INTERVAL} · " + WORDS[classes(7)[column]]
    assert shown.raster.view.right - shown.raster.view.left < 100


def test_that_every_pixel_of_a_close_picture_has_the_colour_of_its_class(shown: Shown) -> None:
    shown.zoom_to(300, 7)
    view = shown.raster.view
    picture = shown.raster.grab().toImage()
    colours = (ON_DARK.ground, ON_DARK.negative, ON_DARK.positive, ON_DARK.zero)

    for row in range(int(view.top) + 1, int(view.bottom) - 1):
        for column in range(int(view.left) + 1, int(view.right) - 1):
            colour = QColor(picture.pixel(shown.place(column + 0.5, row + 0.5).toPoint()))
            assert colour.getRgb()[:3] == colours[classes(row)[column]], (row, column)


def test_that_hovering_over_a_group_tells_the_shares_of_its_gradients(panel: Shown, tmp_path: Path) -> None:
    n_columns = 200_000
    with open_collection(write_wide_run(tmp_path / "wide.json", n_columns, 4)) as collection:
        panel.open(collection)
        panel.move(panel.place(100_000, 1.5))
        cell = panel.raster.cell_at(panel.place(100_000, 1.5))

    assert cell is not None and cell.shares is not None
    assert cell.n_gradients == 256
    assert cell.first <= 100_000 <= cell.last
    true = shares([1], cell.first, cell.last + 1, n_columns)
    assert (cell.shares / 255).tolist() == pytest.approx(true, abs=1 / 255)
    text = panel.panel.readout.text()
    assert text.startswith(f"fc1 weight, values {cell.first:,} to {cell.last:,} · step 30 · of 256 gradients about ")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_one_red_among_thousands_larger_is_seen_from_afar(
    panel: Shown, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    apply_theme(qapp, theme)
    n_columns, at = 2_000_000, 1_234_567

    def one_red(row: int, n_columns: int) -> np.ndarray:
        flat = np.ones(n_columns, np.float32)
        flat[at] = -1e-6 if row == 2 else 1
        return flat

    monkeypatch.setattr("tests.app.views.gradients.raster_run.gradients", one_red)
    with open_collection(write_wide_run(tmp_path / "wide.json", n_columns, 5)) as collection:
        panel.open(collection)
    ground = QColor(*(ON_LIGHT if theme == "light" else ON_DARK).ground)
    picture = panel.raster.grab().toImage()
    places = panel.raster.places()
    y = int(places.y(2.5))
    others = [
        x
        for x in range(int(places.plot.left()) + 3, int(places.plot.right()) - 3)
        if QColor(picture.pixel(x, y)) != ground
    ]

    assert len(others) in (1, 2)
    assert abs(others[0] - places.x(at)) <= 2
    colour, base = QColor(picture.pixel(others[0], y)), ground
    assert colour.red() - base.red() > max(colour.green() - base.green(), colour.blue() - base.blue()) + 60


def test_that_another_theme_colours_what_is_there_already(shown: Shown, qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    dark = shown.raster._picture().convertToFormat(QImage.Format.Format_RGB32)
    apply_theme(qapp, "light")
    assert shown.raster._picture().convertToFormat(QImage.Format.Format_RGB32) != dark


def test_that_the_wheel_keeps_the_place_under_the_mouse(shown: Shown) -> None:
    at = shown.place(400.5, 9.5)
    for modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        shown.wheel(at, 4, modifiers)

    places = shown.raster.places()
    assert places.column(at.x()) == pytest.approx(400.5)
    assert places.row(at.y()) == pytest.approx(9.5)
    assert (shown.raster.view.right - shown.raster.view.left) / N_COLUMNS == pytest.approx(0.8**4)
    assert (shown.raster.view.bottom - shown.raster.view.top) / N_ROWS == pytest.approx(0.8**4)


def test_that_a_drag_moves_what_is_under_the_mouse_and_selects_nothing(shown: Shown) -> None:
    shown.zoom_to(600, 12)
    start = shown.place(600.5, 12.5)
    end = start + QPointF(120, 60)

    shown.drag(start, end)

    places = shown.raster.places()
    assert places.column(end.x()) == pytest.approx(600.5, abs=0.1)
    assert places.row(end.y()) == pytest.approx(12.5, abs=0.1)
    assert shown.layers == []


def test_that_a_double_click_or_the_button_shows_everything(shown: Shown) -> None:
    for show_all in (
        lambda: shown.qtbot.mouseDClick(shown.raster, Qt.MouseButton.LeftButton, pos=shown.place(600, 12).toPoint()),
        shown.panel.fit_button.click,
    ):
        shown.zoom_to(600, 12)
        show_all()
        view = shown.raster.view
        assert (view.left, view.right, view.top, view.bottom) == (0, N_COLUMNS, 0, N_ROWS)


def test_that_a_click_asks_for_the_layer_under_it_also_on_its_name(shown: Shown) -> None:
    shown.click(shown.place(50, 5))
    shown.click(shown.place(800, 5))
    shown.click(QPointF(shown.place(800, 5).x(), 5))

    assert shown.layers == ["conv1", "fc1", "fc1"]


def test_that_a_selected_layer_is_framed(shown: Shown) -> None:
    at = QPointF(shown.place(900, 0).x(), 4)
    before = shown.colour(at)

    shown.panel.show_layer("fc1")

    assert shown.colour(at) != before
    shown.panel.show_layer(None)
    assert shown.colour(at) == before


def test_that_a_click_on_the_axis_of_steps_asks_for_that_step_and_a_drag_for_those_on_the_way(shown: Shown) -> None:
    x = shown.raster.places().plot.left() - 10

    shown.click(QPointF(x, shown.place(0, 6.5).y()))
    assert shown.steps == [pytest.approx(6 * INTERVAL, abs=INTERVAL / 2)]
    shown.drag(QPointF(x, shown.place(0, 6.5).y()), QPointF(x, shown.place(0, 20.5).y()))
    assert shown.steps[-1] == pytest.approx(20 * INTERVAL, abs=INTERVAL / 2)
    assert shown.layers == []


def test_that_the_playhead_stands_at_the_step_and_the_shares_are_those_of_its_row(shown: Shown) -> None:
    yellow = QColor("#ffd83d")
    for row in (3, 17):
        shown.panel.show_step(row * INTERVAL + 4)
        shown.settle()
        places = shown.raster.places()
        x = int(places.plot.left()) - 4
        picture = shown.raster.grab().toImage()
        marked = [y for y in range(picture.height()) if QColor(picture.pixel(x, y)) == yellow]
        assert places.y(row + 0.5) <= np.mean(marked) + 1 <= places.y(row + 1)
        assert shown.panel.heading.figure == f"row of step {row * INTERVAL}"
        larger, *near = (np.bincount(classes(row), minlength=6) / N_COLUMNS).tolist()
        assert shown.panel.legend.shares == pytest.approx((larger, *near))


def test_that_the_shares_are_those_of_the_columns_in_view(shown: Shown) -> None:
    shown.panel.show_step(5 * INTERVAL)
    shown.zoom_to(700, 5)

    view = shown.raster.view
    part = classes(5)[int(view.left) : int(np.ceil(view.right))]
    assert shown.panel.legend.shares == pytest.approx((np.bincount(part, minlength=6) / len(part)).tolist())


def test_that_the_legend_names_every_colour(shown: Shown) -> None:
    shown.panel.show_step(0)
    shown.settle()
    texts = [text for _, text in shown.panel.legend.entries()]

    assert texts[1] == "both signs in one pixel"
    for text, name in zip([texts[4], texts[0], texts[2], texts[3]], WORDS[:4], strict=True):
        assert text.startswith(name) and text.endswith("%")


def test_that_the_heading_and_the_legend_say_how_the_run_recorded_its_raster(panel: Shown, tmp_path: Path) -> None:
    path = tmp_path / "coarse.json"
    with CollectionWriter(path, header(msgspec.structs.replace(insight(), sign_threshold=1e-3))) as writer:
        write_row(writer, 0)
    with open_collection(path) as collection:
        panel.open(collection)
        assert (
            panel.panel.heading.about == f"a row every {INTERVAL} steps, a column for each of {N_COLUMNS:,} parameters"
        )
        assert ("ground", "larger than 0.001") in panel.panel.legend.entries()


def test_that_a_narrow_band_is_named_by_its_tooltip(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, widget: told.append(text))
    at = QPointF(shown.place(50, 0).x(), 5).toPoint()
    QApplication.sendEvent(shown.raster, QHelpEvent(QEvent.Type.ToolTip, at, shown.raster.mapToGlobal(at)))

    assert told == ["conv1: columns 0 to 113"]
    assert shown.raster.band_text(QPointF(shown.place(500, 0).x(), ABOVE_PX - 5)) == "fc1 weight: 1,200 values"
    assert shown.raster.band_text(shown.place(500, 5)) == ""


def test_that_rows_are_added_while_the_run_goes_on(panel: Shown, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, header(insight())) as writer, open_collection(path) as collection:
        panel.open(collection)
        assert panel.panel.empty_state.label.isVisible()
        assert panel.panel.empty_state.label.text() == NO_ROW_YET
        for row in range(3):
            write_row(writer, row)
        collection.refresh()
        panel.panel.show_collection(collection)
        panel.settle()
        for row in range(3, 9):
            write_row(writer, row)
        collection.refresh()
        panel.panel.show_collection(collection)
        panel.settle()
        assert panel.raster.view.bottom == 9
        for row in range(9):
            at = panel.place(600.5, row + 0.5)
            cell = panel.raster.cell_at(at)
            assert cell is not None and cell.shares is not None
            true = shares([row], cell.first, cell.last + 1)
            assert (cell.shares / 255).tolist() == pytest.approx(true, abs=1 / 255)


def test_that_the_part_in_sight_stays_while_rows_are_added(panel: Shown, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, header(insight())) as writer, open_collection(path) as collection:
        for row in range(12):
            write_row(writer, row)
        collection.refresh()
        panel.open(collection)
        panel.zoom_to(500, 3)
        before = panel.raster.view
        write_row(writer, 12)
        collection.refresh()
        panel.panel.show_collection(collection)
        after = panel.raster.view
        panel.settle()

    assert (after.left, after.right, after.top, after.bottom) == (before.left, before.right, before.top, before.bottom)


def test_that_an_answer_of_another_run_is_passed_over(shown: Shown, tmp_path: Path) -> None:
    with open_collection(write_run(tmp_path / "other.json", 2)) as other:
        late: list = []
        SignTiles(other.signs, lambda _: None).read(
            shown.panel._asked,
            lambda answer: (late.append(answer), True)[1],  # type: ignore[arg-type]
        )
    shown.raster.tiles.clear()

    for answer in late:
        shown.panel.show_signs(answer)

    assert len(shown.raster.tiles) == 0


def test_that_nothing_is_asked_for_while_nobody_looks(qtbot: QtBot, run: Collection, show: Callable[..., None]) -> None:
    panel = RasterPanel()
    qtbot.addWidget(panel)
    wishes: list = []
    panel.tiles_requested.connect(wishes.append)
    panel.show_collection(run)
    panel.show_step(30)
    qtbot.wait(80)
    assert wishes == []

    show(panel, 600, 400)

    qtbot.waitUntil(lambda: len(wishes) == 1)
    assert wishes[0].n_rows == N_ROWS


def test_that_the_same_wish_is_not_told_twice(shown: Shown) -> None:
    n_wishes = shown.n_wishes

    for _ in range(3):
        shown.panel.show_step(shown.panel._step or 0)
        shown.settle()

    assert shown.n_wishes - n_wishes <= 1


def test_that_the_numbers_are_those_on_the_screen(shown: Shown) -> None:
    shown.zoom_to(700, 5)
    headings, rows = shown.panel.numbers()

    view = shown.raster.view
    assert headings[:4] == ("first_step", "last_step", "first_column", "last_column")
    assert len(rows) == int(np.ceil(view.bottom)) - int(view.top)
    for first_step, last_step, first, last, *values in rows:
        assert first_step == last_step
        part = classes(int(first_step or 0) // INTERVAL)[int(first or 0) : int(last or 0) + 1]
        assert values == pytest.approx((np.bincount(part, minlength=6) / len(part)).tolist())


def test_that_a_run_without_raster_says_how_to_record_one(panel: Shown, collection_path: Path, tmp_path: Path) -> None:
    assert panel.panel.empty_state.label.text() == NOT_OPEN
    path = tmp_path / "without.json"
    CollectionWriter(path, header(None)).close()
    with open_collection(path) as collection:
        panel.panel.show_collection(collection)
    assert panel.panel.empty_state.label.text() == NOT_RECORDED
    assert panel.panel.numbers()[1] == []


def test_that_a_run_that_ended_before_its_first_row_says_so(panel: Shown, tmp_path: Path) -> None:
    path = tmp_path / "short.json"
    CollectionWriter(path, header(insight())).close()
    with open_collection(path) as collection:
        panel.panel.show_collection(collection)
    assert panel.panel.empty_state.label.text() == NO_ROW


def test_that_a_panel_in_which_nothing_is_open_takes_every_event(panel: Shown) -> None:
    shown = panel
    assert shown.panel.empty_state.label.text() == NOT_OPEN
    assert len(shown.raster.tiles) == 0
    shown.wheel(QPointF(300, 200), 3)
    shown.click(QPointF(300, 200))
    shown.move(QPointF(300, 200))
    assert (shown.layers, shown.steps) == ([], [])
    assert shown.panel.readout.text() == HOW_TO


def test_that_a_legend_without_room_is_told_by_its_tooltip(shown: Shown) -> None:
    shown.panel.show_step(0)
    shown.settle()
    shown.panel.resize(300, 300)

    told = [text in shown.panel.legend.toolTip() for _, text in shown.panel.legend.entries()]
    assert len(told) == 5 and all(told)


def test_that_lines_between_narrow_layers_do_not_hide_the_picture(qapp) -> None:
    def n_on_a_row(n_layers: int) -> int:
        """How many pixels of a green picture, below the heading, are another colour."""
        width = 600
        bands = [Band(f"layer{number}", "weight", 10, number * 10, 10) for number in range(n_layers)]
        image = QImage(width, 200, QImage.Format.Format_RGB32)
        image.fill(QColor("#00ff00"))
        painter = QPainter(image)
        places = Places(QRectF(0, ABOVE_PX, width, 140), RasterRange.whole(10 * n_layers, 20))
        paint_bands(painter, places, RasterBands(bands, {}, 10 * n_layers), None)
        painter.end()
        return sum(QColor(image.pixel(x, 150)).name() != "#00ff00" for x in range(width))

    assert 0 < n_on_a_row(6) == 3 * 5
    assert 0 < n_on_a_row(100) <= 600 / 8
