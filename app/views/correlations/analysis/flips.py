"""Which changes of a sample make a network take it for something else: in A, in B.

`A` augmentations, `L` layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Flips:
    """What both networks make of the changed samples.

    Attributes:
        names: what A and B are called.
        classes: what A and B take each for, int ``[2, A]``.
        stability: of B, float ``[L, A]``, for the layers of A; NaN where B has no such layer.
        problem: why nothing is compared, in words.
    """

    names: tuple[str, str]
    classes: np.ndarray
    stability: np.ndarray
    problem: str = ""

    @property
    def flipped(self) -> np.ndarray:
        """Which are taken for another class than the unchanged sample, bool ``[2, A]``."""
        return np.asarray(self.classes != self.classes[:, :1])

    @property
    def text(self) -> str:
        """How many flip in which, in a line."""
        if self.problem:
            return f"{self.names[0]} alone: {self.problem}"
        a, b = self.flipped
        one, other = self.names
        counts = int((b & ~a).sum()), int((a & ~b).sum()), int((a & b).sum())
        return f"flip: {counts[0]:,} only in {other}, {counts[1]:,} only in {one}, {counts[2]:,} in both"

    @property
    def order(self) -> np.ndarray:
        """Numbers of those that flip in one alone, int."""
        return np.flatnonzero(np.logical_xor(*self.flipped))

    def words(self, number: int, class_names: tuple[str, ...]) -> str:
        """What both take an augmentation for."""
        named = [class_names[each] if each < len(class_names) else f"class {each}" for each in self.classes[:, number]]
        return ", ".join(f"{name}: {each}" for name, each in zip(self.names, named, strict=True))
