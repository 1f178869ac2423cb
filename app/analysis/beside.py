"""What a run is compared with, for whatever is worked out of its scalars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.axis import last_step
from app.analysis.two_curves import of_held, of_two_runs

if TYPE_CHECKING:
    from app.analysis.curve import Measured
    from app.analysis.two_curves import TwoCurves
    from collector.comparing import Pair
    from collector.storage import Collection


@dataclass(frozen=True)
class Beside:
    """Another run, or what the same was at a step that is held.

    Attributes:
        pair: A and B, on one clock; the same twice where a step is held.
        names: what they are called.
        held_step: which; None where two runs are compared.
        has_repeats: whether there are repeats of A, whose spread is noise.
    """

    pair: Pair
    names: tuple[str, str]
    held_step: int | None = None
    has_repeats: bool = False

    @property
    def a(self) -> Collection:
        """The run whose steps are shown."""
        return self.pair.a

    @property
    def b(self) -> Collection:
        """The other one."""
        return self.pair.b

    def curves(self, own: Measured | None, of_b: Callable[[], Measured | None]) -> TwoCurves:
        """A scalar of the run in front beside that of the other run, or beside what it was at the step that is held.

        Args:
            own: of the run in front; None where it was not recorded.
            of_b: gives that of B, on B's own steps, where there is another run.
        """
        if self.held_step is not None:
            return of_held(own, self.held_step)
        return of_two_runs(self.pair, own, of_b(), last_step(self.pair.a))
