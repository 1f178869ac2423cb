"""A progress bar on the terminal."""

import sys
from collections.abc import Sized

from torch import Tensor
from tqdm import tqdm

from models.training import Callback, EpochResult, StepResult, Trainer

# Seconds between two paintings; a log file keeps every one of them as text, so it gets few.
_ON_TERMINAL, _IN_LOG = 0.2, 15.0


def epoch_bar(epoch: int, epochs: int, n_steps: int | None, n_done: int = 0) -> tqdm:
    """A new bar for an epoch, counted from 0, of so many steps, of which some are done."""
    on_terminal = sys.stderr.isatty()
    return tqdm(
        total=n_steps,
        initial=n_done,
        desc=f"epoch {epoch + 1}/{epochs}",
        unit="step",
        mininterval=_ON_TERMINAL if on_terminal else _IN_LOG,
        dynamic_ncols=on_terminal,
        ascii=not on_terminal,
    )


class ProgressCallback(Callback):
    """A bar for each epoch: its steps, and the loss and accuracy of the epoch so far."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._loss: Tensor | float = 0.0
        self._right: Tensor | int = 0
        self._steps = 0
        self._samples = 0

    def on_epoch_begin(self, trainer: Trainer) -> None:
        self._close()
        n_steps = len(trainer.train_loader) if isinstance(trainer.train_loader, Sized) else None
        self._bar = epoch_bar(trainer.epoch, trainer.epochs, n_steps, trainer.batch)
        self._loss, self._right, self._steps, self._samples = 0.0, 0, 0, 0

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        if self._bar is None:
            return
        self._loss = self._loss + result.loss
        self._right = self._right + (result.logits.argmax(1) == result.labels).sum()
        self._steps += 1
        self._samples += len(result.labels)
        # Only a bar that was just painted needs numbers: reading them waits for the device.
        if self._bar.update():
            self._describe()

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        self._close()

    def on_train_end(self, trainer: Trainer) -> None:
        self._close()

    def _describe(self) -> None:
        if self._bar is not None and self._steps:
            loss, accuracy = float(self._loss) / self._steps, float(self._right) / self._samples
            self._bar.set_postfix_str(f"loss {loss:.4f}, accuracy {accuracy:.2%}", refresh=False)

    def _close(self) -> None:
        self._describe()
        if self._bar is not None:
            self._bar.close()
        self._bar = None
