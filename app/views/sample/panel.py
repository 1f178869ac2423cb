"""The probe's samples: the current one large, all of them small, and what the network makes of them."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.analysis.probabilities import percent
from app.analysis.samples_view import UNKNOWN, SampleOrder, SamplesView, ordered
from app.palette import active
from app.replay.frame import Frame, SampleView
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.probability_bars import ROW_PX, ProbabilityBars, ProbabilityRow
from app.views.sample.sample_strip import SampleStrip
from app.widgets.choice_box import ChoiceBox
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.pass_note import PassNote
from app.widgets.picture_view import PictureView
from app.widgets.plain_text import MarkupLabel, PlainLabel, escaped, plain_tooltip
from collector.storage import Collection

_NOTHING = SamplesView(None, None, None)
_NO_PROBE = "The run was recorded without samples.\n\nCollector(…, probe=(images, labels))\nmeasures each pass on some."
_TALL_PX = 700
"""From this height on there is room for a large picture."""

_LARGE_PX, _SMALL_PX = 224, 124
_LOW_ROW_PX = 17
"""Height of a class where there is little, so that the samples have room."""


class SamplePanel(QWidget):
    """Shows one sample of the probe, and lets the user choose another. The choice holds across passes and orders.

    Signals:
        sample_requested(int): another sample shall be shown.
    """

    sample_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = ProbePictures(None)
        self._samples = _NOTHING
        self._shown: SampleView | None = None
        self._scrolled_in: QScrollArea | None = None
        self.picture = PictureView()
        self.choice_label = PlainLabel()
        self.pass_note = PassNote()
        self.pass_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choice_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.before_button = self._arrow(Qt.ArrowType.LeftArrow, "Sample before (Page up)", -1)
        self.after_button = self._arrow(Qt.ArrowType.RightArrow, "Next sample (Page down)", +1)
        self.true_label, self.predicted_label = MarkupLabel(), MarkupLabel()
        for label in (self.true_label, self.predicted_label):
            label.setWordWrap(True)
        self.bars = ProbabilityBars()
        self.order_box = ChoiceBox("Order of the samples, anew at each pass", list(SampleOrder))
        self.order_box.currentIndexChanged.connect(lambda _: self._show_order(is_asked=True))
        self.score_label = PlainLabel()
        self.strip = SampleStrip()
        self.strip.sample_requested.connect(self.sample_requested)
        self._lay_out()

    def _arrow(self, arrow: Qt.ArrowType, tip: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setArrowType(arrow)
        button.setToolTip(plain_tooltip(tip))
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.request_by(by))
        return button

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.addWidget(self.before_button)
        choice.addWidget(self.choice_label, stretch=1)
        choice.addWidget(self.after_button)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.true_label)
        words.addWidget(self.predicted_label)
        words.addStretch(1)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(8)
        self._top.addWidget(self.picture)
        self._top.addLayout(words, stretch=1)
        orders = QHBoxLayout()
        orders.addWidget(self.order_box, stretch=1)
        orders.addWidget(self.score_label)
        self._inside = QWidget()
        self._pages = EmptyStateLayout(self, self._inside, "Open a collection to see its samples.")
        self.empty_state = self._pages.state
        self._column = column = QVBoxLayout(self._inside)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(6)
        column.addLayout(choice)
        column.addWidget(self.pass_note)
        column.addLayout(self._top)
        column.addWidget(self.bars)
        column.addLayout(orders)
        column.addWidget(self.strip, stretch=100)
        column.addStretch(1)  # where there is no strip

    @property
    def order(self) -> SampleOrder:
        """The order that the user chose."""
        return self.order_box.choice

    def show_collection(self, collection: Collection) -> None:
        """Show the samples of a run; nothing happens where it is the same run, grown."""
        if self._pictures.is_of(collection.probe):
            return
        self._pictures = ProbePictures(collection.probe)
        self._samples = _NOTHING
        self.strip.show_pictures(self._pictures)

    def show_frame(self, frame: Frame, n_samples: int) -> None:
        """Show the frame's sample."""
        sample, number = frame.sample, frame.view.sample
        self._shown = sample
        self.pass_note.show_pass(frame.step)
        vector = self._pictures.vector(number)
        if sample.picture is None and vector is not None:
            self.picture.show_vector(vector)
        else:
            self.picture.show_picture(sample.picture, self._pictures.words(number) or "the sample is no picture")
        self.choice_label.setText(_place(sample, number, n_samples))
        if n_samples:
            self._pages.show_content()
        else:
            self._pages.show_text(_NO_PROBE)
        for widget in (self.before_button, self.after_button, self.order_box, self.score_label, self.strip):
            widget.setVisible(n_samples > 1)  # one sample alone is large already
        self.strip.show_sample(number)
        self._update_readout()
        self.bars.show_rows(_rows(sample), sample.no_prediction, sample.rest)
        self._enable_arrows()
        self._choose_what_scrolls()

    def show_step(self, step: int) -> None:
        """Move the playhead, ahead of the frame."""
        self.pass_note.show_step(step)

    def show_samples(self, samples: SamplesView) -> None:
        """Show what the network makes of all samples at a pass."""
        self._samples = samples
        n_right = samples.n_right
        n = 0 if samples.predicted is None else len(samples.predicted)
        self.score_label.setText("" if n_right is None else f"{n_right:,} of {n:,} right")
        self.order_box.setEnabled(samples.confidence is not None)
        self.strip.show_view(samples)
        self._show_order(is_asked=False)

    def request_by(self, n_places: int) -> None:
        """Ask for the sample so many places further on in the order that is shown, backwards if negative."""
        self.strip.request_by(n_places)

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each sample, in the order that is shown; None for what was not recorded."""
        labels, predicted, confidence = self._samples.labels, self._samples.predicted, self._samples.confidence
        rows: list[tuple[str | int | float | None, ...]] = []
        for sample in self.strip.order.tolist():
            guess = None if predicted is None or predicted[sample] == UNKNOWN else int(predicted[sample])
            label = None if labels is None else int(labels[sample])
            sure = None if guess is None or confidence is None else float(confidence[sample])
            names = [None if number is None else self._pictures.name_of(number) for number in (label, guess)]
            rows.append((sample, label, names[0], guess, names[1], sure))
        return ("sample", "label", "label_name", "prediction", "prediction_name", "probability"), rows

    def _show_order(self, *, is_asked: bool) -> None:
        self.strip.show_order(ordered(self._samples, self.order, len(self.strip.order)))
        if is_asked:
            self.strip.show_first()
        self._enable_arrows()

    def _enable_arrows(self) -> None:
        place = self.strip.place_of(self.strip.sample) if self._shown else None
        self.before_button.setEnabled(place is not None and place > 0)
        self.after_button.setEnabled(place is not None and place + 1 < len(self.strip.order))

    def _update_readout(self) -> None:
        if self._shown is not None:
            self.true_label.setText(f"Label: <b>{escaped(self._shown.name_of(self._shown.true_class))}</b>")
            self.predicted_label.setText(_prediction(self._shown))

    def _arrange(self) -> None:
        """The words stand below the picture where there is height for it, else beside it."""
        is_tall = self._room >= _TALL_PX
        side = _LARGE_PX if is_tall else _SMALL_PX
        directions = QBoxLayout.Direction
        self._top.setDirection(directions.TopToBottom if is_tall else directions.LeftToRight)
        self.picture.setMinimumSize(_SMALL_PX, side)
        self.picture.setMaximumSize(16_777_215 if is_tall else side, side)
        self.bars.limit_rows(ROW_PX if is_tall else _LOW_ROW_PX)
        self._choose_what_scrolls()

    @property
    def _room(self) -> int:
        """How much of its height is seen at once."""
        return self.height() if self._scrolled_in is None else self._scrolled_in.height()

    def _choose_what_scrolls(self) -> None:
        """The samples are scrolled; where the whole panel has to be, they are not once more inside it."""
        needed = self._column.totalHeightForWidth(self.width()) - self.strip.sizeHint().height() + self.strip.row_px
        self.strip.show_all_rows(self._room < needed)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not self._scrolled_in and around is not None:
            self._scrolled_in = around
            around.installEventFilter(self)
        self._arrange()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(270, 520)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "strip"):
            self._update_readout()


def _place(sample: SampleView, number: int, n_samples: int) -> str:
    if sample.is_of_pass:
        return "each pass has its own sample"
    return f"sample {number + 1} of {n_samples}" if n_samples else "no samples"


def _prediction(sample: SampleView) -> str:
    if sample.predicted_class is None or sample.probabilities is None:
        return f"Prediction: <b>{escaped(sample.no_prediction)}</b>"
    colour = active().text
    if sample.true_class is not None:
        colour = active().right if sample.predicted_class == sample.true_class else active().wrong
    figure = escaped(percent(sample.confidence)).replace(" ", "&nbsp;")
    name = escaped(sample.name_of(sample.predicted_class))
    return f"Prediction: <b style='color:{colour}'>{name}</b> ({figure})"


def _rows(sample: SampleView) -> list[ProbabilityRow]:
    return [
        ProbabilityRow(
            name=sample.name_of(number),
            probability=probability,
            is_true=number == sample.true_class,
            is_predicted=number == sample.predicted_class,
            is_wrong=number == sample.predicted_class and sample.true_class not in (None, number),
        )
        for number, probability in sample.by_class
    ]
