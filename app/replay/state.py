"""What the user wishes to see, and what of it can be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.analysis.graph.graph_options import GraphOptions
from collector.findings import Finding

SHORTEST_DELAY_MS = 200
LONGEST_DELAY_MS = 2000


@dataclass(frozen=True)
class ReplayState:
    """The wishes. Only the session holds one, and it is the only place where the playhead stands."""

    pass_number: int = 0
    step: int | None = None
    """The step that the playhead rests on, with a pass or between two; None: that of the pass."""
    sample: int = 0
    is_playing: bool = False
    delay_ms: int = 1000
    """Time a pass stays on the screen while playing."""
    stride: int = 1
    """Playing shows each so manieth pass."""
    is_looping: bool = True
    is_following: bool = False
    """Stay on the newest pass while the collection grows."""
    options: GraphOptions = field(default_factory=GraphOptions)
    """What the network graph shows."""
    layer: str | None = None
    """The selected layer."""
    unit: tuple[str, int] | None = None
    """The pinned unit: its stage and its true number."""
    as_modules: bool | None = None
    """Whether the network is drawn as modules rather than as units; None leaves it to the network."""
    open_modules: frozenset[str] | None = None
    """Which modules are open; None: as many as are readable."""
    tab: str | None = None
    """The view that is in front in the middle, by its name; None leaves it to the window."""
    finding: Finding | None = None
    """The finding that is chosen."""
    series: str | None = None
    """The scalar that the place in question is about, by its name in the file; None: none is asked for."""
    why_at: int | None = None
    """The step of which the user asks who moved first; None: the user does not."""
    story: int | None = None
    """The sample whose story is told, by its place among those; None: that of the probe's sample."""
    selected: frozenset[int] | None = None
    """The samples that are selected, by their places among those whose stories are told; None: none are."""

    def at(self, view: "ReplayView") -> "ReplayState":
        """The same wishes at the place that a view shows, of another collection."""
        return replace(
            self,
            pass_number=view.pass_number,
            step=None,
            sample=view.sample,
            layer=view.layer,
            unit=view.unit,
            series=view.series,
            finding=None,
            why_at=None,
            story=None,
            selected=None,
        )

    def for_another_run(self, *, is_following: bool) -> "ReplayState":
        """What of the wishes holds for any run."""
        return ReplayState(
            delay_ms=self.delay_ms,
            stride=self.stride,
            is_looping=self.is_looping,
            is_following=is_following,
            options=self.options,
            tab=self.tab,
        )


@dataclass(frozen=True)
class ReplayView:
    """The wishes as far as the collection can fulfil them."""

    pass_number: int
    """The pass that is shown: the last one at or before the step, the first where none is."""
    n_passes: int
    step: int
    """What the playhead rests on."""
    pass_step: int
    """The step of the pass that is shown."""
    sample: int
    is_playing: bool
    delay_ms: int
    is_looping: bool
    is_following: bool = False
    stride: int = 1
    options: GraphOptions = field(default_factory=GraphOptions)
    layer: str | None = None
    unit: tuple[str, int] | None = None
    as_modules: bool | None = None
    open_modules: frozenset[str] | None = None
    tab: str | None = None
    finding: Finding | None = None
    series: str | None = None
    why_at: int | None = None
    story: int | None = None
    selected: frozenset[int] | None = None

    @property
    def decides_frame(self) -> tuple[object, ...]:
        """What of it decides its frame."""
        return self.pass_number, self.sample, self.options, self.as_modules

    @property
    def is_on_pass(self) -> bool:
        """Whether the playhead rests on a pass, not between two."""
        return self.step == self.pass_step

    @property
    def is_last(self) -> bool:
        """Whether there is no pass after this one."""
        return self.pass_number == self.n_passes - 1


def resolve(
    state: ReplayState, pass_steps: Sequence[int] | np.ndarray, n_samples: int, last_step: int = 0
) -> ReplayView | None:
    """The view for a state; None where there is no pass to show.

    Passes, steps and samples that do not exist become the nearest that do, a single pass cannot be played, and whoever
    follows is on the last pass and does not play.

    Args:
        state: what is wished.
        pass_steps: the step of each pass, int ``[P]``; rising, unless the file is damaged.
        n_samples: of the probe.
        last_step: the last one that anything is known of.
    """
    steps, n_passes = np.asarray(pass_steps), len(pass_steps)
    if n_passes == 0:
        return None
    number, step = min(max(state.pass_number, 0), n_passes - 1), state.step
    if state.is_following:
        number, step = n_passes - 1, None
    if step is not None:
        step = min(max(step, 0), max(last_step, int(steps.max())))
        number = int(np.flatnonzero(steps <= step)[-1]) if (steps <= step).any() else 0
    return ReplayView(
        pass_number=number,
        n_passes=n_passes,
        step=int(steps[number]) if step is None else step,
        pass_step=int(steps[number]),
        sample=min(max(state.sample, 0), max(n_samples - 1, 0)),
        is_playing=state.is_playing and n_passes > 1 and not state.is_following,
        delay_ms=min(max(state.delay_ms, SHORTEST_DELAY_MS), LONGEST_DELAY_MS),
        is_looping=state.is_looping,
        is_following=state.is_following,
        stride=min(max(state.stride, 1), n_passes),
        options=state.options,
        layer=state.layer,
        unit=state.unit,
        as_modules=state.as_modules,
        open_modules=state.open_modules,
        tab=state.tab,
        finding=state.finding,
        series=state.series,
        why_at=state.why_at,
        story=state.story,
        selected=state.selected,
    )
