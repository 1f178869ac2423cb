"""Labels that give way."""

import re

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QFontMetrics, QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.palette import SMALL_PX, active, font
from app.widgets.elided_text import ElidedButton, ElidedLabel, elided, elided_apart
from app.window.run_bar import RunBar
from app.window.theme import apply_theme
from app.window.training import TrainingProgress
from app.window.training_bar import TrainingBar
from tests.app.painted import painted

LONG = "a_dataset_of_an_unusually_long_name" * 12


def test_that_a_long_text_is_shortened_and_a_short_one_is_not(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.setText(LONG)
    label.grab()
    assert label.text() == LONG
    before, _, after = label.shown_text().partition("…")
    assert LONG.startswith(before) and LONG.endswith(after) and before and after
    label.setText("short")
    assert label.shown_text() == "short"


def test_that_a_button_shows_what_it_has_room_for(qtbot: QtBot) -> None:
    button = ElidedButton(LONG[:200])
    qtbot.addWidget(button)
    button.resize(120, 26)
    button.grab()
    assert "…" in button.shown_text() and len(button.shown_text()) < 200
    assert button.minimumSizeHint().width() < 100
    button.resize(5000, 26)
    assert button.shown_text() == LONG[:200]


def test_that_a_badge_that_is_cut_has_its_ground_and_tells_all_of_it(qtbot: QtBot, qapp) -> None:
    apply_theme(qapp)
    badge = ElidedLabel(LONG)
    badge.setObjectName("badge")
    badge.about = "and why"
    qtbot.addWidget(badge)
    badge.resize(120, 26)
    assert badge.grab().toImage().pixelColor(60, 3).name() == active().badge
    QApplication.sendEvent(badge, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), badge.mapToGlobal(QPoint(5, 5))))
    assert LONG[-20:] in badge.toolTip() and badge.toolTip().endswith("and why")
    QToolTip.hideText()


def test_that_no_text_pushes_the_docks_together(qtbot: QtBot) -> None:
    training, run = TrainingBar(), RunBar()
    for bar in (training, run):
        qtbot.addWidget(bar)
    training.show_progress(TrainingProgress(LONG, 3, 9))
    run.run_label.setText(LONG)
    run._show_badge(run.data_badge, LONG, "")
    run.show_problem(f"'/data/{LONG}': cannot be read.")
    assert run.minimumSizeHint().width() < 400
    assert training.minimumSizeHint().width() < 400


@pytest.mark.parametrize(
    "names",
    [
        [f"class number {number}" for number in range(1000)],
        [f"{'encoder.block.' * 6}{name}{'.projection.output' * 4}" for name in ("query", "key", "value")],
        [f"{'same beginning ' * 5}{number}" for number in range(5)],
        [f"{number}{' same end' * 9}" for number in range(5)],
        [f"第{number}个隐藏层用于提取图像的边缘特征{end}" for number in range(58) for end in ("", " ReLU")],
    ],
    ids=["numbered", "differ in the middle", "differ at the end", "differ at the beginning", "two kinds"],
)
def test_that_names_which_differ_are_seen_to_differ(qapp, names: list[str]) -> None:
    metrics = QFontMetrics(qapp.font())
    shown = elided_apart(metrics, names, 80)
    assert len(set(shown)) == len(names)
    assert all(metrics.horizontalAdvance(text) <= 80 for text in shown)


def test_that_no_width_between_two_letters_costs_what_tells_names_apart(qapp) -> None:
    metrics = QFontMetrics(font(SMALL_PX))
    names = [f"a_block_as_people_name_them_{number}_who_tell_what_it_does" for number in range(20)]
    for width in range(80, 120):
        assert len(set(elided_apart(metrics, names, width))) == len(names)


def test_that_of_numbered_names_no_number_is_cut(qapp) -> None:
    metrics = QFontMetrics(font(SMALL_PX))
    numbers = (7, 21, 82, 134, 382, 639)
    for width in range(34, 60):
        for number, text in zip(
            numbers, elided_apart(metrics, [f"class {each}" for each in numbers], width), strict=True
        ):
            assert re.search(r"\d*$", text)[0] == str(number)


