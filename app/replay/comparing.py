"""Two collections on one clock, ready for replay; or two passes of one."""

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.comparing import Pair, pair_of
from collector.comparing.saved import SavedComparison
from collector.storage import Collection


class Side(Enum):
    """What the views show of two collections. The values are the words for it."""

    A = "A"
    B = "B"
    DIFFERENCE = "difference"


@dataclass(frozen=True, eq=False)
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

    @property
    def front(self) -> OpenedCollection:
        """Whose playhead it is while the difference is shown, knowing of the other."""
        return replace(self.a if self.held is None else self.b, comparing=self)

    @property
    def names(self) -> tuple[str, str]:
        """What A and B are called, in short."""
        if self.held is not None:
            return f"step {int(self.a.collection.passes.steps[self.held]):,}", "this pass"
        one, other = self.a.collection.path, self.b.collection.path
        if one.stem != other.stem:
            return one.stem, other.stem
        return f"{one.parent.name}/{one.stem}", f"{other.parent.name}/{other.stem}"

    @property
    def front_name(self) -> str:
        """What the front is called."""
        return self.names[0 if self.held is None else 1]

    def sides(self, view: ReplayView) -> tuple[ReplayView | None, ReplayView | None]:
        """What is seen of A and of B where the front shows a view; None where one has nothing next to that step."""
        if self.held is None:
            return view, self.b_of(view)
        step = int(self.a.collection.passes.steps[self.held])
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


def compared_runs(a: OpenedCollection, b: OpenedCollection, wish: SavedComparison) -> Comparing:
    """Two runs side by side.

    Raises:
        ClockError: a run does not tell what the clock goes by.
        ValueError: the wish pairs layers that there are not.
    """
    return Comparing(a, b, wish, _pair(a.collection, b.collection, wish))


def compared_passes(opened: OpenedCollection, held: int) -> Comparing:
    """A pass of a run beside whichever is shown."""
    path = str(opened.collection.path)
    wish = SavedComparison(a=path, b=path)
    return Comparing(opened, opened, wish, _pair(opened.collection, opened.collection, wish), held)


def _pair(a: Collection, b: Collection, wish: SavedComparison) -> Pair:
    return pair_of(a, b, clock=wish.clock, offset=wish.offset, tolerance=wish.tolerance, layers=wish.layers)


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
