"""The probe's samples: the current one large, all of them small, and what the network makes of them."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.analysis.probabilities import percent
from app.analysis.samples_view import SampleOrder, SamplesView, ordered
from app.palette import active
from app.replay.frame import Frame, SampleView
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.analysis.sample_table import Rows, loss_words, sample_table
from app.views.sample.analysis.shown_output import ShownOutput
from app.views.sample.output_readout import OutputReadout
from app.views.sample.probability_bars import ROW_PX, ProbabilityBars
from app.views.sample.probability_row import probability_rows
from app.views.sample.sample_strip import SampleStrip
from app.views.sample.samples_difference import Beside
from app.widgets.choice_box import ChoiceBox
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.pass_note import PassNote
from app.widgets.picture_view import PictureView
from app.widgets.plain_text import MOST_IN_A_NAME, MarkupLabel, PlainLabel, escaped, plain_tooltip
from collector.storage import Collection

_NOTHING = SamplesView(None, None, None)
_OF_CLASSES = [each for each in SampleOrder if each not in (SampleOrder.CHANGED, SampleOrder.ERROR)]
_OF_ERRORS = [SampleOrder.PROBE, SampleOrder.ERROR]
_NO_PROBE = "The run was recorded without samples.\n\nCollector(…, probe=(images, labels))\nmeasures each pass on some."
_TALL_PX = 700
"""From this height on there is room for a large picture."""

_LARGE_PX, _SMALL_PX = 224, 124
_MOST_UNBROKEN = 12
"""Letters of a class's name that is not spread over two lines."""

_LOW_ROW_PX = 17
"""Height of a class where there is little, so that the samples have room."""


