"""The sample that features are shown for, and ways to others."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.analysis.probabilities import percent
from app.analysis.samples_view import SampleOrder, SamplesView, ordered
from app.palette import active
from app.replay.frame import Frame, SampleView
from app.widgets.picture_view import PictureView
from app.widgets.plain_text import MOST_IN_A_NAME, MarkupLabel, escaped, plain_tooltip

WAYS = {
    "Most confident": SampleOrder.MOST_CONFIDENT,
    "Least confident": SampleOrder.LEAST_CONFIDENT,
    "Wrong": SampleOrder.WRONG,
}


class FeatureSample(QWidget):
    """A picture, its label and prediction, and a button for each way to choose another sample.

    A button leads to the first sample of its order, and pressed again to the next.

    Signals:
        sample_requested(int): another sample shall be shown.
    """

    sample_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples = SamplesView(None, None, None)
        self._n_samples = 0
        self._sample = 0
        self._shown: SampleView | None = None
        self._sides: tuple[SampleView, SampleView] | None = None
        self._has_classes = True
        self._way = ""
        self.picture = PictureView()
        self.picture.setMinimumSize(84, 84)
        self.words = MarkupLabel()
        self.words.setWordWrap(True)
        self.buttons = {name: QPushButton(name) for name in WAYS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.picture, stretch=100)
        column.addWidget(self.words)
        for name, button in self.buttons.items():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(plain_tooltip(f"{name}: the first of the probe's samples, at this pass; again: the next"))
            button.clicked.connect(lambda _, name=name: self._request(name))
            column.addWidget(button)
        column.addStretch(1)

    def show_frame(self, frame: Frame) -> None:
        """Show the frame's sample."""
        self._samples, self._sample, self._shown = frame.samples, frame.view.sample, frame.sample
        self._has_classes = frame.task.kind == "classes"
        self._sides = None if frame.sides is None else (frame.sides[0].sample, frame.sides[1].sample)
        predicted = frame.samples.predicted
        n_of_pass = 0 if frame.taken.logits is None else len(frame.taken.logits)
        self._n_samples = n_of_pass if predicted is None else len(predicted)
        self.picture.show_picture(frame.sample.picture)
        self.picture.setVisible(frame.sample.picture is not None)  # what else a sample is stands in its own dock
        for name, button in self.buttons.items():
            button.setEnabled(bool(self.order_of(name)))
            button.setVisible(self._has_classes)
        self.write()

    def order_of(self, name: str) -> list[int]:
        """Numbers of the samples that a button leads to, the first one first."""
        if self._samples.confidence is None:
            return []
        order = ordered(self._samples, WAYS[name], self._n_samples).tolist()
        if WAYS[name] is not SampleOrder.WRONG:
            return order
        right = self._samples.is_right
        return [] if right is None else [each for each in order if not right[each]]

    def write(self) -> None:
        """Write the words, also in other colours."""
        sample = self._shown
        if sample is None:
            return
        lines = [f"sample {self._sample + 1}" + (f" of {self._n_samples}" if self._n_samples else "")]
        if self._has_classes:
            lines.append(f"label: <b>{escaped(sample.name_of(sample.true_class), MOST_IN_A_NAME)}</b>")
        if not self._has_classes:
            lines += [escaped(self._samples.score)] if self._samples.score else []
        elif self._sides is None:
            lines.append(f"predicted: {_guess_text(sample)}")
        else:
            lines += [f"{name} predicts: {_guess_text(each)}" for name, each in zip("AB", self._sides, strict=True)]
        self.words.setText("<br>".join(lines))
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.picture.setMaximumHeight(self.width())  # so that the words stand below it, not below empty room
        self.words.setMinimumHeight(max(self.words.heightForWidth(self.width()), 0))  # or a splitter would cut them

    def _request(self, name: str) -> None:
        order = self.order_of(name)
        if not order:
            return
        is_again = name == self._way and self._sample in order
        self._way = name
        self.sample_requested.emit(order[(order.index(self._sample) + 1) % len(order)] if is_again else order[0])


def _guess_text(sample: SampleView) -> str:
    """The predicted class and its probability, or why there is none, as rich text."""
    if sample.predicted_class is None or sample.probabilities is None:
        return f"<b>{escaped(sample.no_prediction)}</b>"
    colour = active().text
    if sample.true_class is not None:
        colour = active().right if sample.predicted_class == sample.true_class else active().wrong
    name = escaped(sample.name_of(sample.predicted_class), MOST_IN_A_NAME)
    figure = percent(sample.confidence).replace(" ", "&nbsp;")
    return f"<b style='color:{colour}'>{name}</b> {figure}"
