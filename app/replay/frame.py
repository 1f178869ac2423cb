"""One pass, read and ready to paint."""

from dataclasses import dataclass

import numpy as np

from app.analysis.graph_view import GraphView, prepare
from app.analysis.module_folding import is_drawn_as_modules
from app.analysis.module_numbers import Ends, ModuleNumbers
from app.analysis.probabilities import softmax
from app.analysis.samples_view import SamplesView, samples_view
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
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
    logits = None if taken.logits is None or view.sample >= len(taken.logits) else taken.logits[view.sample]
    no_prediction = _no_prediction(logits)
    probabilities = None if logits is None or no_prediction else softmax(logits)
    sample = SampleView(
        picture=None if probe is None else probe.picture(view.sample),
        true_class=None if probe is None or probe.labels is None else int(probe.labels[view.sample]),
        predicted_class=None if probabilities is None else int(np.argmax(probabilities)),
        probabilities=probabilities,
        class_names=() if probe is None else probe.class_names,
        no_prediction=no_prediction,
        is_of_pass=taken.probe is not None,
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
        modules=opened.readings.at(taken, view.sample, _ends(sample, graph.picture)),
        loss=value_at(opened, "loss", taken.step),
        accuracy=value_at(opened, "accuracy", taken.step),
        sample=sample,
        samples=samples_view(taken.logits, None if probe is None else probe.labels),
    )


def _ends(sample: SampleView, picture: np.ndarray | None) -> Ends:
    chosen, true = sample.predicted_class, sample.true_class
    if chosen is None or sample.probabilities is None:
        return Ends(picture)
    is_right = None if true is None else chosen == true
    return Ends(picture, sample.name_of(chosen), float(sample.probabilities[chosen]), is_right)


def _no_prediction(logits: np.ndarray | None) -> str:
    if logits is None:
        return "not recorded"
    if len(logits) < 2:
        return "one output, no classes"
    return "" if np.isfinite(logits).all() else "NaN or Inf"


def value_at(opened: OpenedCollection, name: str, step: int) -> float | None:
    """The last recorded value of a scalar at or before a step; None where there is none."""
    series = opened.collection.series
    if name not in series:
        return None
    steps, values = series.recorded(name)
    at = int(np.searchsorted(steps, step, side="right")) - 1
    return float(values[at]) if at >= 0 else None
