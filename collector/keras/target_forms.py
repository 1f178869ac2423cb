"""What samples are to give, in any form in which a user has it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.targets import Targets, of_names, targets_of
from collector.capture.task_option import NEXT_TOKEN


def targets_in(given: Any, n_samples: int) -> Targets:
    """The targets of so many samples: numbers ``[N, …]``, or several such in a dict or tuple, as for several outputs.

    Raises:
        ValueError: they are not for so many samples, or no numbers; the text goes on from "the labels".
    """
    if given is None:
        return Targets()
    if isinstance(given, tuple) and all(np.ndim(each) for each in given):
        given = {str(number): each for number, each in enumerate(given)}
    if not isinstance(given, Mapping):
        return targets_of(_array(given), n_samples)
    return of_names({str(name): targets_of(_array(each), n_samples) for name, each in given.items()})


def task_of(words: np.ndarray, targets: Targets, task: str) -> tuple[Targets, str]:
    """The targets and the kind of a task as the user said it; of the next tokens the targets are the words themselves.

    Args:
        words: what the network is given, ``[N, T]``.
        task: see `check_task`.
    """
    if task != NEXT_TOKEN:
        return targets, task
    if words.ndim != 2 or words.dtype.kind not in "iu" or targets.values is not None:
        return targets, "tokens"
    last = np.full((len(words), 1), -1)
    return Targets(targets.classes, np.concatenate([words[:, 1:], last], 1).astype(np.int64)), "tokens"


def _array(given: Any) -> np.ndarray:
    if isinstance(given, tf.RaggedTensor | tf.SparseTensor):
        raise ValueError(f"are of type {type(given).__name__}")
    try:
        return np.array(given)
    except ValueError:  # rows of different lengths
        raise ValueError(f"are of type {type(given).__name__}, with rows of different lengths") from None
