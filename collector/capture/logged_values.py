"""Which step a value that a training logs belongs to."""

from collections.abc import Callable

Put = Callable[[str, int, object], None]
"""Takes a name, a step and a value."""

LAST_COUNTS = (
    "{name!r} was logged several times before one step, which has one value: the last is recorded. Of all of them, "
    "as of the episodes of a rollout, log the mean."
)
FIRST_COUNTS = (
    "{name!r} was logged again at step {step} without a further step: the first value behind a step is the one "
    "recorded; those that follow belong to none."
)


class LoggedValues:
    """Keeps each logged value with its own step, in the loops ``step(); log()`` and ``log(); step()``.

    A name that is logged first before there was any step, or when one is under way that has an update of one of several
    optimizers, is of the loop ``log(); step()``: its values are of the step under way, and of several the last one
    counts. Any other name is of the loop ``step(); log()``: its values are of the step
    just taken, and of several the first one counts. So an iteration that ends without a step leaves no value, neither
    at the step before it nor at the one behind.

    Args:
        remark: is told, once for each name, where several values came at one step.

    Attributes:
        put: takes a value whose step is known.
    """

    def __init__(self, put: Put, remark: Callable[[str], None]) -> None:
        self.put = put
        self._remark = remark
        self._has_stepped = self._was_skipped = False
        self._known: set[str] = set()
        self._ahead: set[str] = set()
        self._under_way: dict[str, object] = {}
        self._several: set[str] = set()
        self._behind: set[str] = set()
        self._told: set[str] = set()

    def log(self, name: str, value: object, steps_taken: int, *, is_under_way: bool = False) -> None:
        """A value is logged.

        Args:
            is_under_way: whether an update was made in the step under way, which is not its last one.
        """
        if name not in self._known and (is_under_way or not (self._has_stepped or self._was_skipped)):
            self._ahead.add(name)
        self._known.add(name)
        if name in self._ahead:
            if name in self._under_way:
                self._several.add(name)
            self._under_way[name] = value
        elif name in self._behind:
            if not self._was_skipped:
                self._tell(name, FIRST_COUNTS, step=steps_taken - 1)
        elif not self._was_skipped:
            self._behind.add(name)
            self.put(name, steps_taken - 1, value)

    def stepped(self, step: int) -> None:
        """The step of this number was taken."""
        self._has_stepped, self._was_skipped = True, False
        self._behind.clear()
        under_way, self._under_way = self._under_way, {}
        for name, value in under_way.items():
            self.put(name, step, value)
        for name in self._several:
            self._tell(name, LAST_COUNTS)
        self._several.clear()

    def skipped(self) -> None:
        """An iteration has ended without a step: what is logged of it belongs to none."""
        self._was_skipped = True
        self._under_way.clear()
        self._several.clear()

    def _tell(self, name: str, text: str, **numbers: int) -> None:
        if name not in self._told:
            self._told.add(name)
            self._remark(text.format(name=name, **numbers))
