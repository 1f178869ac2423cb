"""Headings and paragraphs to read, in a box that scrolls."""

from collections.abc import Iterable

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import QFrame, QTextEdit, QWidget

from app.palette import active
from app.views.findings.analysis.finding_text import Section, unbroken
from app.widgets.plain_text import plain

_MOST_LETTERS = 1_000
_ABOVE_PX, _BETWEEN_PX, _INDENT_PX = 10.0, 3.0, 12.0


class SectionText(QTextEdit):
    """Shows sections, as they are: no text is taken for markup."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """A box that is called so."""
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # it scrolls, and takes what room is left

    def show_sections(self, sections: Iterable[Section]) -> None:
        """Show these, at the place that they were scrolled to; see `show_start`."""
        sections = tuple(sections)
        if sections != self._sections:
            self._sections = sections
            self._write()

    def show_start(self) -> None:
        """Scroll to where they begin."""
        if (bar := self.verticalScrollBar()) is not None:
            bar.setValue(0)

    def _write(self) -> None:
        bar = self.verticalScrollBar()
        before = 0 if bar is None else bar.value()
        self.clear()
        cursor = QTextCursor(self.document())
        heading, words = QTextCharFormat(), QTextCharFormat()
        heading.setForeground(QColor(active().faint_text))
        words.setForeground(QColor(active().text))
        for number, section in enumerate(self._sections):
            above = _ABOVE_PX if number else 0.0
            if section.heading:
                self._add(cursor, section.heading, heading, above)
                above = _BETWEEN_PX
            for line in section.lines:
                self._add(cursor, line, words, above)
                above = _BETWEEN_PX
            for item in section.items:
                self._add(cursor, f"• {item}", words, above, _INDENT_PX)
                above = _BETWEEN_PX
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if bar is not None:
            bar.setValue(before)

    def _add(self, cursor: QTextCursor, text: str, letters: QTextCharFormat, above: float, indent: float = 0.0) -> None:
        block = QTextBlockFormat()
        block.setTopMargin(above)
        block.setLeftMargin(indent)
        block.setTextIndent(-indent)
        if cursor.atStart():
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(plain(unbroken(text), _MOST_LETTERS), letters)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._write()
