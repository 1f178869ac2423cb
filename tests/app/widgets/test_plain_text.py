"""Text that is not ours is shown as it stands, whatever stands in it."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetrics, QTextDocument, QTextLayout
from pytestqt.qtbot import QtBot

from app.widgets.plain_text import (
    MOST_LETTERS,
    NameLabel,
    PlainLabel,
    elided,
    escaped,
    on_a_line,
    plain,
    plain_action_text,
    plain_title,
    plain_tooltip,
)

MARKUP = "fc1<img src='/dev/zero'> & <b>bold</b>"


def read(tooltip: str) -> str:
    """What a person reads in a tooltip."""
    if not Qt.mightBeRichText(tooltip):  # type: ignore[attr-defined]
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


@pytest.mark.parametrize("text", [MARKUP, "a < b", "first\n<b>second</b>", "&lt;b&gt;", "a  b\n  c <i>", "x & y", ""])
def test_that_a_tooltip_reads_as_the_text_stands(text: str, qtbot: QtBot) -> None:
    assert read(plain_tooltip(text)) == text
    assert "<img" not in plain_tooltip(text)


def test_that_a_tooltip_fits_on_a_screen(qtbot: QtBot) -> None:
    lines = read(plain_tooltip("<b>" + "word " * 1_000_000 + "\n" * 1000)).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 110


def test_that_a_menu_shows_ampersands_and_one_line() -> None:
    assert plain_action_text("salt & pepper\nmore") == "salt && pepper more"
    assert len(plain_action_text("a&" * 1000)) < 200


def test_that_the_mark_of_a_changed_window_is_text() -> None:
    assert plain_title("run[*].json") == "run[*][*].json"


def test_that_markup_of_ours_holds_text_as_text(qtbot: QtBot) -> None:
    assert read(f"<b>{escaped(MARKUP)}</b>") == MARKUP


def places_of(parts: tuple[str, ...], text: str) -> list[float]:
    """Where on a line the middle letter of each part stands, in px."""
    layout = QTextLayout(text, QFont())
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return [line.cursorToX(text.index(part) + len(part) // 2)[0] for part in parts]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("שלוש taken for four: 8 samples", ("שלוש", "taken for", "samples")),
        ("שכבה: 38% of 16 units", ("שכבה", "38", "units")),
        ("predicted: אחת 11.8 %", ("predicted", "אחת", "11.8")),
        ("שכבה · unit 13", ("שכבה", "unit", "13")),
    ],
)
def test_that_names_read_from_the_right_push_no_figures_away(text: str, parts: tuple[str, ...], qapp) -> None:
    places = places_of(parts, plain(text))
    assert places == sorted(places)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("name", ["אחת", "שכבה_2", "שכבה (2)", "conv1", "卷积层 1"])
def test_that_a_name_alone_stays_as_it_is(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\u202eb", "\ud800", "a\u2067b"])
def test_that_no_letter_is_out_of_sight_or_turns_what_follows(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert shown.encode()


@pytest.mark.parametrize("text", ["العربية", "中文", "👩‍🔬", "a\nb\tc", MARKUP])
def test_that_a_readable_text_is_not_touched(text: str) -> None:
    assert plain(text) == text


def test_that_a_long_text_is_told_by_its_beginning_and_its_end() -> None:
    shown = plain("begin" + "x" * 5_000_000 + "end")
    assert shown.startswith("begin")
    assert shown.endswith("end")
    assert len(shown) <= MOST_LETTERS
    assert "\n" not in on_a_line("a\nb")


def test_that_a_label_takes_no_markup_and_no_five_million_letters(qtbot: QtBot) -> None:
    label = PlainLabel(MARKUP)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == MARKUP
    label.setText("x" * 5_000_000)
    assert len(label.text()) <= MOST_LETTERS


def test_that_a_cut_text_keeps_the_end_that_is_asked_for(qtbot: QtBot) -> None:
    label = PlainLabel()
    qtbot.addWidget(label)
    metrics: QFontMetrics = label.fontMetrics()
    text = "begin" + "x" * 5_000_000 + "end"
    assert elided(metrics, text, 100).startswith("begin")
    assert elided(metrics, text, 100, Qt.TextElideMode.ElideLeft).endswith("end")
    assert metrics.horizontalAdvance(elided(metrics, text, 100, Qt.TextElideMode.ElideMiddle)) <= 100


def test_that_a_long_name_is_broken_behind_dots_and_underscores_and_stays_the_same_text(qtbot: QtBot) -> None:
    name = "transformer_block.multi_head_attention.query · unit 0"
    label, whole = NameLabel(name), PlainLabel(name)
    for each in (label, whole):
        qtbot.addWidget(each)
        each.setWordWrap(True)
    assert label.text() == name
    assert label.minimumSizeHint().width() < whole.minimumSizeHint().width() / 2
    label.setText("0.93 of 1.5")
    assert label.text() == "0.93 of 1.5"
