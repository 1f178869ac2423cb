"""What the window shows while nothing is open: what was open before, what can be begun, and how to record one's own."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.plain_text import PlainLabel, plain_action_text
from app.window.card_grid import CardGrid
from app.window.demos import DEMOS, Demo
from app.window.own_script import OwnScript
from app.window.picture_card import PictureCard
from app.window.theme import active_name
from app.window.thumbnails import TOLD, Thumbnails
from collector.storage.paths import AnyPath, shown

_SIDE_PX, _MARGIN, _LINE_PX = 370, 20, 6
_MOST_PX = 1_300
"""As wide as four cards and the side: what is wider stands in the middle."""
_MOST_RECENT = 6
"""Two rows of a small window; the menu has more."""
_TO_COME, _NO_PICTURE = "Its picture is being painted.", "no picture"
_TRAINED = "A small CNN learns MNIST for one epoch, and you watch it: a minute or two."


class StartPage(QScrollArea):
    """Recent files and demos with pictures, and beside them three ways to begin.

    Args:
        thumbnails: where their pictures come from.
        can_train: whether something can be trained from here.
        lacks: why it cannot, and the way out; empty where nothing lacks.
        source: the folder that the collector can be installed from; None where there is none.

    Signals:
        file_chosen(AnyPath): this collection is to be opened.
        demo_chosen(Demo): this demo is.
        train_requested: the default is to be trained.
        choose_requested: something else is to be trained, which is asked for.
        open_requested: a file is to be asked for.
        back_requested: what is open is to be seen again.
    """

    file_chosen = pyqtSignal(object)
    demo_chosen = pyqtSignal(object)
    train_requested = pyqtSignal()
    choose_requested = pyqtSignal()
    open_requested = pyqtSignal()
    back_requested = pyqtSignal()

    def __init__(
        self,
        thumbnails: Thumbnails,
        *,
        can_train: bool,
        lacks: str = "",
        source: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._recent: dict[AnyPath, PictureCard] = {}
        self._demos: dict[Path, PictureCard] = {}
        self._theme = ""
        thumbnails.painted.connect(self._show_picture)
        thumbnails.ended.connect(lambda: self._say_of_missing(_NO_PICTURE))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.recent_grid, self.demo_grid = CardGrid(), CardGrid()
        self.nothing_label = _faint("Nothing yet. What you open, or train, is kept here with a picture.")
        self.train_label = _faint(lacks or _TRAINED, is_wrapped=True)
        self.train_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # a command, to copy
        self.train_button = QPushButton("Train the default")
        self.train_button.setEnabled(can_train)
        self.train_button.clicked.connect(lambda *_: self.train_requested.emit())
        self.choose_button = QPushButton("Train something else…")
        self.choose_button.setEnabled(can_train)
        self.choose_button.clicked.connect(lambda *_: self.choose_requested.emit())
        self.open_button = QPushButton("Open a collection…")
        self.open_button.clicked.connect(lambda *_: self.open_requested.emit())
        self.back_button = QPushButton("Back")
        self.back_button.clicked.connect(lambda *_: self.back_requested.emit())
        for button in (self.train_button, self.choose_button, self.open_button, self.back_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.own_script = OwnScript(source)
        self._lay_out()
        self._show_demos()

    def _lay_out(self) -> None:
        title = PlainLabel("Strobe")
        title.setObjectName("title")
        title.setIndent(0)
        told = _faint("What happens inside a network while it learns, pass by pass.")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addWidget(told, stretch=1, alignment=Qt.AlignmentFlag.AlignBottom)
        top.addWidget(self.back_button)
        seen = QVBoxLayout()
        seen.setSpacing(_LINE_PX)
        for heading, *widgets in (
            ("Recent", self.nothing_label, self.recent_grid),
            ("Demos", _faint("Three small recordings, to see what a finding looks like."), self.demo_grid),
        ):
            _add(seen, heading, *widgets)
        seen.addStretch()
        begun = QVBoxLayout()
        begun.setSpacing(_LINE_PX)
        _add(begun, "Train", self.train_label, self.train_button, self.choose_button)
        _add(begun, "Open", _faint("Or drop a file on the window; two are compared."), self.open_button)
        _add(begun, "Record your own", _faint("Nothing else in your script changes."), self.own_script)
        begun.addStretch()
        side = QWidget()
        side.setLayout(begun)
        begun.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(_SIDE_PX)
        row = QHBoxLayout()
        row.setSpacing(_MARGIN)
        row.addLayout(seen, stretch=1)
        row.addWidget(side)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(_MARGIN, _MARGIN // 2, _MARGIN, _MARGIN)
        column.addLayout(top)
        column.addLayout(row, stretch=1)
        whole.setMaximumWidth(_MOST_PX)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(whole)

    def show_recent(self, paths: Sequence[AnyPath], open_now: AnyPath | None = None) -> None:
        """Show these, newest first, and the way back to what is open."""
        self.back_button.setText(plain_action_text(f"Back to {open_now.name}") if open_now else "Back")
        self.back_button.setVisible(open_now is not None)
        recent = list(paths)[:_MOST_RECENT]
        self._recent = {path: PictureCard(path.name, shown(path.parent), shown(path)) for path in recent}
        for path, card in self._recent.items():
            card.clicked.connect(partial(self._choose_file, path))
        self.recent_grid.show_cards(list(self._recent.values()))
        self.nothing_label.setVisible(not recent)
        self._ask_for_pictures()

    def _show_demos(self) -> None:
        for demo in DEMOS:
            self._demos[demo.path] = card = PictureCard(demo.title, demo.told)
            card.clicked.connect(partial(self._choose_demo, demo))
        self.demo_grid.show_cards(list(self._demos.values()))

    def _choose_file(self, path: AnyPath, *_: object) -> None:
        self.file_chosen.emit(path)

    def _choose_demo(self, demo: Demo, *_: object) -> None:
        self.demo_chosen.emit(demo)

    def _ask_for_pictures(self) -> None:
        self._theme = active_name()
        here = [
            each for each in self._recent if isinstance(each, Path)
        ]  # what lies elsewhere is read when it is opened
        self._say_of_missing(_TO_COME)
        self._thumbnails.ask([*(demo.path for demo in DEMOS), *here], self._theme)

    def _say_of_missing(self, words: str) -> None:
        """What stands in the place of the pictures that are not there."""
        for path, card in (*self._recent.items(), *self._demos.items()):
            card.show_absence(words if isinstance(path, Path) else _NO_PICTURE)

    def _show_picture(self, path: Path, picture: QImage) -> None:
        if (card := self._recent.get(path)) is not None:
            card.show_picture(picture, picture.text(TOLD))
        if (card := self._demos.get(path)) is not None:
            card.show_picture(picture)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        is_dressed_anew = event is not None and event.type() == QEvent.Type.PaletteChange
        if is_dressed_anew and self._theme and self._theme != active_name():
            self._ask_for_pictures()


def _faint(text: str, *, is_wrapped: bool = False) -> PlainLabel:
    label = PlainLabel(text)
    label.setObjectName("faint")
    label.setIndent(0)  # text begins where cards and buttons do
    label.setWordWrap(is_wrapped)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return label


def _add(column: QVBoxLayout, heading: str, *widgets: QWidget) -> None:
    label = PlainLabel(heading)
    label.setObjectName("section")
    label.setIndent(0)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    column.addSpacing(_MARGIN // 2)
    column.addWidget(label)
    for widget in widgets:
        column.addWidget(widget)
