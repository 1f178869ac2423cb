"""The scalars of what is compared."""

from collections.abc import Callable

from app.analysis.curve import Measured
from app.analysis.two_curves import TwoCurves, of_held, of_two_runs
from app.replay.comparing import Comparing


def two_curves(comparing: Comparing, own: Measured | None, of_b: Callable[[], Measured | None]) -> TwoCurves:
    """A scalar of the run that is in front beside that of the other run, or beside itself at the pass that is held.

    Args:
        comparing: what is compared.
        own: of the run in front; None where it was not recorded.
        of_b: gives that of B, on B's own steps, where there is another run.
    """
    if comparing.held_step is not None:
        return of_held(own, comparing.held_step)
    return of_two_runs(comparing.pair, own, of_b(), comparing.a.last_step)
