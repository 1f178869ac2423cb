"""Whether norm layers and dropouts are in training mode, and how many batches went into running statistics."""

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from collector.capture.run_log import RunLog


class NormFacts:
    """Reads the flags and counters of modules that behave otherwise in evaluation mode.

    Args:
        modules: by dotted name.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        self._norms = {
            name: each for name, each in modules.items() if isinstance(each, _BatchNorm) and each.track_running_stats
        }
        self._moded = self._norms | {
            name: each
            for name, each in modules.items()
            if isinstance(each, nn.modules.dropout._DropoutNd) and each.p > 0
        }

    def record(self, step: int, log: RunLog) -> None:
        """Hand over what is so at this step: ``training_mode/LAYER``, 0 or 1, and ``batches_tracked/LAYER``."""
        for name, module in self._moded.items():
            log.put(f"training_mode/{name}", step, float(module.training))
        for name, norm in self._norms.items():
            n_batches = norm.num_batches_tracked
            if isinstance(n_batches, torch.Tensor):
                log.put(f"batches_tracked/{name}", step, n_batches.detach().clone())
