"""Says so where something that a training is watched by does not happen in its first passes, or no longer."""

from collections.abc import Callable, Collection, Sequence

from collector.capture.wording import listed

PASSES = 2
"""So many passes are waited for before something is missed."""

STEPS = 20
"""So many steps are waited for before it is said that nothing was logged."""

LOGS = 100
"""So many values logged under one name without a step: more than anybody adds up gradients of."""

_SEEN = (
    "Strobe sees a step where step() of an optimizer it was given is called. Weights that are changed by hand, by an "
    "engine of its own, or in a captured graph are not seen to be."
)


class Expectations:
    """Notices what does not happen.

    Args:
        say: is told, in words, once for each text.
        remark: is told what nobody has to be warned of.
    """

    def __init__(self, say: Callable[[str], None], remark: Callable[[str], None]) -> None:
        self._say, self._remark = say, remark
        self._n_logged: dict[str, int] = {}
        self._has_logged = self._has_told_idle = False
        self._n_passes = 0
        self._without: set[str] | None = None

    def logged(self, name: str, steps_taken: int) -> None:
        """A value was logged."""
        self._has_logged = True
        n_logged = self._n_logged[name] = self._n_logged.get(name, 0) + 1
        if n_logged == LOGS:
            since = f"since step {steps_taken}" if steps_taken else "yet"
            self._say(f"No step was seen {since}, although {name!r} was logged {LOGS} times. {_SEEN}")

    def stepped(self) -> None:
        """A step was taken."""
        if self._n_logged:
            self._n_logged.clear()

    def epoch_ended(self, steps_taken: int) -> None:
        """An epoch has ended."""
        if not steps_taken:
            self._say(f"An epoch ended, and no step was seen in it. {_SEEN}")

    def passed(self, steps_taken: int, without_gradient: Collection[str] | None, idle: Sequence[str]) -> None:
        """A pass was taken around a step.

        Args:
            steps_taken: steps before this one.
            without_gradient: layers that have parameters to be trained, but no gradient at all; None: it is not known.
            idle: optimizers that have made no update yet.
        """
        self._n_passes += 1
        if without_gradient is not None:
            self._without = set(without_gradient) & (set(without_gradient) if self._without is None else self._without)
        if self._n_passes == PASSES:
            self._tell_layers(without_gradient or (), self._say)
        if self._n_passes >= PASSES and steps_taken >= STEPS and not self._has_told_idle:
            self._has_told_idle = True
            for name in idle:  # others may update twenty times before it does
                self._say(f"The optimizer {name} has made no update in the first {steps_taken + 1} steps. {_SEEN}")
        if self._n_passes > PASSES and steps_taken >= STEPS and not self._has_logged:
            self._has_logged = True
            self._say(
                f"Nothing was logged in the first {steps_taken} steps: for a curve of the loss, call "
                "collector.log(loss=loss) after each step."
            )

    def ended(self, steps_taken: int) -> None:
        """The run is over."""
        if not steps_taken:
            self._remark(f"No step was seen in this run. {_SEEN}")
        elif self._n_passes < PASSES:
            self._tell_layers(sorted(self._without or ()), self._remark)

    def _tell_layers(self, order: Collection[str], say: Callable[[str], None]) -> None:
        names = [name for name in order if name in (self._without or ())]
        if names:
            passes = "first pass" if self._n_passes == 1 else f"first {self._n_passes} passes"
            say(
                f"No gradient came to {listed(names)} in the {passes}. That is so where the loss does not depend on "
                "them, where they are cut off by detach() or no_grad(), and where copies of them are trained."
            )
