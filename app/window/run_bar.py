"""One line on the run that is open, and what the user has to know about it."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.replay.opened import OpenedCollection
from app.widgets.elided_text import ElidedLabel
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.window.run_text import describe_run, ending, stood_in
from collector.report.overhead_text import overhead_details, overhead_line

_LEAST_PX = 160
_MOST_BADGE_PX = 280
"""A badge has its whole text, up to so much of the room, before the run is described."""
_BREAK = "\u200b"
"""Seen by nobody; a line may be broken there."""


class RunBar(QWidget):
    """Names the run, how it ended and what recording it cost.

    Shows lasting badges (other data stood in, not ended, notes) and the last problem.

    Signals:
        notes_requested: the user wants to read the notes.
    """

    notes_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run_label = ElidedLabel(between=" · ")
        self.overhead_label = PlainLabel()
        self.overhead_label.setObjectName("faint")
        self.whole_label = PlainLabel()
        self.whole_label.setObjectName("faint")
        self.data_badge = self._badge()
        self.ending_badge = self._badge()
        self.notes_button = QPushButton()
        self.notes_button.setObjectName("badge")
        self.notes_button.setToolTip("Read the notes")
        self.notes_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notes_button.clicked.connect(lambda *_: self.notes_requested.emit())
        self.problem_label = PlainLabel()
        self.problem_label.setObjectName("problem")
        self.problem_label.setWordWrap(True)
        self.problem_label.setMinimumWidth(_LEAST_PX)  # a path has no place to break it at
        self.problem_button = QPushButton("Dismiss")
        self.problem_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.problem_button.clicked.connect(self.hide_problem)
        line = QHBoxLayout()
        line.addWidget(self.run_label)
        line.addStretch()
        line.addWidget(self.overhead_label)
        for widget in (self.whole_label, self.data_badge, self.ending_badge, self.notes_button):
            line.addWidget(widget)
        problem = QHBoxLayout()
        problem.addWidget(self.problem_label, stretch=1)
        problem.addWidget(self.problem_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addLayout(line)
        column.addLayout(problem)
        self.show_nothing()

    def _badge(self) -> ElidedLabel:
        badge = ElidedLabel()
        badge.setObjectName("badge")
        return badge

    def show_collection(self, opened: OpenedCollection, *, is_live: bool = False, failure: str = "") -> None:
        """Say what is open and how its run ended, see `run_text.ending`."""
        collection = opened.collection
        self.run_label.setText(describe_run(collection))
        self.show()
        run, price = collection.run, collection.price
        self.overhead_label.setText(overhead_line(price, run.interval, is_over=collection.finished))
        self.overhead_label.setToolTip(plain_tooltip(overhead_details(price, run.budget) if price else ""))
        self._show_badge(self.data_badge, stood_in(collection), run.data_note)
        end = ending(opened, is_live=is_live, failure=failure)
        self._show_badge(self.whole_label, end.text if end.is_whole else "", end.details)
        self._show_badge(self.ending_badge, "" if end.is_whole else end.text, end.details)
        n_notes = len(collection.notes) + len(collection.damaged) + len(collection.resumes) + len(collection.dumps)
        self.notes_button.setText(f"{n_notes:,} note{'s' * (n_notes != 1)} of the collector")
        self.notes_button.setVisible(n_notes > 0)
        self._keep_height()

    def _show_badge(self, badge: PlainLabel, text: str, tip: str) -> None:
        badge.setText(text)
        if isinstance(badge, ElidedLabel):
            badge.about = tip
            badge.setMinimumWidth(min(badge.sizeHint().width(), _MOST_BADGE_PX))
        badge.setToolTip(plain_tooltip(tip))
        badge.setVisible(bool(text))

    def _keep_height(self) -> None:
        """Have one height whichever badges there are, or what stands below would jump."""
        badges = (self.data_badge, self.ending_badge, self.notes_button)
        for badge in badges:
            badge.ensurePolished()
        height = max(badge.sizeHint().height() for badge in badges)
        for badge in badges:
            badge.setFixedHeight(height)
        self.run_label.setMinimumHeight(height)

    def show_problem(self, text: str) -> None:
        """Show what went wrong until the user dismisses it or something else opens."""
        self.problem_label.setText(text.replace("/", f"/{_BREAK}").replace("\\", f"\\{_BREAK}"))
        self.problem_label.show()
        self.problem_button.show()
        self.show()

    def hide_problem(self) -> None:
        """Take the problem away."""
        self.problem_label.hide()
        self.problem_button.hide()
        self.setVisible(bool(self.run_label.text()))

    def show_nothing(self) -> None:
        """Nothing is open."""
        self.run_label.setText("")
        self.overhead_label.setText("")
        for widget in (self.whole_label, self.data_badge, self.ending_badge, self.notes_button):
            widget.hide()
        self.hide_problem()
