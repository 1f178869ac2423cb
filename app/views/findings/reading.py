"""What the view of the findings asks for in the background."""

from PyQt6.QtCore import QObject, pyqtSignal

from app.jobs import Progress
from app.judging import Judging
from app.reading import Reading
from app.replay.comparing import Comparing
from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.findings.entry import TwoReports, placed_on_a
from collector.comparing.findings import SidedFindings, sided_findings
from collector.findings import Report
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


class BothReading(Reading):
    """Puts the rules to B, on a handle of its own, and tells which findings A and B have in common."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._judging: Judging | None = None
        self._asked: tuple[Comparing, Report] | None = None
        self._known: TwoReports | None = None
        self.ready.connect(self._keep)
        session.closing.connect(self.leave)

    def read(self, comparing: Comparing, of_a: Report) -> None:
        """Answer with a `TwoReports`; that the rules are put to B is told as a part of it.

        Args:
            of_a: what the rules say of A.
        """
        judging = self._judging_of(comparing)
        self._asked, self._known = (comparing, of_a), None
        self.part_ready.emit(TwoReports(comparing.names))
        files = (judging, comparing.a.collection, comparing.b.collection)

        def work(_: OpenedCollection, progress: Progress) -> TwoReports | None:
            of_b = judging.report(lambda: progress.is_wanted)
            return None if of_b is None else _two_reports(comparing, of_a, of_b)

        self.start(work, reads=files)

    def known(self, comparing: Comparing, of_a: Report) -> TwoReports | None:
        """The answer to the very same question; None where it is not there."""
        is_same = self._asked is not None and self._asked[0] is comparing and self._asked[1] is of_a
        return self._known if is_same else None

    def leave(self) -> None:
        """Nothing is compared any more: the file is given back."""
        self.cancel()
        self._asked = self._known = None
        if self._judging is not None:
            self._session.jobs.release(self._judging)
            self._judging = None

    def _keep(self, two: TwoReports) -> None:
        self._known = two

    def _judging_of(self, comparing: Comparing) -> Judging:
        path = comparing.b.collection.path
        if self._judging is None or self._judging.path != path:
            self.leave()
            self._judging = Judging(path)
        return self._judging


def _two_reports(comparing: Comparing, of_a: Report, of_b: Report) -> TwoReports:
    found = sided_findings(comparing.pair, of_a.findings, of_b.findings)
    on_a = SidedFindings(found.only_a, placed_on_a(found.only_b, comparing), found.both)
    return TwoReports(comparing.names, on_a, of_b)