class SamplePanel(QWidget):
    """Shows one sample of the probe, and lets the user choose another. The choice holds across passes and orders.

    Of two networks it shows what both make of it, and which samples they take for different classes.

    Signals:
        sample_requested(int): another sample shall be shown.
    """

    sample_requested = pyqtSignal(int)

    _shown: SampleView | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = ProbePictures(None)
        self._samples = _NOTHING
        self._beside: Beside | None = None
        self._output: ShownOutput | None = None
        self._scrolled_in: QScrollArea | None = None
        self.picture, self.text_label = PictureView(), PlainLabel()
        self.choice_label = PlainLabel()
        self.pass_note = PassNote()
        self.pass_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choice_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.before_button = self._arrow(Qt.ArrowType.LeftArrow, "Sample before (Page up)", -1)
        self.after_button = self._arrow(Qt.ArrowType.RightArrow, "Next sample (Page down)", +1)
        self.true_label, self.predicted_label, self.loss_label = MarkupLabel(), MarkupLabel(), PlainLabel()
        for label in (self.text_label, self.true_label, self.predicted_label, self.loss_label):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.beside_label = PlainLabel()
        self.beside_label.setObjectName("faint")
        self.beside_label.setWordWrap(True)
        self.bars, self.readout = ProbabilityBars(), OutputReadout()
        self.readout.hide()
        self.task_label, self.score_label = PlainLabel(), PlainLabel()
        self.task_label.setObjectName("faint")
        for label in (self.task_label, self.score_label):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a long word widens nothing
        self.order_box = ChoiceBox("Order of the samples, anew at each pass", _OF_CLASSES)
        self.order_box.currentIndexChanged.connect(lambda _: self._show_order(is_asked=True))
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
        words.addWidget(self.loss_label)
        words.addStretch(1)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(8)
        self._top.addWidget(self.picture)
        self._top.addLayout(words, stretch=1)
        orders = QHBoxLayout()
        orders.addWidget(self.order_box, stretch=1)
        orders.addWidget(self.score_label, stretch=1)
        self._inside = QWidget()
        self._pages = EmptyStateLayout(self, self._inside, "Open a collection to see its samples.")
        self.empty_state = self._pages.state
        self._column = column = QVBoxLayout(self._inside)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(6)
        column.addLayout(choice)
        column.addWidget(self.pass_note)
        column.addWidget(self.text_label)
        column.addLayout(self._top)
        column.addWidget(self.beside_label)
        column.addWidget(self.bars)
        column.addWidget(self.readout)
        column.addWidget(self.task_label)
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

    def show_frame(
        self, frame: Frame, n_samples: int, beside: Beside | None = None, output: ShownOutput | None = None
    ) -> None:
        """Show the frame's sample, and what another network makes of it.

        Args:
            output: what the network gives, where it is no class.
        """
        sample, number = frame.sample, frame.view.sample
        self._shown, self._output = sample, output
        self._beside = compared = beside if beside is not None and beside.is_compared else None
        orders = _OF_ERRORS if output is not None else _OF_CLASSES
        self.order_box.offer(orders if compared is None or output is not None else [*orders, SampleOrder.CHANGED])
        self.beside_label.setVisible(beside is not None)
        if beside is not None:
            self.beside_label.setText(_beside_words(beside, output))
            self.bars.name_networks(beside.names)
        self.pass_note.show_pass(frame.step if beside is None else None)  # of two, the bar says which
        text, is_read_below = self._pictures.text(number), output is not None and output.tokens is not None
        self.text_label.setVisible(bool(text) and not is_read_below)
        self.text_label.setText(text)
        self.picture.setVisible(not text and not is_read_below)
        vector = self._pictures.vector(number)
        if sample.picture is None and vector is not None:
            self.picture.show_vector(vector)
        else:
            self.picture.show_picture(sample.picture, "the sample is no picture")
        self.choice_label.setText(_place(sample, number, n_samples))
        if n_samples:
            self._pages.show_content()
        else:
            self._pages.show_text(_NO_PROBE)
        for widget in (self.before_button, self.after_button, self.order_box, self.score_label, self.strip):
            widget.setVisible(n_samples > 1)  # one sample alone is large already
        self.strip.show_sample(number)
        self._update_readout()
        rows = probability_rows(sample, None if compared is None else compared.sample)
        self.bars.show_rows(rows, sample.no_prediction, sample.rest)
        self.bars.setVisible(output is None)
        other = None if compared is None else compared.difference.outputs
        self.readout.show_output(output, other, ("", "") if beside is None else beside.names)
        told = "" if output is None else _task_words(output)
        self.task_label.setVisible(bool(told))
        self.task_label.setText(told)
        self._enable_arrows()
        self._choose_what_scrolls()

    def show_step(self, step: int) -> None:
        """Move the playhead, ahead of the frame."""
        self.pass_note.show_step(step)

    def show_samples(self, samples: SamplesView) -> None:
        """Show what the network makes of all samples at a pass."""
        self._samples = samples
        self.score_label.setText(_score(samples, self._beside))
        self.order_box.setEnabled(samples.confidence is not None or samples.errors is not None)
        self.strip.show_view(samples, self._beside)
        self._show_order(is_asked=False)

    def request_by(self, n_places: int) -> None:
        """Ask for the sample so many places further on in the order that is shown, backwards if negative."""
        self.strip.request_by(n_places)

    def numbers(self) -> Rows:
        """Column names and a row for each sample, in the order that is shown; None for what was not recorded."""
        return sample_table(self.strip.order, self._samples, self._beside, self._pictures.name_of)

    def _show_order(self, *, is_asked: bool) -> None:
        changed = None if self._beside is None else self._beside.difference.changed
        self.strip.show_order(ordered(self._samples, self.order, len(self.strip.order), changed))
        if is_asked:
            self.strip.show_first()
        self._enable_arrows()

    def _enable_arrows(self) -> None:
        place = self.strip.place_of(self.strip.sample) if self._shown else None
        self.before_button.setEnabled(place is not None and place > 0)
        self.after_button.setEnabled(place is not None and place + 1 < len(self.strip.order))

    def _update_readout(self) -> None:
        shown, beside = self._shown, self._beside
        if shown is None:
            return
        if self._output is not None:
            self._update_output(self._output)
            return
        self.true_label.setText(_label(shown, beside))
        told = [("Prediction", shown)]
        if beside is not None:
            told = [(escaped(name), of) for name, of in zip(beside.names, (shown, beside.sample), strict=True)]
        self.predicted_label.setText("<br>".join(_prediction(words, of) for words, of in told))
        loss = None if beside is None else beside.difference.loss_of(self.strip.sample)
        self.loss_label.setText("" if loss is None else loss_words(*loss))
        self.loss_label.setVisible(loss is not None)

    def _update_output(self, output: ShownOutput) -> None:
        self.true_label.setText(f"<b>{escaped(output.title)}</b>")
        told = list(map(escaped, output.lines))
        other = None if self._beside is None else self._beside.difference.outputs
        if self._beside is not None and other is not None:
            sides = zip(self._beside.names, (output, other), strict=True)
            told = [f"{escaped(name)}: {escaped(line)}" for name, each in sides for line in each.lines]
        self.predicted_label.setText("<br>".join(told))
        self.loss_label.setVisible(False)

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
        self._arrange()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self._update_readout()  # in other colours, perhaps


