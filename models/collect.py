"""Lets a trainer leave a collection."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from collector import Collector
from models.training import Callback, EpochResult, StepResult, Trainer


class CollectCallback(Callback):
    """Puts a `Collector` around the training and gives it loss, accuracy and each epoch's results.

    Args:
        path: the collection to write.
        probe: held-out samples ``[N, C, H, W]`` and labels ``[N]``.
        options: the collector's further keywords.

    Raises:
        CollectionError: at the start of the training, where the file exists or cannot be made.
    """

    def __init__(self, path: Path, probe: tuple[Tensor, Tensor], **options: Any) -> None:
        self._path = path
        self._probe = probe
        self._options: Mapping[str, Any] = options
        self._collector: Collector | None = None

    def on_train_begin(self, trainer: Trainer) -> None:
        self._collector = Collector(trainer.model, trainer.optimizer, self._path, probe=self._probe, **self._options)

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        if self._collector:
            self._collector.log(loss=result.loss, accuracy=result.accuracy())

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        if self._collector:
            self._collector.end_epoch(
                train_loss=result.train.loss,
                train_accuracy=result.train.accuracy,
                test_loss=result.test.loss,
                test_accuracy=result.test.accuracy,
            )

    def on_train_end(self, trainer: Trainer) -> None:
        if self._collector:
            self._collector.close()