@pytest.mark.parametrize("names", [("Released", "Retained"), ("Minima", "Maxima"), ("a first word", "a fist word")])
def test_that_no_part_of_a_word_stands_there_as_a_word(qapp, names: tuple[str, str]) -> None:
    metrics = QFontMetrics(font(SMALL_PX))
    for width in range(16, 90):
        for name, text in zip(names, elided_apart(metrics, names, width), strict=True):
            assert set(re.findall(r"(?<![\w…])\w{2,}(?![\w…])", text)) <= set(name.split())


def test_that_of_what_names_share_as_much_is_told_as_there_is_room_for(qapp) -> None:
    metrics = QFontMetrics(qapp.font())
    names = [f"encoder of the picture, block {number}, projection of its output" for number in range(10, 30)]
    for width in (120, 160, 240):
        for number, text in enumerate(elided_apart(metrics, names, width), 10):
            begin, own, end = text.partition(str(number))
            assert own and begin.startswith("e") and end.endswith("t")
            assert width - 3 * metrics.horizontalAdvance("m") <= metrics.horizontalAdvance(text) <= width


def test_that_of_a_text_in_parts_those_without_room_are_left_out_whole(qtbot: QtBot) -> None:
    label = ElidedLabel("cnn on mnist · 40,282 parameters · a pass every 30 steps", between=" · ")
    qtbot.addWidget(label)
    seen = set()
    for width in range(60, label.sizeHint().width() + 5):
        label.resize(width, 20)
        seen.add(label.shown_text())
        assert label.fontMetrics().horizontalAdvance(label.shown_text()) <= width
    assert {text for text in seen if text.startswith("cnn on mnist")} == {
        "cnn on mnist",
        "cnn on mnist · …",
        "cnn on mnist · 40,282 parameters · …",
        label.text(),
    }


def test_that_a_text_is_never_cut_within_a_number(qapp) -> None:
    text = "a column for each of 1,198 parameters · −0.25 at step 50 · 3e−5"
    metrics = QFontMetrics(qapp.font())
    numbers = {"1,198", "−0.25", "50", "3e−5"}
    for width in range(20, metrics.horizontalAdvance(text)):
        short = elided(metrics, text, width, Qt.TextElideMode.ElideRight)
        kept = short.removesuffix("…")
        assert text.startswith(kept)
        assert metrics.horizontalAdvance(short) <= width
        assert {word for word in kept.split() if any(letter.isdigit() for letter in word)} <= numbers
    assert elided(metrics, "conv 12", metrics.horizontalAdvance("conv 12")) == "conv 12"


def test_that_the_ground_of_a_badge_is_as_wide_at_both_sides_of_its_text(qtbot: QtBot, qapp) -> None:
    apply_theme(qapp)
    badge = ElidedLabel("made up")
    badge.setObjectName("badge")
    qtbot.addWidget(badge)
    badge.resize(badge.sizeHint())
    (word,) = painted(badge).words
    assert word.place.left() == pytest.approx(badge.width() - word.place.right(), abs=2)


def test_that_where_what_is_its_own_has_no_room_a_name_is_its_beginning_and_one_ellipsis(qapp) -> None:
    metrics = QFontMetrics(qapp.font())
    names = [f"block_{own}_output" for own in ("extracting_the_edges", "joining_the_parts", "choosing_a_class")]
    for width in range(40, 90, 5):
        shown = elided_apart(metrics, names, width)
        assert all(text.count("…") == 1 and text.endswith("…") and len(text) > 3 for text in shown)
        assert len(set(shown)) == len(names)


