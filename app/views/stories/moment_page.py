"""A page of the stories that is drawn anew in other colours."""

from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QWidget

from app.views.stories.moment import Moment


class MomentPage(QWidget):
    """Shows a moment of a run; in another theme it shows the same once more."""

    _moment: Moment | None = None

    def show_moment(self, moment: Moment) -> None:
        """Show a run at its playhead, with the sample and the selection."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        moment = self._moment
        if event is not None and event.type() == QEvent.Type.PaletteChange and moment is not None:
            self._moment = None
            self.show_moment(moment)
