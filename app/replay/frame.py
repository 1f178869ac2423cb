"""One pass, read and ready to paint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from app.analysis.axis import epochs_ended
from app.analysis.guess import guess_of
from app.analysis.samples_view import SamplesView, samples_of
from app.replay.comparing import Comparing
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.storage import CollectionError, UnreachableError
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from collector.storage.task import Task

Prepare = Callable[[OpenedCollection, ReplayView, Pass], object]
"""Makes what a view needs of a pass, on a job's thread. Raises CollectionError where the file has it damaged."""

Subtract = Callable[[Comparing, "Frame", "Frame"], object]
"""Makes what a view needs of the frames of A and B, on a job's thread."""


class Preparing(Protocol):
    """What a view has prepared for it, see `app.view.ViewSpec`."""

    @property
    def name(self) -> str: ...

    @property
    def prepare(self) -> Prepare | None: ...

    @property
    def subtract(self) -> Subtract | None: ...

    @property
    def derive(self) -> Callable[[OpenedCollection, Any], object] | None: ...


@dataclass(frozen=True)
class Frame:
    """What every view shows, all of one pass and one probe sample."""

    view: ReplayView
    step: int
    epoch: int
    """Epochs that have ended."""
    taken: Pass
    """The pass itself."""
    loss: float | None
    """Training loss of this step's batch; of the step before where no step follows this state."""
    accuracy: float | None
    """Training accuracy of the same batch, in 0…1."""
    sample: "SampleView"
    samples: SamplesView
    """What the network makes of all probe samples."""
    task: Task
    """What its outputs are."""
    prepared: Mapping[str, object]
    """What views that were visible asked for, by their names."""
    failed: Mapping[str, Exception]
    """Why some of it is missing."""
    sides: "tuple[Frame, Frame] | None" = None
    """Where a difference is shown: the frame of A and that of B."""
    differences: Mapping[str, object] = field(default_factory=dict)
    """What views that were visible asked for of both, by their names."""
    not_compared: str = ""
    """Why there are no sides although a difference is to be shown, in words."""


@dataclass(frozen=True, eq=False)
class SampleView:
    """What the network makes of one probe sample."""

    picture: np.ndarray | None
    """float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where the sample is no picture."""
    true_class: int | None
    predicted_class: int | None
    probabilities: np.ndarray | None
    """float ``[K]``; None where there are none: see ``no_prediction``."""
    class_names: tuple[str, ...]
    no_prediction: str = ""
    """Why nothing is predicted, in words; empty where something is."""
    is_of_pass: bool = False
    """Whether the pass was measured on a sample of its own, so that the one before shows another."""
    classes: tuple[int, ...] | None = None
    """The classes that the probabilities are of, where there are too many for all; None: class 0 to `K` - 1."""
    rest: str = ""
    """How many classes there are, where the probabilities are of some only, in words."""

    @property
    def by_class(self) -> list[tuple[int, float]]:
        """Class and probability, where there are any."""
        if self.probabilities is None:
            return []
        numbers = range(len(self.probabilities)) if self.classes is None else self.classes
        return list(zip(numbers, self.probabilities.tolist(), strict=True))

    @property
    def confidence(self) -> float:
        """The probability of the predicted class."""
        return max((probability for _, probability in self.by_class), default=float("nan"))

    def name_of(self, number: int | None) -> str:
        """A class in words."""
        if number is None:
            return "not recorded"
        return self.class_names[number] if number < len(self.class_names) else f"class {number}"


def read_frame(
    opened: OpenedCollection,
    view: ReplayView,
    prepares: Mapping[str, Prepare] | None = None,
    subtracts: Mapping[str, Subtract] | None = None,
) -> Frame:
    """Read a pass and prepare what is shown of it; where a difference is shown, that of the other side too.

    Args:
        opened: the collection.
        view: which pass, which sample.
        prepares: makes what each view that is visible needs. One that fails costs its own view only.
        subtracts: makes what each view that is visible needs of both sides.

    Raises:
        CollectionError: the pass cannot be read.
    """
    if (comparing := opened.comparing) is None:
        return _frame_of(opened, view, prepares or {})
    views = comparing.sides(view)
    own = 0 if comparing.held is None else 1
    alone = replace(comparing.front, comparing=None)
    there = views[1 - own]
    if there is None:
        other_name = comparing.names[1]  # of two passes of one run, both are there
        why = f"{other_name} has no pass near to what is step {view.pass_step:,} here."
        return replace(_frame_of(alone, view, prepares or {}), not_compared=why)
    second = comparing.b if own == 0 else comparing.a
    try:
        other = _frame_of(replace(second, comparing=None, is_side=True), there, prepares or {})
    except CollectionError as error:
        return replace(_frame_of(alone, view, prepares or {}), not_compared=str(error))
    frame = _frame_of(replace(alone, is_side=True), view, prepares or {})
    a, b = (frame, other) if own == 0 else (other, frame)
    differences, failed = _made(subtracts or {}, comparing, a, b)
    return replace(frame, sides=(a, b), differences=differences, failed={**frame.failed, **failed})


def _made(
    makers: Mapping[str, Callable[..., object]], *arguments: object
) -> tuple[dict[str, object], dict[str, Exception]]:
    """What each view has made, and why some could not."""
    made: dict[str, object] = {}
    failed: dict[str, Exception] = {}
    for name, make in makers.items():
        try:
            made[name] = make(*arguments)
        except UnreachableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a view raises, the others go on; the window tells of it
            failed[name] = error
    return made, failed


def _frame_of(opened: OpenedCollection, view: ReplayView, prepares: Mapping[str, Prepare]) -> Frame:
    pass_ = opened.passes.get(view.pass_number)
    prepared, failed = _made(prepares, opened, view, pass_)
    probe = _probe_of(opened, pass_)
    return Frame(
        view=view,
        step=pass_.step,
        epoch=epochs_ended(opened.collection, pass_.step),
        taken=pass_,
        loss=value_at(opened, "loss", pass_.step),
        accuracy=value_at(opened, "accuracy", pass_.step),
        sample=sample_of(opened, view, pass_),
        samples=samples_of(pass_, probe, opened.collection.task),
        task=opened.collection.task,
        prepared=prepared,
        failed=failed,
    )


def sample_of(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> SampleView:
    """What the network makes of the sample of a view at a pass."""
    probe = _probe_of(opened, pass_)
    true = None if probe is None or probe.labels is None else int(probe.labels[view.sample])
    guess = guess_of(pass_, view.sample, true, opened.collection.task)
    return SampleView(
        picture=None if probe is None else probe.picture(view.sample),
        true_class=true,
        predicted_class=guess.predicted,
        probabilities=guess.probabilities,
        class_names=() if probe is None else probe.class_names,
        no_prediction=guess.absent,
        is_of_pass=pass_.probe is not None,
        classes=guess.classes,
        rest=guess.rest,
    )


def _probe_of(opened: OpenedCollection, pass_: Pass) -> Probe | None:
    """The samples that a pass was measured on, which can be of its own."""
    return opened.collection.probe if pass_.probe is None else pass_.probe


def value_at(opened: OpenedCollection, name: str, step: int) -> float | None:
    """The last recorded value of a scalar at or before a step; None where there is none."""
    series = opened.collection.series
    if name not in series:
        return None
    steps, values = series.recorded(name)
    at = int(np.searchsorted(steps, step, side="right")) - 1
    return float(values[at]) if at >= 0 else None
