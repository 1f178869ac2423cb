"""The window: the only place that knows both the session and the panels, and joins wishes to facts."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtWidgets import QDockWidget, QFileDialog, QMainWindow, QMenu, QMessageBox, QVBoxLayout, QWidget

from app.panels.curves_panel import CurvesPanel
from app.panels.run_bar import RunBar
from app.panels.sample_panel import SamplePanel
from app.panels.training_bar import TrainingBar
from app.replay.awaited import AwaitedCollection
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.scene.network_view import NetworkView
from app.session import Session
from app.settings import Settings
from app.train_dialog import TrainDialog, TrainingChoices, TrainingWish
from app.training import Training, TrainingProgress
from app.widgets.transport_bar import TransportBar

LEAP = 10
"""Passes that Shift and an arrow key go by."""

KEYS = (
    ("Space", "play or pause"),
    ("← →", "one pass back or on"),
    ("Shift ← →", f"{LEAP} passes back or on"),
    ("Home End", "first or last pass"),
    ("Page up, Page down", "sample before or after"),
    ("F", "fit the network into the view"),
    ("Wheel, drag", "zoom at the cursor, move the view"),
    ("Ctrl+O", "open a collection"),
    ("Ctrl+T", "train"),
    ("F11", "full screen"),
    ("?", "this list"),
)


class MainWindow(QMainWindow):
    """Network in the middle, sample at the left, timeline and transport below."""

    def __init__(self, session: Session, settings: Settings, choices: TrainingChoices | None = None) -> None:
        """A window on a session; without ``choices`` nothing can be trained from it."""
        super().__init__()
        self._choices = choices
        self._training = Training(choices.program, self) if choices else None
        self._session = session
        self._settings = settings
        self.network = NetworkView()
        self.sample = SamplePanel()
        self.curves = CurvesPanel()
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
        self._restore_layout()
        self.network.clear("Open a collection (Ctrl+O), or drop one here.")

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.run_bar)
        column.addWidget(self.training_bar)
        column.addWidget(self.network, stretch=1)
        self.setCentralWidget(centre)
        timeline = QWidget()
        rows = QVBoxLayout(timeline)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.curves, stretch=1)
        rows.addWidget(self.transport)
        self.sample_dock = self._dock("Sample", self.sample, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.timeline_dock = self._dock("Timeline", timeline, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.resizeDocks([self.sample_dock], [270], Qt.Orientation.Horizontal)
        self.resizeDocks([self.timeline_dock], [230], Qt.Orientation.Vertical)

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)  # under which the layout is remembered
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _make_menus(self) -> None:
        bar = self.menuBar()
        assert bar is not None
        file_menu, view_menu, go_menu, help_menu = (QMenu(f"&{name}", self) for name in ("File", "View", "Go", "Help"))
        for menu in (file_menu, view_menu, go_menu, help_menu):
            bar.addMenu(menu)
        self._action(file_menu, "&Open…", QKeySequence.StandardKey.Open, self._ask_for_file)
        self.recent_menu = QMenu("Open &recent", self)
        self.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        file_menu.addMenu(self.recent_menu)
        file_menu.addSeparator()
        self.train_action = self._action(file_menu, "&Train…", "Ctrl+T", self._ask_what_to_train)
        self.train_action.setEnabled(self._training is not None)
        file_menu.addSeparator()
        self._action(file_menu, "&Quit", QKeySequence.StandardKey.Quit, self.close)
        self._action(view_menu, "&Fit the network", "F", self.network.fit)
        self._action(view_menu, "Full &screen", "F11", self._toggle_full_screen)
        view_menu.addSeparator()
        view_menu.addAction(self.sample_dock.toggleViewAction())
        view_menu.addAction(self.timeline_dock.toggleViewAction())
        session = self._session
        self._action(go_menu, "&Play or pause", "Space", session.toggle_playing)
        self._action(go_menu, "&Stop", None, session.stop)
        go_menu.addSeparator()
        self._action(go_menu, "Pass &before", "Left", lambda: session.step_by(-1))
        self._action(go_menu, "&Next pass", "Right", lambda: session.step_by(1))
        self._action(go_menu, f"{LEAP} passes back", "Shift+Left", lambda: session.step_by(-LEAP))
        self._action(go_menu, f"{LEAP} passes on", "Shift+Right", lambda: session.step_by(LEAP))
        self._action(go_menu, "&First pass", "Home", lambda: session.show_pass(0))
        self._action(go_menu, "&Last pass", "End", session.show_last)
        go_menu.addSeparator()
        self._action(go_menu, "Sample before", "PgUp", lambda: session.choose_sample_by(-1))
        self._action(go_menu, "Next sample", "PgDown", lambda: session.choose_sample_by(1))
        self._action(help_menu, "&Keys", "?", self._show_keys)

    def _action(
        self,
        menu: QMenu,
        text: str,
        key: QKeySequence.StandardKey | str | None,
        on_triggered: Callable[[], object],
    ) -> QAction:
        action = QAction(text, self)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda *_: on_triggered())
        menu.addAction(action)
        self.addAction(action)
        return action

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
        self.curves.pass_requested.connect(session.show_pass)
        self.sample.sample_requested.connect(session.choose_sample)
        self.training_bar.follow_requested.connect(session.set_following)
        if self._training:
            self.training_bar.stop_requested.connect(self._training.stop)

    def _join_facts(self) -> None:
        self._session.collection_opened.connect(self._on_collection_opened)
        self._session.view_changed.connect(self._on_view_changed)
        self._session.frame_ready.connect(self._on_frame_ready)
        self._session.collection_grown.connect(self._on_collection_grown)
        self._session.problem_occurred.connect(self.show_problem)
        if self._training:
            self._training.progressed.connect(self._on_training_progressed)
            self._training.ended.connect(self._on_training_ended)

    def _on_collection_opened(self, opened: OpenedCollection) -> None:
        collection = opened.collection
        self.setWindowTitle(f"{collection.path.name} — Strobe")
        self.run_bar.hide_problem()
        self._show_run(opened)
        self.curves.show_collection(collection)
        self.network.show_graph(opened.graph)
        self._settings.add_recent_file(collection.path)

    def _on_collection_grown(self, opened: OpenedCollection) -> None:
        self._show_run(opened)
        self.curves.show_collection(opened.collection)

    def _show_run(self, opened: OpenedCollection) -> None:
        collection = opened.collection
        is_live = self._training is not None and self._training.writes(collection.path)
        self.run_bar.show_collection(collection, is_live=is_live)
        if self._training:
            self._training.show_collection(opened)

    def _on_view_changed(self, view: ReplayView) -> None:
        opened = self._session.opened
        if opened:
            step = int(opened.collection.passes.steps[view.pass_number])
            self.transport.show_view(view, step)
            self.training_bar.show_following(view.is_following)
            self.curves.show_step(step)

    def _on_frame_ready(self, frame: Frame) -> None:
        opened = self._session.opened
        if opened:
            self.network.show_view(frame.graph)
            self.sample.show_frame(frame, opened.n_samples)
            self.transport.show_epoch(frame.epoch)

    def open(self, path: Path | str) -> None:
        """Open a collection in place of the one that is open."""
        self._session.open(path)

    def show_problem(self, text: str) -> None:
        """Tell the user in words; what is shown stays."""
        self.run_bar.show_problem(text)

    def train(self, wish: TrainingWish) -> None:
        """Start a training and watch it from its first pass on."""
        if self._training is None or self._training.is_running:
            self.show_problem("A training is running already. Stop it first.")
            return
        self.run_bar.hide_problem()
        self._session.await_collection(AwaitedCollection(wish.path))
        if self._session.opened is None:
            self.network.clear("Training is starting. Its first pass will appear here.")
        self._training.start(wish)

    def _on_training_progressed(self, progress: TrainingProgress) -> None:
        self.training_bar.show_progress(progress.words, progress.steps, progress.total_steps, progress.seconds_left)

    def _on_training_ended(self, problem: str) -> None:
        self.training_bar.hide()
        self._session.look_once_more()
        if self._session.opened:
            self._show_run(self._session.opened)
        if problem:
            self._session.stop_waiting()
            self.show_problem(problem)

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
        answer = QMessageBox.question(
            self,
            "A training is running",
            "Closing the window ends the training after its current step. What was collected is kept.",
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Close

    def _ask_for_file(self) -> None:
        folder = str(self._session.opened.collection.path.parent) if self._session.opened else "data/collections"
        name, _ = QFileDialog.getOpenFileName(self, "Open a collection", folder, "Collections (*.json);;All files (*)")
        if name:
            self._session.open(name)

    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for path in self._settings.recent_files():
            action = self.recent_menu.addAction(str(path))
            assert action is not None
            action.triggered.connect(lambda _, path=path: self._session.open(path))
        if self.recent_menu.isEmpty():
            nothing = self.recent_menu.addAction("nothing yet")
            assert nothing is not None
            nothing.setEnabled(False)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_keys(self) -> None:
        rows = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;&nbsp;</td><td>{does}</td></tr>" for key, does in KEYS)
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Keys", f"<table cellpadding='3'>{rows}</table>", parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _restore_layout(self) -> None:
        geometry, docks = self._settings.layout()
        if geometry:
            self.restoreGeometry(geometry)
        if docks:
            self.restoreState(docks)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if not self._may_close():
            if event is not None:
                event.ignore()
            return
        self._settings.keep_layout(self.saveGeometry(), self.saveState())
        if self._training:
            self._training.close()
        self._session.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None and (path := _dropped_file(event)):
            event.acceptProposedAction()
            self._session.open(path)


def _dropped_file(event: QDropEvent) -> Path | None:
    """The one local file that is dragged; None for anything else."""
    data = event.mimeData()
    urls = data.urls() if data else []
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
