"""The axis of steps that everything over a run stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage import Collection


def last_step(collection: Collection) -> int:
    """The last step that anything is known of, at least 1: an axis has a length."""
    return int(collection.passes.steps.max(initial=max(collection.n_steps, 1)))


def epoch_ends(collection: Collection) -> np.ndarray:
    """Steps at which epochs ended, rising, int ``[E]``."""
    return np.array([epoch.step for epoch in collection.epochs], np.int64)


def dumped_steps(collection: Collection) -> np.ndarray:
    """Steps of the passes that the black box kept, rising, int ``[K]``, with those of the schedule among them."""
    steps = collection.passes.steps
    is_among = [(steps >= each.steps[0]) & (steps <= each.steps[-1]) for each in collection.dumps if each.steps]
    return steps[np.any(is_among, axis=0)] if is_among else steps[:0]


def epochs_ended(collection: Collection, step: int) -> int:
    """How many epochs had ended at a step, which is also the number of the epoch under way.

    Their ends are recorded; where they are not, epochs have as many steps as the run says.
    """
    ended = last_at(epoch_ends(collection), step)
    if ended is not None:
        return collection.epochs[ended].epoch + 1
    per_epoch = collection.run.steps_per_epoch
    return step // per_epoch if per_epoch and not collection.epochs else 0


def last_at(steps: np.ndarray, step: float) -> int | None:
    """Number of the last of some rising steps that is not above another; None where there is none."""
    number = int(np.searchsorted(steps, step, side="right")) - 1
    return number if number >= 0 else None


def place_text(epoch: int, step: int) -> str:
    """Where something was measured; ``epoch`` counts those that have ended, and is −1 where that is not known."""
    return f"epoch {epoch:,}, step {step:,}" if epoch >= 0 else f"step {step:,}"
