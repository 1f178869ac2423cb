"""Passes that are looked at for a while are read whole: what a pointer asks for then is in memory."""

from PyQt6.QtCore import QObject, QTimer

from app.jobs import Jobs, Progress
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection

REST_MS = 150
"""A pass that has been on for so long is read whole; of one that others follow at once, what is shown of it."""


class Holding(QObject):
    """Reads what is left of the passes of a frame once it rests.

    What somebody asks for sooner is read from the file when it is asked for.
    """

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._looked_at: tuple[OpenedCollection, Frame] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._hold)

    def look_at(self, opened: OpenedCollection, frame: Frame) -> None:
        """This frame is shown now."""
        self._looked_at = opened, frame
        self._timer.start()

    def look_away(self) -> None:
        """Another frame is about to be shown, or none."""
        self._looked_at = None
        self._timer.stop()
        self._jobs.cancel(self)

    def _hold(self) -> None:
        assert self._looked_at is not None  # or the timer would have been stopped
        opened, frame = self._looked_at

        def work(_: Progress) -> None:
            for each in frame.sides or (frame,):
                each.taken.hold()

        nothing = lambda _: None  # noqa: E731 - what cannot be read is told by whoever shows it
        self._jobs.submit(self, work, nothing, nothing, reads=opened.files)
