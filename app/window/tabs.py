"""The tabs in the middle. Only the one that is seen is given anything to show."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PyQt6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.window.saving import Table


class Tab(Protocol):
    """What a tab shows, piece by piece: a collection (also when it has grown), a playhead, a frame.

    Its panels, by the names under which they are saved, have ``numbers``; ``tables`` are further ones.
    """

    @property
    def panels(self) -> Mapping[str, QWidget]: ...

    @property
    def tables(self) -> Mapping[str, Callable[[], Table]]: ...

    def show_collection(self, opened: OpenedCollection) -> None: ...

    def show_view(self, view: ReplayView, step: int) -> None: ...

    def show_frame(self, frame: Frame) -> None: ...


class Centre(QTabWidget):
    """The network first; the other tabs are made when they are first seen, so that the window starts without them.

    A tab that comes into sight is given what is current, once.
    """

    def __init__(self, network: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setTabBarAutoHide(True)
        self._makers: dict[int, Callable[[], Tab]] = {}
        self._tabs: dict[int, Tab] = {}
        self._opened: OpenedCollection | None = None
        self._view: tuple[ReplayView, int] | None = None
        self._frame: Frame | None = None
        self.addTab(network, "Network")
        self.currentChanged.connect(self._on_current_changed)

    def add(self, title: str, make: Callable[[], Tab]) -> None:
        """One more tab; ``make`` builds its widget."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self._makers[self.addTab(page, title)] = make

    def tab(self, title: str) -> Tab | None:
        """The tab of this title, where it has been made."""
        return next((tab for number, tab in self._tabs.items() if self.tabText(number) == title), None)

    def show_title(self, title: str) -> None:
        """Bring a tab to the front."""
        self.setCurrentIndex(next(number for number in range(self.count()) if self.tabText(number) == title))

    @property
    def current(self) -> Tab | None:
        """The tab that is seen; None for the network."""
        return self._tabs.get(self.currentIndex())

    def show_collection(self, opened: OpenedCollection) -> None:
        """Another collection is open, or the same has grown."""
        if self._opened is None or opened.collection is not self._opened.collection:
            self._view = self._frame = None
        self._opened = opened
        if self.current:
            self.current.show_collection(opened)

    def show_view(self, view: ReplayView, step: int) -> None:
        """The playhead, the layer or a choice has changed."""
        self._view = (view, step)
        if self.current:
            self.current.show_view(view, step)

    def show_frame(self, frame: Frame) -> None:
        """A pass is read and ready."""
        self._frame = frame
        if self.current:
            self.current.show_frame(frame)

    def _on_current_changed(self, number: int) -> None:
        if make := self._makers.pop(number, None):
            made = self._tabs[number] = make()
            assert isinstance(made, QWidget)
            page = self.widget(number)
            assert page is not None
            column = page.layout()
            assert column is not None
            column.addWidget(made)
        tab = self.current
        if tab is None:
            return
        if self._opened:
            tab.show_collection(self._opened)
        if self._view:
            tab.show_view(*self._view)
        if self._frame:
            tab.show_frame(self._frame)
