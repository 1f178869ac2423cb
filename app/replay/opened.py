"""What is open: a collection made ready for replay, its graph, its colour scales, its passes in memory; or two."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from app.analysis.axis import last_step
from app.analysis.beside import Beside
from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.run_scales import RunScales
from app.replay.pass_cache import PassCache
from app.replay.scan import Scan
from app.replay.state import ReplayState, ReplayView, resolve
from collector.comparing import Pair
from collector.comparing.saved import SavedComparison
from collector.storage import Collection, CollectionError, open_collection
from collector.storage.locks import is_being_recorded
from collector.storage.passes import Pass
from collector.storage.paths import AnyPath

SCALE_PASSES = 9
"""The colour scales belong to the run: they are measured on so many passes, spread over it."""

SPREAD_BYTES = 2**25
"""As long as these are no more than so many bytes of the file: the first picture waits for them."""

REMOTE_SPREAD_BYTES = 2**20
"""The same of a file that lies elsewhere."""


@dataclass(frozen=True)
class OpenedCollection:
    """Everything that does not change while the playhead moves."""

    collection: Collection
    graph: Graph
    scales: RunScales
    passes: PassCache
    scan: Scan
    """Reads all passes, for whatever has to see each of them."""
    derived: Mapping[str, Any] = field(default_factory=dict)
    """What views have made of the collection as it is now, by their names."""
    is_being_recorded: bool | None = None
    """Whether somebody writes it now; None where that cannot be told."""
    comparing: "Comparing | None" = None
    """Where the difference from another one is shown: both."""
    is_side: bool = False
    """Whether it is prepared as one of two that are compared: a view that makes its difference of the passes alone
    needs nothing of either."""

    @property
    def files(self) -> tuple[Collection, ...]:
        """What is read of whoever looks at it."""
        both = self.comparing
        return (self.collection,) if both is None else (both.a.collection, both.b.collection)

    @property
    def n_passes(self) -> int:
        return len(self.collection.passes)

    @property
    def n_samples(self) -> int:
        return len(self.collection.probe) if self.collection.probe else 0

    @property
    def last_step(self) -> int:
        """The last step that anything is known of, at least 1."""
        return last_step(self.collection)

    def view_of(self, state: ReplayState) -> ReplayView | None:
        """What of some wishes can be shown; None where there is no pass."""
        return resolve(state, self.collection.passes.steps, self.n_samples, self.last_step)

    def grown(self) -> "OpenedCollection | None":
        """Take in what was written since, or that nobody writes any more; None where nothing has changed.

        The colour scales grow with what the newest pass holds, so that they stay the run's.
        """
        before = self.n_passes
        is_being_recorded = _is_being_recorded(self.collection)  # asked first: what was written until then is read
        has_grown = self.collection.refresh()
        is_being_recorded = is_being_recorded and not self.collection.finished
        if not has_grown and is_being_recorded == self.is_being_recorded:
            return None
        newest = self.newest_pass() if self.n_passes > before else None
        scales = self.scales if newest is None else self.scales.grown(newest)
        return replace(self, scales=scales, is_being_recorded=is_being_recorded)

    def newest_pass(self) -> Pass | None:
        """The last pass; None where it cannot be read."""
        return next(_readable(self.collection, self.passes, [self.n_passes - 1]), None)

    def spread(self) -> Iterable[Pass]:
        """Some readable passes, evenly over the run as it is now; they are read each time."""
        return _Spread(self.collection, self.passes)

    def graph_view(self, view: ReplayView, pass_: Pass, *, is_drawn: bool) -> GraphView:
        """What the graph of the network shows of a pass, see `graph_view.prepare`."""
        scales = self.scales.of(view.options)
        return prepare(self.graph, pass_, view.sample, scales, view.options, is_drawn=is_drawn)


@dataclass(frozen=True)
class Comparing:
    """What is compared with what. A difference is always B less A, a ratio B by A.

    Attributes:
        a, b: both collections; the same twice where two passes of one are compared.
        wish: how, as it is saved.
        pair: which layer and which step of B belongs to one of A.
        held: the pass of A that is compared with whichever is shown; None where two runs are compared.
    """

    a: OpenedCollection
    b: OpenedCollection
    wish: SavedComparison
    pair: Pair
    held: int | None = None
    _made: dict[str, object] = field(default_factory=dict, init=False)

    def once(self, name: str, make: Callable[[], object]) -> object:
        """What is made of both whatever the pass, as they are now: made when it is first asked for by this name."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    @property
    def front(self) -> OpenedCollection:
        """Whose playhead it is while the difference is shown, knowing of the other."""
        return replace(self.a if self.held is None else self.b, comparing=self)

    @property
    def names(self) -> tuple[str, str]:
        """What A and B are called, in short."""
        if (step := self.held_step) is not None:
            return f"step {step:,}", "this pass"
        one, other = self.a.collection.path, self.b.collection.path
        if one.stem != other.stem:
            return one.stem, other.stem
        return f"{one.parent.name}/{one.stem}", f"{other.parent.name}/{other.stem}"

    @property
    def held_step(self) -> int | None:
        """The step of the pass that is held; None where two runs are compared."""
        return None if self.held is None else int(self.a.collection.passes.steps[self.held])

    @property
    def beside(self) -> Beside:
        """What of it is needed for whatever is worked out of scalars."""
        return Beside(self.pair, self.names, self.held_step, has_repeats=bool(self.wish.repeats))

    @property
    def front_name(self) -> str:
        """What the front is called."""
        return self.names[0 if self.held is None else 1]

    def sides(self, view: ReplayView) -> tuple[ReplayView | None, ReplayView | None]:
        """What is seen of A and of B where the front shows a view; None where one has nothing next to that step."""
        if self.held is None or (step := self.held_step) is None:
            return view, self.b_of(view)
        return replace(view, pass_number=self.held, step=step, pass_step=step), view

    def b_of(self, view: ReplayView) -> ReplayView | None:
        """The same place of B: the pass that lies nearest on the clock, the layer's partner, the same sample."""
        return _translated(view, self.pair, self.b)

    def a_of(self, view: ReplayView) -> ReplayView | None:
        """The same place of A, for a view of B."""
        return _translated(view, self.pair.turned, self.a)

    def on_a(self, steps: np.ndarray) -> np.ndarray:
        """Where steps of B ``[R]`` lie among those of A, float64 ``[R]``; NaN beyond the ends of A."""
        return self.pair.alignment.on_a(steps, self.a.last_step)

    def place_on_a(self, step: int | None, layer: str | None) -> tuple[int | None, str | None]:
        """A step and a layer of B as A has them; None for what A has not."""
        on_a = np.nan if step is None else float(self.on_a(np.array([step]))[0])
        partners = self.pair.turned.partner
        return None if np.isnan(on_a) else round(on_a), None if layer is None else partners.get(layer)

    def grown(self, opened: OpenedCollection) -> "Comparing":
        """The same where one of both has more in it than before."""
        is_a, is_b = (opened.collection is each.collection for each in (self.a, self.b))
        return replace(self, a=opened if is_a else self.a, b=opened if is_b else self.b)


