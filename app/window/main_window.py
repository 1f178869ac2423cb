"""The window: the only place that knows both the session and the panels, and joins wishes to facts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QMenu,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from app.replay.following import AwaitedCollection
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views import TABS
from app.views.layers.panel import LayersPanel
from app.views.network.modules.analysis.module_folding import is_drawn_as_modules
from app.views.network.modules.modules_view import ModulesView
from app.views.network.panel import NetworkControls, NetworkPage
from app.views.network.units.network_view import NetworkView
from app.views.sample.panel import SamplePanel
from app.views.timeline.panel import TimelinePanel
from app.views.timeline.transport_bar import TransportBar
from app.views.unit.panel import UnitPanel
from app.widgets.plain_text import plain_action_text, plain_title
from app.window.menus import KEYS, NetworkMenu, add_action, add_go_menu, add_menu
from app.window.run_bar import RunBar
from app.window.saving import Saving, Table
from app.window.settings import Settings
from app.window.tabs import Centre
from app.window.theme import apply_theme
from app.window.train_dialog import TrainDialog, TrainingChoices, TrainingWish
from app.window.training import Pace, Training, TrainingProgress
from app.window.training_bar import TrainingBar

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class MainWindow(QMainWindow):
    """Network in the middle, sample at the left, layers and unit at the right, timeline and transport below."""

    def __init__(self, session: Session, settings: Settings, choices: TrainingChoices | None = None) -> None:
        """A window on a session; without ``choices`` nothing can be trained from it."""
        super().__init__()
        self._session = session
        self._settings = settings
        self._choices = choices
        self._training = Training(choices.program, self) if choices else None
        self._shown: ReplayView | None = None
        self._history: object = None
        self._failures: dict[Path, str] = {}
        self._said_at_opening = ""
        self._pace = Pace()
        self._is_asking = self._is_closing = False
        self.network = NetworkView()
        self.modules = ModulesView()
        self.page = NetworkPage(self.network, self.modules)
        self.controls = NetworkControls()
        self.controls.hide()
        self.centre = Centre(self.page)
        self.centre.setCornerWidget(self.controls)
        for title, make in TABS.items():
            self.centre.add(title, partial(make, session))
        self.centre.currentChanged.connect(self._fill_save_menus)
        self.centre.currentChanged.connect(self._show_controls)
        self._saving = Saving(self, session, self.page, self.show_problem)
        self.sample = SamplePanel()
        self.layers = LayersPanel()
        self.unit = UnitPanel()
        self.timeline = TimelinePanel()
        self.transport = TransportBar()
        self.run_bar = RunBar()
        self.training_bar = TrainingBar()
        self.setAcceptDrops(True)
        self.setWindowTitle("Strobe")
        self.resize(1440, 900)
        self._lay_out()
        self._make_menus()
        self._join_wishes()
        self._join_facts()
        self._restore()
        train = ", or train a network (Ctrl+T)" if self._training else ""
        self._show_nothing(f"Open a collection (Ctrl+O) or drop one here{train}.")

    def _lay_out(self) -> None:
        self.setCentralWidget(_stacked(self.run_bar, self.training_bar, self.centre))
        self.sample_dock = self._dock("Sample", self.sample, LEFT)
        self.layers_dock = self._dock("Layers", self.layers, RIGHT)
        self.unit_dock = self._dock("Unit", self.unit, RIGHT)
        self.timeline_dock = self._dock("Timeline", _stacked(self.timeline, self.transport, growing=0), BOTTOM)
        self.tabifyDockWidget(self.layers_dock, self.unit_dock)
        self.layers_dock.raise_()
        self.resizeDocks([self.sample_dock, self.layers_dock], [250, 310], Qt.Orientation.Horizontal)
        self.resizeDocks([self.timeline_dock], [230], Qt.Orientation.Vertical)

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)  # under which the layout is remembered
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _make_menus(self) -> None:
        files = add_menu(self, "&File")
        add_action(files, "&Open…", QKeySequence.StandardKey.Open, self._ask_for_file)
        self.recent_menu = QMenu("Open &recent", self)
        self.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        files.addMenu(self.recent_menu)
        files.addSeparator()
        self.train_action = add_action(files, "&Train…", "Ctrl+T", self._ask_what_to_train)
        self.train_action.setEnabled(self._training is not None)
        files.addSeparator()
        add_action(files, "Save the network as a &picture…", "Ctrl+E", self._saving.save_network)
        self.save_menu = files.addMenu("Save a panel as a picture")
        self.numbers_menu = files.addMenu("Save &numbers")
        self._fill_save_menus()
        files.addSeparator()
        add_action(files, "&Quit", QKeySequence.StandardKey.Quit, self.close)
        view = add_menu(self, "&View")
        add_action(view, "&Fit the network", "F", self.page.fit)
        add_action(view, "Full &screen", "F11", self._toggle_full_screen)
        self.theme_action = add_action(view, "&Light theme", None, self._toggle_theme)
        self.theme_action.setCheckable(True)
        self.theme_action.setChecked(self._settings.theme() == "light")
        view.addSeparator()
        for number, title in enumerate(("Network", *TABS), start=1):
            add_action(view, title, f"Ctrl+{number}", partial(self.centre.show_title, title))
        view.addSeparator()
        for dock in (self.sample_dock, self.layers_dock, self.unit_dock, self.timeline_dock):
            view.addAction(dock.toggleViewAction())
        self.network_menu = NetworkMenu(self, self._session)
        add_go_menu(self, self._session, self.sample.request_by)
        add_action(add_menu(self, "&Help"), "&Keys", "?", self._show_keys)

    def _fill_save_menus(self, *_: object) -> None:
        """What can be saved: the docks, and what is in the tab in front."""
        assert self.save_menu is not None
        assert self.numbers_menu is not None
        panels = {"Sample": self.sample, "Layers": self.layers, "Unit": self.unit, "Timeline": self.timeline}
        tables: dict[str, Callable[[], Table]] = {"Weights": self.unit.weight_numbers}
        if tab := self.centre.current:
            panels |= tab.panels
            tables |= tab.tables
        self._saving.fill(self.save_menu, self.numbers_menu, panels, tables)

    def _join_wishes(self) -> None:
        session, transport = self._session, self.transport
        transport.pass_requested.connect(session.show_pass)
        transport.first_requested.connect(lambda: session.show_pass(0))
        transport.back_requested.connect(lambda: session.step_by(-1))
        transport.forward_requested.connect(lambda: session.step_by(1))
        transport.last_requested.connect(session.show_last)
        transport.play_toggle_requested.connect(session.toggle_playing)
        transport.stop_requested.connect(session.stop)
        transport.loop_requested.connect(session.set_looping)
        transport.delay_requested.connect(session.set_delay_ms)
        self.timeline.pass_requested.connect(session.show_pass)
        self.timeline.chosen_changed.connect(lambda: self._settings.keep_curves(self.timeline.chosen()))
        self.unit.pass_requested.connect(session.show_pass)
        self.unit.unpin_requested.connect(lambda: session.pin_unit(None))
        self.sample.sample_requested.connect(session.choose_sample)
        self.layers.layer_requested.connect(session.select_layer)
        self.network.layer_clicked.connect(session.select_layer)
        self.modules.layer_clicked.connect(session.select_layer)
        self.modules.module_toggled.connect(session.toggle_module)
        self.controls.as_modules_requested.connect(session.draw_as_modules)
        self.controls.all_open_requested.connect(session.open_all_modules)
        self.controls.all_closed_requested.connect(session.close_all_modules)
        self.network.unit_pinned.connect(lambda stage, number: session.pin_unit((stage, number)))
        self.network.unit_unpinned.connect(lambda: session.pin_unit(None))
        self.training_bar.follow_requested.connect(session.set_following)
        if self._training:
            self.training_bar.stop_requested.connect(self._training.stop)

    def _join_facts(self) -> None:
        session = self._session
        session.collection_opened.connect(self._on_collection_opened)
        session.collection_grown.connect(self._on_collection_grown)
        session.view_changed.connect(self._on_view_changed)
        session.modules_ready.connect(self.modules.show_layout)
        session.frame_ready.connect(self._on_frame_ready)
        session.history_progressed.connect(self.unit.show_progress)
        session.history_ready.connect(self._on_history_ready)
        session.problem_occurred.connect(self.show_problem)
        if self._training:
            self._training.progressed.connect(self._on_training_progressed)
            self._training.ended.connect(self._on_training_ended)

    def _show_nothing(self, words: str) -> None:
        """What the middle says while nothing is open."""
        self.page.clear(words)

    def open(self, path: Path | str) -> None:
        """Open a collection in place of the one that is open."""
        self._session.open(path)

    def _on_collection_opened(self, opened: OpenedCollection) -> None:
        collection = opened.collection
        self.setWindowTitle(f"{plain_title(collection.path.name)} — Strobe")
        self.run_bar.hide_problem()
        if self._said_at_opening:
            self.show_problem(self._said_at_opening)
        self._said_at_opening = ""
        self._shown = None
        self.network.show_graph(opened.graph)
        self.unit.show_nothing()
        self._show_collection(opened)
        self._settings.add_recent_file(collection.path)

    def _on_collection_grown(self, opened: OpenedCollection) -> None:
        self._show_collection(opened)
        if self._shown and self._shown.unit:
            self._read_history(known=self._history)

    def _show_collection(self, opened: OpenedCollection) -> None:
        collection = opened.collection
        self._show_run(opened)
        self.timeline.show_collection(collection)
        self.layers.show_collection(collection)
        self.sample.show_collection(collection)
        self.centre.show_collection(opened)
        self.unit.show_run(opened.graph, collection.layers, collection.passes.steps, opened.last_step)

    def _show_run(self, opened: OpenedCollection) -> None:
        path, training = opened.collection.path, self._training
        is_live = training is not None and training.writes(path)
        self.run_bar.show_collection(opened, is_live=is_live, failure=self._failures.get(path, ""))
        if training and training.is_running:
            training.show_collection(opened)
        elif opened.is_being_recorded:
            progress = self._pace.progress("Recorded by another process", opened, can_stop=False)
            self._on_training_progressed(progress)
        else:
            self.training_bar.hide()

    def _on_view_changed(self, view: ReplayView) -> None:
        opened = self._session.opened
        if opened is None:
            return
        before, self._shown = self._shown, view
        step = view.step
        self.transport.show_view(view, step)
        self.training_bar.show_following(view.is_following)
        for panel in (self.timeline, self.layers, self.unit):
            panel.show_step(step)
        self.centre.show_view(view, step)
        self.network_menu.show_options(view.options)
        self._show_drawing(opened, view)
        if before is None or before.layer != view.layer:
            self.page.highlight_layer(view.layer)
            if view.layer:
                self.layers.show_layer(view.layer)
        if before is None or before.unit != view.unit:
            self._show_unit(view.unit)

    def _show_drawing(self, opened: OpenedCollection, view: ReplayView) -> None:
        as_modules = is_drawn_as_modules(opened.modules, view.as_modules)
        self.page.show_drawing(as_modules=as_modules)
        self.controls.show_drawing(as_modules=as_modules)
        self._show_controls()

    def _show_controls(self, *_: object) -> None:
        """Beside the tabs, as long as there is a network to be seen."""
        self.controls.setVisible(self._shown is not None and self.centre.current is None)

    def _show_unit(self, unit: tuple[str, int] | None) -> None:
        self._history = None
        if unit is None:
            self.network.unpin()
            self.unit.show_nothing()
            return
        self.network.pin(*unit)
        self.unit.show_unit(*unit)
        self.unit_dock.raise_()
        self._read_history()

    def _read_history(self, known: object = None) -> None:
        column, unit = self.unit.column, self._shown.unit if self._shown else None
        if column is None or unit is None or column.stage == "input":
            return
        position = int(column.positions[unit[1]])
        self._session.read_history(column, position, known)  # type: ignore[arg-type]

    def _on_history_ready(self, history: object) -> None:
        self._history = history
        self.unit.show_history(history)  # type: ignore[arg-type]

    def _on_frame_ready(self, frame: Frame) -> None:
        opened = self._session.opened
        if opened:
            if not is_drawn_as_modules(opened.modules, frame.view.as_modules):
                self.network.show_view(frame.graph)
            self.modules.show_numbers(frame.modules)
            self.sample.show_frame(frame, opened.n_samples)
            self.sample.show_samples(frame.samples)
            self.unit.show_frame(frame)
            self.transport.show_epoch(frame.epoch)
            self.centre.show_frame(frame)

    def show_problem(self, text: str) -> None:
        """Tell the user in words; what is shown stays."""
        self.run_bar.show_problem(text)

    def train(self, wish: TrainingWish) -> None:
        """Start a training and watch it from its first pass on."""
        if self._training is None or self._training.is_running:
            self.show_problem("A training is running already. Stop it first.")
            return
        self.run_bar.hide_problem()
        self._failures.pop(wish.path, None)
        self._session.await_collection(AwaitedCollection(wish.path))
        self._training.start(wish)

    def _on_training_progressed(self, progress: TrainingProgress) -> None:
        self.training_bar.show_progress(
            progress.words, progress.steps, progress.total_steps, progress.seconds_left, can_stop=progress.can_stop
        )
        if self._session.opened is None:
            self._show_nothing(progress.words)

    def _on_training_ended(self, problem: str) -> None:
        self.training_bar.hide()
        opened, is_waiting = self._session.opened, self._session.is_waiting
        path = self._training.path if self._training else None
        if opened is None:
            self._show_nothing("The training has failed." if problem else "The training ended before its first pass.")
        if problem:
            self._session.stop_waiting()
            self.show_problem(problem)
            if path is not None:
                self._failures[path] = problem
        elif is_waiting and path is not None and path.is_file():
            self._session.open(path)  # it was there already, or its first pass came with the end
        self._session.look_once_more()
        if opened:
            self._show_run(opened)

    def _ask_what_to_train(self) -> None:
        if self._choices is None:
            return
        dialog = TrainDialog(self._choices, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.train(dialog.wish()))
        dialog.open()

    def _may_close(self) -> bool:
        """Whether to close; a running training is ended only if the user says so."""
        if self._training is None or not self._training.is_running:
            return True
        if self._is_asking:
            return False
        self._is_asking = True
        answer = QMessageBox.question(
            self,
            "A training is running",
            "Closing the window ends the training after its current step. What was collected is kept.",
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        self._is_asking = False
        return answer == QMessageBox.StandardButton.Close

    def _ask_for_file(self) -> None:
        folder = str(self._session.opened.collection.path.parent) if self._session.opened else "data/collections"
        name, _ = QFileDialog.getOpenFileName(self, "Open a collection", folder, "Collections (*.json);;All files (*)")
        if name:
            self._session.open(name)

    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for path in self._settings.recent_files():
            add_action(self.recent_menu, plain_action_text(str(path)), None, partial(self._session.open, path))
        if self.recent_menu.isEmpty():
            add_action(self.recent_menu, "nothing yet", None, lambda: None).setEnabled(False)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _toggle_theme(self) -> None:
        name = "light" if self.theme_action.isChecked() else "dark"
        self._settings.keep_theme(name)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, name)

    def _show_keys(self) -> None:
        rows = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;&nbsp;</td><td>{does}</td></tr>" for key, does in KEYS)
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Keys", f"<table cellpadding='3'>{rows}</table>", parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _restore(self) -> None:
        if curves := self._settings.curves():
            self.timeline.choose(curves)
        geometry, docks = self._settings.layout()
        if geometry:
            self.restoreGeometry(geometry)
        if docks:
            self.restoreState(docks)

    def close_at_once(self) -> None:
        """Close without asking; a running training ends after its step."""
        self._is_closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if not self._is_closing and not self._may_close():
            if event is not None:
                event.ignore()
            return
        self._settings.keep_layout(self.saveGeometry(), self.saveState())
        self.hide()  # the training may take a while to its end
        if self._training:
            self._training.close()
        self._session.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and _dropped_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None and (paths := _dropped_files(event)):
            event.acceptProposedAction()
            self.open_dropped(paths)

    def open_dropped(self, paths: list[Path]) -> None:
        """Open the first, and say what becomes of the others."""
        if len(paths) > 1:
            self._said_at_opening = f"{paths[0].name} is opened. Two runs side by side cannot be shown yet."
        self._session.open(paths[0])


def _stacked(*widgets: QWidget, growing: int = -1) -> QWidget:
    """Widgets below each other, of which one takes the room that is left."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget)
    column.setStretch(growing % len(widgets), 1)
    return whole


def _dropped_files(event: QDropEvent) -> list[Path]:
    """The local files that are dragged; none where anything else is among them."""
    data = event.mimeData()
    urls = data.urls() if data else []
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
