"""The one mutable place: what is open, what is wished, and the facts that follow from it."""

from collections.abc import Iterable
from dataclasses import replace
from types import EllipsisType
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from app.analysis.differences import Differences, next_stretch
from app.analysis.health import is_same, next_finding
from app.holding import Holding
from app.jobs import Jobs
from app.judging import Judged
from app.opening import Opening
from app.playing import Playing
from app.replay.comparing import Comparing, Side
from app.replay.following import AwaitedCollection
from app.replay.frame import Frame, Preparing, read_frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayState, ReplayView
from app.run_differences import RunDifferences
from app.side_by_side import SideBySide
from collector.comparing.saved import SavedComparison
from collector.findings import Evidence, Finding, Report
from collector.storage import CollectionError
from collector.storage.paths import AnyPath, located


class Session(QObject):
    """Owns the replay state. Panels send wishes here and hear facts from here.

    Signals:
        collection_opened(OpenedCollection): another collection is open; a frame of it follows.
        collection_grown(OpenedCollection): what is open has more passes or scalars than before, or is shown as it
            differs from another one, or no more.
        comparing_changed(object): a `Comparing`, or None: what is compared has changed, or how, or which side is shown.
        comparison_kept(Path): a comparison was opened from this file, or saved as it.
        view_changed(ReplayView): the playhead, the sample or the playback changed.
        why_asked(int): the user asks who moved first around a step.
        frame_awaited(OpenedCollection, int): the pass of this number is being read.
        frame_ready(Frame): the frame of the current view; late ones never arrive.
        frame_failed(CollectionError): the pass of the current view cannot be read; no frame of it follows.
        problem_occurred(str): something known went wrong, in words for the user.
        closing: the window is about to go; whatever works for it has to end.
    """

    collection_opened = pyqtSignal(object)
    collection_grown = pyqtSignal(object)
    comparing_changed = pyqtSignal(object)
    comparison_kept = pyqtSignal(object)
    why_asked = pyqtSignal(int)
    view_changed = pyqtSignal(object)
    frame_awaited = pyqtSignal(object, int)
    frame_ready = pyqtSignal(object)
    frame_failed = pyqtSignal(object)
    problem_occurred = pyqtSignal(str)
    closing = pyqtSignal()

    def __init__(self, jobs: Jobs, specs: Iterable[Preparing] = ()) -> None:
        """A session that nothing is open in.

        Args:
            jobs: its background work, which ends with it.
            specs: the table of views, of which those that are visible have their part of each frame prepared.
        """
        super().__init__()
        self._jobs = jobs
        table = tuple(specs)
        self._prepares = {spec.name: spec.prepare for spec in table if spec.prepare is not None}
        self._subtracts = {spec.name: spec.subtract for spec in table if spec.subtract is not None}
        derives = {spec.name: spec.derive for spec in table if spec.derive is not None}
        self._visible: frozenset[str] = frozenset()
        self._fetched: frozenset[str] = frozenset()
        self._state = ReplayState()
        self._view: ReplayView | None = None
        self._opened: OpenedCollection | None = None
        self.findings = Judged(jobs, self)
        """What the rules say of what is open."""
        self.findings.changed.connect(self._on_judged)
        self.left_at: dict[AnyPath, int] = {}
        """The step at which each collection was left, in the order in which they were."""
        self._holding = Holding(jobs, self)
        self._opening = Opening(jobs, derives, self)
        self._opening.opened.connect(self._on_opened)
        self._opening.begun.connect(lambda opened: self._on_opened(opened, is_following=True))
        self._opening.continued.connect(lambda opened: self._on_opened(opened, kept=self._kept_wishes()))
        self._beside = SideBySide(jobs, derives, self)
        self.differences = RunDifferences(jobs, self)
        """How the two runs that are compared differ as wholes."""
        self.differences.failed.connect(self.problem_occurred)
        self._beside.changed.connect(self.differences.take)
        self._beside.changed.connect(self.comparing_changed)
        self._beside.front_changed.connect(self._on_front_changed)
        self._beside.failed.connect(self.problem_occurred)
        self._beside.file_wanted.connect(self._opening.open)
        self._opening.comparison_found.connect(lambda path, _: self.comparison_kept.emit(path))
        self._opening.comparison_found.connect(lambda _, wish: self.compare(wish))
        for opening in (self._opening, self._beside.opening):
            opening.grown.connect(self._on_grown)
        self._opening.failed.connect(self._on_problem)
        self._playing = Playing(self._n_passes, self)
        self._playing.due.connect(self._on_pass_due)

    @property
    def jobs(self) -> Jobs:
        """Where background work is done, which ends when the session is closed."""
        return self._jobs

    @property
    def opened(self) -> OpenedCollection | None:
        """What is open."""
        return self._opened

    @property
    def view(self) -> ReplayView | None:
        """What is shown, or about to be."""
        return self._view

    def set_visible(self, names: frozenset[str]) -> None:
        """Which views are seen, by their names; a frame that lacks the part of one is read again."""
        self._visible = names
        wanted = self._visible & (self._prepares.keys() | self._subtracts.keys())
        if self._opened and self._view and not wanted <= self._fetched:
            self._fetch(self._opened, self._view)

    def open(self, path: AnyPath | str) -> None:
        """Open a collection in place of what is open, which stays if this one cannot be read.

        One that is being recorded and has no pass yet is awaited. Of a saved comparison both are opened.
        """
        self._opening.open(located(path))

    def await_collection(self, awaited: AwaitedCollection) -> None:
        """Open a collection that is about to be made as soon as it has a pass, and follow it."""
        self._opening.wait_for(awaited)

    @property
    def is_waiting(self) -> bool:
        """Whether a collection that is about to be made is still awaited."""
        return self._opening.is_waiting

    def look_once_more(self) -> None:
        """Take in what the collection has now; its training has ended."""
        self._opening.look_once_more()

    def stop_waiting(self) -> None:
        """Do not open what was awaited."""
        self._opening.stop_waiting()

    @property
    def comparing(self) -> Comparing | None:
        """What is compared with what; None where nothing is."""
        return self._beside.comparing

    @property
    def side(self) -> Side:
        """What of it is shown."""
        return self._beside.side

    def compare(self, wish: SavedComparison) -> None:
        """Compare two runs: A is opened if it is not open, B beside it, and how they differ is shown."""
        self._beside.compare(wish)

    def change_comparing(self, **changes: Any) -> None:
        """Compare the same runs in another way: fields of `SavedComparison`."""
        self._beside.change(**changes)

    def swap_sides(self) -> None:
        """Have A for B and B for A, at the same place. Repeats of A tell nothing then, and are left out."""
        both, view = self.comparing, self._view
        if both is None or both.held is not None or view is None:
            return
        there = view if self.side is Side.B else both.b_of(view)
        if there is not None:
            self.left_at[both.b.collection.path.resolve()] = there.step
        self.compare(both.wish.swapped())

    def hold_pass(self) -> None:
        """Compare the pass that is on now, as A, with whichever the playhead is moved to."""
        number = self._state.pass_number
        if self.comparing is not None and self.comparing.held is None:
            self.stop_comparing()
            number = self._state.pass_number
        self._beside.hold(number)

    def show_side(self, side: Side) -> None:
        """Show A, B, or how they differ, at the same place."""
        self._beside.show(side, self._view)

    def stop_comparing(self) -> None:
        """Show what is open alone; the second collection is closed."""
        self.show_side(Side.A if self.comparing is None or self.comparing.held is None else Side.B)
        self._beside.stop()

    def go_to(
        self,
        *,
        step: float | EllipsisType = ...,
        pass_number: int | EllipsisType = ...,
        layer: str | None | EllipsisType = ...,
        unit: tuple[str, int] | None | EllipsisType = ...,
        sample: int | EllipsisType = ...,
        tab: str | EllipsisType = ...,
        finding: Finding | None | EllipsisType = ...,
        series: str | None | EllipsisType = ...,
        why_at: int | None | EllipsisType = ...,
        story: int | None | EllipsisType = ...,
        selected: frozenset[int] | None | EllipsisType = ...,
    ) -> None:
        """Change several wishes at once, so that one `view_changed` and one frame follow; what is left out stays.

        A playback goes on from where the playhead is moved to, following ends.

        Args:
            step: the playhead rests on this very step, whether or not there is a pass of it.
            pass_number: the playhead rests on this pass; not together with ``step``.
            layer: the selected layer; None: none.
            unit: the pinned unit, by its stage and true number; None: none.
            sample: of the probe.
            tab: the view in front in the middle, by its name.
            finding: the chosen one; None: none.
            series: the scalar that the view in front is to show; None: its own choice.
            why_at: the step of which is asked who moved first; None: of none.
            story: the sample whose story is told; another sample of the probe alone tells its own.
            selected: samples whose stories are told; None: none are selected.
        """
        wished: dict[str, object] = {"layer": layer, "unit": unit, "sample": sample, "tab": tab}
        wished |= {"finding": finding, "series": series, "why_at": why_at, "selected": selected}
        wished["story"] = None if story is ... and sample is not ... else story
        changes: dict[str, Any] = {name: value for name, value in wished.items() if value is not ...}
        if not isinstance(step, EllipsisType):
            changes |= {"step": round(step), "is_following": False}
        elif pass_number is not ...:
            changes |= {"pass_number": pass_number, "step": None, "is_following": False}
        self._change(replace(self._state, **changes))
        if "step" in changes:
            self._playing.restart(self._state)

    def go_to_finding(self, finding: Finding) -> None:
        """Choose a finding, and move every view to where it is seen best, in one change."""
        least = Evidence(step=finding.since, layer=next(iter(finding.layers), None))
        self.go_to_evidence(next(iter(finding.evidence), least), finding=finding, why_at=None)

    def go_to_evidence(self, place: Evidence, **changes: Any) -> None:
        """Move every view to a place, in one change, with further ones of `go_to`."""
        self.go_to(
            step=... if place.step is None else place.step,
            layer=place.layer or ...,
            sample=... if place.sample is None else place.sample,
            unit=(place.layer, place.unit) if place.layer and place.unit is not None else ...,
            tab=place.tab or ...,
            series=place.series,
            story=place.stories[0] if place.stories else ...,
            selected=frozenset(place.stories) if place.stories else ...,
            **changes,
        )

    def find_next(self, n_places: int) -> None:
        """Go to the finding so many places behind the chosen one, or before it, see `next_finding`."""
        report, view = self.findings.shown, self._view
        if report is not None and report.findings and view is not None:
            self.go_to_finding(next_finding(report.findings, view.finding, view.step, n_places))

    def find_difference(self, n_places: int) -> None:
        """Go to where the two runs differ next, or before; from the last one on there is no way around."""

        def go(found: Differences) -> None:
            both, view = self.comparing, self._view
            if both is None or view is None or found.map is None:
                return
            step = float(both.on_a(np.array([view.step]))[0]) if self.side is Side.B else view.step
            if (place := next_stretch(found.map, step, n_places)) is not None:
                self.show_side(Side.DIFFERENCE)
                self.go_to(step=place[0], layer=place[1])

        self.differences.when_known(go)

    def ask_why(self, step: float | None = None) -> None:
        """Ask who moved first around a step; None: around the playhead. The view that can tell does."""
        if self._view is not None:
            at = self._view.step if step is None else round(step)
            self.go_to(why_at=at)
            self.why_asked.emit(at)

    def show_pass(self, number: int) -> None:
        """Move the playhead to a pass."""
        self.go_to(pass_number=number)

    def show_step(self, step: float) -> None:
        """Move the playhead to a step."""
        self.go_to(step=step)

    def set_following(self, is_following: bool) -> None:
        """Whether the playhead stays on the newest pass while the collection grows."""
        self._change(replace(self._state, is_following=is_following, is_playing=False))
        self._playing.restart(self._state)

    def step_by(self, n_passes: int) -> None:
        """Move the playhead by so many passes, backwards if negative; from between two, first to the nearer one."""
        if (view := self._view) is not None:
            beside = int(np.sign(view.step - view.pass_step))
            self.show_pass(view.pass_number + n_passes + (beside if beside * n_passes < 0 else 0))

    def show_last(self) -> None:
        """Move the playhead to the newest pass."""
        if self._opened:
            self.show_pass(self._opened.n_passes - 1)

    def choose_sample(self, sample: int) -> None:
        """Show what the network makes of another probe sample."""
        self.go_to(sample=sample)

    def set_options(self, **changes: Any) -> None:
        """Change what the graph shows: fields of `GraphOptions`."""
        self._change(replace(self._state, options=replace(self._state.options, **changes)))

    def select_layer(self, name: str | None) -> None:
        """Move every panel to a layer."""
        self.go_to(layer=name)

    def draw_as_modules(self, as_modules: bool) -> None:
        """Whether the network is drawn as modules within modules, or as units."""
        self._change(replace(self._state, as_modules=as_modules))

    def set_open_modules(self, names: frozenset[str]) -> None:
        """Which modules are open, where the network is drawn as modules."""
        self._change(replace(self._state, open_modules=names))

    def pin_unit(self, unit: tuple[str, int] | None) -> None:
        """Keep a unit lit, by its stage and true number, and show its history; None lets it go."""
        self.go_to(unit=unit)

    def set_playing(self, is_playing: bool) -> None:
        """Play or pause. Playing from the last pass begins again at the first."""
        at_end = self._view is not None and self._view.is_last
        following = self._state.is_following and not is_playing
        state = replace(self._state, is_playing=is_playing, is_following=following)
        self._change(replace(state, pass_number=0, step=None) if is_playing and at_end else state)
        self._playing.restart(self._state)

    def toggle_playing(self) -> None:
        """Play if paused, pause if playing."""
        self.set_playing(not self._state.is_playing)

    def stop(self) -> None:
        """End the playback and go back to the first pass."""
        self._change(replace(self._state, is_playing=False, pass_number=0, step=None, is_following=False))
        self._playing.restart(self._state)

    def set_delay_ms(self, delay_ms: int) -> None:
        """Change the speed; a playback goes on with it at once."""
        self._change(replace(self._state, delay_ms=delay_ms))
        self._playing.restart(self._state)

    def set_stride(self, stride: int) -> None:
        """Play each so manieth pass; a playback goes on with it at once."""
        self._change(replace(self._state, stride=stride))
        self._playing.restart(self._state)

    def set_looping(self, is_looping: bool) -> None:
        """Whether playing begins again at the end."""
        self._change(replace(self._state, is_looping=is_looping))
        self._playing.restart(self._state)

    def close(self) -> None:
        """Give back the file and the threads."""
        self._remember_place()
        self.closing.emit()
        self._playing.stop()
        self._holding.look_away()
        for opening in (self._opening, self._beside.opening):
            opening.stop()
        for each in self._beside.files:
            self._jobs.release(each)
        self.findings.close()
        self.differences.close()
        self._jobs.close()

    def _change(self, state: ReplayState) -> None:
        """Take a new state; before everybody knows of the collection it is what will be wished of it."""
        if self._opened is None or self._view is None:
            self._state = replace(state, is_playing=False)
        else:
            self._take(self._opened, state)

    def _take(self, opened: OpenedCollection, state: ReplayState) -> None:
        """Clamp a new state to what there is, and tell and fetch what follows from it."""
        view = opened.view_of(state)
        if view is None:
            return
        self._state = replace(
            state,
            pass_number=view.pass_number,
            step=None if state.step is None or view.is_following else view.step,
            sample=view.sample,
            is_playing=view.is_playing,
            delay_ms=view.delay_ms,
        )
        before, self._view = self._view, view
        if view == before:
            return
        self.view_changed.emit(view)
        if before is None or before.decides_frame != view.decides_frame:
            self._fetch(opened, view)

    def _fetch(self, opened: OpenedCollection, view: ReplayView) -> None:
        prepares = {name: prepare for name, prepare in self._prepares.items() if name in self._visible}
        subtracts = {name: subtract for name, subtract in self._subtracts.items() if name in self._visible}
        self._fetched = frozenset(prepares | subtracts)
        work = lambda _: read_frame(opened, view, prepares, subtracts)  # noqa: E731
        on_done = lambda frame: self._on_frame(opened, frame)  # noqa: E731
        self._holding.look_away()
        self.frame_awaited.emit(opened, view.pass_number)
        self._jobs.submit("frame", work, on_done, self._on_frame_failed, reads=opened.files)

    def _on_frame(self, opened: OpenedCollection, frame: Frame) -> None:
        self._holding.look_at(opened, frame)
        self.frame_ready.emit(frame)

    def _n_passes(self) -> int:
        assert self._opened is not None  # or nothing would be played
        return self._opened.n_passes

    def _on_pass_due(self, number: int, has_ended: bool) -> None:
        step = self._state.step if number == self._state.pass_number else None
        self._change(replace(self._state, pass_number=number, step=step, is_playing=not has_ended))
        if has_ended:
            self._playing.stop()

    def _on_judged(self, report: Report) -> None:
        chosen = self._state.finding
        if chosen is not None and chosen not in report.findings:
            self.go_to(finding=next((each for each in report.findings if is_same(each, chosen)), None))

    def _on_grown(self, grown: OpenedCollection) -> None:
        """One of the collections has more in it, which may be the one that is not shown."""
        before, front = self._opened, self._beside.take_grown(grown)
        assert before is not None
        if front.collection is before.collection:
            self._show_changed(front)
            if grown.collection is front.collection:
                self.findings.judge()

    def _show_changed(self, opened: OpenedCollection) -> None:
        """The same collection has more in it, or is compared with another one."""
        before, self._opened = self._opened, opened
        self.collection_grown.emit(opened)
        shown = self._view
        self._change(self._state)
        view = self._view
        assert before is not None
        is_other = opened.scales is not before.scales or opened.comparing is not before.comparing
        if shown and view and shown.decides_frame == view.decides_frame and is_other:
            self._fetch(opened, view)  # its colours may belong to a larger scale now

    def _on_front_changed(self, opened: OpenedCollection, place: ReplayView | None) -> None:
        """Another side of what is compared is to be shown, in the same place."""
        before = self._opened
        assert before is not None
        state = self._state if place is None else self._state.at(place)
        if opened.collection is before.collection:
            self._state = state
            self._show_changed(opened)
            return
        self._opened, self._view = opened, None
        self._show_opened(opened, state)
        self.findings.open(opened.collection.path, keep=[before.collection.path])

    def _on_opened(
        self, opened: OpenedCollection, *, is_following: bool = False, kept: ReplayState | None = None
    ) -> None:
        """Show another collection, from where it was left on, or where ``kept`` says."""
        self._remember_place()
        before = self._beside.files
        left_at = None if is_following else self.left_at.get(opened.collection.path.resolve())
        another = replace(self._state.for_another_run(is_following=is_following), step=left_at)
        self._beside.let_go()
        self._opened, self._view = opened, None
        self._show_opened(opened, kept or another)
        for each in before:
            self._jobs.release(each)
        self.findings.open(opened.collection.path)
        self._opening.watch(opened)
        self._beside.take_opened(opened)

    def _show_opened(self, opened: OpenedCollection, state: ReplayState) -> None:
        self._state = state
        self.collection_opened.emit(opened)
        self._take(opened, self._state)
        self._playing.restart(self._state)

    def _kept_wishes(self) -> ReplayState:
        """The wishes for the same run in another form: its passes may have other numbers, and keep their steps."""
        state, view = self._state, self._view
        return state if view is None or state.is_following else replace(state, step=view.step)

    def _remember_place(self) -> None:
        if self._opened is not None and self._view is not None:
            path = self._opened.collection.path.resolve()
            self.left_at.pop(path, None)
            self.left_at[path] = self._view.step

    def _on_frame_failed(self, error: CollectionError) -> None:
        self.frame_failed.emit(error)
        self._on_problem(error)

    def _on_problem(self, error: CollectionError) -> None:
        self.problem_occurred.emit(str(error))
