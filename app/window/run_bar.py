"""One line on the run that is open, and what the user has to know about it."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.window.overhead_text import price_details, price_line
from collector.storage import Collection

_LEAST_PX = 160
_BREAK = "\u200b"
"""Seen by nobody; a line may be broken there."""


class RunBar(QWidget):
    """Names the run and what recording it cost.

    Shows lasting badges (other data stood in, unfinished, notes) and the last problem.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run_label = ElidedLabel()
        self.price_label = PlainLabel()
        self.price_label.setObjectName("faint")
        self.data_badge = self._badge()
        self.unfinished_badge = self._badge()
        self.notes_badge = self._badge()
        self.problem_label = PlainLabel()
        self.problem_label.setObjectName("problem")
        self.problem_label.setWordWrap(True)
        self.problem_label.setMinimumWidth(_LEAST_PX)  # a path has no place to break it at
        self.problem_button = QPushButton("Dismiss")
        self.problem_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.problem_button.clicked.connect(self.hide_problem)
        line = QHBoxLayout()
        line.addWidget(self.run_label)
        line.addStretch(1)
        line.addWidget(self.price_label)
        for badge in (self.data_badge, self.unfinished_badge, self.notes_badge):
            line.addWidget(badge)
        problem = QHBoxLayout()
        problem.addWidget(self.problem_label, stretch=1)
        problem.addWidget(self.problem_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addLayout(line)
        column.addLayout(problem)
        self.show_nothing()

    def _badge(self) -> PlainLabel:
        badge = PlainLabel()
        badge.setObjectName("badge")
        badge.hide()
        return badge

    def show_collection(self, collection: Collection, *, is_live: bool = False) -> None:
        """Say what is open; of an unfinished one, whether it is being written now."""
        self.run_label.setText(describe_run(collection))
        run, price = collection.run, collection.price
        self.price_label.setText(price_line(price))
        self.price_label.setToolTip(plain_tooltip(price_details(price, run.budget) if price else ""))
        stood_in = run.data_used != run.dataset
        self._show_badge(
            self.data_badge, f"{run.data_used} stood in for {run.dataset}" if stood_in else "", run.data_note
        )
        unfinished = "" if collection.finished or is_live else "unfinished: not ended, or cut off"
        self._show_badge(self.unfinished_badge, unfinished, "Every pass that was written can be seen.")
        notes = [f"step {each.step}: The run went on from a checkpoint, {each.created}." for each in collection.resumes]
        notes += [f"step {note.step}: {note.text}" for note in collection.notes] + collection.damaged
        counted = f"{len(notes)} note{'s' * (len(notes) != 1)}" if notes else ""
        self._show_badge(self.notes_badge, counted, "\n".join(notes[:20]))

    def _show_badge(self, badge: PlainLabel, text: str, tip: str) -> None:
        badge.setText(text)
        badge.setToolTip(plain_tooltip(tip))
        badge.setVisible(bool(text))

    def show_problem(self, text: str) -> None:
        """Show what went wrong until the user dismisses it or something else opens."""
        self.problem_label.setText(text.replace("/", f"/{_BREAK}").replace("\\", f"\\{_BREAK}"))
        self.problem_label.show()
        self.problem_button.show()

    def hide_problem(self) -> None:
        """Take the problem away."""
        self.problem_label.hide()
        self.problem_button.hide()

    def show_nothing(self) -> None:
        """Nothing is open."""
        self.run_label.setText("")
        self.price_label.setText("")
        for badge in (self.data_badge, self.unfinished_badge, self.notes_badge):
            badge.hide()
        self.hide_problem()


def describe_run(collection: Collection) -> str:
    """The run in one line: ``cnn on mnist · 40,282 parameters · adamw · a pass each 50 steps · seed 0``."""
    run = collection.run
    parts = [f"{run.model or 'a model'} on {run.dataset}" if run.dataset else run.model or "a model"]
    n_parameters = sum(layer.n_parameters for layer in collection.layers.values())
    parts += [f"{n_parameters:,} parameters", run.optimizer]
    parts += [f"a pass each {run.interval} steps" if run.interval > 1 else "a pass each step"] if run.created else []
    parts += [f"{run.ranks} processes"] if run.ranks > 1 else []
    parts += [f"seed {run.seed}"] if run.seed is not None else []
    return " · ".join(part for part in parts if part)
