"""The probe sample: its picture, its label, and what the network makes of it."""

from html import escape

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.palette import active
from app.replay.frame import Frame, SampleView
from app.widgets.picture_view import PictureView
from app.widgets.probability_bars import ProbabilityBars, ProbabilityRow


class SamplePanel(QWidget):
    """Shows one sample of the probe.

    Signals:
        sample_requested(int): another sample shall be shown.
    """

    sample_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sample = 0
        self.picture = PictureView()
        self.choice_label = QLabel()
        self.choice_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.before_button = self._arrow(Qt.ArrowType.LeftArrow, "Sample before", -1)
        self.after_button = self._arrow(Qt.ArrowType.RightArrow, "Next sample", +1)
        self.true_label = QLabel()
        self.predicted_label = QLabel()
        self.bars = ProbabilityBars()
        self.bars_heading = QLabel("Probabilities")
        self.bars_heading.setObjectName("heading")
        self._lay_out()
        self.show_nothing()

    def _arrow(self, arrow: Qt.ArrowType, tip: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setArrowType(arrow)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.sample_requested.emit(self._sample + by))
        return button

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.addWidget(self.before_button)
        choice.addWidget(self.choice_label, stretch=1)
        choice.addWidget(self.after_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self.picture)
        column.addLayout(choice)
        column.addWidget(self.true_label)
        column.addWidget(self.predicted_label)
        column.addSpacing(8)
        column.addWidget(self.bars_heading)
        column.addWidget(self.bars)
        column.addStretch(1)

    def show_frame(self, frame: Frame, n_samples: int) -> None:
        """Show the frame's sample."""
        sample = frame.sample
        self._sample = frame.view.sample
        self.picture.show_picture(sample.picture, "the sample is no picture" if n_samples else "no probe was recorded")
        self.choice_label.setText(f"sample {self._sample + 1} of {n_samples}" if n_samples else "no samples")
        self.before_button.setEnabled(self._sample > 0)
        self.after_button.setEnabled(self._sample + 1 < n_samples)
        self.true_label.setText(f"Label: <b>{escape(sample.name_of(sample.true_class))}</b>")
        self.predicted_label.setText(_prediction(sample))
        self.bars.show_rows(_rows(sample), "not recorded")

    def show_nothing(self) -> None:
        """Nothing is open."""
        self.picture.show_picture(None, "open a collection\nto see its samples")
        self.choice_label.setText("")
        self.true_label.setText("")
        self.predicted_label.setText("")
        self.bars.show_rows([], "")
        self.before_button.setEnabled(False)
        self.after_button.setEnabled(False)


def _prediction(sample: SampleView) -> str:
    if sample.predicted_class is None or sample.probabilities is None:
        return "Prediction: <b>not recorded</b>"
    colour = active().text
    if sample.true_class is not None:
        colour = active().right if sample.predicted_class == sample.true_class else active().wrong
    probability = sample.probabilities[sample.predicted_class]
    name = escape(sample.name_of(sample.predicted_class))
    return f"Prediction: <b style='color:{colour}'>{name}</b> ({probability * 100:.1f} %)"


def _rows(sample: SampleView) -> list[ProbabilityRow]:
    if sample.probabilities is None:
        return []
    return [
        ProbabilityRow(
            name=sample.name_of(number),
            probability=float(probability),
            is_true=number == sample.true_class,
            is_predicted=number == sample.predicted_class,
        )
        for number, probability in enumerate(sample.probabilities)
    ]
