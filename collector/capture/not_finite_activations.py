"""Says where an activation of the probe is first NaN or Inf: at which step, and in which layer before all others."""

from collections.abc import Callable, Mapping, Sequence

from collector.capture.words import listed

METRIC = "not_finite_activation"
"""``not_finite_activation/<layer>``: how many values of its output for the probe are NaN or Inf, where any are."""


class NotFiniteActivations:
    """Looks at the scalars of each pass.

    Args:
        layers: in order of execution.
        say: is told, in words.
    """

    def __init__(self, layers: Sequence[str], say: Callable[[str], None]) -> None:
        self._layers, self._say = layers, say
        self._was_said = False

    def passed(self, step: int, scalars: Mapping[str, float]) -> None:
        """A pass was taken; of several layers that are hit the first one is where it began."""
        hit = [] if self._was_said else [name for name in self._layers if f"{METRIC}/{name}" in scalars]
        if hit:
            self._was_said = True
            count = int(scalars[f"{METRIC}/{hit[0]}"])
            behind = f"; behind it in {listed(hit[1:])}" if hit[1:] else ""
            self._say(f"NaN or Inf in the probe's activations first at step {step}: {count:,} in {hit[0]}{behind}.")
