"""Entries of the File menu that save pictures and numbers of what is seen, each with what it is of."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.session import Session
from app.view import View
from app.widgets.figure import Figure
from app.widgets.menu_entries import add_action
from app.window.export import write_table_file
from app.window.pages import Page
from app.window.run_text import describe_run, stood_in
from collector.storage import Collection
from collector.storage.header import is_collection
from collector.storage.paths import folder_here

PICTURES = "PNG (*.png);;SVG (*.svg)"
TABLES = "CSV (*.csv);;JSON (*.json)"
WIDTHS = (None, 1200, 2400, 4800)
"""How wide an image can be, in px; None: twice as wide as on the screen."""
FOLDER = "exports"
"""Beside the collections, not among them."""


class Saving:
    """Asks for a place and writes there; what goes wrong is told in words.

    Args:
        parent: of the dialogs.
        session: what is open.
        say: shows a problem.
    """

    def __init__(self, parent: QWidget, session: Session, say: Callable[[str], None]) -> None:
        self._parent = parent
        self._session = session
        self._say = say
        self._frame: Frame | None = None
        self._folder: Path | None = None
        self._width: int | None = None
        session.collection_opened.connect(lambda _: self._on_frame(None))
        session.frame_ready.connect(self._on_frame)

    def fill(self, pictures: QMenu, tables: QMenu, pages: Iterable[Page]) -> None:
        """Entries for what is seen, anew."""
        pictures.clear()
        tables.clear()
        for page in pages:
            if page.view is not None:
                add_action(pictures, f"{page.spec.title}…", None, partial(self.save_picture, page))
                for title, table in page.view.tables.items():
                    add_action(tables, f"{title}…", None, partial(self.save_table, page, title, table))

    def fill_widths(self, menu: QMenu) -> None:
        """Entries for how wide images are."""
        group = QActionGroup(menu)
        for width in WIDTHS:
            text = f"{width:,} px wide" if width else "Twice as wide as on the screen"
            action = add_action(menu, text, None, partial(setattr, self, "_width", width))
            action.setCheckable(True)
            action.setChecked(width == self._width)
            group.addAction(action)

    def save_picture(self, page: Page) -> None:
        """A view as a picture: with what it is of, without controls, with all that is scrolled away."""
        view, frame = page.view, self._frame
        if view is None or frame is None:
            self._say(f"There is nothing to save of “{page.spec.title}” yet.")
            return
        about = " · ".join(f"{name} {cell}" for name, cell in view.about().items())
        context = [self._run_line(), " · ".join([*self._place(frame), *([about] if about else [])])]
        with page.held():  # a run goes on being played or recorded while it is asked where
            path = self._ask_where(f"Save {page.spec.title}", f"{page.spec.name}_step{frame.step}", PICTURES)
            if path is None:
                return
            try:
                Figure(page.spec.title, context, _seen_parts(view)).save(path, self._width)
            except OSError as error:
                self._say_of(path, error)

    def save_table(self, page: Page, title: str, make: Callable[[], Table]) -> None:
        """A table, with what it is of in columns and comments; one without rows is told instead."""
        frame = self._frame
        table = make() if frame is not None else Table((), ())
        if frame is None or not table.rows:
            reason = table.nothing or "Nothing has been read yet."
            self._say(f"There are no numbers to save of “{title}”. {reason}")
            return
        # what it is of is gathered before it is asked where: another run may be open after that
        comments = [f"Strobe: {title}", self._run_line(), " · ".join(self._place(frame))]
        comments += [f"{key}: {cell}" for key, cell in table.about.items()]
        columns: dict[str, Cell] = {"run": self._collection.path.stem}
        if table.is_of_pass:
            columns |= {"pass": frame.view.pass_number + 1, "step": frame.step, "epoch": frame.epoch}
        name = title.lower().replace(": ", "_").replace(" ", "_")
        path = self._ask_where("Save numbers", f"{name}_step{frame.step}", TABLES)
        if path is None:
            return
        try:
            write_table_file(path, table.with_columns(columns | dict(table.about)), [*comments, *table.notes])
        except OSError as error:
            self._say_of(path, error)

    def _on_frame(self, frame: Frame | None) -> None:
        self._frame = frame

    @property
    def _collection(self) -> Collection:
        assert self._session.opened is not None  # or there would be no frame of it
        return self._session.opened.collection

    def _run_line(self) -> str:
        collection = self._collection
        words = (collection.path.name, describe_run(collection), stood_in(collection))
        return " · ".join(each for each in words if each)

    def _place(self, frame: Frame) -> list[str]:
        return [
            f"pass {frame.view.pass_number + 1} of {frame.view.n_passes}",
            f"step {frame.step}",
            f"epoch {frame.epoch}",
        ]

    def _ask_where(self, title: str, name: str, kinds: str) -> Path | None:
        """The file that the user chose: of a known kind, by its ending or else by the filter that was on."""
        folder, is_new = self._suggested_folder()
        suggested = str(folder / f"{self._collection.path.stem}_{name}{_endings(kinds)[0]}")
        chosen, kind = QFileDialog.getSaveFileName(self._parent, title, suggested, kinds)
        path = _with_ending(Path(chosen), kind, kinds) if chosen else None
        taken = next((each for each in (Path(chosen), path) if chosen and each and is_collection(each)), None)
        if taken is not None:
            self._say(f"{str(taken)!r} is a collection, and stays one. Choose another name.")
            path = None
        if path is not None and path != Path(chosen) and path.exists() and not self._may_replace(path):
            path = None
        if path is not None:
            self._folder = path.parent
        if is_new and (path is None or path.parent != folder):
            with suppress(OSError):
                folder.rmdir()
        return path

    def _suggested_folder(self) -> tuple[Path, bool]:
        """Where the user saved last, else a folder beside the collection; and whether that was made just now."""
        if self._folder is not None and self._folder.is_dir():
            return self._folder, False
        folder = folder_here(self._collection.path) / FOLDER
        try:
            is_new = not folder.exists()
            folder.mkdir(exist_ok=True)
        except OSError:
            return Path.home(), False
        return folder, is_new

    def _may_replace(self, path: Path) -> bool:
        """The dialog has asked only for the name without its ending."""
        question = f"{path.name} exists already. Replace it?"
        return QMessageBox.question(self._parent, "Replace?", question) == QMessageBox.StandardButton.Yes

    def _say_of(self, path: Path, error: OSError) -> None:
        reason = error.strerror
        self._say(f"{str(path)!r} cannot be written: {reason}. Choose another place." if reason else str(error))


def _seen_parts(view: View) -> Sequence[QWidget]:
    """What a picture consists of: where words stand in the place of all of it, the view with its words."""
    assert isinstance(view, QWidget)  # or its page had not taken it
    return [part for part in view.figure_parts() if part.isVisibleTo(view)] or [view]


def _endings(kinds: str) -> list[str]:
    """``[".png", ".svg"]`` of a dialog's filters."""
    return [kind.partition("*")[2].rstrip(")") for kind in kinds.split(";;")]


def _with_ending(path: Path, kind: str, kinds: str) -> Path:
    if path.suffix.lower() in _endings(kinds):
        return path
    return path.with_name(path.name + _endings(kind or kinds)[0])
