"""What a network's output for the probe is: as the user said, or as the loss, the labels and the shapes tell."""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.storage.flow import FlowNode
from collector.storage.layer import Layer
from collector.storage.probe import Probe
from collector.storage.schema import LossRecord

KINDS = (
    "classes",
    "labels",
    "values",
    "reconstruction",
    "segmentation",
    "tokens",
    "q_values",
    "policy",
    "scores",
    "embedding",
)
"""``classes``: one of several. ``labels``: any number of several. ``values``: numbers to be met. ``reconstruction``:
the input again. ``segmentation``: a class for each pixel. ``tokens``: one of a vocabulary at each position.
``q_values``, ``policy``: what each action is worth, how likely it is. ``scores``: how real a discriminator finds its
input."""

_ENTROPIES = {"nllloss", "nllloss2d", "crossentropyloss", "crossentropy"}
_BINARY = {"binarycrossentropywithlogits", "binarycrossentropy"}
_DISTANCES = {"mseloss", "l1loss", "smoothl1loss", "huberloss", "meansquaredlogarithmicerror", "logcosh"}
_NEUTRAL = frozenset(
    (
        *("logsoftmax", "softmax", "log", "sigmoid", "add", "sum", "mean", "mul", "div", "sub"),
        *("index", "gather", "select", "slice", "addmm", "convolution"),
    )
)
"""Operations behind which the outputs are still the network's own; not a product of features with one another."""
_DISCRIMINATOR = re.compile(r"(^|_)(d|disc|discriminator|critic)(_|$)", re.IGNORECASE)
_GENERATOR = re.compile(r"(^|_)(g|gen|generator)(_|$)", re.IGNORECASE)
_RECONSTRUCTION = re.compile(r"(^|_)recon(s|str|struct|struction)?(_|$)", re.IGNORECASE)
_SPREAD = re.compile(r"log_?(std|sigma|var)", re.IGNORECASE)


@dataclass(frozen=True)
class Task:
    """What the outputs are.

    Attributes:
        kind: one of `KINDS`; empty: not known.
        told_by: how it is known, or why it is not, in words.
        is_given: whether the user said so.
        ends_in_sigmoid: whether outputs between 0 and 1 are probabilities already, and not what a sigmoid is given.
        is_continuous: whether the actions of a policy are numbers, which have no probabilities.
    """

    kind: str = ""
    told_by: str = "neither a loss nor labels tell"
    is_given: bool = False
    ends_in_sigmoid: bool = False
    is_continuous: bool = False


def task_of(
    probe: Probe | None,
    losses: Sequence[LossRecord],
    flow: Sequence[FlowNode],
    layers: Mapping[str, Layer],
    shape: tuple[int, ...] | None,
    logged: Collection[str] = (),
) -> Task:
    """What the outputs for a probe are; not known rather than wrong.

    Args:
        losses: what the logged losses are made of.
        flow: of the network's data.
        layers: of the network.
        shape: of the output for one sample; None: none was recorded.
        logged: names of the scalars.
    """
    if probe is None:
        return Task(told_by="there is no probe")
    facts = _Facts(probe, losses[0] if losses else None, flow, layers, shape or (1,), logged)
    if probe.task is not None and probe.task.kind in KINDS:
        told_by = probe.task.told_by
        is_continuous = probe.task.kind == "policy" and facts.acts_by_numbers
        return Task(probe.task.kind, told_by or "given", not told_by, facts.ends_in_sigmoid, is_continuous)
    if shape is None:
        told_by = "there are class numbers"
        return Task("classes", told_by) if facts.may_be_classes else Task(told_by="the output was not recorded")
    kind, told_by = next(filter(None, (look() for look in facts.looks)), ("", Task.told_by))
    return Task(kind, told_by, ends_in_sigmoid=facts.ends_in_sigmoid)


_Told = tuple[str, str] | None
"""A kind, and how it is known."""


