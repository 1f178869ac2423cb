"""The second collection of a session: what is compared with what, and which side is shown."""

from collections.abc import Mapping

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal

from app.jobs import Jobs
from app.opening import Derive, Opening
from app.replay.comparing import Comparing, Side, compared_passes, compared_runs
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.comparing.saved import SavedComparison
from collector.storage import Collection
from collector.storage.paths import located


class SideBySide(QObject):
    """Two runs, or two passes of one.

    A is what is open. Its owner tells of each change of that by `take_opened` and `take_grown`, and shows what
    `front_changed` says.

    Attributes:
        comparing: both; None where nothing is compared.
        side: which of both is shown, or how they differ.

    Signals:
        changed(Comparing | None): what is compared has changed, or how, or which side is shown.
        front_changed(OpenedCollection, ReplayView | None): this is to be shown now, at that place; None: where it is.
        failed(str): why something cannot be compared, in words.
        file_wanted(AnyPath): this one is to be opened first, as A.
    """

    changed = pyqtSignal(object)
    front_changed = pyqtSignal(object, object)
    failed = pyqtSignal(str)
    file_wanted = pyqtSignal(object)

    def __init__(self, jobs: Jobs, derives: Mapping[str, Derive], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.comparing: Comparing | None = None
        self.side = Side.A
        self._a: OpenedCollection | None = None
        self._b: OpenedCollection | None = None
        self._wish: SavedComparison | None = None
        self._left: ReplayView | None = None
        self.opening = Opening(jobs, derives, self)
        self.opening.opened.connect(self._on_opened)
        self.opening.begun.connect(self._on_opened)
        self.opening.continued.connect(self._on_opened)
        self.opening.failed.connect(lambda error: self.failed.emit(str(error)))

    @property
    def files(self) -> tuple[Collection, ...]:
        """What is open of both."""
        return tuple(each.collection for each in (self._a, self._b) if each is not None)

    def compare(self, wish: SavedComparison) -> None:
        """Compare two runs; A is opened first, if it is another one than what is open."""
        before, self._wish = self._wish, wish
        if self._a is None or not _is_of(self._a, wish.a):
            self.file_wanted.emit(located(wish.a))
        elif self._b is None or not _is_of(self._b, wish.b) or before is None:
            self.opening.open(located(wish.b))
        else:
            self._pair()

    def change(self, **changes: object) -> None:
        """Compare the same two in another way, by fields of `SavedComparison`."""
        if self._wish is not None:
            self.compare(msgspec.structs.replace(self._wish, **changes))

    def hold(self, number: int) -> None:
        """Compare a pass of what is open with whichever is shown."""
        self.stop()
        if self._a is not None:
            self._take(compared_passes(self._a, number))

    def stop(self) -> None:
        """Compare nothing any more; A is shown."""
        self._wish = None
        self.opening.stop_waiting()
        self.opening.watch(None)
        self._jobs.cancel((self, "pair"))
        if self.comparing is not None:
            self._leave()
            self.changed.emit(None)

    def show(self, side: Side, view: ReplayView | None = None) -> None:
        """Show A, B, or how they differ.

        Args:
            side: what.
            view: what is shown now, from which the place on the other side follows; None: that does not matter.
        """
        comparing, before = self.comparing, self.side
        if comparing is None or side is before:
            return
        self.side = side
        if comparing.held is not None:
            self._show_held(comparing, before, view)
        elif side is Side.B:
            self.front_changed.emit(comparing.b, None if view is None else comparing.b_of(view))
        else:
            front = comparing.front if side is Side.DIFFERENCE else comparing.a
            self.front_changed.emit(front, comparing.a_of(view) if view is not None and before is Side.B else None)
        self.changed.emit(self.comparing)

    def _show_held(self, comparing: Comparing, before: Side, view: ReplayView | None) -> None:
        """A is the pass that is held: whoever moves the playhead there holds another one."""
        place = None
        if self.side is Side.A:
            self._left, place = view, None if view is None else comparing.sides(view)[0]
        elif before is Side.A:
            place = self._left
            if view is not None and view.pass_number != comparing.held:
                comparing = self.comparing = compared_passes(comparing.a, view.pass_number)
        self.front_changed.emit(comparing.front if self.side is Side.DIFFERENCE else comparing.a, place)

    def let_go(self) -> None:
        """Another run will be open in place of what is; what is open of both is for the owner to close."""
        self._b = None
        self.opening.watch(None)
        if self.comparing is not None:
            self.comparing, self.side = None, Side.A
            self.changed.emit(None)

    def take_opened(self, opened: OpenedCollection) -> None:
        """Another run is open: nothing is compared with it, unless that was wished."""
        wish = self._wish
        self._a, self._wish = opened, None
        if wish is not None and _is_of(opened, wish.a):
            self.compare(wish)

    def take_grown(self, grown: OpenedCollection) -> OpenedCollection:
        """One of both has more in it; what is to be shown of it."""
        if self._b is not None and grown.collection is self._b.collection:
            self._b = grown
        else:
            self._a = grown
        if self.comparing is None:
            return grown
        self.comparing = self.comparing.grown(grown)
        if self._wish is not None:
            self._pair()
        return self.comparing.front if self.side is Side.DIFFERENCE else grown

    def _on_opened(self, opened: OpenedCollection) -> None:
        if self._wish is None:
            opened.collection.close()
            return
        self._leave()
        self._b = opened
        self.opening.watch(opened)
        self._pair()

    def _pair(self) -> None:
        a, b, wish = self._a, self._b, self._wish
        assert a is not None
        assert b is not None
        assert wish is not None

        def work(_: object) -> Comparing | str:
            try:
                return compared_runs(a, b, wish)
            except ValueError as error:  # the clock goes by what a run does not tell, or layers that are not there
                return f"Not compared in that way: {error}."

        self._jobs.submit((self, "pair"), work, self._on_paired, lambda _: None, reads=(a.collection, b.collection))

    def _on_paired(self, answer: Comparing | str) -> None:
        if isinstance(answer, str):
            self.failed.emit(answer)
            if self.comparing is None:
                self.change(clock="step", offset=0.0, layers={})
            else:
                self._wish = self.comparing.wish
            return
        self._take(answer)

    def _take(self, comparing: Comparing) -> None:
        is_first, self.comparing = self.comparing is None, comparing
        if is_first:
            self.side = Side.DIFFERENCE
        if self.side is Side.DIFFERENCE:
            self.front_changed.emit(comparing.front, None)
        self.changed.emit(comparing)

    def _leave(self) -> None:
        """Show A alone, and give the second file back."""
        if self.comparing is not None:
            self.comparing, self.side = None, Side.A
            self.front_changed.emit(self._a, None)
        if self._b is not None:
            self._jobs.release(self._b.collection)
        self._b = None


def _is_of(opened: OpenedCollection, path: str) -> bool:
    return opened.collection.path.resolve() == located(path).resolve()
