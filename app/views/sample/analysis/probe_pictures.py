"""The probe's samples as they can be drawn, each worked out when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.analysis.token_words import visible

if TYPE_CHECKING:
    from collector.storage.probe import Probe

MOST_VALUES = 4096
"""A vector of more values says nothing as bars."""

MOST_WORDS = 48
"""Of longer texts the first words say enough."""


class ProbePictures:
    """Pictures, or vectors where the samples are no pictures."""

    def __init__(self, probe: Probe | None) -> None:
        self._probe = probe

    def __len__(self) -> int:
        return 0 if self._probe is None else len(self._probe)

    def is_of(self, probe: Probe | None) -> bool:
        """Whether these are the samples of this very probe."""
        return probe is self._probe

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, as far as they have any."""
        return () if self._probe is None else self._probe.class_names

    @property
    def labels(self) -> np.ndarray | None:
        """True classes int ``[N]``; None where they were not recorded."""
        return None if self._probe is None else self._probe.labels

    def picture(self, sample: int) -> np.ndarray | None:
        """float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where the sample is no picture."""
        return None if self._probe is None or sample >= len(self) else self._probe.picture(sample)

    def vector(self, sample: int) -> np.ndarray | None:
        """float64 ``[D]``; None where the sample is not a vector of a size that can be drawn."""
        if self._probe is None or sample >= len(self) or self._probe.inputs.ndim != 2 or self._probe.whole_numbers:
            return None
        values = np.asarray(self._probe.inputs[sample], np.float64)
        return values if 0 < len(values) <= MOST_VALUES else None

    def text(self, sample: int) -> str:
        """A sample of whole numbers in words: texts of tokens, or the numbers; empty where it is none, or a picture."""
        if self._probe is None or sample >= len(self) or not self._probe.whole_numbers:
            return ""
        if self.picture(sample) is not None:
            return ""
        numbers, names = np.asarray(self._probe.inputs[sample]).reshape(-1), self._probe.token_names
        first = np.rint(numbers[:MOST_WORDS]).astype(np.int64).tolist()
        shown = " ".join(visible(names.get(number, f"#{number}")) if names else f"{number}" for number in first)
        return shown if len(numbers) <= MOST_WORDS else f"{shown} … ({len(numbers):,} in all)"

    def name_of(self, number: int) -> str:
        """A class in words."""
        return self.class_names[number] if 0 <= number < len(self.class_names) else f"class {number}"
