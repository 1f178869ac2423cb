"""Records some samples once, and what the network makes of them again and again, whatever the framework."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from collector.capture.run_log import RunLog
from collector.storage.schema import Projection, Record, Stories

Described = TypeVar("Described", bound=Projection | Stories)


class RecordedSamples(Protocol):
    """The samples, and how the network is run on them."""

    @property
    def kind(self) -> str:
        """Of the record that holds the samples."""

    @property
    def what(self) -> str:
        """Completes "Strobe failed while recording …"."""

    @property
    def costs(self) -> str:
        """Of what recording costs, which part this is; see `collector.capture.overhead`."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the file."""

    def to_schema(self) -> Any:
        """The samples as the header describes them."""

    def samples_at(self, step: int) -> Record:
        """The samples themselves."""

    def record_at(self, step: int, epoch: int) -> Record:
        """What the network makes of them now."""


class SampleRecorder(Generic[Described]):
    """Records the samples once, and when an epoch begins and at the end what the network makes of them.

    Make it before the `RunLog`, whose header needs `header`; then call `start`, `after_step` after each step that the
    log has counted, `end_epoch` after the log's, and `end` before the last pass.

    Args:
        samples: None where none are recorded.
        interval: steps between further records; 0: no more.
    """

    def __init__(self, samples: RecordedSamples | None, interval: int = 0) -> None:
        self._samples, self._interval = samples, interval
        self._log: RunLog | None = None
        self._last = -1
        self._seen = 0
        self.header: Described | None = None if samples is None else samples.to_schema()

    def start(self, log: RunLog) -> None:
        """The samples, unless an earlier part of the run has left them, and the state before the first step."""
        samples = self._samples
        if samples is None:
            return
        self._log, self._seen = log, log.steps_taken
        for note in samples.notes:
            log.note(note)
        if not log.holds(samples.kind):
            with log.guard("recording samples"), log.overhead.of(samples.costs):
                log.add(samples.samples_at(log.steps_taken))
        self.end_epoch()

    def after_step(self) -> None:
        """A step was taken, or several at once."""
        if not self._interval or self._log is None:
            return
        before, self._seen = self._seen, self._log.steps_taken
        if self._seen // self._interval > before // self._interval:
            self.end_epoch()

    def end_epoch(self) -> None:
        """An epoch ended, and so another one may begin."""
        log, samples = self._log, self._samples
        if log is None or samples is None or (self._interval and self._last == log.steps_taken):
            return
        if not log.is_open or not log.affords(samples.costs):
            return
        with log.guard(f"recording {samples.what}"), log.overhead.of(samples.costs):
            step, epoch = log.steps_taken, log.epoch
            log.add(samples.record_at(step, epoch))
            self._last = step

    def end(self) -> None:
        """The run ends; what was recorded at this step already is not recorded again."""
        if self._log is not None and self._last != self._log.steps_taken:
            self.end_epoch()
