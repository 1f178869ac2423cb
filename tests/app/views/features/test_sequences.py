"""Sequences and attention among the features: their pixels are the arrays' values, driven by real clicks."""

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.analysis.figures import figure
from app.palette import active
from app.views.features.matrix_map import MatrixMap
from app.views.features.panel import FeaturesPanel
from app.views.features.sequence_page import ALL_HEADS, MOST_WEIGHTS, SequencePage
from app.widgets.choice_box import ChoiceBox
from app.window.main_window import MainWindow
from tests.app.painted import painted as shapes
from tests.app.parts import part
from tests.app.views.features.sequence_run import N_KEPT, STEPS, TOKENS, write_sequence_run


@pytest.fixture
def features(window: MainWindow, tmp_path: Path) -> FeaturesPanel:
    window.open(write_sequence_run(tmp_path / "run.json"))
    panel: FeaturesPanel = part(window, "features")
    return panel


@pytest.fixture
def page(features: FeaturesPanel) -> SequencePage:
    return features.sequences


def kept(window: MainWindow, kind: str, layer: str, number: int = 0) -> np.ndarray:
    opened = window._session.opened
    assert opened is not None
    array: np.ndarray = getattr(opened.collection.passes[number].layers[layer], kind)
    return array.astype(np.float32)


def choose(box: ChoiceBox, what: object) -> None:
    """Choose as a user does."""
    box.choose(what)
    box.activated.emit(box.currentIndex())