class _Facts:
    """What is known beside the task."""

    def __init__(
        self,
        probe: Probe,
        loss: LossRecord | None,
        flow: Sequence[FlowNode],
        layers: Mapping[str, Layer],
        shape: tuple[int, ...],
        logged: Collection[str],
    ) -> None:
        self.probe, self.shape = probe, shape
        self.labels, self.targets = probe.labels, probe.targets
        self.inputs, self.is_whole = probe.inputs.shape[1:], probe.whole_numbers
        self._logged, self._layers = logged, layers
        self._flow = {node.name: node for node in flow}
        name = probe.output_name.removeprefix("output").removeprefix(".")
        self._output = self._flow.get(f"output.{name}" if name else "output")
        self.name = loss.operations[0] if loss is not None and loss.operations else ""
        self.operations = [each.lower() for each in loss.operations] if loss is not None else []
        self._last_layer = loss.layer if loss is not None else ""

    @property
    def looks(self) -> tuple[Callable[[], _Told], ...]:
        """Ways to tell, the surest first."""
        return (
            *(self._tokens, self._segmentation, self._scores, self._reconstruction),
            *(self._of_entropy, self._of_distance, self._of_labels, self._of_targets),
        )

    @property
    def ends_in_sigmoid(self) -> bool:
        """Whether a sigmoid gives the output, or the loss is of probabilities."""
        given = [] if self._output is None else [self._flow[name] for name in self._output.reads]
        last = [
            each.kind if each.kind == "Sigmoid" else each.options.get("activation") for each in self._layers.values()
        ]
        is_last = last[-1:] in (["Sigmoid"], ["sigmoid"])
        return is_last or self.name == "BinaryCrossEntropy" or any(node.kind == "Sigmoid" for node in given)

    @property
    def acts_by_numbers(self) -> bool:
        """Whether the outputs are one action's numbers: a single one, one between -1 and 1, or means that have a
        spread."""
        names = [*self._layers, *(name for layer in self._layers.values() for name in layer.parameters)]
        given = [] if self._output is None else [self._flow[name] for name in self._output.reads]
        is_bounded = any(node.kind.lower() == "tanh" for node in given)
        is_one = math.prod(self.shape) == 1 and not self.ends_in_sigmoid
        return is_one or is_bounded or any(map(_SPREAD.search, names))

    @property
    def is_of_output(self) -> bool:
        """Whether the loss is made of this very output, as far as that is known."""
        if not self._last_layer:
            return set(self.operations[1:]) <= _NEUTRAL
        if self._output is None:
            return True
        waiting, seen = [*self._output.reads], set[str]()
        while waiting:
            node = self._flow[waiting.pop()]
            if node.module == self._last_layer:
                return True
            layer = self._layers.get(node.module)
            if node.name not in seen and (layer is None or not layer.parameters):
                seen.add(node.name)
                waiting += node.reads
        return False

    @property
    def is_like_input(self) -> bool:
        """Whether the output has as many numbers as the input, and the input is more than a few numbers."""
        n = math.prod(self.inputs)
        return not self.is_whole and math.prod(self.shape) == n > 3

    def _tokens(self) -> _Told:
        if len(self.shape) != 2:
            return None
        if self.targets is not None and _are_whole(self.targets) and self.targets.shape[1:] == self.shape[:1]:
            return "tokens", "there is a target for each position"
        is_row_each = self.is_whole and self.inputs == self.shape[:1]
        if is_row_each and self.shape[1] > self.probe.inputs.max(initial=-1):
            return "tokens", "there is a row of outputs for each token of the input"
        return None

    def _segmentation(self) -> _Told:
        if len(self.shape) != 3:
            return None
        if self.targets is not None and _are_whole(self.targets) and self.targets.ndim == 3:
            return "segmentation", "the targets are masks of class numbers"
        if self.name.lower() in ("nllloss2d", *_BINARY) and self.is_of_output and not self.is_like_input:
            return "segmentation", f"the loss is {self.name}, of an output for each pixel"
        is_mask = self.targets is not None and self.targets.ndim in (3, 4) and _are_zeros_and_ones(self.targets)
        if self.name.lower() in _BINARY and is_mask:
            return "segmentation", f"the loss is {self.name}, and the targets are masks"
        return None

    def _scores(self) -> _Told:
        if math.prod(self.shape) != 1 or self.labels is not None or self.targets is not None:
            return None
        names = [name for name in self._logged if "/" not in name]
        if any(map(_DISCRIMINATOR.search, names)) and any(map(_GENERATOR.search, names)):
            return "scores", "losses of a discriminator and a generator were logged"
        return None

    def _reconstruction(self) -> _Told:
        if not self.is_like_input:
            return None
        if self.targets is not None:
            return ("reconstruction", "the targets are the inputs") if self._are_targets_inputs else None
        size = "and the output has the input's size"
        named = next((name for name in self._logged if "/" not in name and _RECONSTRUCTION.search(name)), "")
        if named:
            return "reconstruction", f"{named!r} was logged, {size}"
        # what a cross entropy is given lies between 0 and 1, as pictures do and noise does not
        if self.name.lower() in _BINARY and self.is_of_output:
            return "reconstruction", f"the loss is {self.name}, {size}"
        return None

    @property
    def _are_targets_inputs(self) -> bool:
        if self.targets is None or not self.targets.size:
            return False
        given = self.probe.inputs[: len(self.targets)]
        return self.targets.size == given.size and bool(np.allclose(self.targets.reshape(given.shape), given))

    def _of_entropy(self) -> _Told:
        name, told = self.name.lower(), f"the loss is {self.name}"
        if not self.is_of_output:
            return None
        if len(self.shape) == 1 and (name in _BINARY or (name in _ENTROPIES and self.shape[0] > 1)):
            return ("labels" if name in _BINARY and self.shape[0] > 1 else "classes"), told
        return None

    def _of_distance(self) -> _Told:
        if not self._is_distance or not self.is_of_output:
            return None
        if "gather" in self.operations:
            return "q_values", f"the loss is {self.name}, of one output that is picked for each sample"
        is_named = len(self.probe.class_names) == self.shape[0]
        is_of_classes = self._is_of_class_numbers and (is_named or not self.is_like_input)
        return None if is_of_classes else ("values", f"the loss is {self.name}")

    @property
    def _is_distance(self) -> bool:
        """Whether the loss is a distance, by torch's name or written out as ``((x - y) ** 2).mean()``."""
        words = [each for each in self.operations if each not in ("mean", "sum", "div", "mul")]
        is_written = len(words) > 1 and words[0] in ("pow", "abs", "square") and words[1] == "sub"
        return self.name.lower() in _DISTANCES or is_written

    @property
    def _is_of_class_numbers(self) -> bool:
        """Whether the labels can be class numbers, with an output for each class."""
        labels = self.labels
        if labels is None or not len(labels) or len(self.shape) != 1 or self.shape[0] < 2:
            return False
        return bool(labels.max() < self.shape[0])

    def _of_targets(self) -> _Told:
        targets = self.targets
        if targets is None:
            return None
        shape = targets.shape[1:] or (1,)
        if math.prod(shape) != math.prod(self.shape):
            return None
        if len(shape) == 1 and shape[0] > 1 and _are_zeros_and_ones(targets) and not self._is_distance:
            return "labels", "the targets are zeros and ones for each output"
        return "values", "there is a number to be met for each output"

    @property
    def may_be_classes(self) -> bool:
        """Whether there are class numbers, and the loss is one that classes can have."""
        is_entropy = self.name.lower() in _ENTROPIES or "logsoftmax" in self.operations
        is_of_classes = not self.operations or self._is_distance or is_entropy
        # of a loss over the products of features, as of pairs, the features are no classes
        return self.labels is not None and is_of_classes and not {"mm", "bmm"} & set(self.operations)

    def _of_labels(self) -> _Told:
        if self.may_be_classes and self._is_of_class_numbers:
            return "classes", "there are class numbers, and an output for each class"
        return None


