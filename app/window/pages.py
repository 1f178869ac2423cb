"""The places of views in the window: each makes its view when it is first seen, and tells it what is current.

A view out of sight is given nothing, so that only what is seen costs anything.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.view import View, ViewSpec
from app.widgets.plain_text import PlainLabel
from collector.findings import Report
from collector.storage import CollectionError

ORDER = ("collection", "findings", "view", "frame")
"""In which a view is told: a playhead without its collection means nothing, a frame without its playhead neither."""

log = logging.getLogger("strobe.app")


class Page(QWidget):
    """The place of one view. Where there is nothing to show, or the view fails, a notice stands there instead.

    Signals:
        visibility_changed: it came into sight, or went.
        made(View): its view was made.
        failed(str): the view raised an error, in words; once for each kind of error.
    """

    visibility_changed = pyqtSignal()
    made = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, spec: ViewSpec, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._session = session
        self._view: View | None = None
        self._opened: OpenedCollection | None = None
        self._due: dict[str, Callable[[View], None]] = {}
        self._cannot_be_made = self._is_catching_up = self._is_held = False
        self._is_in_front = True
        self._told: set[str] = set()
        self.notice = PlainLabel()
        self.notice.setObjectName("faint")
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.setWordWrap(True)
        self._scroll = QScrollArea()  # a view that needs more room than there is is scrolled, and forces no window
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.alone_label = PlainLabel()
        self.alone_label.setObjectName("faint")
        self.alone_label.setContentsMargins(10, 4, 10, 2)
        self.alone_label.hide()
        self._stack = QStackedLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.alone_label)
        column.addLayout(self._stack)
        self._stack.addWidget(self.notice)
        self._stack.addWidget(self._scroll)

    @property
    def is_seen(self) -> bool:
        """Whether it is on the screen, and no other dock before it."""
        return self.isVisible() and self._is_in_front

    def set_in_front(self, is_in_front: bool) -> None:
        """Whether its dock is the one of several that is seen; Qt has the others visible too, but beside the screen."""
        self._is_in_front = is_in_front
        self._on_seen()

    @property
    def view(self) -> View | None:
        """The view, where it has been made."""
        return self._view

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is seen stays as it is; the view is told afterwards of what came meanwhile."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            if self.is_seen:
                self._catch_up()

    def show_notice(self, text: str) -> None:
        """What stands here while nothing is open."""
        self.notice.setText(text)
        if self._opened is None:
            self._stack.setCurrentWidget(self.notice)

    def show_collection(self, opened: OpenedCollection) -> None:
        """Another collection is open, or the same has grown."""
        if self._opened is None or opened.collection is not self._opened.collection:
            self._due.clear()  # a playhead or a frame of the collection before
        self._opened = opened
        both = opened.comparing
        if both is None or self.spec.shows_difference:
            self._say_alone("")
        else:
            self._say_alone(f"{both.front_name} alone: this view shows no differences.")
        self._tell("collection", lambda view: view.show_collection(opened))

    def show_findings(self, report: Report) -> None:
        """The rules have been put to what is open."""

        def show(view: View) -> None:
            if hasattr(view, "show_findings"):  # that of another package may not
                view.show_findings(report)

        self._tell("findings", show)

    def show_view(self, shown: ReplayView, step: int) -> None:
        """The playhead, the layer or a choice has changed."""
        self._tell("view", lambda view: view.show_view(shown, step))

    def show_frame(self, frame: Frame) -> None:
        """A pass is read and ready. Where the view's own part is missing, the session reads the pass again."""
        name = self.spec.name
        if error := frame.failed.get(name):
            self.show_damage(error)
        elif self._has_parts_in(frame):
            if self.spec.shows_difference:
                self._say_alone(frame.not_compared)
            self._tell("frame", lambda view: view.show_frame(frame))

    def _say_alone(self, text: str) -> None:
        """Say that one run is seen although a difference is to be shown, and why."""
        self.alone_label.setText(text)
        self.alone_label.setVisible(bool(text))

    def _has_parts_in(self, frame: Frame) -> bool:
        name, spec = self.spec.name, self.spec
        has_difference = spec.subtract is None or frame.sides is None or name in frame.differences
        return has_difference and (spec.prepare is None or name in frame.prepared)

    def show_damage(self, error: Exception) -> None:
        """What the view shows of a pass cannot be read: it would still show the pass before."""

        def fail(_: View) -> None:
            raise error

        self._tell("frame", fail)

    def _tell(self, what: str, show: Callable[[View], None]) -> None:
        self._due[what] = show
        if self.is_seen:
            self._catch_up()

    def _catch_up(self) -> None:
        """Make the view where there is none yet, and give it what it has not seen."""
        if self._cannot_be_made or self._is_catching_up or self._is_held:
            return
        self._is_catching_up = True  # what a view is shown may have the session say something new
        try:
            view = self._view or self._make()
            self._show_due(view)
            if self._opened is not None:
                self._stack.setCurrentWidget(self._scroll)
                self._show_due(view)  # a frame may have come at once, because it is seen now
        except Exception as error:  # noqa: BLE001 - whatever a view raises, the others go on
            self._fail(error)
        finally:
            self._is_catching_up = False

    def _show_due(self, view: View) -> None:
        while self._due:
            self._show(view, next(what for what in ORDER if what in self._due))

    def _show(self, view: View, what: str) -> None:
        show = self._due.pop(what)
        try:
            show(view)
        except Exception:
            self._due.setdefault(what, show)  # it is not shown yet
            raise

    def _make(self) -> View:
        self._cannot_be_made = True
        made = self.spec.make(self._session)
        if not isinstance(made, QWidget):
            raise TypeError(f"make() returned a {type(made).__name__}, which is no QWidget")
        self._cannot_be_made = False
        self._view = made
        self._scroll.setWidget(made)
        self.made.emit(made)
        return made

    def _fail(self, error: Exception) -> None:
        """Say in the view's place that it cannot be shown: what it showed before would be of something else."""
        if isinstance(error, CollectionError):
            self.notice.setText(str(error))
            self._stack.setCurrentWidget(self.notice)
            return
        text = f"The view “{self.spec.title}” cannot be shown. {type(error).__name__}: {error}"
        self.notice.setText(text)
        self._stack.setCurrentWidget(self.notice)
        if text not in self._told:
            self._told.add(text)
            log.error("The view %r failed", self.spec.name, exc_info=error)
            self.failed.emit(text)

    def showEvent(self, event: QShowEvent | None) -> None:
        self._on_seen()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._on_seen()

    def _on_seen(self) -> None:
        if self.is_seen:
            self._catch_up()
        self.visibility_changed.emit()