def painted(shown: MatrixMap) -> np.ndarray:
    """The colours of a matrix as they are painted, RGB, read at the middle of each value."""
    picture = shown.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    assert shown.matrix is not None
    rows, columns = shown.matrix.values.shape
    found = np.zeros((rows, columns, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            colour = picture.pixelColor(shown.cell_of(row, column).center().toPoint())
            found[row, column] = colour.red(), colour.green(), colour.blue()
    return found


def test_that_a_recurrent_layer_is_shown_with_a_row_for_each_token(page: SequencePage, window: MainWindow) -> None:
    window._session.select_layer("lstm")
    matrix = page.sequence.matrix
    assert matrix is not None
    assert matrix.values.tolist() == kept(window, "sequence", "lstm")[0].tolist()
    assert matrix.rows == tuple(TOKENS)
    assert matrix.columns == ("0", "2", "4", "6", "8")
    expected = colours.diverging_rgba(matrix.values, matrix.scale)[..., :3]
    assert painted(page.sequence).tolist() == expected.tolist()
    assert page.sequence.tip(page.sequence.cell_of(1, 2).center()).startswith("position 1, “cat”\nlstm unit 4\n")
    assert not page.heads.isVisible()


def test_that_positions_that_are_not_those_of_the_tokens_are_numbers_and_told_to_be_some(
    page: SequencePage, window: MainWindow
) -> None:
    window._session.select_layer("attn")
    assert page.sequence.matrix is not None
    assert page.sequence.matrix.rows == tuple(map(str, STEPS))
    assert "4 of 90 positions" in page.sequence_heading.about


def test_that_the_selected_layer_of_a_stage_is_the_one_whose_output_is_shown(
    page: SequencePage, window: MainWindow
) -> None:
    for name in ("attn", "attn.out"):
        window._session.select_layer(name)
        assert page.sequence.matrix is not None
        assert page.sequence.matrix.values.tolist() == kept(window, "sequence", name)[0].tolist()
        assert page.layer_box.choice == name


def test_that_a_click_on_a_head_shows_it_alone_and_another_one_all(
    page: SequencePage, window: MainWindow, qtbot: QtBot
) -> None:
    window._session.select_layer("attn")
    weights = kept(window, "attention", "attn")[0]
    assert page.heads.tiles is not None
    assert page.heads.tiles.values.tolist() == weights.tolist()

    left = Qt.MouseButton.LeftButton
    QApplication.processEvents()  # so that what has come into sight has its size
    qtbot.mouseClick(page.heads, left, pos=page.heads.rect_of(1).center().toPoint())
    QApplication.processEvents()
    assert page.head.isVisible()
    assert page.head.matrix is not None
    assert page.head.matrix.values.tolist() == weights[1].tolist()
    assert page.head.matrix.columns == tuple(TOKENS)
    assert page.attention_heading.figure == "0.5 nats, logits up to 0.5"
    assert page.head.tip(page.head.cell_of(2, 1).center()).startswith("from position 60\nto position 1, “cat”\n")

    qtbot.mouseClick(page.head, left, pos=page.head.cell_of(0, 0).center().toPoint())
    assert page.heads.isVisible()
    assert page.head_box.choice == ALL_HEADS


def test_that_boxes_choose_the_layer_and_the_head(page: SequencePage, window: MainWindow) -> None:
    window._session.select_layer("attn")
    choose(page.layer_box, "attn.out")
    assert page.sequence.matrix is not None
    assert page.sequence.matrix.values.tolist() == kept(window, "sequence", "attn.out")[0].tolist()
    choose(page.head_box, 1)
    assert page.head.matrix is not None
    assert page.head.matrix.values.tolist() == kept(window, "attention", "attn")[0, 1].tolist()
    assert page.head.isVisibleTo(page)
    choose(page.head_box, ALL_HEADS)
    assert page.heads.isVisibleTo(page)


def test_that_headings_name_the_layer_once_and_scales_tell_the_full_colour(
    page: SequencePage, window: MainWindow
) -> None:
    for name, attention in (("attn", "Attention"), ("attn.out", "attn")):
        window._session.select_layer(name)
        assert (page.sequence_heading.title, page.attention_heading.title) == (name, attention)
        assert page.attention_heading.about == "queries down, keys across"
        full = figure(page.sequence.matrix.scale)  # type: ignore[union-attr]
        assert (page.sequence_scale.low, page.sequence_scale.high) == (f"−{full}", full)
    assert page.attention_scale.words == MOST_WEIGHTS
    assert (page.attention_scale.low, page.attention_scale.high) == ("0", figure(page.heads.tiles.scale))  # type: ignore[union-attr]
    window._session.hold_pass()
    window._session.show_pass(1)
    full = figure(page.heads.tiles.scale)  # type: ignore[union-attr]
    assert (page.attention_scale.low, page.attention_scale.high) == (f"−{full}", full)


def test_that_of_a_sample_that_is_not_kept_it_says_how_to_keep_it(page: SequencePage, window: MainWindow) -> None:
    window._session.select_layer("attn")
    window._session.choose_sample(N_KEPT)
    for message in (page.sequence.message, page.heads.message):
        assert f"--feature_samples {N_KEPT + 1}" in message


def test_that_a_clicked_unit_is_pinned_and_framed(page: SequencePage, window: MainWindow, qtbot: QtBot) -> None:
    window._session.select_layer("lstm")
    qtbot.mouseClick(page.sequence, Qt.MouseButton.LeftButton, pos=page.sequence.cell_of(3, 3).center().toPoint())
    view = window._session.view
    assert view is not None
    assert view.unit == ("lstm", 6)
    (frame,) = shapes(page.sequence).lines(active().hovered)
    assert frame.place.left() == page.sequence.cell_of(0, 3).left()


def test_that_keys_walk_over_the_matrix_and_choose(page: SequencePage, window: MainWindow, qtbot: QtBot) -> None:
    window._session.select_layer("lstm")
    page.sequence.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(page.sequence, key)
    view = window._session.view
    assert view is not None
    assert view.unit == ("lstm", 2)


def test_that_two_passes_are_shown_as_how_they_differ(page: SequencePage, window: MainWindow) -> None:
    session = window._session
    session.select_layer("attn")
    session.hold_pass()
    session.show_pass(1)
    matrix, tiles = page.sequence.matrix, page.heads.tiles
    assert matrix is not None and tiles is not None
    for shown, kind in ((matrix.values, "sequence"), (tiles.values, "attention")):
        a, b = (kept(window, kind, "attn", number)[0] for number in (0, 1))
        assert shown.tolist() == (b - a).tolist()
    assert page.sequence_heading.about.startswith("B − A")
    assert tiles.labels == ("0 · +0.00 nats", "1 · +1.00 nats")
    assert "A " in page.sequence.tip(page.sequence.cell_of(0, 0).center())


def test_that_what_is_shown_can_be_had_as_numbers(features: FeaturesPanel, window: MainWindow) -> None:
    window._session.select_layer("attn")
    tables = {title: make for page in window.pages.visible if page.view for title, make in page.view.tables.items()}
    of_sequence, of_heads = (tables[f"Features: {each}"]() for each in ("sequence", "attention"))
    assert of_sequence.rows[6][:3] == ("attn", "position 30", "attn unit 1")
    assert of_sequence.rows[6][3] == kept(window, "sequence", "attn")[0][1, 1]
    weights = kept(window, "attention", "attn")[0]
    assert [row[3] for row in of_heads.rows] == weights.ravel().tolist()
    assert of_heads.rows[-1][:3] == ("attn head 1", "from position 89", "to position 3, “<b>on</b>”")
    window._session.select_layer("head")
    titles = [title for page in window.pages.visible if page.view for title in page.view.tables]
    assert "Features" in titles and "Features: attention" not in titles


def test_that_a_linear_layer_behind_them_has_its_strip(features: FeaturesPanel, window: MainWindow) -> None:
    window._session.select_layer("head")
    assert features.strips.isVisible()
    assert [strip.stage for strip in features.strips.strips] == ["attn.out", "head"]


def test_that_beside_the_matrix_there_is_nothing_to_tell(page: SequencePage, window: MainWindow) -> None:
    window._session.select_layer("lstm")
    assert page.sequence.tip(QPointF(1, 1)) == ""
