"""The sample that features are shown for, and ways to others."""

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.analysis.probabilities import percent
from app.analysis.samples_view import SampleOrder, ordered
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

    _frame: Frame | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self._frame = frame
        self.picture.show_picture(frame.sample.picture)
        self.picture.setVisible(frame.sample.picture is not None)  # what else a sample is stands in its own dock
        for name, button in self.buttons.items():
            button.setEnabled(bool(self.order_of(name)))
            button.setVisible(_has_classes(frame))
        self.write()

    def order_of(self, name: str) -> list[int]:
        """Numbers of the samples that a button leads to, the first one first."""
        samples = None if self._frame is None else self._frame.samples
        if samples is None or samples.predicted is None or samples.confidence is None:
            return []
        order = ordered(samples, WAYS[name], len(samples.predicted)).tolist()
        if WAYS[name] is not SampleOrder.WRONG:
            return order
        right = samples.is_right
        return [] if right is None else [each for each in order if not right[each]]

    def write(self) -> None:
        """Write the words."""
        frame = self._frame
        if frame is None:
            return
        sample, score, n = frame.sample, frame.samples.score, _n_samples(frame)
        lines = [f"sample {frame.view.sample + 1}" + (f" of {n}" if n else "")]
        if not _has_classes(frame):
            lines += [escaped(score)] if score else []
        else:
            lines.append(f"label: <b>{escaped(sample.name_of(sample.true_class), MOST_IN_A_NAME)}</b>")
            told = {"predicted": sample}
            if frame.sides is not None:
                told = {f"{name} predicts": each.sample for name, each in zip("AB", frame.sides, strict=True)}
            lines += [f"{words}: {_guess_text(each)}" for words, each in told.items()]
        self.words.setText("<br>".join(lines))
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self.write()  # in other colours, perhaps

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def _fit(self) -> None:
        self.picture.setMaximumHeight(self.width())  # so that the words stand below it, not below empty room
        self.words.setMinimumHeight(max(self.words.heightForWidth(self.width()), 0))  # or a splitter would cut them

    def _request(self, name: str) -> None:
        order = self.order_of(name)
        if self._frame is None or not order:
            return
        sample = self._frame.view.sample
        is_again = name == self._way and sample in order
        self._way = name
        self.sample_requested.emit(order[(order.index(sample) + 1) % len(order)] if is_again else order[0])


def _has_classes(frame: Frame) -> bool:
    return frame.task.kind == "classes"


def _n_samples(frame: Frame) -> int:
    """As many as are known of the pass; 0: that is not known."""
    counted = frame.taken.logits if frame.samples.predicted is None else frame.samples.predicted
    return 0 if counted is None else len(counted)


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
