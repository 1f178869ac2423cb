"""What layers give for many samples, in batches, reduced to the wanted features at once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from collector.capture.compared_layers import OUTPUT, Wanted
from collector.pytorch.hooks import Hooks
from collector.pytorch.layer_calls import Call
from collector.pytorch.layers import device_of
from collector.pytorch.logits import logits_of
from collector.pytorch.pinned_memory import sent_to
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import to_numpy

BATCH = 64
"""Samples the model runs on at once, so that its own memory stays small."""


class LayerOutputs:
    """Runs a model on samples and gives the flattened outputs of its layers. Leaves no trace in the model.

    Args:
        model: any module.
        inputs: the samples; they are kept where they are, and moved to the model batch by batch.
        modules: layer → module.
        calls: what `trace` saw of them.
        output: of what the model gives for the samples from a number on, what is taken ``[n, D]``; None: its logits.
        batch: so many samples at once.
    """

    def __init__(
        self,
        model: nn.Module,
        inputs: Samples,
        modules: Mapping[str, nn.Module],
        calls: Mapping[str, Call],
        output: Callable[[Samples, Any, int], np.ndarray | None] | None = None,
        batch: int = BATCH,
    ) -> None:
        self._batch = batch
        self._output = output or _logits
        self._calls = calls
        self._model = model
        self._inputs = inputs
        self._modules = modules

    def __call__(self, wanted: Wanted) -> dict[str, np.ndarray]:
        """Layer → float32 ``[N, D]``; see `collector.capture.compared_layers.Outputs`."""
        found: dict[str, np.ndarray] = {}
        missing: set[str] = set()
        batch: dict[str, np.ndarray] = {}
        with preserved_state(self._model) as run:
            device = device_of(self._model)
            size = len(self._inputs) if self._inputs.is_whole else self._batch
            for start in range(0, len(self._inputs), size):
                if start:  # each batch meets the model as the training left it
                    run.again()
                inputs = self._inputs[start : start + size].to(device)
                with Hooks() as hooks:
                    for name, features in wanted.items():
                        if name != OUTPUT:
                            hooks.after(self._modules[name], _taker(batch, inputs, name, features, self._calls[name]))
                    batch.clear()
                    output = inputs.run(self._model)
                if OUTPUT in wanted and (taken := self._output(inputs, inputs.rows(output), start)) is not None:
                    batch[OUTPUT] = taken if (features := wanted[OUTPUT]) is None else taken[:, features]
                missing |= wanted.keys() - batch.keys()
                self._put(found, missing, batch, slice(start, start + len(inputs)))
        return {name: found[name] for name in found if name not in missing}

    def _put(self, found: dict[str, np.ndarray], missing: set[str], batch: Mapping[str, np.ndarray], at: slice) -> None:
        """Put a batch's rows where they belong; what differs in size from batch to batch is missing."""
        for name, rows in batch.items():
            whole = found.setdefault(name, np.empty((len(self._inputs), rows.shape[1]), np.float32))
            if rows.shape == whole[at].shape:
                whole[at] = rows
            else:
                missing.add(name)


def _logits(inputs: Samples, output: Any, start: int) -> np.ndarray | None:
    logits = logits_of(output, len(inputs))
    return None if logits is None else _flattened(logits, None)


def _taker(
    batch: dict[str, np.ndarray], inputs: Samples, name: str, features: np.ndarray | None, call: Call
) -> Callable[..., None]:
    """A hook that keeps the latest output, copied at once: a later module may work in place."""

    def take(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        activation = inputs.activation_in(output, call.tensor, call.sample_axis)
        if activation is not None:
            batch[name] = _flattened(activation, features)

    return take


def _flattened(output: Tensor, features: np.ndarray | None) -> np.ndarray:
    flat = output.detach().reshape(len(output), -1)
    if features is not None:
        flat = flat.index_select(1, sent_to(flat.device, features))
    return np.array(to_numpy(flat))
