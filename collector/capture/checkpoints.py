"""Files with weights that a person kept, in the order of their steps, whatever the framework."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeVar

from collector.capture.pass_draft import PassDraft
from collector.capture.run_recorder import RunRecorder
from collector.storage.paths import expanded

_OF_ONE_STEP = ("update_norm/", "update_ratio/")
_LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")

Files = str | Path | Sequence[str | Path] | Mapping[int, str | Path]
"""One, several in their order, or step → file. None at all: the model as it is."""


@dataclass(frozen=True)
class Checkpoint:
    """What one of them holds.

    Attributes:
        path: of the file or folder; None: the model as it is in memory.
        weights: name → tensor, as the framework has them, or whatever its loader takes.
        step, epoch: at which it was saved, where it says so.
    """

    path: Path | None
    weights: Any = field(repr=False)
    step: int | None = None
    epoch: int | None = None


@dataclass(frozen=True)
class Placed:
    """A checkpoint that has a place in the run.

    Attributes:
        step: counted from 0, in updates of the training where that is known.
    """

    step: int
    checkpoint: Checkpoint


def listed(files: Files) -> tuple[list[Path], list[int] | None]:
    """The files, and their steps where these are given.

    Raises:
        ValueError: a step is no whole number from 0 on, or the files are no paths.
    """
    if isinstance(files, str | Path):
        return [expanded(Path(files))], None
    if isinstance(files, Mapping):
        bad = [step for step in files if not isinstance(step, int) or isinstance(step, bool) or step < 0]
        if bad:
            raise ValueError(f"files has the step {bad[0]!r}; steps are whole numbers from 0 on: {{500: path}}")
        steps = sorted(files)
        return [expanded(Path(files[step])) for step in steps], steps
    return [expanded(Path(each)) for each in files], None


def placed(found: Sequence[Checkpoint], steps: Sequence[int] | None) -> tuple[list[Placed], str]:
    """Each at its step, rising; and in words where the steps come from.

    The first of these that gives each of them a step of its own: what was given, what the files say of themselves, the
    last number in each name, their order.
    """
    of_names = [_number_in(each.path) for each in found]
    for numbers, told in (
        (steps, "are those that were given"),
        ([each.step for each in found], "are those that the files say they were saved at"),
        (of_names, "are the last numbers in the files' names"),
    ):
        if numbers and None not in numbers and len(set(numbers)) == len(found):
            known = [Placed(int(step), each) for step, each in zip(numbers, found, strict=True) if step is not None]
            return sorted(known, key=lambda each: each.step), f"Their steps {told}."
    return [Placed(number, each) for number, each in enumerate(found)], "Their steps only count them, in their order."


def interval_of(found: Sequence[Placed]) -> int:
    """Steps from one to the next where these are all alike, else 1."""
    apart = {after.step - before.step for before, after in pairwise(found)}
    return apart.pop() if len(apart) == 1 else 1


def told(found: Sequence[Placed], where: str) -> str:
    """What a reader of the file has to know of it.

    Args:
        where: the sentence on the steps.
    """
    paths = [each.checkpoint.path for each in found if each.checkpoint.path is not None]
    if not paths:
        return "This is a model as it was in memory: nothing was trained, and there is one pass."
    names = ", ".join(each.name for each in paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    text = f"Made of {len(paths)} checkpoint{'s' * (len(paths) != 1)} ({names}): nothing was trained."
    if len(paths) == 1:
        return text
    return f"{text} {where} The update of a pass is the change to the next checkpoint, in however many steps it came."


Draft = TypeVar("Draft", bound=PassDraft[Any])
"""What a framework makes a pass of."""


class Passes(Protocol[Draft]):
    """Takes the passes of a framework's model."""

    def begin(self) -> Draft:
        """The state with the weights that are loaded."""

    def end(self, draft: Draft, *, is_changed: bool) -> None:
        """Add the change that others have made, which were loaded since; or say that none were."""


def record(
    run: RunRecorder, found: Sequence[Placed], passes: Passes[Draft], load: Callable[[Checkpoint], None]
) -> None:
    """Write a pass for each; the first is loaded already."""
    run.start_at(found[0].step, found[0].checkpoint.epoch)
    for each, following in pairwise(found):
        draft = passes.begin()
        load(following.checkpoint)
        passes.end(draft, is_changed=True)
        if following.step - each.step > 1:  # the size of an update is known as that of one step
            draft.scalars = {name: value for name, value in draft.scalars.items() if not name.startswith(_OF_ONE_STEP)}
        run.add_pass(draft)
        run.go_to(following.step, following.checkpoint.epoch)
    draft = passes.begin()
    passes.end(draft, is_changed=False)
    run.end(lambda: draft)


def _number_in(path: Path | None) -> int | None:
    name = "" if path is None else path.name if path.is_dir() else path.name.partition(".")[0] or path.name
    number = _LAST_NUMBER.search(name)
    return int(number[1]) if number and len(number[1]) < 16 else None