def _are_whole(values: np.ndarray) -> bool:
    return values.dtype.kind in "iu"


def _are_zeros_and_ones(values: np.ndarray) -> bool:
    return bool(np.isin(values, (0, 1)).all())


def class_logits(outputs: np.ndarray, task: Task) -> np.ndarray:
    """Logits ``[N, K]`` of classes or labels, whose softmax or sigmoid are the network's probabilities.

    Outputs that are probabilities already (rows that add up to 1; between 0 and 1 behind a sigmoid) become logarithms.

    Args:
        outputs: ``[N, K]``; of classes that one output tells apart ``[N, 1]``, which become ``[N, 2]``.
        task: whose outputs they are.
    """
    known = outputs[np.isfinite(outputs).all(axis=1)]
    are_shares = bool(len(known)) and bool((known >= 0).all() and (known <= 1).all())
    with np.errstate(divide="ignore"):
        if task.kind == "classes" and outputs.shape[1] > 1:
            is_softmax = are_shares and bool(np.allclose(known.sum(axis=1), 1, atol=1e-3))
            return np.log(np.maximum(outputs, _TINY)) if is_softmax else outputs
        if are_shares and task.ends_in_sigmoid:
            outputs = np.log(np.maximum(outputs, _TINY)) - np.log(np.maximum(1 - outputs, _TINY))
    return np.concatenate([np.zeros_like(outputs), outputs], 1) if task.kind == "classes" else outputs


_TINY = 1e-30
