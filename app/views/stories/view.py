"""The view of stories: what became of each sample."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.stories.analysis.story_table import confusion_table, story_table
from app.views.stories.panel import StoriesPanel
from app.views.stories.reading import ChangesReading, StoriesReading


class StoriesPanelView(PanelView):
    """One panel; the sample, the playhead and the selection are the session's."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = panel = StoriesPanel()
        super().__init__(panel, parent)
        self._session = session
        self.tables = {"Stories": self._table, "Stories: confusion": self._confusion_table}
        self.stories, self.changes = StoriesReading(session, self), ChangesReading(session, self)
        panel.run_requested.connect(self.stories.read)
        panel.changes_requested.connect(self.changes.read)
        self.stories.ready.connect(panel.show_run)
        self.changes.ready.connect(panel.show_changes)
        panel.story_requested.connect(self._go_to)
        panel.selection_requested.connect(lambda selected: session.go_to(selected=selected))
        panel.step_requested.connect(session.show_step)
        panel.layer_requested.connect(session.select_layer)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_place(view.step, view.sample, view.story, view.selected)

    def fit(self) -> None:
        self.panel.fit()

    def step_sample(self, n_places: int) -> bool:
        return self.panel.step_sample(n_places)

    def about(self) -> Mapping[str, Cell]:
        run, number = self.panel.run, self.panel.number
        return {} if run is None or number is None else {"measured_at_step": int(run.steps[number])}

    def _go_to(self, story: int, number: int | None) -> None:
        """The sample, and the one of the probe that it is; the playhead where a measurement was chosen, too."""
        run = self.panel.run
        if run is None:
            return
        in_probe = int(run.in_probe[story]) if len(run.in_probe) else -1
        self._session.go_to(
            story=story,
            sample=in_probe if in_probe >= 0 else ...,
            step=... if number is None else int(run.steps[number]),
        )

    def _table(self) -> Table:
        notes = (
            "a row for each sample; learnt_step: the first measurement that takes it for its label, empty: never",
            "forgotten: how often it was right at one measurement and wrong at the next (Toneva et al., ICLR 2019)",
            "confidence, variability: mean and deviation of the label's probability (Swayamdipta et al., EMNLP 2020)",
            "aum: mean margin, logits (Pleiss et al., NeurIPS 2020); depth: layers, from 0 (Baldock et al., 2021)",
        )
        run = self.panel.run
        rows = ((), []) if run is None else story_table(run, self.panel.number, self.panel.selected)
        return Table(*rows, self.about(), notes, nothing="No stories are recorded, or they are still being read.")

    def _confusion_table(self) -> Table:
        run, number = self.panel.run, self.panel.number
        rows = ((), []) if run is None or number is None else confusion_table(run, number)
        notes = ("samples of each label by predicted class at the playhead; change: since the one before",)
        return Table(*rows, self.about(), notes, nothing="There is no matrix without labels and predictions.")
