"""Keeps the model's weights in a file while it is trained."""

from pathlib import Path

import torch

from collector.storage.whole_file import whole_file
from models.training import Callback, EpochResult, Trainer


class ModelSaveCallback(Callback):
    """Writes the model's `state_dict` to `path` (`.pth`) after each epoch, and where a training was stopped.

    The file is written beside its place and then moved, so that `path` always holds a whole one. A training
    that fails leaves the last good file. Read it with `model.load_state_dict(torch.load(path))`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._saved_at_step: int | None = None

    def on_train_begin(self, trainer: Trainer) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        self._save(trainer)

    def on_train_end(self, trainer: Trainer) -> None:
        if trainer.stopped and trainer.step != self._saved_at_step:
            self._save(trainer)

    def _save(self, trainer: Trainer) -> None:
        with whole_file(self.path) as file:
            torch.save(trainer.model.state_dict(), file)
        self._saved_at_step = trainer.step
