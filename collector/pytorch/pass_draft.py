"""A pass of a PyTorch model in the making."""

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from collector.capture import pass_draft
from collector.pytorch.host_copy import HostCopy


@dataclass
class PassDraft(pass_draft.PassDraft):
    """What was taken of a pass so far. It is whole when `host_copy` has fetched what lies on other devices."""

    before: dict[Tensor, Tensor] = field(default_factory=dict)
    """Parameter → its values before the step."""
    counts: dict[str, dict[Tensor, np.ndarray]] = field(default_factory=dict)
    """``weight``, ``gradient``, ``update`` → parameter → how its values are spread, counts ``[129]``."""
    norms: dict[str, dict[Tensor, float]] = field(default_factory=dict)
    """``weight``, ``gradient``, ``update`` → parameter → the norm of what belongs to it."""
    of_parameters: dict[str, dict[Tensor, np.ndarray]] = field(default_factory=dict)
    """The same → how many of its values are NaN, +∞ and −∞, int ``[3]``, where any is."""
    without_gradient: list[str] | None = None
    """Layers that could learn, but have no gradient; None: gradients were not taken."""
    norms_are_known: bool = False
    """Whether the norms of this step come from elsewhere."""
    host_copy: HostCopy = field(default_factory=HostCopy)
