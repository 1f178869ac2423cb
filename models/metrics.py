"""Loss, accuracy and the macro-averaged scores of each epoch, on the terminal and for TensorBoard."""

import importlib
from pathlib import Path
from typing import Any

from tqdm import tqdm

from data.torchvision_import import import_torchvision
from models.tensorboard_writer import open_writer
from models.training import Callback, EpochResult, Outcome, Trainer


class MetricsCallback(Callback):
    """Prints one line after each epoch, and writes the same numbers to TensorBoard if `log_dir` is given.

    Training figures are those of the batches as they passed (see EpochResult), test figures those of the
    finished epoch. `history` keeps them: a dictionary for each epoch, `{"train/loss": ..., "test/f1": ...}`.
    """

    def __init__(self, log_dir: str | Path | None = None) -> None:
        self.log_dir = log_dir
        self.history: list[dict[str, float]] = []
        self._writer: Any = None

    def on_train_begin(self, trainer: Trainer) -> None:
        if self.log_dir is not None:
            self._writer = open_writer(self.log_dir, trainer.step + 1 if trainer.step else None)

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        train, test = scores(result.train), scores(result.test)
        named = {f"train/{name}": value for name, value in train.items()}
        named |= {f"test/{name}": value for name, value in test.items()}
        self.history.append(named)
        # Through tqdm, so that a progress bar still on the screen is not torn.
        tqdm.write(f"epoch {result.epoch + 1}: train {_scores_text(train)} | test {_scores_text(test)}")
        if self._writer is not None:
            for name, value in named.items():
                self._writer.add_scalar(name, value, result.steps)
            self._writer.flush()

    def on_train_end(self, trainer: Trainer) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def scores(outcome: Outcome) -> dict[str, float]:
    """`loss`, `accuracy` and macro `f1`, `precision` and `recall` (0..1), by torchmetrics.

    Macro: the plain mean over the classes that occur, as a label or as a prediction; a class that was never
    predicted has precision 0. Computed once from all predictions, not step by step, which would cost more.
    """
    # torchmetrics imports torchvision where it is installed, and so needs the repaired one.
    import_torchvision()
    classification = importlib.import_module("torchmetrics.functional.classification")
    n_classes = int(max(outcome.predictions.max(), outcome.labels.max())) + 1
    result = {"loss": outcome.loss, "accuracy": outcome.accuracy}
    for name in ("f1_score", "precision", "recall"):
        score = getattr(classification, f"multiclass_{name}")
        value = score(outcome.predictions, outcome.labels, num_classes=max(n_classes, 2), average="macro")
        result[name.removesuffix("_score")] = value.item()
    return result


def _scores_text(values: dict[str, float]) -> str:
    return (
        f"loss {values['loss']:.4f}, accuracy {values['accuracy']:.2%}, F1 {values['f1']:.3f}, "
        f"precision {values['precision']:.3f}, recall {values['recall']:.3f}"
    )
