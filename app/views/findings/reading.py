"""What the view of the findings asks for in the background."""

from PyQt6.QtCore import pyqtSignal

from app.reading import Reading
from collector.findings.registry import all_rules
from collector.storage import CollectionError


class RulesReading(Reading):
    """The rules by their names, ours and those of other packages: what each looks for, and what it is not."""

    def read(self) -> None:
        """Answer with a dictionary, name → `Rule`."""
        self.start(lambda *_: {rule.name: rule for rule in all_rules()[0]})


class MoversReading(Reading):
    """Who moved first around a step.

    Signals:
        failed(str): that cannot be told, and why.
    """

    failed = pyqtSignal(str)

    def read(self, step: int) -> None:
        """Answer with a `FirstMovers`."""
        if (judging := self._session.findings.judging) is not None:
            self.start(lambda *_: judging.first_movers(step), reads=judging)

    def _on_failed(self, error: CollectionError) -> None:
        self.failed.emit(str(error))