class Pages:
    """All of them, by the names of their views: each is told of every fact of the session."""

    def __init__(self, specs: Iterable[ViewSpec], session: Session) -> None:
        self._session = session
        self._shown: ReplayView | None = None
        self._pages = {spec.name: Page(spec, session) for spec in specs}
        for page in self._pages.values():
            page.visibility_changed.connect(self._on_visibility_changed)
        session.collection_opened.connect(self._on_opened)
        session.collection_grown.connect(self._show_collection)
        session.findings.ready.connect(self._show_findings)
        session.view_changed.connect(self._show_view)
        session.frame_ready.connect(self._show_frame)
        session.frame_failed.connect(self._show_damage)

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages.values())

    def __contains__(self, name: object) -> bool:
        return name in self._pages

    def __getitem__(self, name: str) -> Page:
        return self._pages[name]

    @property
    def visible(self) -> list[Page]:
        """Those that are seen."""
        return [page for page in self if page.is_seen]

    def step_sample(self, n_places: int) -> None:
        """The sample so many places further on: in the order of the view that has one, else in the probe's."""
        made = [page.view for page in self if page.view is not None]
        view = self._session.view
        if not any(each.step_sample(n_places) for each in made) and view is not None:
            self._session.choose_sample(view.sample + n_places)

    def _on_visibility_changed(self) -> None:
        self._session.set_visible(frozenset(page.spec.name for page in self.visible))

    def _on_opened(self, opened: OpenedCollection) -> None:
        self._shown = None
        self._show_collection(opened)

    def _show_collection(self, opened: OpenedCollection) -> None:
        for page in self:
            page.show_collection(opened)

    def _show_findings(self, report: Report) -> None:
        for page in self:
            page.show_findings(report)

    def _show_view(self, view: ReplayView) -> None:
        before, self._shown = self._shown, replace(view, tab=None)
        if self._shown != before:  # which tab is in front is nothing that a view shows
            for page in self:
                page.show_view(view, view.step)

    def _show_frame(self, frame: Frame) -> None:
        for page in self:
            page.show_frame(frame)

    def _show_damage(self, error: CollectionError) -> None:
        for page in self:
            if page.spec.shows_pass:
                page.show_damage(error)
