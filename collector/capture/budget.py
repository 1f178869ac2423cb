"""A budget for recording: what may be taken without costing the training more than a share of its time."""

from collector.capture.overhead import Overhead

_SHARING = ("passes", "gradients", "metrics")
"""Where those of them that are due at all want more than there is, each gets its part."""

HIDDEN = 1.5
"""A training is slowed down by so many times what our clock tells, as measured with steps of 3 ms: by the calls of the
hooks themselves, and by the caches that we leave to it full of other things."""


def check_budget(share: object) -> None:
    """Whether a budget can be kept.

    Raises:
        ValueError: it is neither None nor a share.
    """
    if share is not None and not (isinstance(share, int | float) and 0 < share < 1):
        raise ValueError(f"budget is {share!r}; it must be a number above 0 and below 1, as 0.03, or None")


class Budget:
    """Says of each thing that is due whether it can be afforded.

    What is left out is left out as a whole, so that whatever is in the file was measured as always. What comes before
    the first step is always taken, and the first of each kind: only then is it known what it costs.

    Args:
        overhead: what was spent so far.
        share: of the training's own time, above 0 and below 1, as 0.03; None: everything can be afforded.

    Raises:
        ValueError: the share is no such number.
    """

    def __init__(self, overhead: Overhead, share: float | None) -> None:
        check_budget(share)
        self._overhead = overhead
        self._share = share
        self._taken: dict[str, int] = {}
        self._left_out: dict[str, int] = {}
        self._is_short: dict[str, bool] = {}

    def allows(self, kind: str, one: float | None = None) -> bool:
        """Whether one more of a kind can be afforded. Ask once for each that is due: the answers are counted.

        Args:
            one: seconds that it costs, 0 where that is not known yet; None: what those before it did.
        """
        if self._share is None:
            return True
        is_known = self._overhead.has_begun and (kind in self._taken if one is None else one > 0)
        if is_known and not self._can_afford(kind, self._share, one):
            self.leave_out(kind)
            return False
        self._taken[kind] = self._taken.get(kind, 0) + 1
        if kind in _SHARING:
            self._is_short[kind] = False
        return True

    @property
    def is_kept(self) -> bool:
        """Whether there is one."""
        return self._share is not None

    def could_allow(self, kind: str) -> bool:
        """What `allows` would say, without counting it."""
        if self._share is None or not (self._overhead.has_begun and kind in self._taken):
            return True
        return self._can_afford(kind, self._share, None)

    def leave_out(self, kind: str) -> None:
        """One of a kind was due, and could not be afforded."""
        self._left_out[kind] = self._left_out.get(kind, 0) + 1
        if kind in _SHARING:
            self._is_short[kind] = True

    def has_left_out(self, kind: str) -> bool:
        """Whether one of this kind could not be afforded so far."""
        return kind in self._left_out

    def _can_afford(self, kind: str, share: float, one: float | None) -> bool:
        seconds = self._overhead.seconds
        income = share * self._overhead.training_seconds / HIDDEN
        one = seconds[kind] / self._taken[kind] if one is None else one
        if kind not in _SHARING:
            return self._overhead.total + one <= income
        income -= sum(spent for each, spent in seconds.items() if each not in _SHARING)
        others = [each for each in _SHARING if each != kind and (each in self._is_short or seconds[each])]
        part = income / (len(others) + 1)
        spent_by_others = sum(part if self._is_short.get(each) else seconds[each] for each in others)
        return seconds[kind] + one <= max(part, income - spent_by_others)

    def summary(self) -> str:
        """What was taken and what was left out, in a sentence; empty where nothing was left out."""
        if self._share is None or not self._left_out:
            return ""
        parts = []
        for kind, what in _TOLD.items():
            n_left_out = self._left_out.get(kind, 0)
            if n_left_out:
                n_taken = self._taken.get(kind, 0)
                parts.append(f"{n_taken:,} of {n_taken + n_left_out:,} {what}")
        return f"To stay within {self._share * 100:.3g} % of the training's time, {'; '.join(parts)}."


_TOLD = {
    "passes": "passes were taken, from the first one left out on without the spread of their values",
    "gradients": "measurements of gradients were made",
    "comparisons": "comparisons at epochs were made",
    "stories": "measurements of stories were made",
    "metrics": "steps had the metrics of the training's own",
}
