"""How the window begins: the start page in its middle, alone, until something is opened or trained."""

from collections.abc import Iterable
from pathlib import Path

from PyQt6.QtCore import QByteArray, QObject, pyqtSignal
from PyQt6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app.session import Session
from app.window.demos import Demo
from app.window.settings import Settings
from app.window.start_page import StartPage
from app.window.thumbnails import Thumbnails
from app.window.train_dialog import TrainingChoices, TrainingRequest
from collector.findings import Report

SOURCE = Path("collector")
"""Beside the program, where the collector can be installed from it."""


class Beginning(QObject):
    """Shows the page in place of the tabs, and hides what is about an open collection meanwhile.

    Args:
        window: whose docks they are.
        tabs: what the page stands in place of.
        cache: folder for small pictures.

    Signals:
        train_requested(TrainingRequest): the user wants this to be trained.
    """

    train_requested = pyqtSignal(object)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        settings: Settings,
        choices: TrainingChoices | None,
        tabs: QWidget,
        cache: Path,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._settings, self._choices = window, session, settings, choices
        self._docks_before: QByteArray | None = None
        self._demo: Demo | None = None
        self._hidden: list[QWidget] = []
        self.thumbnails = Thumbnails(cache / "thumbnails", self)
        source = choices.program.parent / SOURCE if choices else None
        source = source if source is not None and (source / "pyproject.toml").is_file() else None
        lacks = choices.lacks if choices else ""
        self.page = StartPage(self.thumbnails, can_train=choices is not None and not lacks, lacks=lacks, source=source)
        self.page.file_chosen.connect(session.open)
        self.page.demo_chosen.connect(self.open_demo)
        self.page.train_requested.connect(self._train_the_default)
        self.page.back_requested.connect(self.leave)
        self.middle = QStackedWidget()
        self.middle.addWidget(tabs)
        self.middle.addWidget(self.page)

    @property
    def is_shown(self) -> bool:
        """Whether the page is in the middle."""
        return self._docks_before is not None

    def show(self, around: Iterable[QWidget]) -> None:
        """Show the page, and none of what stands around it."""
        opened = self._session.opened
        self.page.show_recent(self._settings.recent_files(), opened.collection.path if opened else None)
        if self._docks_before is None:
            self._docks_before = self._window.saveState()
            self.middle.setCurrentWidget(self.page)
            self._hidden = [each for each in around if not each.isHidden()]
            for widget in self._hidden:
                widget.hide()

    def leave(self) -> None:
        """Show all of it as it was."""
        self.thumbnails.stop()
        docks, self._docks_before = self._docks_before, None
        if docks is not None:
            self.middle.setCurrentIndex(0)
            for widget in self._hidden:
                widget.show()
            self._window.restoreState(docks)

    def docks(self) -> QByteArray:
        """Where the docks are, or were before the page was shown, to be remembered."""
        return self._docks_before or self._window.saveState()

    def open_demo(self, demo: Demo) -> None:
        """Open a demo, and go to its finding once there is one."""
        self._demo = demo
        self._session.open(demo.path)

    def show_findings(self, report: Report) -> None:
        """Where a demo was opened, go to the finding that it is about, once."""
        demo, opened = self._demo, self._session.opened
        if demo is not None and opened is not None and opened.collection.path == demo.path:
            self._demo = None
            if (found := next((each for each in report.findings if each.rule == demo.rule), None)) is not None:
                self._session.go_to_finding(found)

    def _train_the_default(self) -> None:
        """The first dataset with its first model, as the program does where it is told nothing else."""
        assert self._choices is not None
        dataset, models = next(iter(self._choices.models_of.items()))
        path = self._choices.path_of(dataset, models[0])
        self.train_requested.emit(TrainingRequest(("--dataset", dataset, "--model", models[0]), path))