@pytest.mark.parametrize(
    ("names", "letters", "expected"),
    [
        (("loss of the training set", "loss of the test set"), 6, ["train…", "…test…"]),
        (("loss of the training set", "loss of the test set"), 10, ["…training…", "lo…test…et"]),
        (("loss of the training set", "loss of the test set"), 14, ["lo…training…et", "loss …test set"]),
        (("Released", "Retained"), 6, ["Relea…", "Retai…"]),
        (("fullyconnectedinner", "fullyconnectedouter"), 9, ["full…nner", "full…uter"]),
        (("a_block_of_the_first_layers", "a_block_of_the_second_layers"), 7, ["…first…", "…second"]),
        (("a_block_of_the_first_layers", "a_block_of_the_second_layers"), 8, ["…first…", "…second…"]),
    ],
)
def test_that_names_are_told_apart_by_whole_words_where_those_do(
    qapp, names: tuple[str, ...], letters: int, expected: list[str]
) -> None:
    wide = font(SMALL_PX)
    wide.setFamily("DejaVu Sans Mono")
    metrics = QFontMetrics(wide)
    assert elided_apart(metrics, names, metrics.horizontalAdvance("m") * letters) == expected


def test_that_no_dot_of_a_name_stands_beside_the_ellipsis_it_would_be_taken_for(qapp) -> None:
    metrics = QFontMetrics(qapp.font())
    name, other = "blocks.0.attention.q", "blocks.0.attention.k"
    for width in range(20, 200):
        for text in (elided(metrics, name, width), *elided_apart(metrics, (name, other), width)):
            assert ".…" not in text and "…." not in text


def test_that_a_text_of_megabytes_is_measured_as_fast_as_a_line(qapp) -> None:
    assert len(elided(QFontMetrics(qapp.font()), "long " * 1_000_000, 200)) < 60


def test_that_the_tooltip_of_a_label_tells_what_is_cut_and_what_else_there_is_to_say(qtbot: QtBot) -> None:
    label = ElidedLabel("a long text of many words")
    qtbot.addWidget(label)

    def tip() -> str:
        QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), label.mapToGlobal(QPoint(5, 5))))
        QToolTip.hideText()
        return label.toolTip()

    for width, about, expected in (
        (400, "", ""),
        (400, "about", "about"),
        (60, "", "a long text of many words"),
        (60, "about", "a long text of many words\nabout"),
    ):
        label.resize(width, 20)
        label.about = about
        assert tip() == expected


@pytest.mark.parametrize("cut", [Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle])
def test_that_a_label_paints_what_it_has_room_for_in_its_own_colour_and_place(
    qtbot: QtBot, qapp, cut: Qt.TextElideMode
) -> None:
    apply_theme(qapp)
    label = ElidedLabel("a long text of many words", cut=cut)
    qtbot.addWidget(label)
    label.resize(90, 20)
    (word,) = painted(label).words
    assert word.text == label.shown_text()
    assert word.text.endswith("…") == (cut == Qt.TextElideMode.ElideRight)
    assert word.place.left() == pytest.approx(0, abs=1)
    assert word.colour == label.palette().windowText().color().name()
    label.setAlignment(Qt.AlignmentFlag.AlignRight)
    label.resize(300, 20)
    assert painted(label).words[0].place.right() == pytest.approx(300, abs=2)


def test_that_a_button_paints_what_it_has_room_for(qtbot: QtBot, qapp) -> None:
    apply_theme(qapp)
    button = ElidedButton("a long text of many words")
    qtbot.addWidget(button)
    button.resize(100, 26)
    assert painted(button).texts == [button.shown_text()]
    assert "…" in button.shown_text()


@pytest.mark.parametrize(
    ("names", "width", "expected"),
    [
        (("one", "two"), 400, ["one", "two"]),
        (("same name", "same name"), 400, ["same name", "same name"]),
        (("one\nline", "two"), 400, ["one line", "two"]),
        ((), 40, []),
    ],
)
def test_that_what_has_room_or_is_the_same_is_told_as_it_is(
    qapp, names: tuple[str, ...], width: int, expected: list[str]
) -> None:
    assert elided_apart(QFontMetrics(qapp.font()), names, width) == expected


def test_that_equal_names_that_are_cut_are_cut_alike(qapp) -> None:
    metrics = QFontMetrics(qapp.font())
    first, second = elided_apart(metrics, [LONG, LONG], 90)
    assert first == second == elided(metrics, LONG, 90)
