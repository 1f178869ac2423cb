"""The tabs in the middle, with the controls of the view in front beside them."""

from typing import Protocol, runtime_checkable

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QTabWidget, QWidget

from app.view import View
from app.window.pages import Page


@runtime_checkable
class GivesWay(Protocol):
    """Controls some of which can be left out where the tabs need the room."""

    def show_room(self, px: float) -> None:
        """There is so much room beside the tabs."""


class Tabs(QTabWidget):
    """A tab for each page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setTabBarAutoHide(True)
        self._corner = QWidget()
        row = QHBoxLayout(self._corner)
        row.setContentsMargins(0, 0, 0, 0)
        self._row = row
        self.setCornerWidget(self._corner)
        self._controls: dict[Page, QWidget] = {}
        self._has_collection = False
        self.currentChanged.connect(self._show_controls)

    def add(self, page: Page) -> None:
        """One more tab."""
        page.made.connect(lambda view: self._on_made(page, view))
        self.addTab(page, page.spec.title)

    def page(self, number: int) -> Page:
        """The page of a tab."""
        page = self.widget(number)
        assert isinstance(page, Page)
        return page

    @property
    def current(self) -> Page:
        """The page in front."""
        return self.page(self.currentIndex())

    def show_controls(self, *, has_collection: bool) -> None:
        """Whether there is anything for the controls of a view to act on."""
        self._has_collection = has_collection
        self._show_controls()

    def _on_made(self, page: Page, view: View) -> None:
        if view.corner is not None:
            self._row.addWidget(view.corner)
            self._controls[page] = view.corner
            self._show_controls()

    def _show_controls(self, *_: object) -> None:
        for page, controls in self._controls.items():
            controls.setVisible(self._has_collection and page is self.current)
        self._tell_room()

    def _tell_room(self) -> None:
        bar = self.tabBar()
        for controls in self._controls.values():
            if bar is not None and isinstance(controls, GivesWay):
                controls.show_room(self.width() - bar.sizeHint().width())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._tell_room()
        super().resizeEvent(event)
