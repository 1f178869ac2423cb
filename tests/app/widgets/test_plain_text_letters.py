"""Which letters of a text that is not ours are shown, how many, and where a long one is cut."""

import textwrap

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics, QFontMetricsF
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.elided_text import ElidedButton, ElidedLabel, elided_parts
from app.widgets.plain_text import (
    MOST_LETTERS,
    MarkupLabel,
    NameLabel,
    PlainLabel,
    elided,
    escaped,
    on_a_line,
    plain,
    plain_action_text,
    plain_title,
    plain_tooltip,
    width_of,
)

RIGHT = Qt.TextElideMode.ElideRight


def expected_of(code: int) -> str:
    """What stands in the place of a letter, said once more."""
    if code in (0x09, 0x0A):
        return chr(code)
    if code < 0x20:
        return chr(0x2400 + code)
    if 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF:
        return "�"
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return ""
    return "\n" if code in (0x2028, 0x2029) else chr(code)


def test_that_letters_out_of_sight_are_seen_and_those_that_turn_others_are_left_out() -> None:
    codes = [*range(0x250), *range(0x2000, 0x2100), *range(0xD7F0, 0xE010)]
    assert {code: plain(f"a{chr(code)}b") for code in codes} == {code: f"a{expected_of(code)}b" for code in codes}


@pytest.mark.parametrize("most", [30, 31, 200])
def test_that_of_a_long_text_two_thirds_are_its_beginning_and_one_its_end(most: int) -> None:
    text = "".join(chr(0x100 + number) for number in range(most + 1))
    assert plain(text[:most], most) == text[:most]
    shown = plain(text, most)
    begin, end = shown.split(" … ")
    assert len(shown) == most
    assert len(end) == most // 3
    assert text.startswith(begin) and text.endswith(end)


@pytest.mark.parametrize(
    ("show", "most"),
    [(plain, MOST_LETTERS), (on_a_line, 400), (plain_action_text, 80), (escaped, 200), (plain_title, 400)],
)
def test_that_each_place_has_room_for_so_many_letters(show: object, most: int) -> None:
    assert callable(show)
    assert show("x" * most) == "x" * most
    assert len(show("x" * (most + 1))) == most
    assert "…" in show("x" * (most + 1))


def test_that_a_name_read_from_the_right_alone_stays_and_one_among_words_of_ours_is_led_from_the_left() -> None:
    name, left = "שכבה", "\u200e"
    assert plain(f"{name} 7") == f"{name} 7"
    assert plain(f"{name} is 7") == f"{left}{name} is 7"
    assert plain(f"{name}: 7 of it") == f"{left}{name}{left}: 7 of it"
    assert plain(f"of {name} 7") == f"of {name}{left} 7"
    assert plain(f"of {name} and") == f"of {name} and"
    assert plain(f"one\n{name}\nof {name} 7") == f"one\n{name}\nof {name}{left} 7", "line by line"


@pytest.mark.parametrize("letters", [110, 111, 300])
def test_that_a_line_of_a_tooltip_is_broken_behind_110_letters_and_goes_on_further_in(letters: int) -> None:
    text = ("word " * 100)[: letters - 1] + "x"
    assert len(text) == letters
    lines = plain_tooltip(text).splitlines()
    assert lines == textwrap.wrap(text, 110, subsequent_indent="    ")
    assert (len(lines) == 1) == (letters == 110)
    spaced = "a  " + "b" * 107
    assert plain_tooltip(spaced) == spaced, "what fits stays as it is"


@pytest.mark.parametrize("n_lines", [30, 31])
def test_that_a_tooltip_has_30_lines_of_which_the_last_says_that_there_are_more(n_lines: int) -> None:
    lines = [f"line {number}" for number in range(n_lines)]
    expected = lines if n_lines == 30 else [*lines[:29], "…"]
    assert plain_tooltip("\n".join(lines)).splitlines() == expected


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ("a column of 1,198 more", "a column of 1,198", "a column of 1,198…"),
        ("a column of 1,198 more", "a column of 1,1", "a column of…"),
        ("a column of 1,198 more", "a column of ", "a column of…"),
        ("a column of 1,198 more", "a column of 1", "a column of…"),
        ("3e−5 and more", "3e−", "…"),
        ("−0.25 and more", "−0.2", "…"),
        ("conv12 and more", "conv1", "conv…"),
        ("wait... and more of it", "wait..", "wait…"),
    ],
)
def test_that_what_is_cut_at_its_end_keeps_its_numbers_whole(
    qapp: QApplication, text: str, kept: str, expected: str
) -> None:
    for metrics in (QFontMetrics(qapp.font()), QFontMetricsF(qapp.font())):
        width = metrics.horizontalAdvance(f"{kept}…") + 1
        assert elided(metrics, text, width, RIGHT).replace(" …", "…") == expected


def test_that_a_text_is_measured_on_a_line(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    assert width_of(metrics, "one\ntwo") == metrics.horizontalAdvance("one two")
    assert elided(metrics, "one\ntwo", 1000) == "one two"


def test_that_of_parts_the_first_alone_is_cut_where_it_has_no_room(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    text = "encoder · 40 parameters · AdamW"
    for shown in (text, "encoder · 40 parameters · …", "encoder · …", "encoder"):
        width = metrics.horizontalAdvance(shown)
        assert elided_parts(metrics, text, width, " · ") == shown
        assert elided_parts(metrics, text, width - 1, " · ") != shown
    short = elided_parts(metrics, text, metrics.horizontalAdvance("encoder") - 1, " · ")
    assert short.endswith("…") and "encoder".startswith(short[:-1])


def test_that_labels_say_by_their_kind_what_they_take_for_markup(qtbot: QtBot) -> None:
    plain_label, markup, name = PlainLabel(), MarkupLabel(), NameLabel("a_long.name")
    for each in (plain_label, markup, name):
        qtbot.addWidget(each)
    assert markup.textFormat() == Qt.TextFormat.RichText
    assert name.textFormat() == Qt.TextFormat.PlainText
    assert name.wordWrap() and not plain_label.wordWrap()
    assert plain_label.text() == ""
    plain_label.setText(None)
    assert plain_label.text() == ""


def test_that_a_label_that_gives_way_is_40_px_wide_at_the_least(qtbot: QtBot) -> None:
    label, button = ElidedLabel("a long text of many words"), ElidedButton("a long text of many words")
    for each in (label, button):
        qtbot.addWidget(each)
        assert each.minimumSizeHint().width() == 40
        assert each.minimumSizeHint().height() == each.sizeHint().height() > 10
