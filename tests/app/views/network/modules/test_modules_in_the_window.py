"""A deep network in the window, drawn as modules: by real clicks, keys and turns of the wheel."""

import json
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication, QFileDialog, QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.palette import DARK, TEXT_PX, active
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_text import shape_text
from app.views.network.modules.module_drawing import endpoint_title
from app.views.network.modules.module_legend import draw_module_legend
from app.views.network.modules.modules_view import ModulesView
from app.views.network.modules.pass_drawing import gradient_colour
from app.views.network.modules.reading import toggle_module
from app.views.network.panel import MODULES, UNITS
from app.widgets.figure import MARGIN
from app.window.main_window import MainWindow
from app.window.theme import apply_theme
from tests.app.made_up_findings import finding
from tests.app.painted import painted_by
from tests.app.parts import part
from tests.app.pointer import move, turn_wheel
from tests.app.views.network.driving import pixels_of


@pytest.fixture
def deep_window(window: MainWindow, deep_path: Path) -> MainWindow:
    """The window with a network of 14 stages in modules open."""
    window.open(deep_path)
    return window


def boxes_of(window: MainWindow) -> list[str]:
    assert part(window, "modules").module_layout is not None
    return list(part(window, "modules").module_layout.boxes)


def middle_of(view: ModulesView, name: str) -> QPoint:
    return view.rect_of_box(name).center().toPoint()


def click(qtbot: QtBot, view: ModulesView, name: str) -> None:
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, name))


def picture_of(window: MainWindow, name: str):
    """What is on the screen of one box."""
    rect = part(window, "modules").rect_of_box(name).toRect()
    return pixels_of(part(window, "modules").grab(rect).toImage())


DARK_WRONG = QColor(DARK.wrong).getRgb()[2::-1]

CLOSED = ["input", "first", "body", "drop", "last", "output"]
AT_FIRST = ["input", "first", *(f"body.{number}" for number in range(12)), "drop", "last", "output"]


def test_that_a_deep_network_opens_as_modules_and_a_small_one_as_units(
    deep_window: MainWindow, collection_path: Path
) -> None:
    assert part(deep_window, "page").are_modules_seen
    assert boxes_of(deep_window) == AT_FIRST
    assert part(deep_window, "controls").drawings.buttons[MODULES].isChecked()

    deep_window.open(collection_path)

    assert not part(deep_window, "page").are_modules_seen
    assert part(deep_window, "network").graph_view is not None
    assert part(deep_window, "controls").open_button.isHidden()


def test_that_a_click_opens_a_module_and_one_on_its_heading_closes_it(deep_window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, part(deep_window, "modules"), "body.3")
    assert "body.3" not in boxes_of(deep_window)
    assert {"body.3.norm", "body.3.act", "body.3.fc", "body.3.add"} <= set(boxes_of(deep_window))

    click(qtbot, part(deep_window, "modules"), "body.3")
    assert boxes_of(deep_window) == AT_FIRST
    click(qtbot, part(deep_window, "modules"), "body")
    assert boxes_of(deep_window) == CLOSED


def test_that_what_is_open_belongs_to_the_session(deep_window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, part(deep_window, "modules"), "body.3")
    assert deep_window._session.view.open_modules == {"body", "body.3"}

    deep_window._session.show_pass(2)
    deep_window.show_view("optimizer")
    deep_window.show_view("network")
    assert "body.3.fc" in boxes_of(deep_window)


def test_that_a_click_on_a_layer_moves_every_panel_to_it(deep_window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, part(deep_window, "modules"), "first")

    assert deep_window._session.view.layer == "first"
    assert part(deep_window, "layers").selected == "first"
    assert part(deep_window, "modules").marked() == "first"


def test_that_the_closed_module_around_a_selected_layer_is_marked(deep_window: MainWindow) -> None:
    deep_window._session.select_layer("body.3.fc")
    assert part(deep_window, "modules").marked() == "body.3"
    toggle_module(deep_window._session, "body.3")
    assert part(deep_window, "modules").marked() == "body.3.fc"