def _place(sample: SampleView, number: int, n_samples: int) -> str:
    if sample.is_of_pass:
        return "each pass has its own sample"
    return f"sample {number + 1} of {n_samples}" if n_samples else "no samples"


def _label(sample: SampleView, beside: Beside | None) -> str:
    told = f"Label: <b>{escaped(sample.name_of(sample.true_class), MOST_IN_A_NAME)}</b>"
    if beside is not None and beside.sample.true_class != sample.true_class:
        other = escaped(beside.sample.name_of(beside.sample.true_class), MOST_IN_A_NAME)
        told += f", in {escaped(beside.names[1])} <b>{other}</b>"
    return told


def _prediction(words: str, sample: SampleView) -> str:
    if sample.predicted_class is None or sample.probabilities is None:
        return f"{words}: <b>{escaped(sample.no_prediction)}</b>"
    colour = active().text
    if sample.true_class is not None:
        colour = active().right if sample.predicted_class == sample.true_class else active().wrong
    figure = escaped(percent(sample.confidence)).replace(" ", "&nbsp;")
    own = sample.name_of(sample.predicted_class)
    name = escaped(own, MOST_IN_A_NAME)
    name = name if len(own) > _MOST_UNBROKEN else name.replace(" ", "&nbsp;")
    return f"{words}: <b style='color:{colour}'>{name}</b> ({figure})"


def _task_words(output: ShownOutput) -> str:
    """How it is known what the outputs are."""
    if output.title == "Outputs":
        return f"What they are is not known: {output.told_by}. Collector(…, task=…) says it."
    return "" if output.told_by == "given" else f"How the task is known: {output.told_by}."


def _score(samples: SamplesView, beside: Beside | None) -> str:
    if samples.score:
        return samples.score if beside is None else f"{beside.names[0]}: {samples.score}"
    n = 0 if samples.predicted is None else len(samples.predicted)
    if beside is not None:
        n_changed = len(beside.difference.changed)
        return f"{n_changed:,} changed" if n and beside.samples.predicted is not None else ""
    return "" if samples.n_right is None else f"{samples.n_right:,} of {n:,} right"


def _beside_words(beside: Beside, output: ShownOutput | None) -> str:
    """What the bars are of; or why there is nothing beside them."""
    one, other = beside.names
    if not beside.is_compared:
        return f"{one} alone: {beside.difference.why_not}, which cannot be compared."
    if beside.difference.is_same:
        return f"{one} and {other}: the same, to the bit, for all samples."
    if output is not None and output.figures:
        return f"filled: {one} · hatched: {other} · figures: {one} · {other} / target"
    if output is not None and output.pictures:
        return f"{one} beside {other}"
    return f"filled: {one} · hatched: {other} · figures: {other} less {one}"
