"""What is told of strips, tiles and their scales, and what the pointer does: whole texts."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.features.analysis.activation_strips import Strip
from app.views.features.analysis.dead_marks import DeadMarks
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.scale_line import ScaleLine
from app.views.features.strips_view import StripsView
from app.views.features.tile_grid import TileGrid
from app.views.features.titled_grid import SAME, TitledGrid
from tests.app.painted import painted
from tests.app.views.features.pointing import tooltip_at


def strip(stage: str, values: list[float] | None, **given: object) -> Strip:
    n = 4 if values is None else len(values)
    array = None if values is None else np.array(values, "f4")
    return Strip(stage, f"{stage}_out", np.arange(n) * 2, 40, array, "relu", **({"dead": None} | given))  # type: ignore[arg-type]


DEAD = np.array([True, True, False])
ONE = strip("fc1", [0.0, 0.0, -1.5], dead=DEAD)
OTHER = strip("fc1", [0.5, 0.0, 1.0], dead=np.array([False, True, False]))
BOTH = replace(ONE, values=np.array([0.5, 0.0, 2.5]), sides=(ONE, OTHER), dead=DEAD)


@pytest.fixture
def strips(qtbot: QtBot) -> StripsView:
    view = StripsView()
    qtbot.addWidget(view)
    view.resize(500, 220)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.mark.parametrize(
    ("shown", "since", "position", "told"),
    [
        (ONE, None, 2, "fc1 · unit 4\nfc1_out: −1.5, full colour at 2.5"),
        (ONE, None, 0, "fc1 · unit 0\nfc1_out: 0, full colour at 2.5\ndead at this pass"),
        (ONE, [-1, 0, -1], 0, "fc1 · unit 0\nfc1_out: 0, full colour at 2.5\ndead at this pass"),
        (ONE, [-1, 0, -1], 1, "fc1 · unit 2\nfc1_out: 0, full colour at 2.5\ndead since the pass at step 0"),
        (ONE, [1200, 0, -1], 0, "fc1 · unit 0\nfc1_out: 0, full colour at 2.5\ndead since the pass at step 1,200"),
        (BOTH, None, 0, "fc1 · unit 0\nfc1_out: A 0 · B 0.5 · +0.5, full colour at 2.5\ndead in A alone"),
        (BOTH, None, 1, "fc1 · unit 2\nfc1_out: A 0 · B 0 · the same, full colour at 2.5\ndead in A and B"),
        (BOTH, None, 2, "fc1 · unit 4\nfc1_out: A −1.5 · B 1 · +2.5, full colour at 2.5"),
        (replace(ONE, values=None), None, 2, "fc1 · unit 4\nfc1_out: not recorded, full colour at 2.5"),
    ],
)
def test_that_a_unit_is_told_with_its_value_the_scale_and_since_when_it_is_dead(
    strips: StripsView, shown: Strip, since: list[int] | None, position: int, told: str
) -> None:
    known = None if since is None else lambda _: np.array(since)
    strips.show_strips([shown], 2.5, since=known)
    assert strips.tip(strips.cell_of(0, position).center()) == told


def test_that_a_unit_of_the_logits_is_told_with_its_class(strips: StripsView) -> None:
    strips.show_strips([ONE, ONE], 1.0, ("ant", "?", "bee", "?"))
    first = [strips.tip(strips.cell_of(1, position).center()).split("\n")[0] for position in range(3)]
    assert first == ["fc1 · unit 0 · class “ant”", "fc1 · unit 2 · class “bee”", "fc1 · unit 4 · class “class 4”"]
    assert strips.tip(strips.cell_of(0, 0).center()).startswith("fc1 · unit 0\n")


def test_that_beside_the_units_nothing_is_told_but_why_they_are_not_there(strips: StripsView) -> None:
    empty = replace(ONE, units=np.zeros(0, int), values=None, reason="no probe")
    strips.show_strips([empty, ONE], 1.0)
    assert tooltip_at(strips, strips.rect_of(0).center().toPoint()) == "not recorded: no probe"
    assert tooltip_at(strips, QPoint(5, 5)) == ""
    assert tooltip_at(strips, strips.cell_of(1, 2).center().toPoint()).startswith("fc1 · unit 4\n")


@pytest.mark.parametrize(
    ("true", "predicted", "told"),
    [
        (0, 4, ["predicted class 4: −1.5", "label ant: 0"]),
        (None, 2, ["predicted bee: 0"]),
        (3, None, ["label ?: not recorded"]),
        (None, None, []),
    ],
)
def test_that_the_predicted_class_and_the_label_are_told_with_their_logits(
    strips: StripsView, true: int | None, predicted: int | None, told: list[str]
) -> None:
    strips.show_strips([ONE], 1.0, ("ant", "?", "bee", "?"), true, predicted)
    assert strips.verdicts(ONE) == told
    if predicted == 4:
        assert strips.verdicts(BOTH) == ["predicted class 4: +2.5", "label ant: +0.5"]
        assert strips.verdicts(replace(ONE, values=None)) == [
            "predicted class 4: not recorded",
            "label ant: not recorded",
        ]


def test_that_a_click_chooses_a_unit_or_the_layer_at_whose_name_it_is(strips: StripsView) -> None:
    asked: list[tuple[object, ...]] = []
    strips.unit_requested.connect(lambda *given: asked.append(given))
    strips.layer_requested.connect(lambda *given: asked.append(given))
    strips.show_strips([ONE, strip("fc2", [1.0, 2.0])], 1.0)
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    cell, row = strips.cell_of(1, 0), strips.rect_of(1)
    for button, at in (
        (right, cell.center().toPoint()),
        (left, cell.center().toPoint()),
        (left, QPoint(83, int(row.bottom()))),
        (left, QPoint(84, int(row.bottom()) + 3)),
        (left, QPoint(10, int(row.bottom()) + 2)),
        (left, QPoint(10, int(row.top()) - 2)),
    ):
        QTest.mousePress(strips, button, pos=at)
    assert asked == [("fc2", 0), ("fc2",)]


def test_that_the_mark_of_the_pointer_goes_with_it_and_with_other_strips(strips: StripsView) -> None:
    strips.show_strips([ONE, ONE], 1.0)
    QTest.mouseMove(strips, strips.cell_of(1, 1).center().toPoint())
    assert strips._pointed == (1, 1)
    strips.show_strips([ONE, BOTH], 1.0)
    assert strips._pointed == (1, 1)
    strips.show_strips([ONE], 1.0)
    assert strips._pointed is None


def scaled(show: object, *given: object, **more: object) -> tuple[str, str, str, str]:
    line = ScaleLine()
    getattr(line, str(show))(*given, **more)
    return line.low, line.high, line.words, line.accessibleName()


VALUES = np.array([[[-0.5, 0.25]]], "f4")


def tiles(values: np.ndarray = VALUES, rule: ScaleRule = ScaleRule.RUN, **given: object) -> Tiles:
    return Tiles(values, np.arange(len(values)), ("filter 0",), 2.5, rule, **given)  # type: ignore[arg-type]


RUN = "one scale: the run's largest"


@pytest.mark.parametrize(
    ("shown", "dead", "told"),
    [
        (tiles(), "", ("−2.5", "2.5", RUN, f"colours from −2.5 to 2.5: {RUN}")),
        (tiles(np.abs(VALUES)), "", ("0", "2.5", RUN, f"colours from 0 to 2.5: {RUN}")),
        (tiles(), "3 dead", ("−2.5", "2.5", RUN, f"colours from −2.5 to 2.5: {RUN} · 3 dead, marked with a cross")),
        (
            tiles(),
            "dead: 1 in A (\\)",
            (
                *("−2.5", "2.5", RUN),
                f"colours from −2.5 to 2.5: {RUN} · dead: 1 in A (\\), marked with a cross, half of one where one of "
                "both is",
            ),
        ),
        (
            tiles(rule=ScaleRule.OWN),
            "",
            (
                *("−largest", "largest", "of each tile, at most 0.5"),
                "colours from −largest to largest: of each tile, at most 0.5",
            ),
        ),
        (
            tiles(np.abs(VALUES), rule=ScaleRule.OWN),
            "",
            ("0", "largest", "of each tile, at most 0.5", "colours from 0 to largest: of each tile, at most 0.5"),
        ),
        (
            tiles(np.abs(VALUES)[..., None].repeat(3, -1)),
            "",
            (
                *("−2.5", "2.5", f"of red, green and blue; {RUN}"),
                f"colours from −2.5 to 2.5: of red, green and blue; {RUN}",
            ),
        ),
        (None, "3 dead", ("", "", "", "")),
    ],
)
def test_that_a_scale_is_told_by_its_ends_and_what_they_are(
    qtbot: QtBot, shown: Tiles | None, dead: str, told: tuple[str, ...]
) -> None:
    assert scaled("show_tiles", shown, dead) == told


def test_that_a_scale_of_nothing_has_no_minus(qtbot: QtBot) -> None:
    told = scaled("show_scale", 0.0, ScaleRule.PASS, is_signed=True, words="share")
    assert told == ("0", "0", "share", "colours from 0 to 0: share")


def test_that_tiles_tell_the_value_and_since_when_their_unit_is_dead(qtbot: QtBot) -> None:
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(120, 80)
    grid.show_tiles(tiles(), "", DeadMarks({0: "dead since the pass at step 10"}))
    at = QPointF(grid.rect_of(0).left() + 3, grid.rect_of(0).center().y())
    told = "filter 0 · row 0, column 0: −0.5\nfull colour at 2.5\ndead since the pass at step 10"
    assert (grid.tip(at), tooltip_at(grid, at.toPoint())) == (told, told)
    assert grid.tip(QPointF(119, 79)) == ""
    grid.show_tiles(None, "Why there are none.")
    assert (grid.tip(at), grid.message, grid.accessibleDescription()) == ("", *["Why there are none."] * 2)


def test_that_the_pointer_frames_a_tile_and_a_click_chooses_its_unit(qtbot: QtBot) -> None:
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(200, 80)
    four = np.arange(16, dtype="f4").reshape(4, 2, 2)
    grid.show_tiles(Tiles(four, np.array([0, 2, 4, 6]), ("a", "b", "c", "d"), 1.0, ScaleRule.PASS))
    grid.show()
    qtbot.waitExposed(grid)
    asked: list[int] = []
    grid.unit_requested.connect(asked.append)
    at = grid.rect_of(2).center().toPoint()
    QTest.mouseMove(grid, at)
    (frame,) = painted(grid).lines(active().text)
    assert frame.place == grid.rect_of(2).adjusted(-2, -2, 1, 1)
    QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
    assert painted(grid).lines(active().text) == []
    nowhere = QPoint(199, 79)
    for button, place in (
        (Qt.MouseButton.RightButton, at),
        (Qt.MouseButton.LeftButton, at),
        (Qt.MouseButton.LeftButton, nowhere),
    ):
        QTest.mousePress(grid, button, pos=place)
    assert asked == [4]
    grid.setFocus()
    for key in (
        Qt.Key.Key_Return,
        Qt.Key.Key_Right,
        Qt.Key.Key_Return,
        Qt.Key.Key_Left,
        Qt.Key.Key_Left,
        Qt.Key.Key_Return,
    ):
        QTest.keyClick(grid, key)
    assert asked == [4, 2, 0]
    grid.show_tiles(None)
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=at)
    assert asked == [4, 2, 0]


@pytest.mark.parametrize("n", [1, 5])
def test_that_strips_are_as_high_as_they_need_and_no_lower(strips: StripsView, n: int) -> None:
    strips.show_strips([ONE] * n, 1.0)
    strips.resize(400, strips.minimumHeight())
    last = strips.rect_of(n - 1)
    assert (last.height(), strips.height() - last.bottom()) == (18, 62), "numbers, two lines of words and some room"
    strips.resize(400, 3000)
    assert strips.rect_of(n - 1).height() == 84


def test_that_the_pointer_leaves_the_strips(strips: StripsView) -> None:
    strips.show_strips([ONE], 1.0)
    QTest.mouseMove(strips, strips.cell_of(0, 1).center().toPoint())
    assert len(painted(strips).lines(active().text)) == 1
    QApplication.sendEvent(strips, QEvent(QEvent.Type.Leave))
    assert painted(strips).lines(active().text) == []
    assert strips.accessibleName() == "Activation strips, a row for each layer"


def test_that_a_heading_says_what_is_less_what(qtbot: QtBot) -> None:
    titled = TitledGrid("Filters")
    qtbot.addWidget(titled)
    for shown, about, message in (
        (tiles(), "3×3", "none"),
        (tiles(sides=(VALUES, VALUES)), "B − A · 3×3", "none"),
        (tiles(0 * VALUES, sides=(VALUES, VALUES)), "B − A · 3×3", SAME),
        (None, "3×3", "none"),
    ):
        titled.show_tiles("3×3", shown, "none")
        assert (titled.heading.about, titled.grid.message) == (about, message)
    assert titled.grid.accessibleName() == "Filters"