def open_for_replay(path: AnyPath) -> OpenedCollection:
    """Open a collection that has at least one pass.

    Raises:
        CollectionError: what is wrong with the file, in words.
    """
    with _garbage_left():
        return _opened(path)


def _opened(path: AnyPath) -> OpenedCollection:
    collection = open_collection(path)
    try:
        collection.require_passes()
        passes = PassCache(collection.passes)
        spread = _Spread(collection, passes)
        graph = build_graph(collection.layers, collection.probe, collection.task)
        scales = RunScales(graph, lambda: spread)
        scales.of(GraphOptions())
        scan, is_live = Scan(collection.passes), _is_being_recorded(collection)
        return OpenedCollection(collection, graph, scales, passes, scan, is_being_recorded=is_live)
    except BaseException:
        collection.close()
        raise


@contextmanager
def _garbage_left() -> Iterator[None]:
    """All that is made while a collection opens stays: to look for garbage in it takes a third of the time."""
    was_collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collected:
            gc.enable()


class _Spread:
    """Some readable passes, evenly over the run as it is now: of large ones fewer, of very large ones the first."""

    def __init__(self, collection: Collection, passes: PassCache) -> None:
        self._collection, self._passes = collection, passes

    def __iter__(self) -> Iterator[Pass]:
        n = len(self._collection.passes)
        most_bytes = REMOTE_SPREAD_BYTES if self._collection.is_remote else SPREAD_BYTES
        most = most_bytes // max(self._collection.passes.n_bytes(0), 1)
        numbers = np.unique(np.linspace(0, n - 1, max(1, min(SCALE_PASSES, most))).round().astype(int))
        return _readable(self._collection, self._passes, numbers.tolist())


def _is_being_recorded(collection: Collection) -> bool | None:
    return False if collection.finished else is_being_recorded(collection.path)


def _readable(collection: Collection, passes: PassCache, numbers: list[int]) -> Iterator[Pass]:
    """Those of some passes that can be read."""
    for number in numbers:
        try:
            yield passes.get(number)
        except CollectionError as error:
            if str(error) not in collection.damaged:
                collection.damaged.append(str(error))


def _translated(view: ReplayView, pair: Pair, other: OpenedCollection) -> ReplayView | None:
    steps = np.asarray(other.collection.passes.steps)
    nearest = pair.alignment.of(np.array([view.pass_step]), steps).b
    if not len(nearest):
        return None
    step = int(nearest[0])
    number = int(np.flatnonzero(steps == step)[-1])
    partner = pair.partner
    unit = None
    if view.unit is not None and view.unit[0] in partner:
        unit = partner[view.unit[0]], view.unit[1]
    return replace(
        view,
        pass_number=number,
        n_passes=len(steps),
        step=step,
        pass_step=step,
        sample=min(view.sample, max(other.n_samples - 1, 0)),
        layer=None if view.layer is None else partner.get(view.layer),
        unit=unit,
        series=None if view.series is None else pair.name_in_b(view.series),
        finding=None,
        why_at=None,
    )
