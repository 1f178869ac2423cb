"""Orders of the samples, and what stands at the side of each stretch. `N` samples."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np

from app.views.stories.analysis.learning import NEVER
from app.views.stories.analysis.story_run import StoryRun

LAST = np.iinfo(int).max


class StoryOrder(Enum):
    """Orders of the samples, each by its name on the screen."""

    LEARNT = "Learnt first"
    FORGOTTEN = "Forgotten most often"
    SUSPICIOUS = "Suspicious first"
    CONFIDENCE = "Least confident"
    LOSS = "Largest loss"
    CLASS = "By label"
    RECORDED = "As recorded"


def orders_of(run: StoryRun) -> list[StoryOrder]:
    """Those that the run has something to sort by."""
    has = {
        StoryOrder.LEARNT: run.right is not None,
        StoryOrder.FORGOTTEN: run.right is not None,
        StoryOrder.SUSPICIOUS: run.suspicion is not None,
        StoryOrder.CONFIDENCE: run.confidences is not None,
        StoryOrder.LOSS: run.losses is not None,
        StoryOrder.CLASS: run.labels is not None,
    }
    return [order for order in StoryOrder if has.get(order, True)]


def story_order(run: StoryRun, order: StoryOrder) -> np.ndarray:
    """Numbers of the samples, int ``[N]``; equals in the order of the file.

    Confidence and loss are means over the measurements, so that the order stays while the playhead moves.
    """
    found = np.arange(len(run))
    learnt, forgotten = run.learnt, run.forgotten
    match order:
        case StoryOrder.LEARNT if learnt is not None and forgotten is not None and run.right is not None:
            found = np.lexsort((-run.right.sum(axis=0), forgotten, _never_last(learnt)))
        case StoryOrder.FORGOTTEN if learnt is not None and forgotten is not None:
            # who is never learnt counts as forgotten most often: Toneva et al.
            found = np.lexsort((_never_last(learnt), -np.where(learnt == NEVER, LAST, forgotten)))
        case StoryOrder.SUSPICIOUS if run.suspicion is not None:
            found = run.suspicion.order
        case StoryOrder.CONFIDENCE if run.mean_confidence is not None:
            found = np.argsort(run.mean_confidence, kind="stable")
        case StoryOrder.LOSS if run.mean_loss is not None:
            found = np.argsort(-run.mean_loss, kind="stable")
        case StoryOrder.CLASS if run.labels is not None:
            found = np.lexsort((found if learnt is None else _never_last(learnt), run.labels))
    return found


def stretches(run: StoryRun, order: StoryOrder, numbers: np.ndarray) -> list[tuple[int, str]]:
    """Where samples begin that have something in common, and what; none where they have nothing.

    Args:
        run: whose samples.
        order: the order that they stand in.
        numbers: of the samples in that order, int ``[N]``.
    """
    learnt, forgotten = run.learnt, run.forgotten
    if learnt is None or forgotten is None:
        learnt = forgotten = np.zeros(len(run), int)
    match order:
        case StoryOrder.LEARNT:
            return _begins(learnt[numbers], lambda each: _learnt_text(run, each))
        case StoryOrder.FORGOTTEN:
            keys = np.where(learnt == NEVER, NEVER, forgotten)[numbers]
            return _begins(keys, _forgotten_text)
        case StoryOrder.CLASS if run.labels is not None:
            return _begins(run.labels[numbers], run.name_of)
        case _:
            return []


def _learnt_text(run: StoryRun, number: int) -> str:
    if number == NEVER:
        return "never learnt"
    return f"step {int(run.steps[number]):,}"


def _forgotten_text(times: int) -> str:
    if times == NEVER:
        return "never learnt"
    return f"forgotten {times:,}×" if times else "never forgotten"


def _never_last(learnt: np.ndarray) -> np.ndarray:
    return np.where(learnt == NEVER, LAST, learnt)


def _begins(keys: np.ndarray, words: Callable[[int], str]) -> list[tuple[int, str]]:
    if not len(keys):
        return []
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return [(int(start), words(int(keys[start]))) for start in starts]
