"""One pass, read and ready to paint."""

from dataclasses import dataclass

import numpy as np

from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.guess import guess_of
from app.analysis.samples_view import SamplesView, samples_of
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.network.modules.analysis.module_folding import is_drawn_as_modules
from app.views.network.modules.analysis.module_numbers import ModuleNumbers, SampleEndpoints
from collector.storage.passes import Pass


@dataclass(frozen=True)
class Frame:
    """What every panel shows, all of one pass and one probe sample."""

    view: ReplayView
    step: int
    epoch: int
    taken: Pass
    """The pass itself."""
    graph: GraphView
    """With edges and feature maps only where the network is drawn as units."""
    modules: ModuleNumbers
    loss: float | None
    """Training loss of this step's batch; of the step before where no step follows this state."""
    accuracy: float | None
    """Training accuracy of the same batch, in 0…1."""
    sample: "SampleView"
    samples: SamplesView
    """What the network makes of all probe samples."""


@dataclass(frozen=True)
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


def read_frame(opened: OpenedCollection, view: ReplayView) -> Frame:
    """Read and prepare what the view asks for.

    Raises:
        CollectionError: the pass cannot be read.
    """
    collection = opened.collection
    taken = opened.passes.get(view.pass_number)
    probe = collection.probe if taken.probe is None else taken.probe  # which shows a sample of its own
    true = None if probe is None or probe.labels is None else int(probe.labels[view.sample])
    guess = guess_of(taken, view.sample, true)
    sample = SampleView(
        picture=None if probe is None else probe.picture(view.sample),
        true_class=true,
        predicted_class=guess.predicted,
        probabilities=guess.probabilities,
        class_names=() if probe is None else probe.class_names,
        no_prediction=guess.absent,
        is_of_pass=taken.probe is not None,
        classes=guess.classes,
        rest=guess.rest,
    )
    options = view.options
    reference = opened.passes.get(options.reference_pass) if options.needs_reference else None
    as_units = not is_drawn_as_modules(opened.modules, view.as_modules)
    scales = opened.scales.of(options, reference)
    graph = prepare(opened.graph, taken, view.sample, scales, options, reference, is_drawn=as_units)
    return Frame(
        view=view,
        step=taken.step,
        epoch=taken.epoch,
        taken=taken,
        graph=graph,
        modules=opened.readings.at(taken, view.sample, _endpoints(sample, graph.picture)),
        loss=value_at(opened, "loss", taken.step),
        accuracy=value_at(opened, "accuracy", taken.step),
        sample=sample,
        samples=samples_of(taken, None if probe is None else probe.labels),
    )


def _endpoints(sample: SampleView, picture: np.ndarray | None) -> SampleEndpoints:
    chosen, true = sample.predicted_class, sample.true_class
    if chosen is None or sample.probabilities is None:
        return SampleEndpoints(picture)
    is_right = None if true is None else chosen == true
    return SampleEndpoints(picture, sample.name_of(chosen), sample.confidence, is_right)


def value_at(opened: OpenedCollection, name: str, step: int) -> float | None:
    """The last recorded value of a scalar at or before a step; None where there is none."""
    series = opened.collection.series
    if name not in series:
        return None
    steps, values = series.recorded(name)
    at = int(np.searchsorted(steps, step, side="right")) - 1
    return float(values[at]) if at >= 0 else None
