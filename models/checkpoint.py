"""What another process needs to go on with a training, beside the collection it belongs to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from collector.storage import CollectionError
from models.training import Callback, EpochResult, Trainer

ENDING = ".checkpoint"
_WAY_OUT = "Add --force to train anew and replace the collection, or name another file with --output_path."


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
        found = Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
        whose, _ = found.created, found.step
    except Exception as error:  # noqa: BLE001 - whatever may be wrong with the file, torch raises it
        first_line = str(error).strip().partition("\n")[0]
        raise CollectionError(path, f"cannot be read as a checkpoint: {first_line}.", _WAY_OUT) from None
    if whose != created:
        raise CollectionError(path, f"is of the run of {whose}, and the collection of that of {created}.", _WAY_OUT)
    return found


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
        partial = self.path.with_name(f"{self.path.name}.partial")
        try:
            torch.save({**self._of_run, "trainer": trainer.state_dict()}, partial)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
        self._saved_at = trainer.step, trainer.batch
