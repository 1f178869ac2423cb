"""What a user says of the task and of its tokens."""

import numpy as np

from collector.storage.task import KINDS

_OTHER_WORDS = {
    "classification": "classes",
    "multi_label": "labels",
    "regression": "values",
    "autoencoder": "reconstruction",
    "language_model": "tokens",
}
NEXT_TOKEN = "next_token"
"""Tokens, of which each position is to give the one that follows."""


def following(tokens: np.ndarray) -> np.ndarray:
    """Of tokens ``[N, T]`` those that follow each, int64 ``[N, T]``; −1 at the end, where none does."""
    whole = tokens.astype(np.int64)
    return np.concatenate([whole[:, 1:], np.full((len(whole), 1), -1)], 1)


def check_task(task: object) -> str:
    """The kind of a task, as a file names it, or `NEXT_TOKEN`; empty where the user says nothing.

    Raises:
        ValueError: there is no such task.
    """
    if task is None:
        return ""
    known = [*KINDS, NEXT_TOKEN, *_OTHER_WORDS]
    if not isinstance(task, str) or task not in known:
        raise ValueError(f"task is {task!r}; it must be one of {', '.join(known)}, or None (told by loss and labels)")
    return _OTHER_WORDS.get(task, task)
