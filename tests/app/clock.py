"""A clock that is turned by hand."""


class Clock:
    """Stands still until it is turned on.

    Attributes:
        now: seconds.
    """

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
