"""What another process needs to go on with a training, beside the collection it belongs to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch

from collector.storage import CollectionError
from collector.storage.schema import Count
from collector.storage.whole_file import whole_file
from models.training import Callback, EpochResult, Trainer

ENDING = ".checkpoint"
_WAY_OUT = "Add --force to train anew and replace the collection, or name another file with --output_path."


class _HasStep(msgspec.Struct):
    step: Count


@dataclass(frozen=True)
class Checkpoint:
    """A training as it was.

    Attributes:
        created: start of its run, as the collection has it.
        asked_seed: the seed that was asked for, which decides on made-up data; None: none was.
        seed: the one that was taken.
        trainer: `Trainer.state_dict`.
    """

    created: str
    asked_seed: int | None
    seed: int
    trainer: dict[str, Any]

    @property
    def step(self) -> int:
        """Steps taken."""
        step: int = self.trainer["step"]
        return step


def read_checkpoint(collection_path: Path, created: str) -> Checkpoint:
    """The checkpoint beside a collection whose run began at ``created``. Nothing in it is executed.

    Raises:
        CollectionError: there is none, or it cannot be read, or belongs to another run.
    """
    path = collection_path.with_suffix(ENDING)
    if not path.is_file():
        problem = f"cannot be resumed: there is no {path.name!r} beside it, the state that a training goes on from."
        raise CollectionError(collection_path, problem, _WAY_OUT)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(content, dict):
            raise TypeError(f"it holds a {type(content).__name__}")
        found = msgspec.convert(content, Checkpoint)
        msgspec.convert(found.trainer, _HasStep)
    except Exception as error:  # noqa: BLE001 - whatever may be wrong with the file, torch raises it
        raise CollectionError(path, f"cannot be read as a checkpoint: {_reason(error)}.", _WAY_OUT) from None
    if found.created != created:
        problem = f"is of the run of {found.created}, and the collection of that of {created}."
        raise CollectionError(path, problem, _WAY_OUT)
    return found


def go_on_from(checkpoint: Checkpoint, trainer: Trainer, collection_path: Path) -> None:
    """Bring a trainer to where the training was.

    Raises:
        CollectionError: the checkpoint is of another model or optimizer, or lacks something.
    """
    try:
        trainer.load_state_dict(checkpoint.trainer)
    except Exception as error:  # noqa: BLE001 - model, optimizer and loader each refuse what is wrong in their own way
        path = collection_path.with_suffix(ENDING)
        raise CollectionError(path, f"cannot be gone on from: {_reason(error)}.", _WAY_OUT) from None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return str(error).strip().partition("\n")[0].rstrip(".:") or type(error).__name__


class CheckpointCallback(Callback):
    """Keeps a checkpoint beside the collection: of the beginning, of each epoch's end, and where a training stops.

    The file is written beside its place and then moved, so that there is always a whole one. Its place among the
    callbacks is behind the collection's, which has then written all that the checkpoint stands behind.

    Args:
        of_run: the checkpoint's fields besides the trainer's state.
    """

    def __init__(self, collection_path: Path, **of_run: Any) -> None:
        self.path = collection_path.with_suffix(ENDING)
        self._of_run = of_run
        self._saved_at: tuple[int, int] | None = None

    def on_train_begin(self, trainer: Trainer) -> None:
        self._save(trainer)

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        self._save(trainer)

    def on_train_end(self, trainer: Trainer) -> None:
        if trainer.stopped and self._saved_at != (trainer.step, trainer.batch):
            self._save(trainer)

    def _save(self, trainer: Trainer) -> None:
        with whole_file(self.path) as file:
            torch.save({**self._of_run, "trainer": trainer.state_dict()}, file)
        self._saved_at = trainer.step, trainer.batch
