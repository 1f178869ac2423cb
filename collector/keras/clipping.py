"""What the clipping that Keras's optimizers do themselves leaves of gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from collector.keras.optimizers import inner
from collector.keras.step_hooks import StepHooks
from collector.metrics.norms import norm


def clips(optimizer: Any) -> bool:
    """Whether an optimizer does."""
    own = inner(optimizer)
    return any(getattr(own, name, None) is not None for name in ("clipnorm", "global_clipnorm", "clipvalue"))


def left_by_clipping(watch: StepHooks, gradients: Mapping[int, np.ndarray]) -> dict[int, float]:
    """``id`` of TensorFlow's variable → norm of what the optimizers of a step leave of its gradient."""
    left: dict[int, float] = {}
    for each in watch.in_use:
        left |= _clipped_norms(each.optimizer, {key: gradients[key] for key in each.seen & gradients.keys()})
    return left


def _clipped_norms(optimizer: Any, gradients: Mapping[int, np.ndarray]) -> dict[int, float]:
    """The same of one optimizer: all of a gradient where nothing is clipped."""
    own = inner(optimizer)
    norms = {key: norm(each) for key, each in gradients.items()}
    if (limit := getattr(own, "clipnorm", None)) is not None:
        return {key: min(each, float(limit)) for key, each in norms.items()}
    if (limit := getattr(own, "global_clipnorm", None)) is not None:
        whole = norm_of(list(norms.values()))
        return {key: each * float(limit) / whole for key, each in norms.items()} if whole > limit else norms
    if (limit := getattr(own, "clipvalue", None)) is not None:
        return {key: norm(np.clip(each, -limit, limit)) for key, each in gradients.items()}
    return norms


def norm_of(norms: Any) -> float:
    """2-norm of several arrays together, of their own."""
    return float(np.sqrt(np.sum(np.square(np.asarray(norms, np.float64)))))
