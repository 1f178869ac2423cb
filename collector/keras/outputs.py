"""What layers give for many samples, in batches, reduced to the wanted features at once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.compared_layers import OUTPUT, Wanted
from collector.keras.forward import Forward
from collector.keras.layers import is_activation
from collector.keras.logits import before_softmax, logits_of
from collector.keras.preserved_state import StatePreservingFunction
from collector.keras.samples import Samples
from collector.keras.tensors import to_numpy
from collector.keras.trace import Call, watch

BATCH = 64
"""Samples the model runs on at once, so that its own memory stays small."""

Run = Callable[[Any], dict[str, tf.Tensor]]


class LayerOutputs:
    """Runs a model on samples and gives the flattened outputs of its layers. Leaves no trace in the model.

    Units come first in a flattened output, wherever the model has its channels, and a softmax that ends a layer with
    a kernel is left out, as from the logits: feature by feature they are what PyTorch gives for the same network.

    Args:
        forward: runs the model, which is built.
        samples: as the model takes them.
        layers: name → layer, of those that may be asked for.
        output: which tensor of what the model gives for so many samples is taken, within a graph.
        reduce: what is kept of that, ``[n, D]``, given it for the samples from a number on; None: all.

    Raises:
        Exception: whatever the model raises where it cannot run on them.

    Attributes:
        batch: so many samples are run at once.
        calls: what was seen of the layers in a run on the first batch.
        n_outputs: K of the model's output ``[N, K]``; None: it is of another shape.
    """

    def __init__(
        self,
        forward: Forward,
        samples: Samples,
        layers: Mapping[str, Any],
        output: Callable[[Any, int], tf.Tensor | None] = logits_of,
        reduce: Callable[[np.ndarray, int], np.ndarray] | None = None,
    ) -> None:
        self._output, self._reduce, self.batch = output, reduce, BATCH
        self._forward = forward
        self._samples = samples
        self._layers = layers
        self._functions: dict[tuple[frozenset[str], int], Run] = {}
        self.calls: Mapping[str, Call] = {}
        self.n_outputs: int | None = None
        self._look()

    def __call__(self, wanted: Wanted) -> dict[str, np.ndarray]:
        """Layer → float32 ``[N, D]``; see `collector.capture.compared_layers.Outputs`."""
        found: dict[str, np.ndarray] = {}
        missing: set[str] = set()
        for start in range(0, len(self._samples), self.batch):
            part = self._samples.part(start, start + self.batch)
            given = self._function(frozenset(wanted), len(part))(part.tensors())
            missing |= wanted.keys() - given.keys()
            for name, tensor in given.items():
                rows, features = to_numpy(tensor), wanted[name]
                if name == OUTPUT and self._reduce is not None:
                    rows = self._reduce(rows, start)
                rows = rows if features is None else rows[:, features]
                whole = found.setdefault(name, np.empty((len(self._samples), rows.shape[1]), np.float32))
                whole[start : start + len(rows)] = rows
        return {name: found[name] for name in found if name not in missing}

    def _look(self) -> None:
        n_samples = min(self.batch, len(self._samples))

        def run(inputs: Any) -> None:
            calls, output = watch(self._forward, self._layers, inputs, self._samples.main)
            self.calls = {name: call for name, call in calls.items() if name in self._layers}
            last = self._output(output, n_samples)
            self.n_outputs = None if last is None or last.shape.rank != 2 else last.shape[1]

        self._traced(run, n_samples)

    def _function(self, names: frozenset[str], n_samples: int) -> Run:
        """The graph that gives these layers' outputs; made when it is first needed, and nothing runs then."""
        key = names, n_samples
        if key not in self._functions:

            def run(inputs: Any) -> dict[str, tf.Tensor]:
                # All are watched, whatever is wanted: where the units of one lie is known by the layers before it.
                calls, output = watch(self._forward, self._layers, inputs, self._samples.main)
                found = {
                    name: _flattened(call, self._layers[name])
                    for name, call in calls.items()
                    if name in names and call.output is not None
                }
                last = self._output(output, n_samples) if OUTPUT in names else None
                return found | ({} if last is None else {OUTPUT: last})

            self._functions[key] = self._traced(run, n_samples)
        return self._functions[key]

    def _traced(self, run: Callable[[tf.Tensor], Any], n_samples: int) -> Run:
        return StatePreservingFunction(self._forward, run, self._samples.part(0, n_samples).specs())


def _flattened(call: Call, layer: Any) -> tf.Tensor:
    output = call.output if is_activation(layer) else before_softmax(call.output)
    tensor = tf.cast(output, tf.float32)
    axis = call.holds.axis if call.holds is not None else len(tensor.shape) - 1
    others = [each for each in range(1, len(tensor.shape)) if each != axis]
    return tf.reshape(tf.transpose(tensor, [0, axis, *others]), (tensor.shape[0], -1))