@pytest.mark.parametrize("by_key", [True, False])
def test_that_all_modules_open_and_close(deep_window: MainWindow, qtbot: QtBot, by_key: bool) -> None:
    if by_key:
        qtbot.keyClick(deep_window, Qt.Key.Key_E)
    else:
        qtbot.mouseClick(part(deep_window, "controls").open_button, Qt.MouseButton.LeftButton)
    assert len(boxes_of(deep_window)) == 5 + 12 * 4
    if by_key:
        qtbot.keyClick(deep_window, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    else:
        qtbot.mouseClick(part(deep_window, "controls").close_button, Qt.MouseButton.LeftButton)
    assert boxes_of(deep_window) == CLOSED


def test_that_the_buttons_give_way_to_the_tabs_which_have_no_keys(deep_window: MainWindow) -> None:
    controls = part(deep_window, "controls")
    controls.show_room(1000)
    assert not controls.open_button.isHidden() and not controls.close_button.isHidden()
    controls.show_room(controls.drawings.sizeHint().width() + 20)
    assert controls.open_button.isHidden() and controls.close_button.isHidden()
    assert not controls.drawings.isHidden()


def test_that_the_user_chooses_the_drawing(deep_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(part(deep_window, "controls").drawings.buttons[UNITS], Qt.MouseButton.LeftButton)
    assert not part(deep_window, "page").are_modules_seen
    assert any(pair.values is not None for pair in part(deep_window, "network").graph_view.pairs)
    qtbot.keyClick(deep_window, Qt.Key.Key_M)
    assert part(deep_window, "page").are_modules_seen


def test_that_the_choice_of_drawings_is_only_there_where_the_network_is(deep_window: MainWindow) -> None:
    controls = part(deep_window, "controls")
    deep_window.show_view("optimizer")
    assert controls.isHidden()
    deep_window.show_view("network")
    assert not controls.isHidden()


def test_that_a_small_network_can_be_drawn_as_modules(open_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(open_window, Qt.Key.Key_M)

    assert boxes_of(open_window) == ["input", "conv1", "relu1", "pool1", "flatten", "fc1", "relu2", "fc2", "output"]


def test_that_another_pass_changes_what_boxes_show_and_nothing_else(deep_window: MainWindow) -> None:
    before, place = picture_of(deep_window, "body.5"), part(deep_window, "modules").rect_of_box("body.5")
    deep_window._session.show_last()

    assert (picture_of(deep_window, "body.5") != before).any()
    assert part(deep_window, "modules").rect_of_box("body.5") == place


def test_that_what_was_not_recorded_has_no_bar(deep_window: MainWindow) -> None:
    def colours_below(name: str) -> int:
        return len({tuple(pixel) for pixel in picture_of(deep_window, name)[-16:-6, 12:-12].reshape(-1, 3).tolist()})

    assert colours_below("drop") == 1
    assert colours_below("last") > 2


def test_that_the_wheel_zooms_at_the_cursor_and_f_fits(deep_window: MainWindow, qtbot: QtBot) -> None:
    view = part(deep_window, "modules")
    at = QPointF(middle_of(view, "body.5"))
    zoom = view.zoom
    turn_wheel(view, at, 2)
    assert view.zoom == pytest.approx(zoom * 1.15**2)
    assert view.rect_of_box("body.5").center().x() == pytest.approx(at.x(), abs=1)

    qtbot.keyClick(deep_window, Qt.Key.Key_F)
    assert view.zoom == zoom
    assert not view.is_zoomed


def test_that_a_drag_moves_the_network_and_clicks_nothing(deep_window: MainWindow, qtbot: QtBot) -> None:
    view = part(deep_window, "modules")
    start = middle_of(view, "body.5")
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    end = start + QPoint(40, 30)
    move(view, end, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)

    assert middle_of(view, "body.5") == end
    assert "body.5" in boxes_of(deep_window)


def test_that_the_tooltip_tells_what_a_module_is_and_reads(
    deep_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, said = part(deep_window, "modules"), []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, __: said.append(text))
    toggle_module(deep_window._session, "body.3")
    for name in ("body.3.fc", "body.3.add", "body.5", "input"):
        move(view, middle_of(view, name))
        assert view.hovered == name

    for words in ("body.3.fc", "Linear", "parameters", "72", "body.3.act", "gradient norm"):
        assert words in said[0]
    assert "sum" in said[1]
    assert "body.2, body.3.fc" in said[1]
    assert "3 modules" in said[2]
    assert "Click to open it" in said[2]
    assert "5" in said[3]


def test_that_the_legend_says_what_bars_mean_in_numbers(deep_window: MainWindow) -> None:
    text = part(deep_window, "modules").legend_text
    assert text.startswith("mean |activation| ")
    assert "gradient norm" in text
    assert " … " in text


def test_that_a_narrow_legend_has_room_for_all_it_says_and_explains_no_units_that_are_not_drawn(
    deep_window: MainWindow,
) -> None:
    numbers = part(deep_window, "modules").numbers

    def texts(*, are_units_seen: bool) -> list[str]:
        room = QRectF(0, 0, 640, 30)
        return painted_by(
            lambda painter: draw_module_legend(painter, room, numbers, Told.ACTIVATION, are_units_seen=are_units_seen),
            QSize(640, 30),
        ).texts

    assert not any(text.endswith("…") for text in texts(are_units_seen=True))
    assert texts(are_units_seen=True)[-1] == "log scales"
    assert any("units" in text for text in texts(are_units_seen=True))
    assert not any("units" in text for text in texts(are_units_seen=False))


def test_that_the_box_is_marked_in_which_the_pinned_unit_lies(deep_window: MainWindow) -> None:
    modules = part(deep_window, "modules")
    before = picture_of(deep_window, "body.3")
    deep_window._session.pin_unit(("body.3.fc", 0))
    assert modules.pinned() == "body.3"
    assert (picture_of(deep_window, "body.3") != before).any()
    deep_window._session.pin_unit(None)
    assert modules.pinned() is None
    assert (picture_of(deep_window, "body.3") == before).all()


def test_that_without_a_recorded_flow_the_legend_says_so(window: MainWindow, deep_path: Path, tmp_path: Path) -> None:
    first, *rest = deep_path.read_text().splitlines(keepends=True)
    header = json.loads(first + "]}")
    assert header.pop("flow")
    assert header.pop("records") == []
    assert header.pop("checksums")  # of which a file of that time has none
    del header["header_crc"]
    old = tmp_path / "old.json"
    # without its last line, whose index counts bytes: the reader finds the records by itself
    old.write_text(json.dumps(header, separators=(",", ":"))[:-1] + ',"records":[\n' + "".join(rest[:-1]))

    window.open(old)

    assert part(window, "page").are_modules_seen
    assert part(window, "modules").legend_text.startswith("order as the layers ran")
    assert {"first", "body.0", "last"} <= set(boxes_of(window))


@pytest.mark.parametrize("name", ["network.png", "network.svg"])
def test_that_the_picture_is_saved_as_it_is_open(
    deep_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
    deep_window._saving.save_picture(deep_window.pages["network"])
    if name.endswith(".svg"):
        assert "body" in (tmp_path / name).read_text()
    else:
        image = QImage(str(tmp_path / name))
        assert image.width() == 2 * (part(deep_window, "page").width() + 2 * MARGIN)
        assert len({tuple(pixel) for row in pixels_of(image)[::7, ::7].tolist() for pixel in row}) > 5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_the_bar_of_the_gradient_is_seen_on_its_groove(qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    bar, groove = gradient_colour(), QColor(active().line)
    apply_theme(qapp)
    assert abs(bar.lightnessF() - groove.lightnessF()) > 0.2


def test_that_both_themes_draw_it(deep_window: MainWindow, qapp) -> None:
    dark = picture_of(deep_window, "body.5")
    apply_theme(qapp, "light")
    light = picture_of(deep_window, "body.5")
    apply_theme(qapp)
    assert light.mean() > dark.mean() + 80


def test_that_a_closed_module_is_marked_for_what_is_found_in_it_and_an_open_one_leaves_that_to_its_boxes(
    deep_window: MainWindow, qtbot: QtBot
) -> None:
    modules = part(deep_window, "modules")
    modules.show_health(health_of([finding("dead-units", "critical", ["body.3.fc"], 0)]))
    assert set(modules.box_health) == {"body.3"}
    before = picture_of(deep_window, "body.2")
    assert (picture_of(deep_window, "body.3") == DARK_WRONG).all(axis=-1).any()
    assert not (before == DARK_WRONG).all(axis=-1).any()
    toggle_module(deep_window._session, "body.3")
    assert set(modules.box_health) == {"body.3.fc"}
    toggle_module(deep_window._session, "body")
    assert set(modules.box_health) == {"body"}


def test_that_the_pointer_says_what_can_be_clicked_and_dragged(deep_window: MainWindow) -> None:
    view = part(deep_window, "modules")
    assert view.cursor().shape() is Qt.CursorShape.ArrowCursor
    move(view, middle_of(view, "body.5"))
    assert view.cursor().shape() is Qt.CursorShape.PointingHandCursor
    move(view, QPoint(3, 3))
    assert view.cursor().shape() is Qt.CursorShape.ArrowCursor
    view.zoom_by(2)
    move(view, QPoint(3, 3))
    assert view.cursor().shape() is Qt.CursorShape.OpenHandCursor


def test_that_a_mark_is_seen_whole_on_the_box_of_the_chosen_layer(deep_window: MainWindow) -> None:
    modules = part(deep_window, "modules")
    modules.show_health(health_of([finding("dead-units", "critical", ["first"], 0)]))

    def of_a_mark() -> int:
        return (pixels_of(modules.grab().toImage()) == DARK_WRONG).all(axis=-1).sum()

    modules.highlight_layer(None)
    before = of_a_mark()
    assert before
    modules.highlight_layer("first")
    assert of_a_mark() == before


def test_that_an_input_without_room_for_its_name_is_called_by_its_end(qapp: QApplication) -> None:
    assert endpoint_title("input.attention_mask", 1000, TEXT_PX, bold=True) == "input.attention_mask"
    assert endpoint_title("input.ids", 40, TEXT_PX, bold=True) == "ids"
    assert endpoint_title("input", 60, TEXT_PX, bold=True) == "input"


def test_that_the_sides_of_a_shape_are_told_as_all_numbers_are() -> None:
    assert shape_text((1000, 8)) == "1,000×8"
