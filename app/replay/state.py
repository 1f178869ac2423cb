"""What the user wishes to see, and what of it can be shown."""

from dataclasses import dataclass, field, replace

from app.analysis.graph.graph_options import GraphOptions

SHORTEST_DELAY_MS = 200
LONGEST_DELAY_MS = 2000


@dataclass(frozen=True)
class ReplayState:
    """The wishes. Only the session holds one, and it is the only place where the current pass stands."""

    pass_number: int = 0
    sample: int = 0
    is_playing: bool = False
    delay_ms: int = 1000
    """Time a pass stays on the screen while playing."""
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


@dataclass(frozen=True)
class ReplayView:
    """The wishes as far as the collection can fulfil them."""

    pass_number: int
    n_passes: int
    sample: int
    is_playing: bool
    delay_ms: int
    is_looping: bool
    is_following: bool = False
    options: GraphOptions = field(default_factory=GraphOptions)
    layer: str | None = None
    unit: tuple[str, int] | None = None
    as_modules: bool | None = None
    open_modules: frozenset[str] | None = None

    @property
    def is_last(self) -> bool:
        """Whether there is no pass after this one."""
        return self.pass_number == self.n_passes - 1


def resolve(state: ReplayState, n_passes: int, n_samples: int) -> ReplayView | None:
    """The view for a state; None where there is no pass to show.

    Passes and samples that do not exist become the nearest that do, a single pass cannot be played, and whoever
    follows is on the last pass and does not play.
    """
    if n_passes == 0:
        return None
    return ReplayView(
        pass_number=n_passes - 1 if state.is_following else min(max(state.pass_number, 0), n_passes - 1),
        n_passes=n_passes,
        sample=min(max(state.sample, 0), max(n_samples - 1, 0)),
        is_playing=state.is_playing and n_passes > 1 and not state.is_following,
        delay_ms=min(max(state.delay_ms, SHORTEST_DELAY_MS), LONGEST_DELAY_MS),
        is_looping=state.is_looping,
        is_following=state.is_following,
        options=replace(state.options, reference_pass=min(max(state.options.reference_pass, 0), n_passes - 1)),
        layer=state.layer,
        unit=state.unit,
        as_modules=state.as_modules,
        open_modules=state.open_modules,
    )
