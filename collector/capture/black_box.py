"""The last steps in full detail, held in memory, and written when something breaks."""

import sys
from collections.abc import Callable
from math import isfinite, isnan
from types import TracebackType

from collector.capture.run_log import RunLog
from collector.capture.signals import SignalWatch
from collector.capture.spikes import GradientSpikes, loss_spikes
from collector.capture.step_ring import LastSteps
from collector.storage.schema import DumpRecord

MOST_BYTES = 64 * 2**20
MOST_DUMPS = 20
"""A training that breaks again and again writes so many of them by itself; who asks for one always gets it."""
LOSSES = ("loss", "train_loss", "training_loss", "loss_total", "total_loss")
"""Names under which trainings log what they minimise; as `collector.findings` knows them."""
_LONGEST = 300

MISSING = (
    "The black box kept it: of the layers there are weights, gradients and updates. It does not run the network, nor "
    "look at all values, so that it costs next to nothing: activations, predictions, histograms, norms and the "
    "optimizer's moments are not recorded."
)
NO_SIGNALS = "The black box hears of no signals: the collector was not made in the main thread."
FEWER = "The black box holds the last {n:,} steps rather than {asked:,}: {n_bytes:,} bytes hold no more."
NONE = "The black box is off: black_box_bytes={n_bytes:,} do not hold a step and the one under way, {needed:,} each."
OFF = "dump() has nothing to write: give the collector black_box=16 to have the last 16 steps held."


class BlackBox:
    """Hears what happens, and writes the last steps when something breaks.

    What breaks: a gradient or the loss is not finite; the loss or the gradients jump (see `collector.capture.spikes`);
    an exception leaves the training; a signal comes. Each is written once: what goes on being broken is not news.

    Args:
        held: the last steps.
        log: of the run.
    """

    def __init__(self, held: LastSteps, log: RunLog) -> None:
        self._held, self._log = held, log
        self._loss, self._gradient = loss_spikes(), GradientSpikes()
        self._loss_name = ""
        self._pending: tuple[str, str] | None = None
        self._broken: set[str] = set()
        self._n_dumps = 0
        self._earlier_error = sys.exception()
        log.not_finite.heard = self._hear
        self._signals = SignalWatch(self._hear_signal, log.overhead)
        if not self._signals.is_watching:
            log.guard.remark(NO_SIGNALS)
        self._hook, sys.excepthook = sys.excepthook, self._on_uncaught

    def close(self) -> None:
        """Hear of nothing any more."""
        self._log.not_finite.heard = None
        self._signals.close()
        if sys.excepthook == self._on_uncaught:
            sys.excepthook = self._hook

    def gradients(self, step: int, square: float, *, are_finite: bool) -> None:
        """The gradients of the step under way are there.

        Args:
            square: sum of the squares of those that are held.
            are_finite: whether all of them are, as far as anybody looked.
        """
        if not (are_finite and isfinite(square)):
            self._broke("gradient", f"NaN or Inf in the gradients of step {step:,}")
            return
        self._broken.discard("gradient")
        if self._gradient.sees(square):
            self._pending = self._pending or ("spike", f"gradient spike at step {step:,}")

    def _hear(self, name: str, step: int, value: float) -> None:
        if name != self._loss_name:
            if self._loss_name or name not in LOSSES:
                return
            self._loss_name = name
        if not isfinite(value):
            self._broke("loss", f"{'NaN' if isnan(value) else 'Inf'} in the loss of step {step:,}")
            return
        self._broken.discard("loss")
        if self._loss.sees(value):
            self._pending = self._pending or ("spike", f"loss spike at step {step:,}")

    def _broke(self, what: str, text: str) -> None:
        """What is not finite is told once, until it is again."""
        if what not in self._broken:
            self._broken.add(what)
            self._pending = self._pending or ("not finite", text)

    def settle(self) -> None:
        """Write what has broken; called where the step that it belongs to is held."""
        if self._pending is not None:
            (cause, text), self._pending = self._pending, None
            if self._n_dumps < MOST_DUMPS:
                self._n_dumps += 1
                self.dump(cause, text)

    def dump(self, cause: str, text: str, *, is_asked: bool = False) -> None:
        """Write the steps that are held and have no pass in the file; without any, only who asked leaves a trace."""
        with self._log.guard("writing the black box"), self._log.overhead.of("passes"):
            self._log.far.wait()  # for passes that are on their way
            steps = [step for step in self._held.steps if not self._log.has_pass(step)]
            if steps or is_asked:
                record = DumpRecord(self._log.steps_taken, cause, text[:_LONGEST], steps, MISSING)
                self._log.add_dump(record, self._held.passes(steps))

    def failed(self, error: BaseException | None) -> None:
        """The training ends, with an exception that leaves it if there is one."""
        is_end = isinstance(error, GeneratorExit) or (isinstance(error, SystemExit) and not error.code)
        if error is None or error is self._earlier_error or is_end:
            return
        self.settle()
        told = str(error).partition("\n")[0]
        name = type(error).__name__
        self.dump("exception", f"{name} at step {self._log.steps_taken:,}{': ' if told else ''}{told}")

    def _hear_signal(self, name: str) -> None:
        self.dump("signal", f"{name} at step {self._log.steps_taken:,}")

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.failed(error)
        self._hook(kind, error, trace)


def held_or_told(held: LastSteps, say: Callable[[str], None]) -> bool:
    """Whether at least one step can be held; it is said where that is fewer than asked for."""
    if not held.n_steps:
        say(NONE.format(n_bytes=held.most_bytes, needed=held.step_bytes))
    elif held.n_steps < held.asked:
        say(FEWER.format(n=held.n_steps, asked=held.asked, n_bytes=held.most_bytes))
    return held.n_steps > 0


def dumped(box: BlackBox | None, why: str, say: Callable[[str], None]) -> None:
    """Write the last steps because somebody asks."""
    if box is None:
        say(OFF)
    else:
        box.dump("asked", str(why), is_asked=True)


def check_black_box(n_steps: object, n_bytes: object, unit_rule: str) -> None:
    """Whether so many steps can be held in so many bytes.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(n_steps, int) or not 0 <= n_steps <= 100_000:
        raise ValueError(f"black_box is {n_steps!r}; it must be a whole number of steps, 0 (none) to 100,000")
    if not isinstance(n_bytes, int) or n_bytes < 1:
        raise ValueError(f"black_box_bytes is {n_bytes!r}; it must be a whole number of bytes, as 64 * 2**20")
    if n_steps and unit_rule != "spread":
        raise ValueError(f"black_box holds units as they are, and unit_rule is {unit_rule!r}; leave one of them out")
