"""Says of which pass a panel is, while the playhead rests on a step that has none."""

from __future__ import annotations

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QWidget

from app.widgets.plain_text import PlainLabel

REST = 150
"""Milliseconds: a pass that is being read comes within them, and then nothing moves for a line that is gone again."""


class PassNote(PlainLabel):
    """A line that is there only as long as the playhead and the pass that is shown differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._step: int | None = None
        self._pass_step: int | None = None
        self.setObjectName("faint")
        self.hide()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._say)

    def show_step(self, step: int) -> None:
        """Where the playhead rests."""
        self._step = step
        self._update()

    def show_pass(self, step: int | None) -> None:
        """The step of the pass that is shown; None for no pass."""
        self._pass_step = step
        self._update()

    def _update(self) -> None:
        differ = self._pass_step is not None and self._step is not None and self._pass_step != self._step
        if not differ:
            self._rest.stop()
            self.hide()
        elif self.isHidden():
            self._rest.start()
        else:
            self._say()

    def _say(self) -> None:
        self.setText(f"pass of step {self._pass_step:,}")
        self.show()
