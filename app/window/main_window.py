"""The window: the views of a table in their places, and what belongs to none of them."""

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QStatusBar,
    QVBoxLayout,
    QWidget,
)

from app.analysis.axis import epochs_ended
from app.replay.comparing import Comparing
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, View, ViewSpec
from app.widgets.keyboard import keeps
from app.widgets.menu_entries import add_action
from app.widgets.plain_text import plain_title
from app.window.beginning import Beginning
from app.window.compare_menu import CompareMenu, side_of
from app.window.comparing_bar import ComparingBar
from app.window.comparing_text import place_text
from app.window.demos import DEFAULT, DEMOS, Demo, is_demo
from app.window.keys_dialog import KeysDialog
from app.window.menus import add_go_menu, add_menu
from app.window.open_address import ask_for_address
from app.window.open_file import RecentMenu, ask_for_file, dropped_files
from app.window.pages import Page, Pages
from app.window.remote_bar import RemoteBar
from app.window.run_bar import RunBar
from app.window.saving import Saving
from app.window.settings import Settings
from app.window.tabs import Tabs
from app.window.theme import apply_theme
from app.window.tour import Tour, stops
from app.window.train_dialog import TrainingChoices, TrainingRequest
from app.window.training_watch import TrainingWatch
from app.window.transport_bar import TransportBar
from collector.comparing.saved import SavedComparison
from collector.findings import Report
from collector.storage.paths import AnyPath

