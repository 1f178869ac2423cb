"""The buttons and sliders that move the playhead."""

from PyQt6.QtCore import QEvent, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from app.replay.state import LONGEST_DELAY_MS, SHORTEST_DELAY_MS, ReplayView
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_text import ElidedLabel
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.window.icons import icon

DELAY_STEP_MS = 100
WIDE_PX, LEAST_PX = 940, 600
"""From which width on everything is seen that there is room for, and at which the buttons and the place still are."""

_LEAST_KEPT_PX, _MOST_KEPT_PX, _LEAST_SLIDER_PX = 180, 336, 80

_FEWEST_SHOWN = 10
"""No stride is offered that leaves fewer passes."""

_LONG_MS = 60_000
"""A run that takes longer at the least delay can be played in strides."""


def strides_of(n_passes: int) -> list[int]:
    """Strides to choose from, 1, 2 and 5 times each power of ten."""
    every = [digit * 10**power for power in range(len(str(n_passes))) for digit in (1, 2, 5)]
    return [stride for stride in every if stride == 1 or n_passes // stride >= _FEWEST_SHOWN]


def stride_text(stride: int) -> str:
    """As ``every 10th pass``."""
    return "each pass" if stride == 1 else f"every {stride:,}{'nd' if stride == 2 else 'th'} pass"


class TransportBar(QWidget):
    """First, back, play or pause, stop, forward, last, loop; the pass slider; where the playhead is; the delay.

    Signals:
        pass_requested(int): the slider was moved to this pass.
        first_requested, back_requested, forward_requested, last_requested: a button was pressed.
        play_toggle_requested, stop_requested: a button was pressed.
        loop_requested(bool): whether playing shall begin again at the end.
        delay_requested(int): milliseconds a pass shall stay.
        stride_requested(int): only each so manieth pass shall be played.
    """

    pass_requested = pyqtSignal(int)
    first_requested = pyqtSignal()
    back_requested = pyqtSignal()
    play_toggle_requested = pyqtSignal()
    stop_requested = pyqtSignal()
    forward_requested = pyqtSignal()
    last_requested = pyqtSignal()
    loop_requested = pyqtSignal(bool)
    delay_requested = pyqtSignal(int)
    stride_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place_px = 0
        self._icons: dict[QToolButton, str] = {}
        self.first_button = self._button("first", "First pass (Home)", self.first_requested.emit)
        self.back_button = self._button("back", "Pass before (←)", self.back_requested.emit)
        self.play_button = self._button("play", "Play (Space)", self.play_toggle_requested.emit)
        self.stop_button = self._button("stop", "Stop and go to the first pass", self.stop_requested.emit)
        self.forward_button = self._button("forward", "Next pass (→)", self.forward_requested.emit)
        self.last_button = self._button("last", "Last pass (End)", self.last_requested.emit)
        self.loop_button = self._button("loop", "Begin again at the end", None)
        self.loop_button.setCheckable(True)
        self.loop_button.toggled.connect(self.loop_requested)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setMinimumWidth(_LEAST_SLIDER_PX)
        self.slider.setToolTip("Pass")
        self.slider.setAccessibleName("Pass")
        self.slider.valueChanged.connect(self.pass_requested)
        self.place_label = PlainLabel()
        self.place_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.kept_label = ElidedLabel(cut=Qt.TextElideMode.ElideRight)
        self.kept_label.setObjectName("badge")
        self.kept_label.setMaximumWidth(_MOST_KEPT_PX)
        self.stride_box = ChoiceBox("Which passes are played: of a long run some, so that it does not take long")
        self.stride_box.chosen.connect(lambda: self.stride_requested.emit(self.stride_box.choice))
        self.stride_box.hide()
        self.delay_slider = QSlider(Qt.Orientation.Horizontal)
        self.delay_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.delay_slider.setRange(SHORTEST_DELAY_MS // DELAY_STEP_MS, LONGEST_DELAY_MS // DELAY_STEP_MS)
        self.delay_slider.setFixedWidth(110)
        self.delay_slider.setToolTip("How long a pass stays on the screen while playing")
        self.delay_slider.setAccessibleName("Delay: how long a pass stays on the screen while playing")
        self.delay_slider.valueChanged.connect(lambda value: self.delay_requested.emit(value * DELAY_STEP_MS))
        self.delay_label = PlainLabel()
        self.delay_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000 ms") + 4)
        self._speed = QWidget()
        self._lay_out()
        self.show_nothing()

    def _button(self, name: str, tip: str, on_click: object) -> QToolButton:
        button = QToolButton()
        self._icons[button] = name
        button.setIcon(icon(name))
        button.setIconSize(QSize(20, 20))
        button.setToolTip(plain_tooltip(tip))
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if on_click:
            button.clicked.connect(lambda *_: on_click())  # type: ignore[operator]
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 12, 4)
        row.setSpacing(4)
        for button in self._icons:
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.slider, stretch=1)
        row.addSpacing(8)
        row.addWidget(self.kept_label)
        row.addWidget(self.place_label)
        row.addWidget(self._speed)
        speed = QHBoxLayout(self._speed)
        speed.setContentsMargins(12, 0, 0, 0)
        speed.setSpacing(4)
        for widget in (self.stride_box, PlainLabel("Delay"), self.delay_slider, self.delay_label):
            speed.addWidget(widget)

    def _fold(self) -> None:
        """In a narrow window the buttons, the slider and the place stay; how fast it plays is out of sight."""
        is_wide = self.width() >= WIDE_PX
        self.kept_label.setVisible(is_wide and bool(self._why_kept))
        self.place_label.setMinimumWidth(self._place_px if is_wide else 0)
        self._speed.setVisible(is_wide and self.width() >= self._whole_px())

    def _whole_px(self) -> int:
        """How wide it has to be, so that nothing of it is cut."""
        self._speed.updateGeometry()  # or what its own layout has become is not counted
        others = super().minimumSizeHint().width()
        return others + self._speed.minimumSizeHint().width() if self._speed.isHidden() else others

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fold()

    def show_view(self, view: ReplayView, epoch: int, why_kept: str = "") -> None:
        """Show where the playhead is, and what the transport is doing.

        Args:
            view: what is shown.
            epoch: epochs that have ended at the playhead.
            why_kept: what made the black box keep the pass, in words; empty: it was taken by the schedule.
        """
        with QSignalBlocker(self.slider), QSignalBlocker(self.delay_slider), QSignalBlocker(self.loop_button):
            self.slider.setRange(0, view.n_passes - 1)
            self.slider.setValue(view.pass_number)
            self.delay_slider.setValue(view.delay_ms // DELAY_STEP_MS)
            self.loop_button.setChecked(view.is_looping)
        shown, of_pass = f"pass {view.pass_number + 1:,} of {view.n_passes:,}", f" (step {view.pass_step:,})"
        place = f" · step {view.step:,} · epoch {epoch:,}"
        self.place_label.setText(f"{shown}{'' if view.is_on_pass else of_pass}{place}")
        self._why_kept = why_kept
        self.kept_label.setText(f"kept by the black box: {why_kept}")
        self.kept_label.setMinimumWidth(min(self.kept_label.sizeHint().width(), _LEAST_KEPT_PX))
        # as wide as it was, and as it is on its way to the next pass, or the slider would jump while the playhead moves
        wanted = self.place_label.fontMetrics().horizontalAdvance(f"{shown}{of_pass}{place}000")
        self._place_px = max(self._place_px, wanted)
        self.stride_box.offer({stride: stride_text(stride) for stride in strides_of(view.n_passes)})
        self.stride_box.choose(view.stride)
        self.stride_box.setVisible(view.n_passes * SHORTEST_DELAY_MS > _LONG_MS)
        self._fold()
        self.delay_label.setText(f"{view.delay_ms:,} ms")
        name = "pause" if view.is_playing else "play"
        if self._icons[self.play_button] != name:
            self._icons[self.play_button] = name
            self.play_button.setIcon(icon(name))
        self.play_button.setToolTip("Pause (Space)" if view.is_playing else "Play (Space)")
        for button in self._icons:
            button.setEnabled(view.n_passes > 1)
        self.slider.setEnabled(view.n_passes > 1)
        self.delay_slider.setEnabled(True)

    def _draw_icons(self) -> None:
        for button, name in self._icons.items():
            button.setIcon(icon(name))

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def show_nothing(self) -> None:
        """Nothing is open, so nothing can be moved."""
        self._place_px, self._why_kept = 0, ""
        self.kept_label.hide()
        self.place_label.setText("no collection")
        for widget in (*self._icons, self.slider, self.delay_slider):
            widget.setEnabled(False)
