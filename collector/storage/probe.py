"""The probe as a reader sees it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from collector.storage import schema
from collector.storage.blocks import to_array, to_whole_numbers
from collector.storage.errors import BlockError
from collector.storage.plain_lists import as_float32

MOST_SAMPLES = 100_000
"""A reader takes no larger probe: every pass is measured on all of it."""

MOST_TARGETS = 2**22
"""Numbers that the outputs are to be, at most."""

LONGEST_NAME = 100
"""Letters of a token that are shown."""

_NUMBER = re.compile("[0-9]{1,15}")

MOST_PIXELS = 4096
"""A sample that is wider or higher is shown as no picture."""


@dataclass(frozen=True)
class Probe:
    """The held-out samples that every pass is measured on."""

    inputs: np.ndarray
    """``[N, …]`` as the network was given them."""
    labels: np.ndarray | None
    """int ``[N]``; a label may be one that ``class_names`` does not name."""
    class_names: tuple[str, ...]
    mean: np.ndarray = field(repr=False)
    std: np.ndarray = field(repr=False)
    whole_numbers: bool = False
    """Whether the inputs are whole numbers, as those of words."""
    task: schema.Task | None = None
    """What was known of the task when the run began; see `Collection.task`."""
    targets: np.ndarray | None = None
    """What the outputs are to be, float32 or int64 ``[M, …]`` of the first `M` samples; None where that is not known,
    or where it is the labels."""
    output_shape: tuple[int, ...] | None = None
    """Of the output for one sample; None: not known."""
    output_name: str = ""
    """Which of several tensors that is."""
    n_inputs: int = 1
    """Tensors that the network is given for each sample."""
    token_names: Mapping[int, str] = field(default_factory=dict, repr=False)
    """Number of a token → its text, of those in the probe."""
    _last: list[tuple[int, np.ndarray | None] | None] = field(
        default_factory=lambda: [None], init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.inputs)

    def picture(self, sample: int) -> np.ndarray | None:
        """The sample as float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where it is no picture.

        Undoes the normalisation; where that is unknown, the smallest value is black and the largest white. NaN is
        black. It cannot be written to.
        """
        last = self._last[0]  # one sample is looked at over many passes
        if last is None or last[0] != sample:
            last = self._last[0] = sample, self._picture(sample)
        return last[1]

    def _picture(self, sample: int) -> np.ndarray | None:
        values = self.inputs[sample].astype(np.float64)
        if self.whole_numbers and values.ndim < 3:  # words, not pixels
            return None
        if values.ndim == 2:
            values = values[None]
        if values.ndim != 3 or values.shape[0] not in (1, 3) or not values.size:
            return None
        if max(values.shape) > MOST_PIXELS:
            return None
        with np.errstate(all="ignore"):
            if len(self.mean) == len(self.std) == values.shape[0]:
                values = values * self.std[:, None, None] + self.mean[:, None, None]
            else:
                low, high = values.min(), values.max()
                values = (values - low) / (high - low) if high > low else np.zeros_like(values)
            values = np.clip(np.nan_to_num(values), 0, 1).astype(np.float32)
        values.flags.writeable = False
        return values[0] if values.shape[0] == 1 else values.transpose(1, 2, 0)


def probe_of(probe: schema.Probe) -> Probe:
    """The probe with its arrays.

    Raises:
        BlockError: an array that cannot be read, or labels that do not fit the inputs.
    """

    def check(shape: tuple[int, ...]) -> None:
        # samples without values are those that the file does not hold, as text
        if not shape or shape[0] > MOST_SAMPLES:
            raise BlockError(f"the probe has shape {shape}; a reader takes {MOST_SAMPLES:,} samples")

    def check_labels(shape: tuple[int, ...]) -> None:
        if shape != inputs.shape[:1]:
            raise BlockError("the probe does not have one label for each sample")

    def check_targets(shape: tuple[int, ...]) -> None:
        if not shape or shape[0] > len(inputs) or math.prod(shape) > MOST_TARGETS:
            raise BlockError(f"the probe's targets have shape {shape}")

    inputs = to_array(probe.inputs, check=check)
    labels = None if probe.labels is None else to_whole_numbers(probe.labels, check_labels)
    mean, std = (as_float32(to_array(each)) for each in (probe.mean, probe.std))
    return Probe(
        inputs=inputs,
        labels=labels,
        class_names=tuple(probe.class_names),
        mean=mean,
        std=std,
        whole_numbers=probe.whole_numbers,
        task=probe.task,
        targets=None if probe.targets is None else _targets(to_array(probe.targets, check=check_targets)),
        output_shape=None if probe.output_shape is None else tuple(probe.output_shape),
        output_name=probe.output_name,
        n_inputs=probe.n_inputs,
        token_names=token_names(probe.token_names),
    )


def _targets(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int64 if values.dtype.kind in "iub" else np.float32, copy=False)


def token_names(names: Mapping[str, str]) -> dict[int, str]:
    """Number → text; what is no number is left out, and a long text is cut."""
    return {int(number): name[:LONGEST_NAME] for number, name in names.items() if _NUMBER.fullmatch(number)}
