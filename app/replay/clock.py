"""Which pass is on, as a function of the time that has gone by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Playback:
    """A playback that began at a pass and a moment. Slow painting skips passes; the clock never falls behind."""

    first_pass: int
    began_seconds: float
    delay_ms: int
    is_looping: bool
    stride: int = 1
    """Each so manieth pass is shown."""

    def pass_at(self, now_seconds: float, n_passes: int) -> tuple[int, bool]:
        """The pass that is on now, and whether the playback has come to its end there."""
        gone = int((now_seconds - self.began_seconds) * 1000 + 0.5) // self.delay_ms
        number = self.first_pass + max(gone, 0) * self.stride
        if self.is_looping:
            return number % n_passes, False
        return min(number, n_passes - 1), number >= n_passes - 1
