"""How far the running training is, and the button that ends it."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.analysis.figures import figure
from app.widgets.elided_text import ElidedLabel
from app.window.training import TrainingProgress

UNKNOWN = 0
"""The range of a bar that only tells that something goes on."""


class TrainingBar(QWidget):
    """Hidden while nothing is trained.

    Signals:
        stop_requested: the training shall end after its current step.
        follow_requested(bool): whether the playhead shall stay on the newest pass.
    """

    stop_requested = pyqtSignal()
    follow_requested = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text_label = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the training is")
        self.bar.setFixedHeight(10)
        self.follow_button = QPushButton("Follow")
        self.follow_button.setCheckable(True)
        self.follow_button.setToolTip("Stay on the newest pass")
        self.follow_button.clicked.connect(self.follow_requested)
        self.stop_button = QPushButton("Stop training")
        self.stop_button.setToolTip("End the training after its current step; what was collected is kept")
        self.stop_button.clicked.connect(lambda *_: self.stop_requested.emit())
        for button in (self.follow_button, self.stop_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 6)
        row.addWidget(self.text_label)
        row.addWidget(self.bar, stretch=1)
        row.addWidget(self.follow_button)
        row.addWidget(self.stop_button)
        self.hide()

    def show_progress(self, progress: TrainingProgress) -> None:
        """Show how far the training is; one that is stopping, or that another process runs, cannot be stopped here."""
        steps, total_steps, can_stop = progress.steps, progress.total_steps, progress.can_stop
        parts = [progress.text]
        if steps:
            parts.append(f"step {steps:,} of {total_steps:,}" if total_steps else f"step {steps:,}")
        if progress.loss is not None:
            parts.append(f"loss {figure(progress.loss)}")
        if progress.seconds_left is not None:
            parts.append(f"{duration_text(progress.seconds_left)} left")
        self.text_label.setText(" · ".join(parts))
        self.bar.setRange(0, total_steps if total_steps and steps else UNKNOWN)
        self.bar.setValue(min(steps, total_steps or 0))
        self.stop_button.setVisible(can_stop)
        self.follow_button.setVisible(steps > 0 or not can_stop)
        self.show()

    def show_following(self, is_following: bool) -> None:
        """Show whether the playhead follows."""
        self.follow_button.setChecked(is_following)


def duration_text(seconds: float) -> str:
    """A time to wait: ``8 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