AREAS = {
    Place.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Place.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Place.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
FIRST_SIZE, LEAST_SIZE = QSize(1440, 900), QSize(960, 600)
FRAME = QSize(12, 44)
"""What a window manager puts around a window, at most; what it really is, is known only once the window is shown."""
FIRST_PX = {Place.LEFT: 262, Place.RIGHT: 300}
"""How wide the docks of a side are at first."""
BOTTOM_SHARE, LEAST_BOTTOM_PX = 0.21, 150
"""How much of the window's height the docks at the bottom have at first."""
NARROW_PX = 1100
"""A window that is narrower has the docks of both sides at one at first, one before the other."""


class MainWindow(QMainWindow):
    """The views of a table: tabs in the middle, docks around them; what belongs to no view above and below."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        specs: tuple[ViewSpec, ...],
        choices: TrainingChoices | None = None,
        cache: Path | None = None,
    ) -> None:
        """A window on a session; without ``choices`` nothing can be trained from it.

        Args:
            cache: folder of what can be made anew, as small pictures; None: beside the settings.
        """
        super().__init__()
        self._session = session
        self._settings = settings
        self._shown: ReplayView | None = None
        self._said_at_opening = ""
        self._has_told_findings = self._was_comparing = False
        self._is_closing = self._is_tour_due = False
        self.pages = Pages(specs, session)
        self.tabs = Tabs()
        self.docks: dict[str, QDockWidget] = {}
        self._saving = Saving(self, session, self.show_problem)
        self.transport = TransportBar()
        self.run_bar = RunBar()
        self.comparing_bar = ComparingBar()
        self.watch = TrainingWatch(self, session, choices)
        self.training_bar = self.watch.bar
        self.remote_bar = RemoteBar()
        self.beginning = Beginning(self, session, settings, choices, self.tabs, cache or settings.folder)
        self.setAcceptDrops(True)
        self.setWindowTitle("Strobe")
        self._fit_screen()
        self._lay_out()
        self._make_menus()
        self._join()
        self._restore()
        train = ", or train a network (Ctrl+T)" if choices else ""
        self._show_nothing(f"Open a collection (Ctrl+O) or drop one here{train}.")

    def _fit_screen(self) -> None:
        """First size and place: as large as is good to read, frame included, but no larger than the screen."""
        room = self.room() - FRAME
        self.setMinimumSize(LEAST_SIZE.boundedTo(room))
        self.resize(FIRST_SIZE.boundedTo(room))

    def room(self) -> QSize:
        """What the screen has room for; without a screen, where windows are painted into pictures only, enough."""
        screen = self.screen()
        if screen is None or QApplication.platformName() == "offscreen":
            return FIRST_SIZE + FRAME
        return screen.availableGeometry().size()

    def _lay_out(self) -> None:
        middle = self.beginning.middle
        self.setCentralWidget(_stacked(self.run_bar, self.remote_bar, self.comparing_bar, self.training_bar, middle))
        for page in self.pages:
            if page.spec.place is Place.CENTRE:
                self.tabs.add(page)
            else:
                self._add_dock(page)
        bar = QStatusBar()  # below all docks, whichever of them are closed
        bar.setSizeGripEnabled(False)
        bar.addPermanentWidget(self.transport, 1)
        self.setStatusBar(bar)
        self._transport_bar = bar

    def _add_dock(self, page: Page) -> None:
        """Put a page at its side, in front of which stays the first that stood there."""
        title, place = page.spec.title, page.spec.place
        if place is Place.LEFT and self.width() < NARROW_PX:
            place = Place.RIGHT
        others = [each for each in self.docks.values() if self.dockWidgetArea(each) is AREAS[place]]
        dock = QDockWidget(title, self)
        dock.setObjectName(title)  # under which the layout is remembered
        dock.setWidget(page)
        dock.visibilityChanged.connect(page.set_in_front)
        self.docks[page.spec.name] = dock
        self.addDockWidget(AREAS[place], dock)
        if others:
            self.tabifyDockWidget(others[-1], dock)
            others[0].raise_()
            page.set_in_front(False)
        elif place is Place.BOTTOM:
            self.resizeDocks(
                [dock], [max(round(BOTTOM_SHARE * self.height()), LEAST_BOTTOM_PX)], Qt.Orientation.Vertical
            )
        else:
            self.resizeDocks([dock], [FIRST_PX[place]], Qt.Orientation.Horizontal)

    def _make_menus(self) -> None:
        files = add_menu(self, "&File")
        add_action(files, "&Open…", QKeySequence.StandardKey.Open, partial(ask_for_file, self, self._session))
        add_action(files, "Open an &address…", None, lambda: ask_for_address(self, self._session.open))
        self.recent_menu = RecentMenu(self._session, self._settings, self)
        files.addMenu(self.recent_menu)
        add_action(files, "&Start page", None, self.show_start_page)
        files.addSeparator()
        self.train_action = add_action(files, "&Train…", "Ctrl+T", self.watch.ask_what_to_train)
        self.train_action.setEnabled(self.watch.training is not None)
        files.addSeparator()
        add_action(files, "Save the tab in front as a &picture…", "Ctrl+E", self._save_front)
        self.save_menu = QMenu("Save a view as a picture", self)
        self.widths_menu = QMenu("Width of pictures", self)
        self._saving.fill_widths(self.widths_menu)
        self.numbers_menu = QMenu("Save &numbers", self)
        for menu in (self.save_menu, self.numbers_menu):
            files.addMenu(menu)
            menu.aboutToShow.connect(self._fill_save_menus)
        files.insertMenu(self.numbers_menu.menuAction(), self.widths_menu)
        files.addSeparator()
        add_action(files, "&Quit", QKeySequence.StandardKey.Quit, self.close)
        view = add_menu(self, "&View")
        add_action(view, "&Fit the view in front", "F", self._fit)
        add_action(view, "Full &screen", "F11", self._toggle_full_screen)
        self.theme_action = add_action(view, "&Light theme", None, self._toggle_theme)
        self.theme_action.setCheckable(True)
        self.theme_action.setChecked(self._settings.theme() == "light")
        view.addSeparator()
        for number in range(self.tabs.count()):
            page = self.tabs.page(number)
            key = f"Ctrl+{number + 1}" if number < 9 else None
            add_action(view, page.spec.title, key, partial(self.show_view, page.spec.name))
        view.addSeparator()
        for dock in self.docks.values():
            view.addAction(dock.toggleViewAction())
        for page in self.pages:
            if page.spec.make_menu is not None:
                add_menu(self, page.spec.make_menu(self._session, self))
        add_menu(self, CompareMenu(self._session, self))
        add_go_menu(self, self._session, self.pages.step_sample)
        helps = add_menu(self, "&Help")
        add_action(helps, "&Keys", "?", self._show_keys)
        add_action(helps, "&Tour", None, self._start_tour)
        for demo in DEMOS:
            add_action(helps, f"Demo: {demo.title}", None, partial(self.open_demo, demo))

    def view(self, name: str) -> View | None:
        """A view by its name; None where it has not been seen yet."""
        return self.pages[name].view

    def show_view(self, name: str) -> None:
        """Bring a view to the front."""
        if name in self.docks:
            self.docks[name].show()
            self.docks[name].raise_()
            self.pages[name].set_in_front(True)  # which Qt tells only when it lays out the docks
        else:
            self.tabs.setCurrentWidget(self.pages[name])

    def _read_notes(self) -> None:
        """Bring the notes to the front, for the keys too."""
        self.show_view("notes")
        if view := self.pages["notes"].view:
            view.setFocus()  # type: ignore[attr-defined] # it is a widget, as the protocol's first words say

    def _join(self) -> None:
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
        transport.stride_requested.connect(session.set_stride)
        watch = self.watch
        watch.began.connect(self._on_training_began)
        watch.problem_occurred.connect(self.show_problem)
        watch.nothing_shown.connect(self._show_nothing)
        watch.run_ended.connect(self._show_open_run)
        self.run_bar.notes_requested.connect(self._read_notes)
        bar = self.comparing_bar
        bar.side_chosen.connect(session.show_side)
        bar.clock_chosen.connect(lambda clock: session.change_comparing(clock=clock, offset=0.0))
        bar.offset_chosen.connect(lambda offset: session.change_comparing(offset=offset))
        bar.stop_requested.connect(session.stop_comparing)
        session.comparing_changed.connect(self._on_comparing_changed)
        session.frame_ready.connect(self._show_other_place)
        session.frame_awaited.connect(self.remote_bar.await_pass)
        session.frame_ready.connect(lambda _: self.remote_bar.end_waiting())
        session.frame_failed.connect(lambda _: self.remote_bar.end_waiting())
        session.jobs.connection_changed.connect(self.remote_bar.show_connection)
        session.frame_ready.connect(lambda _: self._begin_tour())
        session.collection_opened.connect(self._on_collection_opened)
        session.collection_grown.connect(self._show_run)
        session.findings.ready.connect(self._on_findings)
        session.findings.ready.connect(self.beginning.show_findings)
        session.findings.muted_changed.connect(self._settings.keep_muted_rules)
        if "findings" in self.docks:
            session.why_asked.connect(lambda _: self.show_view("findings"))
        session.view_changed.connect(self._on_view_changed)
        self.beginning.train_requested.connect(self.train)
        self.beginning.page.choose_requested.connect(watch.ask_what_to_train)
        self.beginning.page.open_requested.connect(partial(ask_for_file, self, session))
        session.comparison_kept.connect(self._settings.add_recent_file)
        session.problem_occurred.connect(self.show_problem)
        session.problem_occurred.connect(lambda _: bar.show_comparing(session.comparing, session.side))
        self.tabs.currentChanged.connect(lambda _: session.go_to(tab=self.tabs.current.spec.name))
        for page in self.pages:
            page.failed.connect(self.show_problem)
            page.made.connect(partial(self._on_view_made, page.spec.name))

    def open(self, path: AnyPath | str) -> None:
        """Open a collection in place of the one that is open."""
        self._session.open(path)

    def open_demo(self, demo: Demo) -> None:
        """Open a demo with its finding."""
        self.beginning.open_demo(demo)

    def show_start_page(self) -> None:
        """Show what can be begun, alone: docks and transport are about what is open."""
        self.beginning.show((*self.docks.values(), self._transport_bar, self.run_bar))

    def _show_nothing(self, words: str, in_docks: str = "Nothing is open.") -> None:
        """What the middle and the docks say while nothing is open."""
        for page in self.pages:
            page.show_notice(words if page.spec.place is Place.CENTRE else in_docks)

    def _on_view_made(self, name: str, view: View) -> None:
        if choice := self._settings.choice(name):
            view.restore_choice(choice)
        view.choice_changed.connect(partial(self._settings.keep_choice, name))

    def _on_collection_opened(self, opened: OpenedCollection) -> None:
        collection = opened.collection
        self._show_title()
        self.run_bar.hide_problem()
        if self._said_at_opening:
            self.show_problem(self._said_at_opening)
        self._said_at_opening = ""
        self.beginning.leave()
        self._shown = None
        self._has_told_findings = self._has_told_findings and self._session.comparing is not None
        if dock := self.docks.get("findings"):
            dock.setWindowTitle(self.pages["findings"].spec.title)
        self._show_run(opened)
        if not is_demo(collection.path):
            self._settings.add_recent_file(collection.path)

    def _on_comparing_changed(self, comparing: Comparing | None) -> None:
        """Two runs that begin to be compared are looked at as wholes first, or as they were when that was saved."""
        session, was_comparing = self._session, self._was_comparing
        self._was_comparing = comparing is not None and comparing.held is None
        self.comparing_bar.show_comparing(comparing, session.side)
        self._show_title()
        if comparing is not None and self._was_comparing and not was_comparing:
            if "compare" in self.pages:
                session.go_to(tab="compare")
            session.show_side(side_of(comparing.wish))

    def _show_other_place(self, frame: Frame) -> None:
        if (comparing := self._session.comparing) is not None:
            self.comparing_bar.show_place(place_text(comparing, frame))

    def _show_title(self) -> None:
        comparing, opened = self._session.comparing, self._session.opened
        if comparing is not None and comparing.held is None:
            name = " | ".join(each.collection.path.name for each in (comparing.a, comparing.b))
        else:
            name = "" if opened is None else opened.collection.path.name
        self.setWindowTitle(f"{plain_title(name)} — Strobe" if name else "Strobe")

    def _on_findings(self, report: Report) -> None:
        """How many there are, in the dock's title; it comes forward with the first that harms."""
        dock, n = self.docks.get("findings"), len(report.at_least("warning"))
        if dock is None:
            return
        title = self.pages["findings"].spec.title
        dock.setWindowTitle(f"{title} ({n})" if n else title)
        if n and not self._has_told_findings:
            self._has_told_findings = True
            dock.raise_()  # one that the user has closed stays closed

    def _show_run(self, opened: OpenedCollection) -> None:
        path, watch = opened.collection.path, self.watch
        self.remote_bar.show_collection(opened)
        self.run_bar.show_collection(opened, is_live=watch.is_live(path), failure=watch.failure(path))
        watch.show_collection(opened)

    def _show_open_run(self) -> None:
        if self._session.opened is not None:
            self._show_run(self._session.opened)

    def _on_view_changed(self, view: ReplayView) -> None:
        opened = self._session.opened
        if opened is None:
            return
        before, self._shown = self._shown, view
        dump = opened.collection.passes.dumps.get(view.pass_step) if view.is_on_pass else None
        self.transport.show_view(
            view, epochs_ended(opened.collection, view.step), "" if dump is None else dump.text or dump.cause
        )
        self.training_bar.show_following(view.is_following)
        self.tabs.show_controls(has_collection=True)
        if view.tab is not None and (before is None or before.tab != view.tab):
            self.show_view(view.tab)
        for page in self.pages:
            if page.spec.comes_forward(before, view) and page.spec.name in self.docks:
                self.docks[page.spec.name].raise_()  # one that the user has closed stays closed

    def _fit(self) -> None:
        if view := self.tabs.current.view:
            view.fit()

    def _fill_save_menus(self) -> None:
        self._saving.fill(self.save_menu, self.numbers_menu, self.pages.visible)

    def _save_front(self) -> None:
        self._saving.save_picture(self.tabs.current)

    def show_problem(self, text: str) -> None:
        """Tell the user in words; what is shown stays."""
        self.run_bar.show_problem(text)

    def train(self, request: TrainingRequest) -> None:
        """Start a training and watch it from its first pass on."""
        self.watch.train(request)

    def _on_training_began(self) -> None:
        self.run_bar.hide_problem()
        self.beginning.leave()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _toggle_theme(self) -> None:
        name = "light" if self.theme_action.isChecked() else "dark"
        self._settings.keep_theme(name)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, name)

    def _show_keys(self) -> None:
        dialog = KeysDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _start_tour(self) -> None:
        """Show where things are; where nothing is open, in a demo."""
        self._is_tour_due = True
        if self._session.opened is not None:
            self.beginning.leave()
            self._begin_tour()
        else:
            self.open_demo(DEFAULT)

    def _begin_tour(self) -> None:
        if self._is_tour_due:
            self._is_tour_due = False
            self.tour = Tour(self, stops(self.docks, self.tabs, self.show_view))

    def _restore(self) -> None:
        self._session.left_at.update(self._settings.left_at())
        self._session.findings.mute(self._settings.muted_rules())
        geometry, docks = self._settings.layout()
        if geometry and not self.restoreGeometry(geometry):
            self._settings.forget("geometry")
        if docks and not self.restoreState(docks):
            self._settings.forget("docks")
        if complaint := self._settings.complaint():
            self.show_problem(complaint)

    def close_at_once(self) -> None:
        """Close without asking; a running training ends after its step."""
        self._is_closing = True
        self.close()

    def event(self, event: QEvent | None) -> bool:
        """Keys come here before they become shortcuts, unless what has the focus has said already that they are its."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focused = QApplication.focusWidget()
            if keeps(focused, event):
                event.accept()
                return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if not self._is_closing and not self.watch.may_end():
            if event is not None:
                event.ignore()
            return
        self._settings.keep_layout(self.saveGeometry(), self.beginning.docks())
        self.beginning.thumbnails.stop()
        self.hide()  # the training may take a while to its end
        self.watch.close()
        self._session.close()
        self._settings.keep_left_at(self._session.left_at)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and dropped_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None and (paths := dropped_files(event)):
            event.acceptProposedAction()
            self.open_dropped(paths)

    def open_dropped(self, paths: list[Path]) -> None:
        """Open a file; of several compare the first two, and say that the others are left out."""
        if len(paths) > 2:
            left_out = ", ".join(each.name for each in paths[2:])
            self._said_at_opening = f"Two runs are compared at a time; left out: {left_out}."
        if len(paths) == 1:
            self._session.open(paths[0])
            return
        self._session.compare(SavedComparison(a=str(paths[0]), b=str(paths[1])))


def _stacked(*widgets: QWidget) -> QWidget:
    """Widgets below each other, the last of which takes the room that is left."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget)
    column.setStretch(len(widgets) - 1, 1)
    return whole
