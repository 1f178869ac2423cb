"""Says of which pass a panel is, while the playhead rests on a step that has none."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from app.widgets.plain_text import PlainLabel


class PassNote(PlainLabel):
    """A line that is there only as long as the playhead and the pass that is shown differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._step: int | None = None
        self._pass_step: int | None = None
        self.setObjectName("faint")
        self.hide()

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
        self.setText(f"pass of step {self._pass_step:,}" if differ else "")
        self.setVisible(differ)
