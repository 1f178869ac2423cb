"""What recording costs the training: our own time, told apart from the training's."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType

KINDS = ("passes", "gradients", "comparisons", "stories", "metrics", "scalars")
"""What our time goes to; ``comparisons`` are all else that is done when an epoch begins, ``metrics`` those of the
training's own."""


class Overhead:
    """A clock that always runs for somebody: for the training, or for one of our `KINDS`.

    With ``with overhead.of("passes"):`` it runs for the passes; in a passage inside of that for what that one names.
    The time of the training begins with `begin`.

    Attributes:
        training_seconds: spent since then, ours not counted.
        has_begun: whether there was a first step.
        afterwards: called once, as soon as the clock runs for the training again.
    """

    afterwards: Callable[[], None] | None = None

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(KINDS, 0.0)
        self.training_seconds = 0.0
        self._current: str | None = None
        self._since = time.perf_counter()
        self.has_begun = False

    def begin(self) -> None:
        """The training takes its first step. Calling it again does nothing."""
        if not self.has_begun:
            self.switch(self._current)
            self.has_begun = True

    @property
    def seconds(self) -> Mapping[str, float]:
        """Kind → seconds of ours, until the clock last changed hands."""
        return self._seconds

    @property
    def total(self) -> float:
        """All seconds of ours."""
        return sum(self._seconds.values())

    @property
    def is_ours(self) -> bool:
        """Whether something of ours is under way."""
        return self._current is not None

    def within(self, kind: str) -> "_Passage":
        """The same as `of` where it runs for the training; else it goes on for what it runs for."""
        return _Passage(self, self._current or kind)

    def of(self, kind: str) -> "_Passage":
        """A context in which the clock runs for one of the `KINDS`."""
        return _Passage(self, kind)

    def leave(self, before: str | None) -> None:
        """The end of a passage that `switch` began: let the clock run for whom it ran ``before``."""
        self.switch(before)
        if before is None and self.afterwards is not None:
            waiting, self.afterwards = self.afterwards, None
            waiting()

    def switch(self, kind: str | None) -> str | None:
        """Let the clock run for somebody else; for whom it ran."""
        now = time.perf_counter()
        passed, self._since = now - self._since, now
        before, self._current = self._current, kind
        if before is not None:
            self._seconds[before] += passed
        elif self.has_begun:
            self.training_seconds += passed
        return before


class _Passage:
    """While it is entered, the clock runs for one kind."""

    __slots__ = ("_before", "_kind", "_overhead")

    def __init__(self, overhead: Overhead, kind: str) -> None:
        self._overhead = overhead
        self._kind = kind
        self._before: str | None = None

    def __enter__(self) -> None:
        self._before = self._overhead.switch(self._kind)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._overhead.leave(self._before)
