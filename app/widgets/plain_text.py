"""Text that is not ours: of a collection, the name of a file, an exception.

Qt takes what looks like markup for markup (and reads the files that it names), an ampersand for a mnemonic, and lays
out every letter of a text, which for five million takes seconds. So whatever shows such a text asks here for it.
"""

import html
import re
import textwrap

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics, QFontMetricsF
from PyQt6.QtWidgets import QLabel, QWidget

MOST_LETTERS = 2_000
"""What is longer is told by its beginning and its end."""

_MOST_ON_A_LINE = 400
_MOST_IN_A_MENU, _MOST_IN_MARKUP = 80, 200
MOST_IN_A_NAME = 48
"""Letters of a name beside a picture, which it would push away."""
_TOOLTIP_LETTERS, _TOOLTIP_LINES = 110, 30

_BREAK = "\u200b"
"""Seen by nobody; a line may be broken there."""

_NUMBER = re.compile(r"[+−-]?\d(?:[\d.,]*\d)?(?:e[+−-]?\d+)?")
_DOTS_IN_A_ROW = re.compile(r"\.*…\.*")
"""Dots of a text beside an ellipsis cannot be told from it."""
_NAME_PARTS = re.compile(r"[._](?=[^\W\d])")

_INVISIBLE: dict[int, str | None] = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
_INVISIBLE |= dict.fromkeys([*range(0x7F, 0xA0), *range(0xD800, 0xE000)], "\N{REPLACEMENT CHARACTER}")
_INVISIBLE |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], None)  # they would turn what follows
_INVISIBLE |= dict.fromkeys([0x2028, 0x2029], "\n")


_FROM_THE_LEFT = "\u200e"
"""Seen by nobody; what stands before and behind it is read from left to right."""

_TURNED = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
"""Letters that are read from right to left."""

_IS_TURNED = re.compile(_TURNED).search
_BEGINS_TURNED = re.compile(rf"[\W\d_]*(?<!{_FROM_THE_LEFT}){_TURNED}")
_FIGURE_BEHIND = re.compile(rf"({_TURNED})(?=[^\w{_FROM_THE_LEFT}]*\s[^\w{_FROM_THE_LEFT}]*[0-9])")
_NOT_TURNED = re.compile(rf"(?!{_TURNED})[^\W\d_]")


def plain(text: str, most: int = MOST_LETTERS) -> str:
    """The text as a person can read it: at most ``most`` letters, and none that turns around what stands behind it."""
    if len(text) > most:
        end = most // 3
        text = f"{text[: most - end - 3]} … {text[-end:]}"
    text = text if text.isprintable() else text.translate(_INVISIBLE)
    return text if text.isascii() or not _IS_TURNED(text) else "\n".join(map(_from_the_left, text.split("\n")))


def _from_the_left(line: str) -> str:
    """A line of ours with names that are read from right to left: it begins at the left, and figures stay behind them.

    A name alone stays as it is.
    """
    if not _NOT_TURNED.search(line):
        return line
    line = _FIGURE_BEHIND.sub(rf"\1{_FROM_THE_LEFT}", line)
    return _FROM_THE_LEFT + line if _BEGINS_TURNED.match(line) else line


def on_a_line(text: str) -> str:
    """The text without its line ends, for what has one line."""
    return plain(text, _MOST_ON_A_LINE).replace("\n", " ")


def plain_tooltip(text: str) -> str:
    """What a tooltip has to be given to show just this text, in lines that fit on a screen."""
    lines: list[str] = []
    for line in plain(text).splitlines():
        short = len(line) <= _TOOLTIP_LETTERS
        lines += [line] if short else textwrap.wrap(line, _TOOLTIP_LETTERS, subsequent_indent="    ")
    if len(lines) > _TOOLTIP_LINES:
        lines = [*lines[: _TOOLTIP_LINES - 1], "…"]
    text = "\n".join(lines)
    return f"<div style='white-space:pre'>{html.escape(text)}</div>" if _looks_like_markup(text) else text


def plain_action_text(text: str) -> str:
    """What a menu, a tab or a button has to be given to show just this text."""
    return " ".join(plain(text, _MOST_IN_A_MENU).split()).replace("&", "&&")


def plain_title(text: str) -> str:
    """What a window has to be given to have just this text for its title, in which ``[*]`` is a mark of Qt's."""
    return on_a_line(text).replace("[*]", "[*][*]")


def escaped(text: str, most: int = _MOST_IN_MARKUP) -> str:
    """The text to stand in markup of our own, for which it is cut to a line or two."""
    return html.escape(plain(text, most))


def elided(
    metrics: QFontMetrics | QFontMetricsF,
    text: str,
    width: float,
    cut: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> str:
    """What of the text fits into ``width`` px of one line: its beginning and its end, since names often begin alike.

    A text that is cut at its end is not cut within a number.
    """
    text = on_a_line(text)
    if isinstance(metrics, QFontMetricsF):
        short = metrics.elidedText(text, cut, width)
    else:
        short = metrics.elidedText(text, cut, int(width))
    if short == text:
        return text
    if cut == Qt.TextElideMode.ElideRight:
        short = _without_part_of_number(text, short)
    return _DOTS_IN_A_ROW.sub("…", short)


def _without_part_of_number(text: str, short: str) -> str:
    """The beginning of a text, which does not end within a number: it would be another one."""
    n_kept = len(short) - 1
    cut = next((each for each in _NUMBER.finditer(text) if each.start() < n_kept < each.end()), None)
    return short if cut is None else text[: cut.start()].rstrip() + short[-1:]


def width_of(metrics: QFontMetrics | QFontMetricsF, text: str) -> float:
    """Width in px of the text in one line."""
    return metrics.horizontalAdvance(on_a_line(text))


class PlainLabel(QLabel):
    """A label that takes no text for markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str | None) -> None:
        super().setText(plain(text or ""))


class NameLabel(PlainLabel):
    """A label of lines that may be broken within long names, behind dots and underscores."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)

    def setText(self, text: str | None) -> None:
        super().setText(_NAME_PARTS.sub(lambda found: f"{found[0]}{_BREAK}", text or ""))

    def text(self) -> str:
        return super().text().replace(_BREAK, "")


class MarkupLabel(QLabel):
    """A label for markup of our own, in which text that is not ours stands `escaped`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)


def _looks_like_markup(text: str) -> bool:
    return Qt.mightBeRichText(text)  # type: ignore[attr-defined]  # PyQt's stubs do not know it
