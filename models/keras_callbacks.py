"""What else listens to a training with Keras: the bar, the figures of each epoch, the saved model."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import torch
from tqdm import tqdm

from models.evaluation import Outcome
from models.metrics import scores
from models.progress import epoch_bar
from models.tensorboard_writer import open_writer


class KerasProgress(keras.callbacks.Callback):
    """A bar for each epoch: its steps, and the loss and accuracy of the epoch so far."""

    def __init__(self) -> None:
        super().__init__()
        self._bar: tqdm | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._close()
        self._bar = epoch_bar(epoch, self.params["epochs"], self.params["steps"])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._bar is not None:
            told = f"loss {logs['loss']:.4f}, accuracy {logs['accuracy']:.2%}"
            self._bar.set_postfix_str(told, refresh=False)
            self._bar.update()
            if batch + 1 == self._bar.total or self.model.stop_training:
                self._close()  # before the epoch is tested, which is no part of it

    def on_train_end(self, logs: Any = None) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


class KerasMetrics(keras.callbacks.Callback):
    """Prints one line after each whole epoch, and writes the same numbers to TensorBoard.

    The training's loss and accuracy are those of the batches as they passed; the macro scores are those of the
    finished epoch's network on the test pictures `[N, H, W, C]` with labels `[N]`.
    """

    def __init__(self, log_dir: str | Path, test: tuple[np.ndarray, np.ndarray]) -> None:
        super().__init__()
        self._writer = open_writer(log_dir)
        self._test = test
        self._steps = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._steps += 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if "val_loss" not in logs:  # cut short
            return
        pictures, labels = self._test
        predictions = self.model.predict(pictures, batch_size=500, verbose=0).argmax(1)
        test = scores(Outcome(logs["val_loss"], torch.from_numpy(predictions), torch.from_numpy(labels)))
        named = {"train/loss": logs["loss"], "train/accuracy": logs["accuracy"]}
        named |= {f"test/{name}": value for name, value in test.items()}
        tqdm.write(
            f"epoch {epoch + 1}: train loss {logs['loss']:.4f}, accuracy {logs['accuracy']:.2%} | "
            f"test loss {test['loss']:.4f}, accuracy {test['accuracy']:.2%}, F1 {test['f1']:.3f}, "
            f"precision {test['precision']:.3f}, recall {test['recall']:.3f}"
        )
        for name, value in named.items():
            self._writer.add_scalar(name, value, self._steps)
        self._writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        self._writer.close()


class KerasModelSave(keras.callbacks.Callback):
    """Writes the model to `path` (`.keras`) after each epoch, and where a training was stopped.

    The file is written beside its place and then moved, so that `path` always holds a whole one. Read it with
    `keras.models.load_model(path)`.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        partial = self.path.with_name(f"{self.path.stem}.partial.keras")
        try:
            with warnings.catch_warnings():
                # Keras and h5py are a NumPy behind each other; nothing that a user could mend.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.model.save(partial)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
