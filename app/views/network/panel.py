"""The network in both its drawings, of which one is seen: units with their edges, or modules within modules."""

from collections.abc import Mapping

from PyQt6.QtCore import pyqtBoundSignal, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QStackedLayout, QToolButton, QWidget

from app.analysis.health import Health
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.modules_view import ModulesView
from app.views.network.units.network_view import NetworkView
from app.widgets.choice_box import ChoiceBox
from app.widgets.plain_text import plain_tooltip
from app.widgets.segments import Segments

UNITS, MODULES = "Units", "Modules"


class NetworkControls(QWidget):
    """Chooses between the drawings, opens and closes all modules.

    Signals:
        as_modules_requested(bool): the user chose a drawing.
        all_open_requested: every module is to be open.
        all_closed_requested: only the outermost are to be seen.
        told_requested(Told): the colour of a module is to tell this of two passes.
    """

    as_modules_requested = pyqtSignal(bool)
    all_open_requested = pyqtSignal()
    all_closed_requested = pyqtSignal()
    told_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawings = Segments((UNITS, MODULES))
        self.drawings.show_options(
            (UNITS, MODULES), ("Draw layers by their units (M)", "Draw modules within modules (M)")
        )
        self.drawings.chosen.connect(lambda name: self.as_modules_requested.emit(name == MODULES))
        self.open_button = self._button("+", "Open all modules (E)", self.all_open_requested)
        self.close_button = self._button("−", "Close all modules (Shift+E)", self.all_closed_requested)
        self.told_box = ChoiceBox("What of two passes the colour of a module tells", list(Told))
        self.told_box.chosen.connect(lambda: self.told_requested.emit(self.told_box.choice))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(2)
        for widget in (self.told_box, self.open_button, self.close_button, self.drawings):
            row.addWidget(widget)
        self._row, self._room = row, float("inf")
        self._as_modules = False

    def show_room(self, px: float) -> None:
        """There is so much room beside the tabs: what stands in the menu and has keys too gives way to them."""
        self._room = px
        self._show_buttons()

    def _show_buttons(self) -> None:
        shown = [self.open_button, self.close_button, self.drawings]
        shown += [] if self.told_box.isHidden() else [self.told_box]
        px = sum(each.sizeHint().width() + self._row.spacing() for each in shown) + self._row.contentsMargins().right()
        for button in (self.open_button, self.close_button):
            button.setVisible(self._as_modules and px <= self._room)

    def _button(self, text: str, tip: str, signal: pyqtBoundSignal) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(plain_tooltip(tip))
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.clicked.connect(signal)
        return button

    def show_drawing(self, *, as_modules: bool, is_of_two: bool) -> None:
        """Mark the drawing that is seen, and offer what can be chosen in it, of a pass or of two."""
        self.drawings.show_chosen(MODULES if as_modules else UNITS)
        self.told_box.setVisible(as_modules and is_of_two)
        self._as_modules = as_modules
        self._show_buttons()


class NetworkPage(QWidget):
    """Both drawings, one in front of the other."""

    def __init__(self, units: NetworkView, modules: ModulesView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.units, self.modules = units, modules
        self._pages = QStackedLayout(self)
        self._pages.addWidget(units)
        self._pages.addWidget(modules)

    @property
    def are_modules_seen(self) -> bool:
        """Whether the network is drawn as modules."""
        return self._pages.currentWidget() is self.modules

    def show_drawing(self, *, as_modules: bool) -> None:
        """Bring one of the drawings to the front."""
        self._pages.setCurrentWidget(self.modules if as_modules else self.units)

    def highlight_layer(self, layer: str | None) -> None:
        """Mark a layer in both drawings."""
        self.units.highlight_layer(layer)
        self.modules.highlight_layer(layer)

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the layers of which something is found, in both drawings."""
        self.units.show_health(health)
        self.modules.show_health(health)

    def fit(self) -> None:
        """Show everything of the drawing in front."""
        (self.modules if self.are_modules_seen else self.units).fit()
