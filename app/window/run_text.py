"""A run in a line, and how it ended."""

from dataclasses import dataclass

from app.replay.opened import OpenedCollection
from collector.storage import Collection

_READABLE = "Every pass that was written can be seen."


@dataclass(frozen=True)
class Ending:
    """How a run ended, as far as its collection tells.

    Attributes:
        text: in short, as ``stopped at step 93 of 938``; empty while it is recorded, or where nothing is known.
        details: what that means.
        is_whole: whether it went to its end.
    """

    text: str = ""
    details: str = ""
    is_whole: bool = False


def ending(opened: OpenedCollection, *, is_live: bool = False, failure: str = "") -> Ending:
    """How the run ended.

    Args:
        is_live: whether this window trains it.
        failure: what the training that wrote it from this window has failed with; empty: it has not, or is not known.
    """
    collection = opened.collection
    steps, total = collection.n_steps, collection.run.total_steps
    at = f"at step {steps:,}" + (f" of {total:,}" if total and total >= steps else "")
    if failure:
        return Ending(f"failed {at}", f"{failure}\n{_READABLE}")
    if is_live or opened.is_being_recorded or not collection.run.created:
        return Ending()
    if collection.finished and total and steps < total:
        return Ending(f"stopped {at}", "The training ended before its last step, and its collection was closed.")
    if collection.finished:
        return Ending("finished", f"All {steps:,} steps were taken." if total else f"{steps:,} steps were taken.", True)
    if opened.is_being_recorded is None:
        return Ending("unfinished", f"It is being written, or was cut off {at}: this file system does not tell.")
    return Ending(f"cut off {at}", f"What wrote it has ended without closing it. {_READABLE}")


def stood_in(collection: Collection) -> str:
    """What other data were used than those that were asked for, in words; empty where they were, or none is known."""
    run = collection.run
    is_other = bool(run.data_used and run.dataset) and run.data_used != run.dataset
    return f"{run.data_used} stood in for {run.dataset}" if is_other else ""


def describe_run(collection: Collection) -> str:
    """The run in one line: ``cnn on mnist · 40,282 parameters · adamw · a pass every 50 steps · seed 0``."""
    run = collection.run
    parts = [f"{run.model or 'a model'} on {run.dataset}" if run.dataset else run.model or "a model"]
    n_parameters = sum(layer.n_parameters for layer in collection.layers.values())
    parts += [f"{n_parameters:,} parameters"] if n_parameters else []
    parts += [run.optimizer]
    parts += (
        [f"a pass every {run.interval:,} steps" if run.interval > 1 else "a pass every step"] if run.created else []
    )
    parts += [f"{run.ranks:,} processes"] if run.ranks > 1 else []
    parts += [f"seed {run.seed}"] if run.seed is not None else []
    return " · ".join(part for part in parts if part)
